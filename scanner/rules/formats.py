"""Rules about what model formats other than pickle can make their loaders do."""

from __future__ import annotations

from scanner.rules.rule import DESERIALIZATION, SUPPLY, Rule

ROWS = (
    Rule(
        "keras-foreign-object",
        "high",
        "The Keras model names code that no layer needs",
        "Loading the model uses {symbol}: {evidence}.",
        "Keras imports the modules that a configuration names and calls what it finds there; several versions do "
        "so in safe mode, too (CVE-2025-1550, CVE-2025-8747, CVE-2025-9906).",
        "Remove the file. Ask the author for the weights alone, and build the layers in your own code.",
        **DESERIALIZATION,
        example=(
            '`config.json` in a `.keras` file with `{"class_name": "function", "module": "os", "config": "system"}`: '
            "Keras imports `os` and takes `system` out of it while it builds the model."
        ),
    ),
    Rule(
        "keras-named-function",
        "low",
        "A Lambda layer names a function",
        "The model asks its loader for {symbol}.",
        "The function is not in the file: whoever loads the model must register it, and decides what it does.",
        "Review the function where it is defined.",
        cwe=("CWE-829",),
        **SUPPLY,
        example=(
            'A Lambda layer with `"function_type": "function", "function": "scale"`: the loader must know a function '
            "called `scale`."
        ),
    ),
    Rule(
        "path-outside-model",
        "high",
        "The model reads a file outside of its folder",
        "The model names {symbol}: {evidence}.",
        "Whoever loads the model opens that file, and the model can carry what it says to wherever its results go.",
        "Remove the file, or ask the author for a model whose files lie beside it.",
        cwe=("CWE-22", "CWE-73"),
        **SUPPLY,
        example=(
            "A tensor of an ONNX model with `location` `../../home/user/.ssh/id_rsa`: the runtime reads that file as "
            "if it were weights."
        ),
    ),
    Rule(
        "graph-acting-operator",
        "high",
        "The graph acts on more than tensors",
        "The graph holds the operator {symbol}: {evidence}.",
        "Operators run when the model is called, with the rights of the process.",
        "Remove the file, or ask the author for a graph without such operators.",
        cwe=("CWE-73", "CWE-94"),
        **SUPPLY,
        example="A PaddlePaddle program with an operator of type `py_func`: it calls a function of the process.",
    ),
    Rule(
        "torchscript-acting-operator",
        "high",
        "The program reaches for more than tensors",
        "The program uses {symbol}: {evidence}.",
        "The program runs when the model is called; operators on files and calls of other machines act on yours.",
        "Remove the file. Ask the author for the weights as safetensors, and load those into your own code.",
        cwe=("CWE-73", "CWE-94"),
        **SUPPLY,
        example=(
            '`torch.from_file("/etc/passwd", False, 100)` in a source under `code/`: the program reads that file '
            "whenever the model is called."
        ),
    ),
    Rule(
        "onnx-python-operator",
        "high",
        "The graph calls Python",
        "The graph holds the operator {symbol}: {evidence}.",
        "ONNX Runtime, when it is built with language interoperability, imports the module that the node names.",
        "Remove the file, or ask the author for a graph of standard operators.",
        cwe=("CWE-94",),
        **SUPPLY,
        example="A node `PyOp` with the attributes `module` and `compute`: ONNX Runtime imports the module and calls it.",
    ),
    Rule(
        "custom-operator",
        "high",
        "The model needs operators that its runtime does not have",
        "The model asks for {symbol}: {evidence}.",
        "Somebody must bring a library of compiled code that implements it; that library runs with your rights.",
        "Find out which library it is, and review and pin it like any other dependency.",
        cwe=("CWE-829",),
        **SUPPLY,
        example="A node of the domain `authors.ops` in an ONNX model: without a library that registers it nothing runs.",
    ),
    Rule(
        "skops-untrusted-type",
        "high",
        "The skops schema names what no estimator is made of",
        "Loading the model builds {symbol}: {evidence}.",
        "skops builds whatever type is trusted, and versions before 0.13 could be told one type and given another "
        "(CVE-2025-54412, CVE-2025-54413).",
        "Do not pass the name as trusted. Update skops, or ask the author for another file.",
        **DESERIALIZATION,
        example=(
            '`{"__module__": "os", "__class__": "system", "__loader__": "FunctionNode"}` in `schema.json`: whoever '
            "trusts all types of the file hands `os.system` to the model."
        ),
    ),
    Rule(
        "bundled-handler",
        "low",
        "The archive brings code that the server runs",
        "The server runs or installs {symbol}: {evidence}.",
        "The handler of a TorchServe archive is Python code of its author, with the rights of the server.",
        "Review the handler and its requirements as you would any code.",
        cwe=("CWE-829", "CWE-94"),
        **SUPPLY,
        example='`"handler": "handler.py:predict"` in `MAR-INF/MANIFEST.json`: TorchServe imports `handler.py`.',
    ),
    Rule(
        "executable-in-model",
        "high",
        "A program where a model is expected",
        "The content is {symbol}: {evidence}.",
        "A model is data. A program or a shared library in its place runs as soon as somebody starts or loads it.",
        "Remove the file. Ask the author for the weights alone.",
        cwe=("CWE-434", "CWE-506"),
        owasp=("ML06:2023", "LLM03:2025"),
        atlas=("AML.T0010", "AML.T0011.000"),
        example=(
            "A `model.gguf` that begins with `#!/bin/sh`, or a shared library under `data/aotinductor/` of a `.pt2` "
            "archive, which PyTorch loads into the process."
        ),
    ),
    Rule(
        "r-promise",
        "high",
        "The R data file runs code when it is used",
        "Using the value evaluates {symbol}: {evidence}.",
        "R keeps an expression that is not evaluated yet as a promise, and evaluates it at the first use "
        "(CVE-2024-27322).",
        "Remove the file, or ask the author for the data as text or Parquet.",
        **DESERIALIZATION,
        example='A `.rds` file whose value is a promise with the expression `system("…")`: printing it runs the command.',
    ),
    Rule(
        "code-in-metadata",
        "high",
        "A text of the model reads as code",
        "The text {symbol}: {evidence}",
        "Nothing runs it by itself; a tool that hands metadata to a shell, an interpreter or a page would.",
        "Remove the text, or find out from the author why it is there.",
        cwe=("CWE-94", "CWE-79"),
        **SUPPLY,
        example='`"__metadata__": {"setup": "curl https://… | sh"}` in a safetensors header.',
    ),
)
