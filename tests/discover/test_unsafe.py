"""Unsafe loads: which calls count, what they load, and fixes that apply."""

from __future__ import annotations

import ast

import pytest

from scanner.discover import python
from scanner.discover.interface import UnsafeLoad
from scanner.rules import RULES
from tests.discover.test_python_pins import apply

HEAD = "import torch, pickle, joblib, yaml, keras, numpy as np, pandas as pd\n"


def loads(source: str) -> list[UnsafeLoad]:
    return python.find(HEAD + source, "x.py").unsafe


@pytest.mark.parametrize(
    ("call", "rule", "symbol", "detail", "fixed"),
    [
        ("torch.load('a.pt')", "unsafe-torch-load", "torch.load", "without weights_only",
         "torch.load('a.pt', weights_only=True)"),
        ("torch.load('a.pt', weights_only=False)", "unsafe-torch-load", "torch.load",
         "with weights_only=False",
         "torch.load('a.pt', weights_only=True)"),
        ("torch.load('a.pt', weights_only=w)", "unsafe-torch-load", "torch.load",
         "with weights_only=w, which cannot be told", None),
        ("pickle.load(open('a.pt', 'rb'))", "unsafe-pickle-load", "pickle.load", "", None),
        ("joblib.load('a.pt')", "unsafe-pickle-load", "joblib.load", "", None),
        ("pd.read_pickle('a.pt')", "unsafe-pickle-load", "pandas.read_pickle", "", None),
        ("np.load('a.pt', allow_pickle=True)", "unsafe-numpy-load", "numpy.load", "with allow_pickle=True",
         "np.load('a.pt', allow_pickle=False)"),
        ("keras.models.load_model('a.pt', safe_mode=False)", "unsafe-keras-load", "keras.models.load_model",
         "with safe_mode=False", "keras.models.load_model('a.pt', safe_mode=True)"),
        ("yaml.load('a.pt')", "unsafe-yaml-load", "yaml.load", "without Loader", "yaml.safe_load('a.pt')"),
        ("yaml.load('a.pt', Loader=yaml.Loader)", "unsafe-yaml-load", "yaml.load", "with Loader",
         "yaml.load('a.pt', Loader=yaml.SafeLoader)"),
        ("yaml.unsafe_load('a.pt')", "unsafe-yaml-load", "yaml.unsafe_load", "", "yaml.safe_load('a.pt')"),
    ],
)  # fmt: skip
def test_an_unsafe_load(call: str, rule: str, symbol: str, detail: str, fixed: str | None) -> None:
    (load,) = loads(call)
    assert (load.rule, load.symbol, load.detail, load.path, load.line) == (rule, symbol, detail, "a.pt", 2)
    assert load.rule in RULES
    assert load.expression == call
    after = apply(HEAD + call, load.fix) if load.fix else None
    assert after == (None if fixed is None else HEAD + fixed)
    if after:
        ast.parse(after)
        assert python.find(after, "x.py").unsafe == []


@pytest.mark.parametrize(
    "call",
    [
        "torch.load('a', weights_only=True)",
        "np.load('a')",
        "yaml.safe_load(x)",
        "yaml.load(x, Loader=yaml.SafeLoader)",
        "yaml.load(x, Loader=yaml.FullLoader)",
        "keras.models.load_model('a')",
        "pickle.loads(pickle.dumps(x))",
        "json.load(f)",
    ],
)
def test_a_safe_load_is_none(call: str) -> None:
    assert loads(call) == []


def test_the_path_of_an_open_file_is_followed() -> None:
    (load,) = loads("with open('m.pkl', 'rb') as f:\n    x = pickle.load(f)\n")
    assert (load.path, load.line) == ("m.pkl", 3)
