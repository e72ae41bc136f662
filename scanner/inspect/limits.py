"""Every cap of a look at one file: counts first, so that the same file always gives the same answer."""

from __future__ import annotations

MIB = 1 << 20

HEAD_BYTES = 64 << 10
"""What the first evidence of a large file holds of its beginning and of its end; recognition asks no more."""

RANGES_FROM = 4 * MIB
"""A file up to this size is asked for whole: that takes no longer, and its digest can be checked."""

RANGES_SHARE = 2
"""One part in so many of a file: a look that needs as much asks for all of it."""

RANGES = 256
"""Ranges of one file asked for at once."""

RANGES_GAP = 64 << 10
"""Bytes between two ranges that are cheaper fetched than left out."""

FURTHER_STEPS = (128 << 10, 192 << 10, 256 << 10)
"""How much of the beginning is asked for beside what lies elsewhere, one by one; after that, all of it."""

PICKLE_OPCODES = 80_000_000
"""Opcodes walked in one file: some thirty seconds."""

WITNESS_BYTES = 64 * MIB
"""Size of one pickle that is shown to further engines, which keep its arguments in memory."""

WITNESS_OPCODES = 1_000_000
"""Opcodes of one pickle that is shown to further engines: they keep every one, which takes some 100 MB."""

PICKLE_STREAMS = 10_000
"""Pickles in a row in one file."""

PICKLE_LINE = 16 * MIB
"""One newline-terminated argument of a text opcode."""

PICKLE_IMPORTS = 10_000
"""Distinct imports of one pickle."""

PICKLE_MARKS = 1 << 16
"""Marks at once on the stack of one pickle."""

PICKLE_MEMO = 1 << 16
"""Entries of a pickle's memo that are kept at once."""

PICKLE_RECALLS = 500
"""Entries of a memo that are read again from the stream, after they were let go of."""

PICKLE_BLOBS = 4_096
"""Texts and bytes within one pickle that may be pickles themselves, and are looked into."""

PICKLE_BLOB_BYTES = 64 * MIB
"""One of them, after unpacking."""

ENCODED_BYTES = 16 * MIB
"""A text that is searched for a pickle in base64 or hexadecimal."""

PICKLE_BLOBS_TOTAL = 256 * MIB
"""All of them of one file, after unpacking."""

PICKLE_NESTING = 4
"""Pickles within texts or bytes of pickles."""

PICKLE_FACTS = 2_000
"""Names in one list of facts about a file's pickles."""

PICKLE_CALLS = 1_000
"""Different calls of one pickle that are reported."""

RECOGNISE_OPCODES = 20_000
"""Opcodes walked to tell whether a file is a pickle."""

BURIED_PICKLES = 256
"""Places in the head of a stream that are tried for a pickle behind other bytes."""

BURIED_BYTES = 256 * MIB
"""How far a stream that nobody recognises is searched for a pickle behind other bytes."""

BURIED_FURTHER = 65_536
"""Places behind the head that are tried for one."""

BURIED_OPCODES = 2_000
"""Opcodes walked at each of them."""

CONTAINER_DEPTH = 8
"""Archives within archives."""

CONTAINER_MEMBERS = 10_000
"""Members looked at in one file, over all archives in it."""

CONTAINER_DIRECTORY = 16 * MIB
"""Central directory of one zip archive."""

EXPANDED_MEMBER = 512 * MIB
"""One member or compressed stream after unpacking: it is held in memory, since a worker may write no file."""

EXPANDED_TOTAL = 1024 * MIB
"""All that is unpacked of one file."""

EXPANDED_RATIO = 200
"""Unpacked to packed bytes beyond which something larger than :data:`EXPANDED_FREE` is a bomb.

Unless it is a model that was read in full, and no larger than :data:`EXPANDED_MEMBER`: weights may be zeros.
"""

EXPANDED_FREE = 64 * MIB
"""Up to here any ratio will do: an array of zeros is no bomb."""

PEEK_BYTES = 1 * MIB
"""What is unpacked of a member to recognise it."""

ZIP_SLACK = 200
"""Bytes between two zip members that nothing explains (data descriptors and padding are shorter)."""

SAFETENSORS_HEADER = 100_000_000
"""The bound of the format's own library."""

GGUF_STEPS = (1 * MIB, 16 * MIB, 64 * MIB)
"""How much of a GGUF file is asked for, one after the other, until the header is whole.

The chat template stands behind the vocabulary, which takes from 2 to 14 MB.
"""

LEGACY_STEPS = (256 << 10, 4 * MIB, 64 * MIB)
"""How much of a legacy torch checkpoint is asked for, until its five pickles are here."""

LEGACY_STORAGES = 1 << 18
"""Storages remembered of one pickle."""

GGUF_STRING = 16 * MIB
GGUF_ITEMS = 1 << 22
GGUF_TENSORS = 1 << 20
GGUF_KEYS = 1 << 16
GGUF_DEPTH = 4

NPY_HEADER = 1 * MIB
JSON_BYTES = 16 * MIB
JSON_DEPTH = 200
TEMPLATE_BYTES = 1 * MIB
PYTHON_BYTES = 512 << 10
"""Python source that comes with a model: its tree takes several hundred times as much memory."""

PYTHON_NODES = 250_000
"""Parts of its tree: ten times what the largest model's own code has."""

YAML_BYTES = 4 * MIB
YAML_EVENTS = 200_000
YAML_DEPTH = 200
XML_BYTES = 256 * MIB
XML_DEPTH = 1_000

POINTER_BYTES = 64 << 10
HDF5_OBJECTS = 100_000

HDF5_BLOCK = 20 << 10
"""What is fetched around one piece of metadata: others lie beside it."""

HDF5_PLACES = 4_096
"""Pieces of metadata asked for at once."""

PROTOBUF_FIELDS = 4_000_000
"""Fields walked in one protocol buffer."""

FLATBUFFER_STEPS = 2_000_000
"""Numbers read out of one FlatBuffer."""

MSGPACK_ITEMS = 4_000_000
"""Values walked in one MessagePack document."""

RDS_ITEMS = 4_000_000
"""Values walked in one R serialisation."""

OPAQUE_BYTES = 4 * MIB
"""What is searched for texts at the beginning and at the end of a file that nobody takes apart."""

SOURCE_BYTES = 4 * MIB
"""One source that is parsed."""

LIGHTGBM_BYTES = 256 * MIB
"""One LightGBM model."""

ONNX_DEPTH = 32
"""Graphs within the attributes of graphs."""

ONNX_LARGE = 4 * MIB
"""Bytes of an ONNX file for each large tensor from which on stepping over them is quicker than fetching."""

SIGHTINGS = 1_000
GAPS = 200
PARTS = 200
"""Layers of one file that are listed; all of them are counted."""

FACT_ITEMS = 200
"""Items kept of one list of facts."""

TEXT = 300
"""Characters kept of a symbol, a member path or any other text out of a file."""

YAML_EXPANDED = 10_000_000
"""The same once every alias is followed: no configuration comes near, a bomb is far beyond."""
