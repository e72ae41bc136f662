"""Python that comes with a model: what it does when the loader imports it, and when the model is used.

The source is parsed, never compiled or run. Names are followed through imports, aliases, ``getattr``, and
texts that the code puts together or decodes; text that it hands to an interpreter is looked at in the same
way.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from scanner.inspect import limits
from scanner.inspect.readers.python_calls import (
    ACTS,
    COLLECTORS,
    DECODERS,
    DOORS,
    EXEC,
    FETCHES,
    METHOD,
    METHODS,
    UNPICKLE,
    UNTOLD,
    WRITE,
    Kind,
    act_of,
)
from scanner.inspect.readers.python_scopes import SCRIPT, Scopes, scopes_of
from scanner.inspect.readers.python_values import ANY, Text, Values
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Stream

_RULE = "python-acts-on-import"
_DEPTH = 3
"""Programs within texts within programs."""
_MOST = 100
_PLACES = re.compile(
    r"(?i)(?:^|[/\\~])\.ssh(?:[/\\]|$)|id_(?:rsa|ed25519)\b|authorized_keys|/etc/(?:passwd|shadow|sudoers|cron)"
    r"|/etc/ld\.so|\.aws[/\\]|\.netrc\b|\.(?:bash|zsh)(?:rc|_profile|_history)\b|\.git-credentials|crontab"
    r"|\.docker[/\\]config|\.kube[/\\]|(?:site|user)customize\.py|\.config[/\\]autostart|LaunchAgents"
    r"|\\Startup\\|/dev/(?:tcp|udp)/|Login Data|wallet\.dat|\.pypirc|huggingface[/\\]token|169\.254\.169\.254"
)
"""Places where credentials and start-up commands lie."""
_SECRET_NAME = re.compile(r"(?i)token|secret|passw|api_?key|credential|access_?key")
_INTERPRETERS = frozenset({"builtins.exec", "builtins.eval", "builtins.compile"})
_ENVIRONMENT = frozenset({"os.environ", "os.environb"})
_NO_USE = frozenset({"builtins.isinstance", "builtins.issubclass"})
_GRAVITY = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class _Act:
    """One thing that the code does, where, and how bad it is."""

    severity: str
    line: int
    offset: int
    symbol: str
    says: str
    when: str
    arguments: str


def read_python(stream: Stream, name: str) -> Reading:
    """Look at one file of Python source.

    Raises:
        Unreadable: it is too large, nested too deeply, or no Python that this version parses.
    """
    if stream.size > limits.PYTHON_BYTES:
        raise Unreadable(f"{name} is larger than {limits.PYTHON_BYTES >> 10} KiB", "budget", SPLIT)
    return judge_python(stream.at(0, stream.size), name)


def judge_python(source: bytes | str, name: str) -> Reading:
    """Look at source that is here.

    Raises:
        Unreadable: it is nested too deeply, or no Python that this version parses.
    """
    reading = Reading()
    try:
        acts = sorted(
            set(_Module(source, 0).acts()),
            key=lambda act: (_GRAVITY.index(act.severity), act.line, act.symbol),
        )
    except RecursionError as error:
        raise Unreadable(f"{name} is nested too deeply to be read", "hostile") from error
    for act in acts[:_MOST]:
        evidence = f"line {act.line}, {act.when}: {act.says}"
        called = f"{evidence}: {act.symbol}({act.arguments})" if act.arguments else evidence
        reading.saw(_RULE, act.symbol, called, act.offset, act.severity, act.arguments or None)
    text = source if isinstance(source, str) else source.decode("utf-8", "replace")
    reading.credentials(text, name)
    return reading


def _parse(source: bytes | str) -> ast.Module:
    """The tree of a module.

    Raises:
        Unreadable: it is no Python that this version parses.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise Unreadable(f"it is no Python 3 source: {why!s:.100}") from error
    except MemoryError as error:  # how the parser says that its own stack is full
        raise Unreadable("it is nested too deeply to be read", "hostile") from error


class _Module:
    """One module, and what it does."""

    def __init__(self, source: bytes | str, depth: int) -> None:
        self.depth = depth
        self.tree = _parse(source)
        if sum(1 for _ in islice(ast.walk(self.tree), limits.PYTHON_NODES + 1)) > limits.PYTHON_NODES:
            raise Unreadable(f"it has more than {limits.PYTHON_NODES:,} expressions", "budget", SPLIT)
        self.values = Values(self.tree)
        self.scopes: Scopes = scopes_of(self.tree)
        data = source if isinstance(source, bytes) else source.encode("utf-8", "replace")
        self._lines = [0, *(match.end() for match in re.finditer(rb"\r\n|\n|\r", data))]
        paths = {scope: set() for _, scope in self.scopes.expressions}  # type: dict[str, set[str]]
        for node, scope in self.scopes.expressions:
            path = self.values.path(node) if isinstance(node, ast.Attribute | ast.Name | ast.Call) else None
            if path:
                paths[scope].add(path)
        self._paths = paths
        self._fetches = {scope for scope, found in paths.items() if found & FETCHES}
        expressions = self.scopes.expressions
        self._environments = {scope for node, scope in expressions if self._whole_environment(node)}
        self._reads_secrets = any(self._secret_name(node) for node, _ in expressions)
        self._docstrings = {id(node) for node in _docstrings(self.tree)}

    def acts(self) -> Iterator[_Act]:
        """Everything that is worth a word."""
        for node, scope in self.scopes.expressions:
            if isinstance(node, ast.Call):
                yield from self._call(node, scope)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                yield from self._place(node, scope)
            elif isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set):
                yield from self._handed_over(_members(node), scope)
        for statement, scope in self.scopes.statements:
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                yield from self._handed_over(statement.decorator_list, scope)
            elif isinstance(statement, ast.Assign) and not all(
                isinstance(one, ast.Name) for one in statement.targets
            ):
                yield from self._handed_over([statement.value], scope)

    def _call(self, node: ast.Call, scope: str) -> Iterator[_Act]:
        path = self._full(self.values.path(node.func), node.func)
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        if path not in _NO_USE:
            yield from self._handed_over(arguments, scope)
        if path is None:
            yield from self._unresolved(node, scope)
            return
        kind = ACTS.get(path)
        if path in _INTERPRETERS and node.args:
            yield from self._interpreted(node, path, scope)
        elif kind is UNPICKLE:
            yield from self._unpickled(node, path, scope)
        elif kind is not None:
            yield from self._act(kind, node, path, scope)
        elif path.endswith(f".{ANY}") and (path.partition(".")[0] in DOORS or path[:-2] in DOORS):
            yield from self._act(UNTOLD, node, path, scope)
        elif path == "builtins.__import__" and (not node.args or self.values.text(node.args[0]) is None):
            yield from self._act(UNTOLD, node, "__import__", scope)
        elif path == "builtins.open":
            yield from self._opened(node, scope)
        if path in FETCHES:
            yield from self._gathered(node, path, scope)

    def _full(self, path: str | None, function: ast.expr) -> str | None:
        """The dotted name; a bare name may also come out of ``from module import *``."""
        if path is None and isinstance(function, ast.Name) and function.id not in self.values.own:
            stars = (f"{module}.{function.id}" for module in self.values.stars)
            return next((name for name in stars if name in ACTS), None)
        act = act_of(path) if path is not None else None
        return act[0] if act else path

    def _act(self, kind: Kind, node: ast.expr, symbol: str, scope: str, says: str = "") -> Iterator[_Act]:
        at_import = self.scopes.at_import(scope)
        severity = kind.on_import if at_import else kind.in_use
        if severity is None:
            return
        if scope == SCRIPT and not at_import:
            severity, when = "low", "when it is started as a program"
        else:
            when = "when it is imported" if at_import else f"in {scope}"
        yield self._made(severity, node, symbol, says or kind.says, when)

    def _made(self, severity: str, node: ast.expr, symbol: str, says: str, when: str) -> _Act:
        line = min(node.lineno, len(self._lines))
        shown = _shown(node) if isinstance(node, ast.Call) else ""
        offset = self._lines[line - 1] + node.col_offset
        return _Act(severity, node.lineno, offset, symbol.removeprefix("builtins."), says, when, shown)

    def _interpreted(self, node: ast.Call, path: str, scope: str) -> Iterator[_Act]:
        """Text handed to an interpreter: looked at itself where it can be told."""
        text = self.values.text(node.args[0])
        if text is not None and self.depth < _DEPTH:
            yield from self._inner(node, text, path, scope)
        elif self._decodes(node.args[0]):
            says = "runs code that it decodes or fetches"
            yield from self._act(EXEC, node, path, scope, says)
        elif not isinstance(node.args[0], ast.Constant):
            yield from self._act(ACTS[path], node, path, scope)

    def _inner(self, node: ast.Call, text: Text, path: str, scope: str) -> Iterator[_Act]:
        hidden = self._decodes(node.args[0])
        at_import = self.scopes.at_import(scope)
        try:
            inner = list(_Module(text, self.depth + 1).acts())
        except (Unreadable, UnicodeError):
            inner = []
        when = "when it is imported" if at_import else f"in {scope}"
        for act in inner:
            severity = "low" if scope == SCRIPT else act.severity
            yield self._made(severity, node, act.symbol, f"{act.says}, out of a text handed to {path}", when)
        if hidden and not inner:
            yield from self._act(EXEC, node, path, scope, "runs code that it decodes")

    def _decodes(self, node: ast.expr) -> bool:
        """Whether an expression decodes or fetches what it stands for."""
        for one in ast.walk(node):
            path = self.values.path(one) if isinstance(one, ast.Name | ast.Attribute | ast.Call) else None
            if path in DECODERS or path in FETCHES or path == "builtins.chr":
                return True
            if isinstance(one, ast.Attribute) and one.attr in (
                "b64decode",
                "fromhex",
                "decompress",
                "unhexlify",
            ):
                return True
        return False

    def _unpickled(self, node: ast.Call, path: str, scope: str) -> Iterator[_Act]:
        """A pickle that the code carries itself, or one that it opens."""
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        safe = given.get("weights_only")
        if path == "torch.load" and isinstance(safe, ast.Constant) and safe.value is True:
            return
        carried = bool(node.args) and (
            self.values.text(node.args[0]) is not None or self._decodes(node.args[0])
        )
        if carried and path.endswith("loads"):
            yield from self._act(EXEC, node, path, scope, "unpickles what it carries, decodes or fetches")
        else:
            yield from self._act(UNPICKLE, node, path, scope)

    def _opened(self, node: ast.Call, scope: str) -> Iterator[_Act]:
        given = next((keyword.value for keyword in node.keywords if keyword.arg == "mode"), None)
        mode = node.args[1] if len(node.args) > 1 else given
        text = self.values.text(mode) if mode is not None else None
        if isinstance(text, str) and set(text) & set("wax+"):
            yield from self._act(WRITE, node, "open", scope)

    def _gathered(self, node: ast.Call, path: str, scope: str) -> Iterator[_Act]:
        """Another machine is told about this one."""
        for one in ast.walk(node):
            told = self.values.path(one) if isinstance(one, ast.Name | ast.Attribute | ast.Call) else None
            if told in COLLECTORS:
                yield from self._act(EXEC, node, path, scope, f"sends what {told} says to another machine")
                return
        collected = self._paths.get(scope, set()) & (COLLECTORS | {"os.environ", "os.getenv"})
        whole = scope in self._environments
        if whole or (collected & COLLECTORS and scope in self._fetches):
            what = "the environment" if whole else sorted(collected & COLLECTORS)[0]
            yield from self._act(EXEC, node, path, scope, f"asks another machine beside reading {what}")
        elif self.scopes.at_import(scope) and self._reads_secrets:
            yield from self._act(EXEC, node, path, scope, "asks another machine beside reading a secret")

    def _whole_environment(self, node: ast.expr) -> bool:
        """All of the environment as a value: ``dict(os.environ)``, ``os.environ.items()``."""
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("items", "copy", "values"):
            return self.values.path(node.func.value) in _ENVIRONMENT
        given = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg != "env")]
        return any(
            isinstance(one, ast.Attribute | ast.Name) and self.values.path(one) in _ENVIRONMENT
            for one in given
        )

    def _secret_name(self, node: ast.expr) -> bool:
        """An environment variable whose name says that it is secret."""
        if isinstance(node, ast.Subscript) and self.values.path(node.value) in _ENVIRONMENT:
            name = self.values.text(node.slice)
        elif (
            isinstance(node, ast.Call)
            and self.values.path(node.func) in ("os.getenv", "os.environ.get")
            and node.args
        ):
            name = self.values.text(node.args[0])
        else:
            return False
        return isinstance(name, str) and _SECRET_NAME.search(name) is not None

    def _unresolved(self, node: ast.Call, scope: str) -> Iterator[_Act]:
        """``().__class__.__base__.__subclasses__()``, and methods that hardly anything but a process has."""
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "__subclasses__":
            on = function.value
            name = on.attr if isinstance(on, ast.Attribute) else on.id if isinstance(on, ast.Name) else ""
            if name in ("__base__", "__mro__", "__bases__", "object") or isinstance(on, ast.Subscript):
                yield from self._act(UNTOLD, node, "__subclasses__", scope)
        elif isinstance(function, ast.Attribute) and function.attr in METHODS:
            yield from self._act(METHOD, node, function.attr, scope)

    def _handed_over(self, values: list[ast.expr], scope: str) -> Iterator[_Act]:
        """Functions that are given away uncalled: ``Thread(target=os.system)``, ``map(exec, …)``."""
        for value in values:
            if isinstance(value, ast.Name | ast.Attribute | ast.Subscript):
                path = self.values.path(value)
                kind = ACTS.get(path or "")
                if path and kind and kind.as_value:
                    yield from self._act(kind, value, path, scope, f"hands over what {kind.says}")

    def _place(self, node: ast.Constant, scope: str) -> Iterator[_Act]:
        """Texts that name places where credentials and start-up commands lie."""
        if id(node) in self._docstrings:
            return
        text = node.value if isinstance(node.value, str) else _utf8(node.value)
        found = _PLACES.search(text) if len(text) <= limits.TEXT * 10 else None
        if found:
            yield from self._act(
                EXEC, node, found[0], scope, f"names a place that no model needs: {text[:80]!r}"
            )


def _members(node: ast.List | ast.Tuple | ast.Dict | ast.Set) -> list[ast.expr]:
    return node.values if isinstance(node, ast.Dict) else node.elts


def _utf8(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else ""


def _shown(node: ast.Call) -> str:
    """The arguments of a call as source, clipped."""
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    parts = [ast.unparse(value) if _small(value) else "…" for value in given]
    return ", ".join(parts)[: limits.TEXT // 2]


def _small(node: ast.expr) -> bool:
    """Whether an expression has few parts and no long text."""
    for count, one in enumerate(ast.walk(node)):
        long = (
            isinstance(one, ast.Constant) and isinstance(one.value, str | bytes) and len(one.value) > 10_000
        )
        if count > 60 or long:
            return False
    return True


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Texts that stand alone: documentation, which no code reads."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
