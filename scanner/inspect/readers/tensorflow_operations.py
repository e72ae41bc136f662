"""The operations of TensorFlow that act on more than tensors: what each does, and how bad that is in a model.

Reviewed from the list of operations that TensorFlow registers (``tensorflow/core/ops``). Saving and restoring
the model's own variables, and tables out of its own assets, are in every SavedModel and are not listed.
"""

from __future__ import annotations

import re

_FAMILIES: tuple[tuple[str, str, str], ...] = (
    ("critical", "it calls a Python function of the process", "PyFunc PyFuncStateless EagerPyFunc"),
    ("critical", "it loads a library into the process", "LoadLibrary LoadOpLibrary"),
    (
        "high",
        "it reads a file",
        "ReadFile WholeFileReader WholeFileReaderV2 TextLineReader TextLineReaderV2 FixedLengthRecordReader "
        "FixedLengthRecordReaderV2 TFRecordReader TFRecordReaderV2 LMDBReader TextLineDataset "
        "FixedLengthRecordDataset FixedLengthRecordDatasetV2 TFRecordDataset TFRecordDatasetV2 LMDBDataset "
        "CSVDataset CSVDatasetV2 ExperimentalCSVDataset ExperimentalLMDBDataset LoadDataset "
        "LoadAndRemapMatrix ImmutableConst",
    ),
    ("high", "it lists files", "MatchingFiles MatchingFilesDataset ExperimentalMatchingFilesDataset"),
    (
        "high",
        "it writes a file",
        "WriteFile SaveDataset SaveDatasetV2 DatasetToTFRecord ExperimentalDatasetToTFRecord "
        "CreateSummaryFileWriter CreateSummaryDbWriter WriteSummary WriteScalarSummary WriteGraphSummary "
        "WriteRawProtoSummary WriteHistogramSummary WriteImageSummary WriteAudioSummary SnapshotDataset "
        "SnapshotDatasetV2 DumpTensor FileSystemSetConfiguration",
    ),
    (
        "high",
        "it is named like a command, and TensorFlow has none of this name",
        "ShellExecute ExecuteOp SystemConfig PyCall DeleteFile MoveFile RenameFile CopyFile ExecCommand",
    ),
    ("high", "it queries a database", "SqlDataset SqlDatasetV2 ExperimentalSqlDataset"),
    (
        "high",
        "it reaches another machine",
        "RpcCall RpcClient RpcServer RpcServerStart RpcServerRegister TryRpc Rpc DataServiceDataset "
        "DataServiceDatasetV2 DataServiceDatasetV3 DataServiceDatasetV4 RegisterDataset RegisterDatasetV2 "
        "BigQueryReader GenerateBigQueryReaderPartitions ConfigureDistributedTPU",
    ),
    (
        "high",
        "it sends tensors to the address or file in its attribute",
        "DebugIdentity DebugIdentityV2 DebugIdentityV3 DebugNumericSummary DebugNanCount",
    ),
    ("high", "it compiles or runs code that the graph carries", "RemoteFusedGraphExecute TRTEngineOp"),
)
ACTING: dict[str, tuple[str, str]] = {
    **{name: (what, severity) for severity, what, names in _FAMILIES for name in names.split()},
    "PrintV2 to a file": ("it appends what it prints to the file in its attribute", "high"),
}
"""Of each operation what it does, and its severity."""

CUSTOM_SHAPES = re.compile(
    r"(?:[A-Z]\w*>\w+|(?:My|Our)?Custom\w*|Malicious\w*|Evil\w*|\w*(?:Exec|Shell|Command|System)\w*)\Z"
)
"""Names of operations that TensorFlow does not register, as far as a name can say so."""
