"""References in Python source: what counts, where it stands, what else the call says."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.discover import python
from scanner.discover.interface import Found, Mention

HEAD = "from transformers import AutoModel, pipeline\nimport os\n"


def find(source: str, siblings: Mapping[str, str] | None = None) -> Found:
    return python.find(textwrap.dedent(source), "app.py", siblings)


def ids(source: str, siblings: Mapping[str, str] | None = None) -> list[str | None]:
    return sorted((one.repo_id for one in find(source, siblings).mentions), key=str)


def only(source: str) -> Mention:
    (mention,) = find(source).mentions
    return mention


VALUES = {
    "a literal": ("AutoModel.from_pretrained('org/a')", ["org/a"]),
    "a keyword": ("AutoModel.from_pretrained(pretrained_model_name_or_path='org/a')", ["org/a"]),
    "a constant": ("M = 'org/a'\nAutoModel.from_pretrained(M)", ["org/a"]),
    "the last of two assignments": ("M = 'org/a'\nM = 'org/b'\nAutoModel.from_pretrained(M)", ["org/b"]),
    "both branches": ("if x:\n    M = 'org/a'\nelse:\n    M = 'org/b'\nAutoModel.from_pretrained(M)",
                      ["org/a", "org/b"]),
    "its own branch": ("if x:\n    M = 'org/a'\nelse:\n    M = 'org/b'\n    AutoModel.from_pretrained(M)",
                       ["org/b"]),
    "a conditional": ("AutoModel.from_pretrained('org/a' if x else 'org/b')", ["org/a", "org/b"]),
    "or": ("def f(m=None):\n    m = m or 'org/a'\n    AutoModel.from_pretrained(m)", ["org/a"]),
    "an f-string": ("O = 'org'\nAutoModel.from_pretrained(f'{O}/a-{7}b')", ["org/a-7b"]),
    "a sum": ("AutoModel.from_pretrained('org/' + 'a')", ["org/a"]),
    "percent": ("AutoModel.from_pretrained('org/%s' % 'a')", ["org/a"]),
    "format": ("AutoModel.from_pretrained('{}/{}'.format('org', 'a'))", ["org/a"]),
    "named format": ("AutoModel.from_pretrained('org/{n}'.format(n='a'))", ["org/a"]),
    "join": ("AutoModel.from_pretrained('/'.join(['org', 'a']))", ["org/a"]),
    "environ.get": ("AutoModel.from_pretrained(os.environ.get('M', 'org/a'))", ["org/a"]),
    "getenv": ("AutoModel.from_pretrained(os.getenv('M', default='org/a'))", ["org/a"]),
    "a tuple": ("A, B = 'org/a', 'org/b'\nAutoModel.from_pretrained(B)", ["org/b"]),
    "a walrus": ("if (m := 'org/a'):\n    AutoModel.from_pretrained(m)", ["org/a"]),
    "augmented": ("m = 'org/'\nm += 'a'\nAutoModel.from_pretrained(m)", ["org/a"]),
    "a known key": ("D = {'s': 'org/a', 'l': 'org/b'}\nAutoModel.from_pretrained(D['l'])", ["org/b"]),
    "an unknown key": ("D = {'s': 'org/a', 'l': 'org/b'}\nAutoModel.from_pretrained(D[x])",
        ["org/a", "org/b"]),
    "get with default": ("D = {'s': 'org/a'}\nAutoModel.from_pretrained(D.get(x, 'org/b'))",
        ["org/a", "org/b"]),
    "a nested dictionary": ("D = {'s': {'id': 'org/a', 'n': 'x'}}\nAutoModel.from_pretrained(D[x]['id'])",
                            ["org/a"]),
    "a stored entry": ("D = {}\nD['s'] = 'org/a'\nAutoModel.from_pretrained(D['s'])", ["org/a"]),
    "an appended entry": ("L = []\nL.append('org/a')\nAutoModel.from_pretrained(L[0])", ["org/a"]),
    "a loop": ("for m in ['org/a', 'org/b']:\n    AutoModel.from_pretrained(m)", ["org/a", "org/b"]),
    "a loop over items": ("D = {'k': 'org/a'}\nfor k, v in D.items():\n    AutoModel.from_pretrained(v)",
        ["org/a"]),
    "a loop over values": ("D = {'k': 'org/a'}\nfor v in D.values():\n    AutoModel.from_pretrained(v)",
        ["org/a"]),
    "enumerate": ("for i, v in enumerate(['org/a']):\n    AutoModel.from_pretrained(v)", ["org/a"]),
    "zip": ("for i, v in zip([1], ['org/a']):\n    AutoModel.from_pretrained(v)", ["org/a"]),
    "a comprehension": ("[AutoModel.from_pretrained(m) for m in ('org/a', 'org/b')]", ["org/a", "org/b"]),
    "a default": ("def f(m='org/a'):\n    AutoModel.from_pretrained(m)", ["org/a"]),
    "a call site": ("def f(m):\n    AutoModel.from_pretrained(m)\nf('org/a')\nf(m='org/b')",
        ["org/a", "org/b"]),
    "a returned value": ("def f():\n    return 'org/a'\nAutoModel.from_pretrained(f())", ["org/a"]),
    "an attribute of self": (
        "class C:\n    def __init__(self, m='org/a'):\n        self.m = m\n"
        "    def load(self):\n        AutoModel.from_pretrained(self.m)\nC('org/b')", ["org/a", "org/b"]),
    "a class attribute": ("class C:\n    M = 'org/a'\nAutoModel.from_pretrained(C.M)", ["org/a"]),
    "a property": ("class C:\n    @property\n    def m(self):\n        return 'org/a'\n"
                   "    def f(self):\n        AutoModel.from_pretrained(self.m)", ["org/a"]),
    "an enum": ("class M(Enum):\n    A = 'org/a'\nAutoModel.from_pretrained(M.A.value)", ["org/a"]),
    "a dataclass": ("@dataclass\nclass C:\n    m: str = field(default='org/a')\ndef f(cfg: C):\n"
                    "    AutoModel.from_pretrained(cfg.m)", ["org/a"]),
    "a pydantic field": ("class S(B):\n    m: str = Field('org/a')\nAutoModel.from_pretrained(S().m)",
                         ["org/a"]),
    "a nested configuration": ("class S:\n    m: str = 'org/a'\nclass T:\n    def f(self):\n"
                               "        AutoModel.from_pretrained(self.config.m)", ["org/a"]),
    "argparse": ("p.add_argument('--model-name', default='org/a')\nargs = p.parse_args()\n"
                 "AutoModel.from_pretrained(args.model_name)", ["org/a"]),
    "argparse with dest": ("p.add_argument('-m', dest='mm', default='org/a')\n"
                           "AutoModel.from_pretrained(p.parse_args().mm)", ["org/a"]),
    "click": ("@click.option('--model-id', default='org/a')\ndef f(model_id):\n"
              "    AutoModel.from_pretrained(model_id)", ["org/a"]),
    "typer": ("def f(m: str = typer.Option('org/a')):\n    AutoModel.from_pretrained(m)", ["org/a"]),
    "parametrize": ("@pytest.mark.parametrize('m,n', [('org/a', 1), ('org/b', 2)])\ndef test(m, n):\n"
                    "    AutoModel.from_pretrained(m)", ["org/a", "org/b"]),
    "unpacked keywords": ("kw = {'pretrained_model_name_or_path': 'org/a'}\nAutoModel.from_pretrained(**kw)",
                          ["org/a"]),
}  # fmt: skip


@pytest.mark.parametrize("form", VALUES)
def test_values_are_followed(form: str) -> None:
    source, expected = VALUES[form]
    assert ids(HEAD + source) == expected


CALLEES = {
    "module alias": "import transformers as tf\ntf.AutoModel.from_pretrained('org/a')",
    "name alias": "from transformers import AutoModel as M\nM.from_pretrained('org/a')",
    "star": "from transformers import *\nAutoModel.from_pretrained('org/a')",
    "assigned": "from transformers import AutoModel\nload = AutoModel.from_pretrained\nload('org/a')",
    "getattr": "from transformers import AutoModel\ngetattr(AutoModel, 'from_pretrained')('org/a')",
    "partial": "from functools import partial\nfrom transformers import AutoModel\n"
    "load = partial(AutoModel.from_pretrained, 'org/a')\nload()",
    "to_thread": "import asyncio\nfrom transformers import AutoModel\n"
    "asyncio.to_thread(AutoModel.from_pretrained, 'org/a')",
    "chosen class": "from transformers import AutoModel, AutoTokenizer\n"
    "K = {'m': AutoModel, 't': AutoTokenizer}\nK[x].from_pretrained('org/a')",
    "unknown class": "def f(cls):\n    cls.from_pretrained('org/a')",
    "object": "from huggingface_hub import HfApi\napi = HfApi()\napi.model_info('org/a')",
}


@pytest.mark.parametrize("form", CALLEES)
def test_callees_are_followed(form: str) -> None:
    assert set(ids(CALLEES[form])) == {"org/a"}


@pytest.mark.parametrize(
    "source",
    [
        "pipe = DiffusionPipeline.from_pretrained(x)\npipe('org/a')",
        "from mylib import pipeline\npipeline('x', model=y)\nz('org/a')",
        "from json import load\nload('org/a')",
        "open('org/a')",
        "x = 'application/json'\nmodel_type = 'image/png'\nmodel_date = '2024/05'",
        "from transformers import AutoModel\nAutoModel.from_config(c)\nmodel.save_pretrained('org/a')",
        "client.create(model='openai/gpt-4o')\nMODEL_ID = 'anthropic/claude-3'",
        "timm.create_model('resnet50')",
        "load_dataset('json', data_files=f)",
    ],
)
def test_what_loads_nothing_from_the_hub_is_not_mentioned(source: str) -> None:
    assert [one for one in find(source).mentions if one.repo_id is not None] == []


def test_lines_are_those_of_the_literal_and_of_the_call() -> None:
    mention = only(HEAD + "M = (\n    'org/a'\n)\nx = AutoModel.from_pretrained(\n    M,\n)\n")
    assert (mention.line, mention.end_line, mention.call_line, mention.call_end_line) == (4, 4, 6, 8)
    assert mention.expression == "M"


def test_line_offset_moves_every_line() -> None:
    found = python.find(HEAD + "AutoModel.from_pretrained('org/a')", "x.md", line_offset=10)
    (mention,) = found.mentions
    assert mention.line == mention.call_line == 13
    assert mention.pin is not None
    assert mention.pin.line == 13


@pytest.mark.parametrize(
    ("argument", "revision", "state"),
    [
        ("", None, "absent"),
        (", revision='main'", "main", "literal"),
        (", revision=None", None, "absent"),
        (", revision=x", None, "unresolved"),
        (", **{'revision': 'v1'}", "v1", "literal"),
        (", **x", None, "unresolved"),
    ],
)
def test_revision(argument: str, revision: str | None, state: str) -> None:
    mention = only(HEAD + f"AutoModel.from_pretrained('org/a'{argument})")
    assert (mention.revision, mention.revision_state) == (revision, state)


@pytest.mark.parametrize(
    ("argument", "trust"), [("", False), (", trust_remote_code=True", True), (", trust_remote_code=x", None)]
)
def test_remote_code(argument: str, trust: bool | None) -> None:
    found = find(HEAD + f"AutoModel.from_pretrained('org/a'{argument})")
    assert found.mentions[0].trust_remote_code is trust
    assert [load.rule for load in found.unsafe] == (["remote-code-allowed"] if trust else [])


@pytest.mark.parametrize("path", ["'./m'", "'/opt/m'", "'~/m'", "'../m'", "r'C:\\m'", "'m.bin'", "'a/b/c'",
                                  "Path('x') / 'y'", "os.path.join('x', y)", "f'./{x}'"])  # fmt: skip
def test_paths_are_local(path: str) -> None:
    mention = only(HEAD + f"AutoModel.from_pretrained({path})")
    assert mention.local
    assert mention.pin is None


def test_a_folder_that_the_file_saves_into_is_local() -> None:
    assert only(HEAD + "model.save_pretrained('mine')\nAutoModel.from_pretrained('mine')").local


def test_what_cannot_be_told_is_unresolved_with_its_expression() -> None:
    mention = only(HEAD + "AutoModel.from_pretrained(config[key])")
    assert (mention.repo_id, mention.expression) == (None, "config[key]")


def test_a_wrapper_that_forwards_its_own_parameter_is_not_reported() -> None:
    source = """
    class W:
        @classmethod
        def from_pretrained(cls, name, **kw):
            return cls(AutoModel.from_pretrained(name, **kw))
    W.from_pretrained("org/a")
    """
    assert set(ids(HEAD + textwrap.dedent(source))) == {"org/a"}


def test_constants_of_sibling_modules_are_wanted_and_used() -> None:
    source = HEAD + "from .config import NAME, settings\nAutoModel.from_pretrained(NAME)\n"
    assert ".config" in find(source).wants
    sibling = "ORG = 'org'\nNAME = f'{ORG}/a'\nclass S:\n    m = 'org/b'\nsettings = S()\n"
    (mention,) = find(source, {".config": sibling}).mentions
    assert (mention.repo_id, mention.line) == ("org/a", 4)
    assert ids(source.replace("(NAME)", "(settings.m)"), {".config": sibling}) == ["org/b"]
    assert ids("from . import config\n" + HEAD + "AutoModel.from_pretrained(config.NAME)",
               {".config": sibling}) == ["org/a"]  # fmt: skip


def test_libraries_are_not_wanted() -> None:
    assert (
        find(HEAD + "from torch import x\nfrom sys import y\nAutoModel.from_pretrained(x or y)").wants == []
    )


def test_ids_under_telling_names_are_found_without_a_call() -> None:
    source = "MODEL_ID = 'org/a-7b'\nR = {'x': {'repo_id': 'org/b-1'}}\nserve(hf_model='org/c2')\n"
    assert ids(source) == ["org/a-7b", "org/b-1", "org/c2"]
    assert {one.loader for one in find(source).mentions} == {"named-value"}


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n  from_pretrained('org/a')",
        "print 'from_pretrained'",
        "(" * 3000 + "from_pretrained" + ")" * 3000,
    ],
)
def test_what_does_not_parse_is_a_gap(source: str) -> None:
    found = python.find(source, "bad.py")
    assert found.mentions == []
    assert found.gaps
    assert "bad.py" in found.gaps[0]


@pytest.mark.parametrize(
    "source",
    [
        "x = 'a' * 10 ** 12\nAutoModel.from_pretrained(x)",
        "x = '{:>1000000000}'.format('a')\nAutoModel.from_pretrained(x)",
        "x = x + x\n" * 500 + "AutoModel.from_pretrained(x)",
        "x = 'a'\n" + "x = x + x\n" * 500 + "AutoModel.from_pretrained(x)",
        "x = [*x, *x]\nx = dict(x)\nAutoModel.from_pretrained(x[0])",
        "a0 = ['o/a'] * 2\n" + "".join(f"a{i} = [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
        + "AutoModel.from_pretrained(a59[i])",
        "".join(f"if c{i}:\n    m = 'org/m{i}'\n" for i in range(3000)) + "AutoModel.from_pretrained(m)",
        "def f(x):\n    return f(x) or g(x)\ndef g(x):\n    return f(x)\nAutoModel.from_pretrained(f(1))",
        "class A(B): pass\nclass B(A): pass\nAutoModel.from_pretrained(A.x)",
        "m" + ".a" * 900 + "\nAutoModel.from_pretrained(m" + ".a" * 900 + ")",
    ],
)  # fmt: skip
def test_hostile_source_ends_with_an_answer(source: str) -> None:
    assert len(python.find(HEAD + source, "x.py").mentions) <= 64


_NAMES = st.sampled_from(["a", "b", "c", "AutoModel", "os", "self"])
_EXPRESSIONS = st.recursive(
    _NAMES | st.sampled_from(["'org/a'", "'x'", "None", "1", "[]", "{}"]),
    lambda inner: st.one_of(
        st.builds("{} + {}".format, inner, inner),
        st.builds("f'{{{}}}/x'".format, _NAMES),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("{{{}: {}}}".format, st.sampled_from(["'k'", "1"]), inner),
        st.builds("({})[{}]".format, inner, inner),
        st.builds("({} if a else {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("({}).a".format, inner),
        st.builds("a({}, k={})".format, inner, inner),
        st.builds("[c for c in {}]".format, inner),
        st.builds("({}).get({}, {})".format, inner, inner, inner),
    ),
    max_leaves=12,
)
_STATEMENTS = st.one_of(
    st.builds("{} = {}".format, _NAMES.filter(lambda name: name != "None"), _EXPRESSIONS),
    st.builds("AutoModel.from_pretrained({}, revision={})".format, _EXPRESSIONS, _EXPRESSIONS),
    st.builds("for b in {}: AutoModel.from_pretrained(b)".format, _EXPRESSIONS),
    st.builds("def a(b, c={}): return {}".format, _EXPRESSIONS, _EXPRESSIONS),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_STATEMENTS, max_size=8))
def test_any_program_gets_an_answer_with_lines_of_its_own(statements: list[str]) -> None:
    source = HEAD + "\n".join(statements) + "\nAutoModel.from_pretrained(a)\n"
    found = python.find(source, "x.py")
    lines = source.count("\n") + 1
    assert all(1 <= one.line <= one.end_line <= lines for one in found.mentions)
    assert not [gap for gap in found.gaps if "too deep to be read" in gap]


@pytest.mark.parametrize(
    ("source", "package"),
    [
        ("from transformers import AutoModel\nAutoModel.from_pretrained('org/a')", "transformers"),
        ("import transformers as t\nt.AutoModel.from_pretrained('org/a')", "transformers"),
        ("from peft import AutoPeftModel\nAutoPeftModel.from_pretrained('org/a')", "peft"),
        ("from own.models import AutoModel\nAutoModel.from_pretrained('org/a')", None),
        ("AutoModel.from_pretrained('org/a')", None),
        ("from x import *\nAutoModel.from_pretrained('org/a')", None),
    ],
)
def test_the_package_is_named_where_an_import_shows_it(source: str, package: str | None) -> None:
    assert only(source).package == package
