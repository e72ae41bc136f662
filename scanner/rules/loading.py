"""Rules about code that loads models in an unsafe way."""

from __future__ import annotations

from scanner.rules.rule import DESERIALIZATION, Rule

ROWS = (
    Rule(
        "unsafe-torch-load",
        "medium",
        "torch.load may unpickle anything",
        "{symbol} is called {evidence}.",
        "Without weights_only=True the loader runs whatever the pickle says; torch before 2.6 does so by default.",
        "Pass weights_only=True, or load safetensors.",
        **DESERIALIZATION,
        example="""\
```python
state = torch.load("model.pt", weights_only=False)
```

With `weights_only=True` torch refuses everything but tensors and plain containers.
""",
    ),
    Rule(
        "unsafe-pickle-load",
        "medium",
        "The code unpickles a file",
        "{symbol} runs whatever the file says.",
        "A pickle is a program: whoever can change the file runs code in this process.",
        "Load safetensors, ONNX, JSON or skops instead; or load only what a digest in this repository pins.",
        **DESERIALIZATION,
        example="""\
```python
model = joblib.load("model.joblib")
```

Whoever can change `model.joblib` runs code here.
""",
    ),
    Rule(
        "unsafe-numpy-load",
        "medium",
        "numpy may unpickle arrays",
        "{symbol} is called with allow_pickle=True.",
        "An array of objects is a pickle, which runs code when it is loaded.",
        "Leave allow_pickle at False, and save arrays of plain numbers.",
        **DESERIALIZATION,
        example="""\
```python
table = numpy.load("table.npy", allow_pickle=True)
```

An array of objects in `table.npy` is a pickle.
""",
    ),
    Rule(
        "unsafe-keras-load",
        "medium",
        "Keras may run code of the file",
        "{symbol} is called {evidence}.",
        "Without safe mode, Lambda layers of the file run as Python byte code.",
        "Leave safe_mode at True.",
        **DESERIALIZATION,
        example="""\
```python
model = keras.models.load_model("model.keras", safe_mode=False)
```

Lambda layers of the file are unmarshalled and run.
""",
    ),
    Rule(
        "unsafe-yaml-load",
        "medium",
        "The YAML loader constructs objects",
        "{symbol} constructs any Python object that the document names.",
        "A document that another person wrote can call any function of this process.",
        "Use yaml.safe_load.",
        cwe=("CWE-502",),
        owasp=("ML06:2023",),
        atlas=("AML.T0010",),
        example="""\
```python
config = yaml.load(stream, Loader=yaml.UnsafeLoader)
```

`!!python/object/apply:os.system [id]` in the document runs `id`.
""",
    ),
    Rule(
        "remote-code-allowed",
        "medium",
        "Code of the repository may run",
        "{symbol} is called with trust_remote_code=True{evidence}.",
        "The loader imports and runs Python files of the repository, with the rights of this process.",
        "Leave trust_remote_code off; or read the code, and pin the commit that was read.",
        cwe=("CWE-829", "CWE-94"),
        owasp=("LLM03:2025",),
        atlas=("AML.T0010",),
        example="""\
```python
AutoModel.from_pretrained("org/model", trust_remote_code=True)
```

Transformers downloads `modeling_*.py` of the repository and imports it.
""",
    ),
)
