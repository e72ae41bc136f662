"""``docs/formats/``: one page a format, from the table of formats and what its reader says of itself."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from types import ModuleType

from scanner.inspect.format_row import MEMBERS, MODELSCAN, NONE_YET, Format
from scanner.inspect.formats import FORMATS
from scanner.inspect.look import HANDLERS
from scanner.rules import RULES

_WRITTEN = "<!-- Written by scripts/docs.py from scanner/inspect/. -->"
_ROOT = "scanner.inspect."
_ARCHIVE = "zip"
"""Who takes apart what is recognised within a zip and has no reader of its own."""
_SHARED = frozenset({"examination", "interface", "limits", "formats", "stream"})
"""Modules whose rules are those of every format."""

_ROLE = re.compile(r":(?:class|func|data|mod|meth|attr|exc):`~?([^`]+)`")


def format_pages() -> dict[str, str]:
    """Each page by its file name."""
    return {f"{each.id}.md": "\n".join(_page(each)) for each in FORMATS.values()}


def _page(row: Format) -> Iterator[str]:
    yield f"# {row.title[0].upper()}{row.title[1:]}\n"
    yield f"{_WRITTEN}\n"
    names = " ".join(f"`{name}`" for name in row.names) or "any"
    yield f"`{row.id}` in a report. Expected under the names: {names}.\n"
    yield f"- **Recognised by** {row.recognised}.\n- **What can act:** {row.acts}."
    yield f"- **Looked at by:** {row.reader}.\n- **Read in full** means: {row.full}."
    yield f"- **By range** it asks for: {row.asks} ([what that is](../formats.md)).\n"
    module = None if row.reader == NONE_YET else _module(row.id)
    if module is not None:
        yield f"## How it is read\n\n{_prose(module)}\n"
        if rules := _rules(row, module):
            yield "## What can be found in it\n"
            yield "".join(f"- [`{rule}`](../rules/{rule}.md): {RULES[rule].title}\n" for rule in rules)
        if MEMBERS in row.reader:
            yield "And whatever is found in its members.\n"
    else:
        yield (
            "## How it is read\n\nNot yet: the file is reported as incomplete. Review it by hand, or "
            "accept it by its digest\nin the [configuration](../configuration.md#accept-a-risk).\n"
        )
    yield "[All formats](../formats.md)\n"


def _module(name: str) -> ModuleType | None:
    handler = HANDLERS.get(name) or HANDLERS[_ARCHIVE]
    where = getattr(handler, "module", None)
    return importlib.import_module(f"{_ROOT}{where}") if where else None


def _prose(module: ModuleType) -> str:
    """What the reader says of itself, as Markdown."""
    said = inspect.cleandoc(module.__doc__ or "").replace("``", "`")
    return _ROLE.sub(lambda found: f"`{found[1].rpartition('.')[2]}`", said).replace("::\n", ":\n")


def _rules(row: Format, module: ModuleType) -> list[str]:
    """Rules that the reader, or a module that it calls, names; those of pickles where it holds any."""
    pickled = MODELSCAN.partition(",")[0] in row.reader
    tree = ast.parse(inspect.getsource(module))
    beside = {
        node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_ROOT)
    }
    near = sorted(each for each in beside if each and each.rpartition(".")[2] not in _SHARED)
    trees = [tree, *(ast.parse(inspect.getsource(importlib.import_module(name))) for name in near)]
    named = {
        node.value
        for each in trees
        for node in ast.walk(each)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return [rule for rule in RULES if rule in named or (pickled and rule.startswith("pickle-"))]
