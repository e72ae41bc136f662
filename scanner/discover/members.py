"""Parts of values: elements of lists, entries of dictionaries, attributes of objects and classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from scanner.discover.syntax import At, Attribute, Scope, last_name
from scanner.discover.value import UNKNOWN, Path, Plain, Shape, Text, Thing, Unknown, Value, Values

Part = tuple[ast.expr | None, ast.expr, At]

_MOST_PARTS = 512

if TYPE_CHECKING:
    from scanner.discover.values import Evaluator

_WRAPPERS = frozenset(
    [
        "dict",
        "OrderedDict",
        "MappingProxyType",
        "SimpleNamespace",
        "Namespace",
        "EasyDict",
        "edict",
        "AttrDict",
        "DotDict",
        "Box",
        "Munch",
        "DictConfig",
        "ConfigDict",
        "create",
    ]
)
"""Calls that make an object of their keywords, and of the parts of what they are given."""

_ITERATED = frozenset(
    [
        "deepcopy",
        "copy",
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "enumerate",
        "reversed",
        "tqdm",
        "iter",
        "cycle",
    ]
)
"""Calls that hand on the parts of what they are given; their keywords say how."""

_COMMAND_LINES = frozenset(
    ("args", "arguments", "cli_args", "flags", "namespace", "opt", "opts", "options", "params")
)
"""What programs call the parsed command line."""

_VIEWS = frozenset(("items", "values", "keys", "copy"))


def elements(evaluator: Evaluator, shape: Shape) -> list[Part]:
    """Key, or null, and value of every part of a shape, up to a bound; one that holds itself has none."""
    key = (id(shape.node), id(shape.at.scope))
    known = evaluator.parts.get(key)
    if known is None:
        evaluator.parts[key] = []  # what holds itself holds nothing more
        known = evaluator.parts[key] = list(islice(_parts(evaluator, shape), _MOST_PARTS))
    return known


def _parts(evaluator: Evaluator, shape: Shape) -> Iterator[Part]:
    node, at = shape.node, shape.at
    match node:
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                yield from _unpacked(evaluator, value, at) if key is None else ((key, value, at),)
        case ast.List() | ast.Tuple() | ast.Set():
            for element in node.elts:
                starred = isinstance(element, ast.Starred)
                yield from _unpacked(evaluator, element, at) if starred else ((None, element, at),)
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
            yield None, node.elt, at
        case ast.DictComp():
            yield node.key, node.value, at
        case ast.Call() if last_name(node.func) in _WRAPPERS | _ITERATED:
            yield from _wrapped(evaluator, node, at)
        case ast.ClassDef():
            yield from _fields(evaluator, node)


def _unpacked(evaluator: Evaluator, node: ast.expr, at: At) -> Iterator[Part]:
    for value in evaluator.values(node, at):
        if isinstance(value, Shape):
            yield from elements(evaluator, value)


def _wrapped(evaluator: Evaluator, node: ast.Call, at: At) -> Iterator[Part]:
    for argument in node.args[:1]:
        yield from _unpacked(evaluator, argument, at)
    for keyword in node.keywords if last_name(node.func) in _WRAPPERS else ():
        if keyword.arg is not None:
            yield ast.Constant(keyword.arg), keyword.value, at


def _fields(evaluator: Evaluator, node: ast.ClassDef) -> Iterator[Part]:
    scope = evaluator.scope_of(node)
    for name, bindings in scope.bindings.items() if scope else ():
        for binding in bindings:
            if binding.kind == "value" and isinstance(binding.node, ast.expr):
                yield ast.Constant(name), binding.node, binding.at


def each(evaluator: Evaluator, values: Values) -> Values:
    """What iterating over these gives: elements, keys of dictionaries, views of them."""
    found: list[Value] = []
    for value in values:
        if not isinstance(value, Shape):
            found.append(Unknown())
            continue
        view = _view(evaluator, value)
        if view is not None:
            found.extend(view)
            continue
        for key, element, at in elements(evaluator, value):
            if isinstance(value.node, ast.Call) and last_name(value.node.func) == "enumerate":
                pair = ast.Tuple([ast.Constant(None), element], ast.Load())
                found.append(Shape(evaluator.keep(pair), at))
            else:
                found.extend(evaluator.values(element if key is None else key, at))
    return tuple(found) or UNKNOWN


def _view(evaluator: Evaluator, shape: Shape) -> list[Value] | None:
    """The elements of ``d.items()``, ``d.values()`` and ``d.keys()``, and of ``zip``."""
    node = shape.node
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name) and node.func.id == "zip":
        pair = ast.Tuple([_any_of(evaluator, argument) for argument in node.args], ast.Load())
        return [Shape(evaluator.keep(pair), shape.at)]
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _VIEWS:
        return None
    found: list[Value] = []
    for value in evaluator.values(node.func.value, shape.at):
        for key, element, at in elements(evaluator, value) if isinstance(value, Shape) else ():
            if node.func.attr == "items":
                pair = ast.Tuple([key or ast.Constant(None), element], ast.Load())
                found.append(Shape(evaluator.keep(pair), at))
            else:
                chosen = element if node.func.attr == "values" or key is None else key
                found.extend(evaluator.values(chosen, at))
    return found


def _any_of(evaluator: Evaluator, node: ast.expr) -> ast.expr:
    """An expression that is every element of ``node``."""
    return evaluator.keep(ast.Subscript(node, ast.Name("?", ast.Load()), ast.Load()))


def position(evaluator: Evaluator, values: Values, index: int) -> Values:
    """Element ``index`` of these; -1 for any."""
    found: list[Value] = []
    for value in values:
        parts = elements(evaluator, value) if isinstance(value, Shape) else []
        if not parts:
            found.append(Unknown())
        elif (
            0 <= index < len(parts)
            and isinstance(value, Shape)
            and isinstance(value.node, ast.Tuple | ast.List)
        ):
            found.extend(evaluator.values(parts[index][1], parts[index][2]))
        else:
            found.extend(evaluator.union((node, at) for _, node, at in parts))
    return tuple(found) or UNKNOWN


def subscript(evaluator: Evaluator, node: ast.Subscript, at: At) -> Values:
    """``value[key]``: the entry of a known key, else every one."""
    base = evaluator.values(node.value, at)
    if isinstance(node.slice, ast.Slice):
        return base
    found: list[Value] = []
    if isinstance(node.value, ast.Name):
        found.extend(_stored(evaluator, node.value.id, node.slice, at))
    for value in base:
        if isinstance(value, Shape):
            found.extend(entry(evaluator, value, node.slice, at))
    return tuple(found) or UNKNOWN


def _stored(evaluator: Evaluator, name: str, key: ast.AST, at: At) -> Iterator[Value]:
    """What ``name[key] = …`` and ``name.append(…)`` put there."""
    scope: Scope | None = at.scope
    wanted = evaluator.texts(key, at)
    while scope is not None:
        for slot, value, place in scope.items.get(name, ()):
            slots = [] if isinstance(slot, ast.Call) else evaluator.texts(slot, place)
            if not wanted or not slots or set(wanted) & set(slots):
                yield from evaluator.values(value, place)
        scope = scope.parent


def entry(evaluator: Evaluator, shape: Shape, key: ast.AST, at: At) -> Values:
    """The entry of a shape under ``key``, or every entry when the key cannot be told or is not there."""
    parts = elements(evaluator, shape)
    keys = evaluator.values(key, at)
    if isinstance(shape.node, ast.List | ast.Tuple):
        numbers = [value.value for value in keys if isinstance(value, Plain) and isinstance(value.value, int)]
        chosen = [parts[number] for number in numbers if -len(parts) <= number < len(parts)]
        return evaluator.union((node, place) for _, node, place in chosen or parts) or UNKNOWN
    names = {value.text for value in keys if isinstance(value, Text)}
    named = [part for part in parts if part[0] is not None and names & set(evaluator.texts(part[0], part[2]))]
    if names and not named and all(isinstance(value, Text) for value in keys) and len(names) == len(keys):
        return UNKNOWN if parts else ()
    return evaluator.union((node, place) for _, node, place in named or parts) or UNKNOWN


def attribute(evaluator: Evaluator, node: ast.Attribute, at: At) -> Values:
    """``value.name``: of the class around, of a known object, of a module, or the only one of that name."""
    name = node.attr
    base = node.value
    if isinstance(base, ast.Name) and base.id in ("self", "cls") and at.scope.owner is not None:
        return of_class(evaluator, at.scope.owner, name) or _by_name(evaluator, name)
    found: list[Value] = []
    for value in evaluator.values(base, at):
        if isinstance(value, Thing):
            found.extend(evaluator.imported(f"{value.name}.{name}", at))
        elif isinstance(value, Text) and name in ("value", "name"):
            found.append(value)
        elif isinstance(value, Path):
            found.append(Path())
        elif isinstance(value, Shape):
            found.extend(_of_shape(evaluator, value, name))
    useful = [value for value in found if not isinstance(value, Unknown)]
    if useful:
        return tuple(useful)
    if last_name(base).lower() in _COMMAND_LINES and (options := evaluator.options(name)):
        return options
    if isinstance(base, ast.Name):
        owned = [one for one in evaluator.owners(name) if one.owner == base.id]
        if owned:
            return evaluator.union((one.node, one.at) for one in owned)
    return _by_name(evaluator, name)


def _of_shape(evaluator: Evaluator, shape: Shape, name: str) -> Values:
    if isinstance(shape.node, ast.ClassDef):
        scope = evaluator.scope_of(shape.node)
        return of_class(evaluator, scope, name) if scope else ()
    if isinstance(shape.node, ast.Call):
        made = evaluator.class_made(shape)
        given = [word.value for word in shape.node.keywords if word.arg == name]
        if made is not None:
            return (*evaluator.union((value, shape.at) for value in given), *of_class(evaluator, made, name))
    parts = [part for part in elements(evaluator, shape) if part[0] is not None]
    named = [part for part in parts if part[0] is not None and name in evaluator.texts(part[0], part[2])]
    return evaluator.union((node, at) for _, node, at in named)


def of_class(evaluator: Evaluator, scope: Scope, name: str, depth: int = 0) -> Values:
    """The values of a class's attribute: fields, ``self.name = …``, properties, those of its bases."""
    found: list[Value] = []
    for binding in scope.bindings.get(name, ()):
        if binding.kind == "function" and isinstance(binding.node, ast.FunctionDef):
            if any(last_name(one).endswith("property") for one in binding.node.decorator_list):
                found.extend(evaluator.returned(binding.node))
        else:
            found.extend(evaluator.bound(binding))
    own = [one for one in evaluator.owners(name) if one.owner is scope]
    found.extend(evaluator.union((one.node, one.at) for one in own))
    useful = tuple(value for value in found if not isinstance(value, Unknown))
    if useful or depth > 5 or not isinstance(scope.node, ast.ClassDef) or scope.at is None:
        return useful or tuple(found)
    for base in scope.node.bases:
        for value in evaluator.values(base, scope.at):
            if isinstance(value, Shape) and isinstance(value.node, ast.ClassDef):
                inherited = evaluator.scope_of(value.node)
                if inherited is not None and inherited is not scope:
                    found.extend(of_class(evaluator, inherited, name, depth + 1))
    return tuple(found)


def _by_name(evaluator: Evaluator, name: str) -> Values:
    """The attribute of that name, where only one class of the file, or its arguments, has one."""
    owners: dict[int | str, list[Attribute]] = {}
    for one in evaluator.owners(name):
        owners.setdefault(one.owner if isinstance(one.owner, str) else id(one.owner), []).append(one)
    found: list[Value] = []
    classes = [scope for scope in evaluator.module.classes.values() if _has_field(scope, name)]
    options = evaluator.options(name)
    if len(classes) + bool(options) == 1:
        found.extend(options or of_class(evaluator, classes[0], name))
    elif not classes and not options and len(owners) == 1:
        found.extend(evaluator.union((one.node, one.at) for one in next(iter(owners.values()))))
    return tuple(found) or UNKNOWN


def _has_field(scope: Scope, name: str) -> bool:
    return any(binding.kind == "value" for binding in scope.bindings.get(name, ()))
