"""Values that pass through calls: defaults of options and parameters, arguments, returned values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.discover import members
from scanner.discover.syntax import At, Binding, Call, Definition, Scope, last_name
from scanner.discover.value import UNKNOWN, Path, Plain, Shape, Text, Unknown, Value, Values

if TYPE_CHECKING:
    from scanner.discover.values import Evaluator

_CALL_SITES = 32
_DEFAULTS = frozenset(("default", "value", "default_value", "initial", "fallback"))
_CHOICES = frozenset(("selectbox", "radio", "choice", "multiselect", "Dropdown", "Radio", "choices"))
_TEXT_INPUTS = frozenset(("text_input", "text_area", "Textbox"))
_ENVIRONMENT = frozenset(("getenv", "environ.get", "environ.setdefault", "environ.pop"))
_SETTINGS = frozenset(("env", "config", "get_env", "getenv", "env_str", "str_env", "environ"))
_FIELDS = frozenset(("Field", "field", "Option", "Argument", "ib", "attrib"))
_PATHS = frozenset(
    [
        "Path",
        "PurePath",
        "PosixPath",
        "join",
        "abspath",
        "realpath",
        "expanduser",
        "expandvars",
        "resolve",
        "mkdtemp",
        "getcwd",
        "dirname",
        "joinpath",
        "absolute",
        "cwd",
        "home",
        "as_posix",
        "basename",
        "gettempdir",
        "open",
        "with_suffix",
        "parent",
    ]
)
_SAME = frozenset(
    ("strip", "rstrip", "lstrip", "str", "removesuffix", "cast", "encode", "decode", "lower_case")
)
_NOT_PATHS = frozenset(("join",))


def call(evaluator: Evaluator, node: ast.Call, at: At) -> Values:
    """What a call returns, of the calls whose meaning is known and the functions of the file."""
    name = last_name(node.func)
    found = _settings(evaluator, node, name, at)
    if found is not None:
        return found
    if name in _PATHS:
        return _path(evaluator, node, name, at)
    if isinstance(node.func, ast.Attribute):
        found = _method(evaluator, node, node.func, at)
        if found is not None:
            return found
    if name in _SAME and node.args:
        return evaluator.values(node.args[-1], at)
    if name in _CHOICES or name in _TEXT_INPUTS:
        return _input(evaluator, node, name, at)
    if name in _FIELDS:
        return _field(evaluator, node, at)
    made = _functions(evaluator, node.func, at)
    if made:
        return tuple(value for function in made for value in evaluator.returned(function)) or UNKNOWN
    return (Shape(node, at),)


def _settings(evaluator: Evaluator, node: ast.Call, name: str, at: At) -> Values | None:
    """``os.environ.get(name, default)``, ``getenv`` and readers of settings: the default."""
    full = f"{last_name(node.func.value)}.{name}" if isinstance(node.func, ast.Attribute) else name
    known = name in _ENVIRONMENT or full in _ENVIRONMENT
    if not known and not (name in _SETTINGS and isinstance(node.func, ast.Name)):
        return None
    named = [word.value for word in node.keywords if word.arg in _DEFAULTS]
    default = named[0] if named else (node.args[1] if len(node.args) > 1 else None)
    return UNKNOWN if default is None else evaluator.values(default, at)


def _path(evaluator: Evaluator, node: ast.Call, name: str, at: At) -> Values:
    if name == "join" and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant):
        return _glued(evaluator, node, node.func.value, at)
    if not node.args:
        return (Path(),)
    heads = [
        value.text for value in evaluator.values(node.args[0], at) if isinstance(value, Path) and value.text
    ]
    parts = [
        [*heads, *evaluator.texts(node.args[0], at)],
        *(evaluator.texts(part, at) for part in node.args[1:4]),
    ]
    if name in ("open", "Path", "join", "PurePath", "PosixPath") and all(parts):
        joined = "/".join(part[0] for part in (parts if name != "open" else parts[:1]))
        return (Path(joined),)
    return (Path(),)


def _glued(evaluator: Evaluator, node: ast.Call, glue: ast.Constant, at: At) -> Values:
    """``"/".join([a, b])``."""
    if (
        len(node.args) != 1
        or not isinstance(glue.value, str)
        or not isinstance(node.args[0], ast.List | ast.Tuple)
    ):
        return UNKNOWN
    parts: list[list[str]] = []
    for element in node.args[0].elts:
        texts = evaluator.texts(element, at)
        if not texts:
            return UNKNOWN
        parts += [[glue.value], texts] if parts else [texts]
    return evaluator.combined(parts, node, at) if parts else UNKNOWN


_BRACES = re.compile(r"\{\}")
_NAMED_HOLE = re.compile(r"\{(\w+)\}")


def _method(evaluator: Evaluator, node: ast.Call, func: ast.Attribute, at: At) -> Values | None:
    """Methods of strings and dictionaries."""
    if func.attr == "format":
        return _format(evaluator, node, func, at)
    if func.attr in ("get", "pop", "setdefault") and node.args:
        return _get(evaluator, node, func, at)
    if func.attr in ("items", "values", "keys"):
        return (Shape(node, at),)
    if func.attr in _SAME and len(node.args) <= 1:
        return evaluator.values(func.value, at)
    if func.attr in ("lower", "upper") and not node.args:
        return tuple(
            Text(getattr(value.text, func.attr)(), value.node) if isinstance(value, Text) else value
            for value in evaluator.values(func.value, at)
        )
    if func.attr == "replace" and len(node.args) == 2:
        return _replaced(evaluator, node, func, at)
    if func.attr in ("open", "read_text", "read_bytes", "resolve", "absolute", "expanduser"):
        return (
            tuple(value for value in evaluator.values(func.value, at) if isinstance(value, Path)) or UNKNOWN
        )
    return None


def _format(evaluator: Evaluator, node: ast.Call, func: ast.Attribute, at: At) -> Values:
    if not node.keywords:
        return evaluator.fill(node, func.value, node.args, at, _BRACES)
    words = {word.arg: word.value for word in node.keywords}
    found: list[Value] = []
    for text in evaluator.texts(func.value, at):
        pieces = _NAMED_HOLE.split(text)
        parts: list[list[str]] = []
        for index, piece in enumerate(pieces):
            if index % 2 == 0:
                parts.append([piece])
            elif piece not in words or not (texts := evaluator.texts(words[piece], at)):
                return evaluator.partial(parts)
            else:
                parts.append(texts)
        found.extend(evaluator.combined(parts, node, at))
    return tuple(found) or UNKNOWN


def _get(evaluator: Evaluator, node: ast.Call, func: ast.Attribute, at: At) -> Values | None:
    """``d.get(key, default)``; of something that is not known only the default."""
    found: list[Value] = []
    for value in evaluator.values(func.value, at):
        if isinstance(value, Shape):
            found.extend(members.entry(evaluator, value, node.args[0], at))
    default = node.args[1] if len(node.args) > 1 else None
    named = [word.value for word in node.keywords if word.arg in _DEFAULTS]
    if default is not None or named:
        found.extend(evaluator.values(default if default is not None else named[0], at))
    return tuple(found) or UNKNOWN


def _replaced(evaluator: Evaluator, node: ast.Call, func: ast.Attribute, at: At) -> Values:
    old, new = (evaluator.texts(argument, at) for argument in node.args)
    if len(old) != 1 or len(new) != 1 or not old[0]:
        return UNKNOWN
    texts = [value for value in evaluator.values(func.value, at) if isinstance(value, Text)]
    changed = [Text(value.text.replace(old[0], new[0])[:400], value.node) for value in texts]
    return tuple(changed) or UNKNOWN


def _input(evaluator: Evaluator, node: ast.Call, name: str, at: At) -> Values:
    """A widget or a random choice: every choice, or the text that stands there first."""
    named = [word.value for word in node.keywords if word.arg in ("options", "choices", *_DEFAULTS)]
    place = 0 if name in ("choice", "choices", "Dropdown", "Radio") else 1
    wanted = named or node.args[place : place + 1]
    found: list[Value] = []
    for argument in wanted:
        for value in evaluator.values(argument, at):
            found.extend(members.each(evaluator, (value,)) if isinstance(value, Shape) else (value,))
    return tuple(found) or UNKNOWN


def _field(evaluator: Evaluator, node: ast.Call, at: At) -> Values:
    """``Field(default=…)`` and the like: the default, also one that a lambda makes."""
    for word in node.keywords:
        if word.arg in _DEFAULTS:
            return evaluator.values(word.value, at)
        if word.arg in ("default_factory", "factory") and isinstance(word.value, ast.Lambda):
            return evaluator.values(word.value.body, at)
    return evaluator.values(node.args[0], at) if node.args else UNKNOWN


def _functions(evaluator: Evaluator, func: ast.expr, at: At) -> list[Definition]:
    """The functions of the file that are called."""
    if isinstance(func, ast.Name):
        found = [binding.node for binding in evaluator.bindings(func.id, at) if binding.kind == "function"]
    elif (
        isinstance(func, ast.Attribute)
        and isinstance(func.value, ast.Name)
        and func.value.id in ("self", "cls")
    ):
        owner = at.scope.owner
        found = (
            [one.node for one in owner.bindings.get(func.attr, ()) if one.kind == "function"] if owner else []
        )
    else:
        found = []
    return [node for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def parameter(evaluator: Evaluator, binding: Binding) -> Iterator[Value]:
    """What a parameter may be: its default, what decorators say of it, what the file's calls pass."""
    node, name = binding.node, binding.name
    scope = binding.at.scope
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or scope.at is None:
        return
    found = [*_default(evaluator, node, name, scope.at), *_decorated(evaluator, node, name, scope.at)]
    sites = _sites(node, scope)
    position = _position(node, name, isinstance(scope.at.scope.node, ast.ClassDef))
    for site in sites[:_CALL_SITES]:
        argument = _argument(site, position, name)
        if argument is not None:
            found.extend(evaluator.values(argument, site.at))
    useful = [value for value in found if not isinstance(value, Unknown)]
    yield from useful or (Unknown(),)


def _default(evaluator: Evaluator, node: Definition, name: str, at: At) -> Values:
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    for argument, default in zip(reversed(positional), reversed(arguments.defaults), strict=False):
        if argument.arg == name:
            return evaluator.values(default, at)
    for argument, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if argument.arg == name and given is not None:
            return evaluator.values(given, at)
    return ()


def _decorated(evaluator: Evaluator, node: Definition, name: str, at: At) -> Iterator[Value]:
    """Defaults of click's options, and what pytest's ``parametrize`` passes."""
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call):
            continue
        if last_name(decorator.func) in ("option", "argument") and name in _destinations(decorator):
            yield from _field(evaluator, ast.Call(decorator.func, [], decorator.keywords), at)
        elif last_name(decorator.func) == "parametrize" and len(decorator.args) > 1:
            names = [
                part.strip() for text in evaluator.texts(decorator.args[0], at) for part in text.split(",")
            ]
            if name in names:
                rows = members.each(evaluator, evaluator.values(decorator.args[1], at))
                yield from rows if len(names) == 1 else members.position(evaluator, rows, names.index(name))


def _sites(node: Definition, scope: Scope) -> list[Call]:
    module = scope.module
    outer = scope.at.scope.node if scope.at else None
    name = outer.name if node.name == "__init__" and isinstance(outer, ast.ClassDef) else node.name
    calls = module.calls_named(name)
    if len(module.functions.get(node.name, ())) != 1 and node.name != "__init__":
        return []
    return [site for site in calls if site.node not in node.decorator_list]


def _position(node: Definition, name: str, method: bool) -> int | None:
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
    if method and names and not any(last_name(one) == "staticmethod" for one in node.decorator_list):
        names = names[1:]
    return names.index(name) if name in names else None


def _argument(site: Call, position: int | None, name: str) -> ast.expr | None:
    for word in site.node.keywords:
        if word.arg == name:
            return word.value
    if position is None or any(isinstance(one, ast.Starred) for one in site.node.args[: position + 1]):
        return None
    return site.node.args[position] if position < len(site.node.args) else None


def _destinations(node: ast.Call) -> list[str]:
    """The names under which the value of an option is found."""
    for word in node.keywords:
        if word.arg == "dest" and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str):
            return [word.value.value]
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [text.lstrip("-").partition("/")[0].replace("-", "_") for text in texts]


def options(evaluator: Evaluator, name: str) -> Values:
    """Defaults of the command-line option that is stored under ``name``, in argparse and absl."""
    found: list[Value] = []
    for site in option_sites(evaluator).get(name, ()):
        words = {word.arg: word.value for word in site.node.keywords}
        default = words.get("default")
        if default is None and last_name(site.node.func) == "DEFINE_string" and len(site.node.args) > 1:
            default = site.node.args[1]
        found.extend(UNKNOWN if default is None else evaluator.values(default, site.at))
    return tuple(found)


def option_sites(evaluator: Evaluator) -> dict[str, list[Call]]:
    """The calls that define options, by the name under which each is stored."""
    sites = evaluator.option_sites
    if sites is None:
        sites = evaluator.option_sites = {}
        for maker in ("add_argument", "DEFINE_string", "add_option"):
            for site in evaluator.module.calls_named(maker):
                for name in _destinations(site.node):
                    sites.setdefault(name, []).append(site)
    return sites


def returned(evaluator: Evaluator, node: Definition) -> Values:
    """What a function of the file returns."""
    scope = next((one for one in evaluator.module.functions.get(node.name, ()) if one.node is node), None)
    if scope is None:
        return UNKNOWN
    first, last = node.lineno, node.end_lineno or node.lineno
    found: list[Value] = []
    for statement in evaluator.module.between(first, last):
        (head, *_) = statement.nodes
        if statement.at.scope is scope and isinstance(head, ast.Return):
            found.extend((Plain(None),) if head.value is None else evaluator.values(head.value, statement.at))
    return (
        tuple(value for value in found if not (isinstance(value, Plain) and value.value is None)) or UNKNOWN
    )
