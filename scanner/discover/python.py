"""References in Python source: calls of known loaders, with every value that their arguments may have."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping

from scanner.discover import matching, unsafe
from scanner.discover.callees import Callees
from scanner.discover.interface import Found, UnsafeLoad
from scanner.discover.mentions import Mentions
from scanner.discover.named import may_hold, named_values
from scanner.discover.reading import read_module
from scanner.discover.source import Original
from scanner.discover.syntax import Module
from scanner.discover.values import MOST_VALUES, Evaluator

_SIBLINGS = 20


_WORD = re.compile(r"[A-Za-z_]\w+")


def names_in(text: str) -> frozenset[str]:
    """The last names of calls that are worth a look in this source."""
    words = frozenset(_WORD.findall(text))
    return matching.names_in(words) | unsafe.names_in(words)


def may_name(text: str) -> bool:
    """Whether it is worth parsing: cheap, and true for everything that :func:`find` finds something in."""
    return bool(names_in(text)) or may_hold(text)


def find(
    text: str, path: str, siblings: Mapping[str, str] | None = None, line_offset: int = 0, pins: bool = True
) -> Found:
    """What the source names. ``siblings`` are texts of modules it wanted; ``line_offset`` is added to lines.

    Source that does not parse, or is too deep, gives a gap.
    """
    names = names_in(text)
    if not names and not may_hold(text):
        return Found()
    try:
        return _find(text, names, siblings or {}, line_offset, pins)
    except SyntaxError as error:
        reason = f"it does not parse as Python 3 (line {(error.lineno or 1) + line_offset})"
    except (RecursionError, MemoryError, ValueError) as error:
        reason = f"its source is too deep to be read ({type(error).__name__})"
    return Found(
        gaps=[f"{path}: {reason}; only explicit addresses were searched: review its loaders by hand"]
    )


def parse(text: str) -> ast.Module:
    """The syntax tree, without the warnings that the source deserves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _find(text: str, names: frozenset[str], siblings: Mapping[str, str], offset: int, pins: bool) -> Found:
    newline = "\r\n" if "\r\n" in text else "\n"
    pins = pins and "\r" not in text.replace("\r\n", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    module = read_module(text, parse(text))
    evaluator = Evaluator(module, _modules(siblings))
    callees = Callees(evaluator)
    original = Original(text, offset, newline if pins else None)
    mentions = Mentions(evaluator, callees, original)
    loads: list[UnsafeLoad] = []
    for statement in module.on_lines(module.lines_with(names)):
        for call in module.calls(statement):
            mentions.look(call)
            loads.extend(unsafe.look(call, evaluator, callees, original))
    named_values(module, mentions)
    found = mentions.found()
    found.unsafe = sorted([*loads, *found.unsafe], key=lambda load: (load.line, load.rule, load.symbol))
    if evaluator.cut:
        found.gaps.append(
            f"an expression has more than {MOST_VALUES} values or is too deep; the rest is not listed"
        )
    return found


def _modules(siblings: Mapping[str, str]) -> dict[str, Module]:
    modules: dict[str, Module] = {}
    for name, text in list(siblings.items())[:_SIBLINGS]:
        try:
            modules[name] = read_module(text, parse(text))
        except (SyntaxError, RecursionError, MemoryError, ValueError):
            continue  # its constants stay unknown
    return modules
