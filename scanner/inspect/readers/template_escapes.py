"""Ways out of a Jinja template, and templates that never end, told from the parsed tree.

What a sandbox of Jinja refuses (``jinja2.sandbox``: attributes that begin with an underscore, internals of
functions, generators and frames) counts wherever it stands, and so does every way to put its name together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.inspect.readers.template_text import HUGE, Folding

if TYPE_CHECKING:
    from jinja2 import nodes

Escape = tuple[str, int]
"""What reaches out, and its line."""

_INTERNAL = re.compile(
    r"__(?:class|mro|bases?|subclasses|globals|builtins?|import|init|new|dict|code|closure|func|self|module|"
    r"loader|spec|getattribute|getattr|getitem|reduce|reduce_ex|subclasshook|init_subclass|call|defaults|"
    r"kwdefaults|wrapped|delattr|setattr|enter|exit|objclass|qualname|annotations|doc|file|name)__"
)
_DUNDER = re.compile(r"__\w{1,40}__")
_INTERNAL_ATTRIBUTES_TEXT = """
    mro func_globals func_code func_closure func_defaults im_func im_class im_self gi_frame gi_code
    gi_yieldfrom cr_frame cr_code cr_await cr_origin ag_frame ag_code ag_await f_globals f_locals f_builtins
    f_back f_code
    tb_frame tb_next co_code co_consts
    """
_INTERNAL_ATTRIBUTES = frozenset(_INTERNAL_ATTRIBUTES_TEXT.split())
_CALLED_TEXT = """
    popen system check_output check_call getoutput getstatusoutput import_module load_module exec_module
    subclasses format_map from_pyfile from_object from_envvar fromhex b64decode eval exec execfile compile
    urlopen run_path run_module open_code CDLL
    """
_CALLED = frozenset(_CALLED_TEXT.split())
"""Methods that no text, list or map of a chat has."""
_NAMES_TEXT = """
    __import__ eval exec compile open os sys subprocess builtins importlib socket shutil getattr setattr
    globals locals vars breakpoint input request url_for get_flashed_messages lipsum popen system
    """
_NAMES = frozenset(_NAMES_TEXT.split())
"""Names that mean nothing in a chat template and much in Python, or in programs that render pages."""
_SET_BY_TEMPLATES = frozenset({"open", "input", "request", "system", "compile", "sys"})
"""Of those, the ones that an honest template may use for variables of its own; so only a call counts."""
_BUILDING_FILTERS = frozenset({"format", "join", "reverse", "replace"})
_FIELD = re.compile(r"\{[^{}]{0,80}[.\[][^{}]{0,80}\}")
"""A replacement field that reads an attribute or an item."""
_REPEATING = frozenset(
    {"center", "indent", "batch", "slice", "ljust", "rjust", "zfill", "lipsum", "wordwrap"}
)


def escapes(tree: nodes.Template) -> Iterator[Escape]:
    """Everything that reaches out of the template or makes it run without end, in no order."""
    from jinja2 import nodes

    folding = Folding()
    everything = list(_all(tree))
    own = {node.name for node in everything if isinstance(node, nodes.Name) and node.ctx != "load"}
    own |= {node.name for node in everything if isinstance(node, nodes.Macro)}
    for node in everything:
        if isinstance(node, nodes.Assign) and isinstance(node.target, nodes.Name):
            folding.note(node.target.name, folding.value(node.node))
    for node in everything:
        yield from _names(node, own)
        yield from _attributes(node, folding)
        yield from _texts(node, folding)
        if isinstance(node, nodes.Import | nodes.FromImport | nodes.Include | nodes.Extends):
            yield f"{{% {_TAGS[type(node).__name__]} %}}", node.lineno
    yield from _endless(tree, everything, folding)


_TAGS = {"Import": "import", "FromImport": "from … import", "Include": "include", "Extends": "extends"}


def _all(tree: nodes.Node) -> Iterator[nodes.Node]:
    """Every node, in the order of the document."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(node.iter_child_nodes())))


def _names(node: nodes.Node, own: set[str]) -> Iterator[Escape]:
    from jinja2 import nodes

    called = isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name)
    name = node.node if isinstance(node, nodes.Call) and called else node
    if not isinstance(name, nodes.Name) or name.ctx != "load" or name.name in own:
        return
    if _DUNDER.fullmatch(name.name) or (
        name.name in _NAMES and (called or name.name not in _SET_BY_TEMPLATES)
    ):
        yield name.name, name.lineno


def _attributes(node: nodes.Node, folding: Folding) -> Iterator[Escape]:
    from jinja2 import nodes

    if isinstance(node, nodes.Getattr) and _is_internal(node.attr):
        yield f".{node.attr}", node.lineno
    elif isinstance(node, nodes.Getitem):
        name = folding.text(node.arg)
        if name is not None and _is_internal(name):
            yield f"[{name!r}]", node.lineno
        elif name is None and _built(node.arg, folding):
            yield "an item whose name is put together from text", node.lineno
    elif isinstance(node, nodes.Filter) and node.name == "attr":
        yield "|attr", node.lineno
    elif isinstance(node, nodes.Filter | nodes.Test):
        yield from _by_attribute(node, folding)
    elif isinstance(node, nodes.Keyword) and _is_internal(node.key):
        yield f"{node.key}=…", node.lineno
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        yield from _method(node.node, folding)
    elif isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getitem):
        name = folding.text(node.node.arg)
        if name in _CALLED or (name is not None and not isinstance(node.node.arg, nodes.Const)):
            yield f"[{name!r}](…)", node.lineno


def _by_attribute(node: nodes.Filter | nodes.Test, folding: Folding) -> Iterator[Escape]:
    """Filters that read an attribute by its name: ``map(attribute=…)``, ``selectattr``, ``sort``."""
    named = [pair.value for pair in node.kwargs if pair.key == "attribute"]
    if node.name in ("selectattr", "rejectattr", "groupby", "sum", "sort", "unique", "min", "max"):
        named += node.args[:1]
    for value in named:
        name = folding.text(value)
        if name is not None and any(map(_is_internal, name.split("."))):
            yield f"|{node.name}({name!r})", node.lineno
        elif name is None and _built(value, folding):
            yield "an attribute whose name is put together from text", node.lineno
    if node.name == "map" and node.args and folding.text(node.args[0]) == "attr":
        yield "|map('attr')", node.lineno


def _method(function: nodes.Getattr, folding: Folding) -> Iterator[Escape]:
    if function.attr in _CALLED:
        yield f".{function.attr}(…)", function.lineno
    elif function.attr == "format":
        pattern = folding.text(function.node)
        field = _FIELD.search(pattern) if pattern is not None else None
        if field:
            yield f"the field {field[0]} of a format", function.lineno


def _is_internal(name: str) -> bool:
    return name.startswith("_") or name in _INTERNAL_ATTRIBUTES


def _texts(node: nodes.Node, folding: Folding) -> Iterator[Escape]:
    """Names of internals that are spelt anywhere, in one piece or in several."""
    from jinja2 import nodes

    if isinstance(node, nodes.TemplateData) or not isinstance(node, nodes.Expr):
        return
    text = folding.text(node)
    internal = _INTERNAL.search(text) if text and "__" in text else None
    if internal:
        yield repr(internal[0]), node.lineno


def _built(node: nodes.Node, folding: Folding) -> bool:
    """Whether an item name is computed out of text rather than looked up or counted."""
    from jinja2 import nodes

    if isinstance(node, nodes.Filter):
        return node.name in _BUILDING_FILTERS
    if isinstance(node, nodes.Call):
        return isinstance(node.node, nodes.Getattr) and node.node.attr in _BUILDING_FILTERS
    if isinstance(node, nodes.Mod):
        return folding.text(node.left) is not None
    if isinstance(node, nodes.Concat):
        return not _is_safe_start(folding.value(node.nodes[0]))
    if isinstance(node, nodes.Add):
        if not any(folding.text(side) is not None for side in (node.left, node.right)):
            return False
        return not _is_safe_start(folding.value(node.left))
    return False


def _is_safe_start(value: str | int | None) -> bool:
    """Whether no name of an internal begins so."""
    if not isinstance(value, str) or len(value) < 3:
        return False
    return value[0] != "_" and not any(name.startswith(value) for name in _INTERNAL_ATTRIBUTES)


def _endless(tree: nodes.Node, everything: list[nodes.Node], folding: Folding) -> Iterator[Escape]:
    """Loops of too many rounds, and texts of too many characters."""
    from jinja2 import nodes

    for node in everything:
        if isinstance(node, nodes.BinExpr) and isinstance(node, nodes.Mul | nodes.Pow):
            sides = (folding.value(node.left), folding.value(node.right))
            value = folding.value(node)
            if HUGE in sides or value == HUGE or (any(map(_is_text, sides)) and any(map(_is_large, sides))):
                yield "a text or number without end", node.lineno
        elif isinstance(node, nodes.Filter | nodes.Call):
            name = (
                node.name
                if isinstance(node, nodes.Filter)
                else getattr(node.node, "attr", getattr(node.node, "name", ""))
            )
            given = [*node.args, *(pair.value for pair in node.kwargs)]
            if name in _REPEATING and any(_is_large(folding.value(value)) for value in given):
                yield f"{name} with a size without end", node.lineno
    yield from _loops(tree, 1, folding)


def _is_text(value: str | int | None) -> bool:
    return isinstance(value, str)


def _is_large(value: str | int | None) -> bool:
    return isinstance(value, int) and value >= HUGE // 10


def _loops(tree: nodes.Node, rounds: int, folding: Folding) -> Iterator[Escape]:
    """``range`` in loops within loops: what their lengths multiply to."""
    from jinja2 import nodes

    waiting = [(tree, rounds)]
    while waiting:
        node, rounds = waiting.pop()
        if isinstance(node, nodes.For):
            rounds *= _length(node.iter, folding)
        elif isinstance(node, nodes.Call) and rounds * _length(node, folding) >= HUGE:
            yield "range(…) without end", node.lineno
            continue
        if rounds >= HUGE:
            yield "loops without end", node.lineno
            continue
        waiting.extend((child, rounds) for child in node.iter_child_nodes())


def _length(node: nodes.Node, folding: Folding) -> int:
    """How long a ``range`` of constants is; 1 for everything else."""
    from jinja2 import nodes

    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name) or node.node.name != "range":
        return 1
    bounds = [folding.value(argument) for argument in node.args]
    if not 1 <= len(bounds) <= 3 or not all(isinstance(bound, int) for bound in bounds):
        return 1
    numbers = [bound for bound in bounds if isinstance(bound, int)]
    if len(numbers) == 3 and numbers[2] == 0:
        return 1
    return max(len(range(*numbers)), 1)
