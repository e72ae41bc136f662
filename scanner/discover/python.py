"""References in Python source: calls of known loaders, with every value that their arguments may have."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Mapping
from itertools import islice

from scanner.discover import matching, unsafe
from scanner.discover.callees import Callees
from scanner.discover.interface import Found, Mention, UnsafeLoad
from scanner.discover.mentions import Mentions
from scanner.discover.named import may_hold, named_values
from scanner.discover.reading import read_module
from scanner.discover.source import Original
from scanner.discover.syntax import Module, occurrences
from scanner.discover.usage import examples, find_usage
from scanner.discover.values import MOST_VALUES, Evaluator

_SIBLINGS = 20


_LONG_LINE = 2_000
_RUN = re.compile(r"(?:[^\n]+\n)+")
_MOST_RUNS = 200

_BLANK = bytes(32 if byte < 128 and not (chr(byte).isalnum() or byte == 95) else byte for byte in range(256))
"""What is no part of a name becomes a blank: faster than an expression."""

_NO_CALL = re.compile(r"[`.:]|[ \t]*=|[ \t]+(?!if\b|else\b|or\b|and\b|as\b)\w")
"""What follows a name that is neither called nor handed on there."""

_AS = re.compile(r"[ \t]+as[ \t]+(\w+)")
_IS = re.compile(r"[ \t]*(\w+)[ \t]*=[^=]")

_NO_CODE = re.compile(r"[ \t]*(?:#|>>>|(?:async )?def $|class $)")
"""The beginning of a line which is a comment, an example or a definition, or within a string."""


def names_in(text: str) -> frozenset[str]:
    """The last names of calls that are worth a look in this source."""
    return _names(_words(text))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.encode("utf-8", "replace").translate(_BLANK).decode().split())


def _names(words: frozenset[str]) -> frozenset[str]:
    return matching.names_in(words) | unsafe.names_in(words)


def may_name(text: str) -> bool:
    """Whether it is worth parsing: cheap, and true for everything that :func:`find` finds something in."""
    return bool(places(text, _words(text))) or may_hold(text)


def places(text: str, words: frozenset[str]) -> list[int]:
    """Where a call worth a look may be named in this source."""
    as_json = "as json" in text
    found: list[int] = []
    aliases: set[str] = set()
    names = _names(words)
    for name in names:
        for at in occurrences(text, name):
            if _may_be_called(text, at, at + len(name), as_json):
                found.append(at)
                aliases.update(_aliases(text, at, at + len(name)))
    found += [
        at for name in aliases - names for at in occurrences(text, name) if text.startswith(f"{name}(", at)
    ]
    return found


def _aliases(text: str, start: int, end: int) -> Iterator[str]:
    """Other names that a function gets there: of an import, of an assignment."""
    if imported := _AS.match(text, end):
        yield imported[1]
    elif text[end : end + 1] != "(" and (assigned := _IS.match(text, _line(text, start), start)):
        yield assigned[1]


def _line(text: str, at: int) -> int:
    """Where the line begins; in a very long one ``at`` itself, so that no text takes quadratic time."""
    found = text.rfind("\n", max(0, at - _LONG_LINE), at) + 1
    return found if found or at <= _LONG_LINE else at


def _may_be_called(text: str, start: int, end: int, as_json: bool) -> bool:
    """False where the name is prose, an example, a comment, a target or a definition."""
    if _NO_CALL.match(text, end):
        return False
    before = text[_line(text, start) : start]
    if before.endswith("json.") and not as_json:
        return False
    return not _NO_CODE.match(before)


def find(
    text: str, path: str, siblings: Mapping[str, str] | None = None, line_offset: int = 0, pins: bool = True
) -> Found:
    """What the source names. ``siblings`` are texts of modules it wanted; ``line_offset`` is added to lines.

    Source that does not parse, or is too deep, gives a gap.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    pins = pins and "\r" not in text.replace("\r\n", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    words = _words(text)
    found = _of_code(text, path, siblings or {}, line_offset, newline if pins else None, words)
    shown = [*find_usage(text, path, words, line_offset), *_of_examples(text, path, line_offset)]
    if shown:
        seen = {(one.line, one.repo_id) for one in found.mentions}
        found.mentions += [one for one in shown if (one.line, one.repo_id) not in seen]
        found.mentions.sort(key=lambda one: (one.line, one.call_line, one.repo_id or "", one.loader))
    return found


def _of_examples(text: str, path: str, offset: int) -> list[Mention]:
    """What examples in docstrings and comments load, run by run where one of them does not parse."""
    code = examples(text)
    if code is None:
        return []
    words = _words(code)
    found = _of_code(code, path, {}, offset, None, words)
    if found.gaps or found.defeated:
        runs = [(code.count("\n", 0, run.start()), run[0]) for run in islice(_RUN.finditer(code), _MOST_RUNS)]
        parts = [_of_code(run, path, {}, offset + line, None, words) for line, run in runs]
        found = Found([one for part in parts for one in part.mentions])
    return [one for one in found.mentions if one.repo_id is not None and not one.local]


def _of_code(
    text: str,
    path: str,
    siblings: Mapping[str, str],
    offset: int,
    newline: str | None,
    words: frozenset[str],
) -> Found:
    calls = places(text, words)
    if not calls and not may_hold(text):
        return Found()
    try:
        return _find(Original(text, offset, newline), text, calls, siblings)
    except SyntaxError as error:
        reason = f"it does not parse as Python 3 (line {(error.lineno or 1) + offset})"
    except (RecursionError, MemoryError, ValueError) as error:
        why = f"its source is too deep to be read ({type(error).__name__})"
        return Found(defeated=f"{why}; only explicit addresses were found")
    return Found(
        gaps=[f"{path}: {reason}; only explicit addresses were searched: review its loaders by hand"]
    )


def parse(text: str) -> ast.Module:
    """The syntax tree, without the warnings that the source deserves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def _find(original: Original, text: str, calls: list[int], siblings: Mapping[str, str]) -> Found:
    module, others = read_module(text, parse(text)), _modules(siblings)
    try:
        return _search(Evaluator(module, others), original, calls)
    finally:
        for one in (module, *others.values()):
            one.close()


def _search(evaluator: Evaluator, original: Original, calls: list[int]) -> Found:
    module = evaluator.module
    callees = Callees(evaluator)
    mentions = Mentions(evaluator, callees, original)
    loads: list[UnsafeLoad] = []
    for statement in module.on_lines(module.lines_of(calls)):
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
