"""Small texts of every language and configuration that is read: each has what its reader looks for."""

from __future__ import annotations

import json
from collections.abc import Mapping

_PYTHON = """# -*- coding: utf-8 -*-
import os, subprocess as sp
from transformers import AutoModel, pipeline
NAME = "org/model"
class Loader(AutoModel):
    def __init__(self, name=NAME, *, revision="main"):
        self.model = AutoModel.from_pretrained(f"{name}", revision=revision, trust_remote_code=True)
model = pipeline("text-generation", model=NAME if os.environ.get("X") else "other/model")
exec(compile("sp.run(['id'])", "x", "exec")); getattr(os, "sys" + "tem")("id")
"""
_TYPESCRIPT = """import { pipeline } from '@huggingface/transformers';
const id: string = `org/${name}`; // {{ x }}
const p = await pipeline("summarization", "org/model", { revision: 'main' });
export default { model: id, "a": [1, /re/g, () => ({...p})] };
"""
_SHELL = """#!/bin/bash
MODEL="org/${NAME:-model}"
huggingface-cli download "$MODEL" --revision main | tee log && hf download org/other 2>/dev/null
python - <<'EOF'
from transformers import AutoModel; AutoModel.from_pretrained("org/model")
EOF
curl -L https://huggingface.co/org/model/resolve/main/model.bin -o $(pwd)/model.bin
"""
_DOCKER = """FROM python:3.12 AS base
ARG MODEL=org/model
ENV NAME=$MODEL \\
    REVISION="main"
RUN --mount=type=cache pip install vllm && huggingface-cli download ${NAME} \\
    --revision $REVISION
CMD ["vllm", "serve", "org/model"]
"""
_MARKDOWN = """---
license: mit
base_model: org/model
---
# Title
```python
from transformers import pipeline
pipe = pipeline(model="org/model")
```
<!-- comment -->
Use [it](https://huggingface.co/org/model) `hf download org/model`
## Next
> quoted
"""
_YAML = """model: &m {name: org/model, revision: main}
other: *m
run: !!python/object/apply:os.system ["id"]
_target_: builtins.eval
list: [1, 2.5, ~, "x"]
text: |
  from_pretrained("org/model")
"""
_INI = "[model]\nname = org/model\npath=%(name)s\n; comment\n"
_TOML = '[tool.x]\nmodel = "org/model"\nlist = [1, {a = "b"}]\ndate = 2024-01-01T00:00:00Z\n'
_REQUIREMENTS = """-r other.txt
-c other.txt
torch==2.0 --hash=sha256:00 ; python_version < "3.12"  # comment
-e git+https://example.org/x.git@main#egg=x
x @ https://example.org/x.whl \\
  ; extra == 'y'
"""
_XML = """<?xml version="1.0"?>
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
<Extension name="x" extender="java.lang.Runtime" value="exec"/>
<DefineFunction name="f"><Apply function="x-custom"><Constant>1</Constant></Apply></DefineFunction></PMML>
"""
_OPENVINO = (
    '<net name="m" version="11"><layers><layer id="0" type="Const" version="extension"/></layers></net>'
)
_MLMODEL = """flavors:
  python_function: {loader_module: mlflow.sklearn, code: code, model_path: ../m.pkl}
  sklearn: {pickled_model: model.pkl}
model_uuid: 0
"""
_KERAS = {
    "class_name": "Functional",
    "config": {
        "layers": [
            {
                "class_name": "Lambda",
                "config": {"function": {"class_name": "__lambda__", "config": {"code": "4wA="}}},
            },
            {"class_name": "function", "module": "builtins", "config": "eval", "registered_name": "eval"},
        ]
    },
    "keras_version": "3.0",
}
_CONFIG = {
    "architectures": ["X"],
    "model_type": "x",
    "auto_map": {"AutoModel": "org/code--modeling.X"},
    "custom_pipelines": {"p": {"impl": "x.P", "pt": ["AutoModel"]}},
    "base_model_name_or_path": "../x",
    "chat_template": "{{ ''.__class__ }}",
}
_INDEX = {"metadata": {"total_size": 1}, "weight_map": {"w": "../model.safetensors", "v": "a/b.bin"}}
_NOTEBOOK = {
    "cells": [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "source": ["!hf download org/model\n", "%pip x\n"],
        },
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": _PYTHON},
        {"cell_type": "markdown", "metadata": {}, "source": "# T\n[x](https://huggingface.co/org/m)"},
    ],
    "metadata": {"kernelspec": {"language": "python", "name": "p"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
_LOCK = {
    "schema_version": "1",
    "repositories": [
        {
            "type": "model",
            "id": "org/model",
            "identity": "0" * 24,
            "commits": {"0" * 40: {"a.bin": {"digest": "sha256:" + "0" * 64, "size": 1}}},
        }
    ],
}
_POLICY = """fail-on-severity: high
rules: {pickle-dangerous-import: off}
exceptions:
  - rule: unsafe-format
    path: "models/**"
    reason: known
    expires: 2030-01-01
"""
_TORCHSCRIPT = """class M(Module):
  __parameters__ = ["w", ]
  def forward(self: __torch__.M, x: Tensor) -> Tensor:
    _0 = torch.from_file("x", False, 1)
    return torch.add(x, ops.my.own(_0), alpha=1)
"""
_SYMBOL = {
    "nodes": [{"op": "Custom", "name": "x", "attrs": {"op_type": "y"}, "inputs": []}],
    "heads": [[0, 0]],
}
_PROGRAM = {"graph_module": {"graph": {"nodes": [{"target": "torch.ops.my.own.default", "inputs": []}]}}}
_SKOPS = {
    "__class__": "OperatorFuncNode",
    "__module__": "os",
    "__loader__": "FunctionNode",
    "content": {"__class__": "function", "__module__": "os", "content": "system", "__id__": 1},
    "protocol": 2,
}
_MAR = {"modelName": "m", "model": {"handler": "handler.py", "requirementsFile": "requirements.txt"}}
_POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 12\n"
_DVC = "outs:\n- md5: 00000000000000000000000000000000\n  size: 12\n  path: ../model.pt\n"
_TREES = "tree\nversion=v4\nnum_class=1\nTree=0\nnum_leaves=2\nleaf_value=1 2\n\nend of trees\n"
_GRAPH = 'node {\n  name: "x"\n  op: "PyFunc"\n  attr { key: "T" value { s: "y" } }\n}\nlibrary { }\n'
_METADATA = {"class_name": "Sequential", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}}
_TOKENS = "token = ghp_" + "a1B2" * 9 + "\nAKIA" + "Q7" * 8 + "\npostgresql://u:" + "p4ss" + "w0rd@h/db\n"

TEXTS: Mapping[str, str] = {
    "x.py": _PYTHON,
    "modeling_x.py": _PYTHON,
    "x.ts": _TYPESCRIPT,
    "x.sh": _SHELL,
    "Dockerfile": _DOCKER,
    "x.md": _MARKDOWN,
    "x.yaml": _YAML,
    "config.yaml": _YAML,
    "x.ini": _INI,
    "x.toml": _TOML,
    "requirements.txt": _REQUIREMENTS,
    "model.pmml": _XML,
    "model.xml": _OPENVINO,
    "MLmodel": _MLMODEL,
    "keras.json": json.dumps(_KERAS),
    "config.json": json.dumps(_CONFIG),
    "model.safetensors.index.json": json.dumps(_INDEX),
    "x.ipynb": json.dumps(_NOTEBOOK),
    "lock.json": json.dumps(_LOCK),
    "policy.yml": _POLICY,
    "code.py": _TORCHSCRIPT,
    "model-symbol.json": json.dumps(_SYMBOL),
    "program.json": json.dumps(_PROGRAM),
    "schema.json": json.dumps(_SKOPS),
    "MANIFEST.json": json.dumps(_MAR),
    "model.bin": _POINTER,
    "model.pt.dvc": _DVC,
    "model.txt": _TREES,
    "graph.pbtxt": _GRAPH,
    "keras_metadata.pb": json.dumps(_METADATA),
    "secrets.txt": _TOKENS,
    "block": "python\n" + _PYTHON,
}
"""The texts, by the name of a file of their kind."""
