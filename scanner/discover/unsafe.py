"""Calls that load a model or a document in a way that may run code of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from typing import NamedTuple

from scanner.discover.arguments import Arguments, truth
from scanner.discover.callees import Callee, Callees
from scanner.discover.interface import Edit, UnsafeLoad
from scanner.discover.source import Original
from scanner.discover.syntax import Call, last_name
from scanner.discover.value import Plain, given_path
from scanner.discover.values import Evaluator

_PICKLES = frozenset(
    [
        "pickle.load",
        "pickle.loads",
        "pickle.Unpickler",
        "_pickle.load",
        "_pickle.loads",
        "_pickle.Unpickler",
        "cPickle.load",
        "cPickle.loads",
        "cPickle.Unpickler",
        "pickle5.load",
        "pickle5.loads",
        "dill.load",
        "dill.loads",
        "dill.load_session",
        "dill.load_module",
        "cloudpickle.load",
        "cloudpickle.loads",
        "joblib.load",
        "sklearn.externals.joblib.load",
        "pandas.read_pickle",
        "pandas.io.pickle.read_pickle",
        "shelve.open",
        "marshal.load",
        "marshal.loads",
        "compress_pickle.load",
        "six.moves.cPickle.load",
        "six.moves.cPickle.loads",
        "jsonpickle.decode",
    ]
)
_NUMPY = frozenset(("numpy.load", "numpy.lib.npyio.load", "jax.numpy.load", "cupy.load"))
_YAML_ALWAYS = frozenset(("yaml.unsafe_load", "yaml.unsafe_load_all", "hyperpyyaml.load_hyperpyyaml"))
_YAML_BY_LOADER = frozenset(("yaml.load", "yaml.load_all"))
_CONSTRUCTING = frozenset(("Loader", "UnsafeLoader", "CLoader", "CUnsafeLoader"))
_KERAS_SWITCHES = frozenset(
    f"{root}config.enable_unsafe_deserialization" for root in ("keras.", "tensorflow.keras.", "tf_keras.")
)
_OTHERS = frozenset(
    [
        "torch.load",
        "torch.serialization.load",
        "ruamel.yaml.YAML",
        "keras.load_model",
        "keras.model_from_json",
        "tensorflow.load_model",
        "tensorflow.model_from_json",
        "tf_keras.load_model",
        "tf_keras.model_from_json",
    ]
)

_ALL = (_PICKLES, _NUMPY, _YAML_ALWAYS, _YAML_BY_LOADER, _KERAS_SWITCHES, _OTHERS)
_ROOTS: dict[str, set[str]] = {}
for _name in sorted(name for names in _ALL for name in names):
    _ROOTS.setdefault(_name.rpartition(".")[2], set()).add(_name.partition(".")[0])


def names_in(words: Set[str]) -> frozenset[str]:
    """The last names of unsafe calls that are among the words of a source, with the module they are from."""
    return frozenset(name for name in _ROOTS.keys() & words if not words.isdisjoint(_ROOTS[name]))


class _Seen(NamedTuple):
    """One call with what it was resolved to."""

    call: Call
    name: str
    arguments: Arguments
    evaluator: Evaluator
    original: Original

    def made(self, rule: str, detail: str = "", fix: Edit | None = None) -> UnsafeLoad:
        node = self.call.node
        return UnsafeLoad(
            rule=rule,
            symbol=self.name,
            line=node.lineno + self.original.offset,
            end_line=(node.end_lineno or node.lineno) + self.original.offset,
            expression=self.original.written(node),
            path=self._path(),
            detail=detail,
            fix=fix,
        )

    def _path(self) -> str | None:
        """The file that the first argument is or was opened from, where that is known."""
        names = ("f", "file", "filename", "filepath", "filepath_or_buffer", "stream", "path")
        given = next((self.arguments.words[name] for name in names if name in self.arguments.words), None)
        if self.arguments.positional:
            given = self.arguments.positional[0]
        if given is None:
            return None
        paths = [path for value in self.evaluator.values(*given) if (path := given_path(value))]
        return paths[0] if len(set(paths)) == 1 else None


def look(call: Call, evaluator: Evaluator, callees: Callees, original: Original) -> Iterator[UnsafeLoad]:
    """The unsafe loads of one call: none or one."""
    for callee in callees.of(call.node.func, call.at):
        found = _judge(callee, call, evaluator, original)
        if found is not None:
            yield found
            return


def _judge(callee: Callee, call: Call, evaluator: Evaluator, original: Original) -> UnsafeLoad | None:
    name = callee.name
    seen = _Seen(call, name, Arguments(evaluator, call, callee, True), evaluator, original)
    if name in ("torch.load", "torch.serialization.load"):
        return _torch(seen)
    if name in _PICKLES:
        return None if _round_trip(seen) else seen.made("unsafe-pickle-load")
    if name in _NUMPY:
        return _numpy(seen)
    if name in _YAML_ALWAYS:
        fix = _renamed(seen, "safe_load") if name == "yaml.unsafe_load" else None
        return seen.made("unsafe-yaml-load", fix=fix)
    if name in _YAML_BY_LOADER:
        return _yaml(seen)
    if name == "ruamel.yaml.YAML" and _word_is(seen, "typ", "unsafe"):
        return seen.made("unsafe-yaml-load", 'with typ="unsafe"')
    return _keras(seen)


def _round_trip(seen: _Seen) -> bool:
    """Whether it loads what the same expression has just written: ``pickle.loads(pickle.dumps(value))``."""
    first = seen.arguments.positional[0].node if seen.arguments.positional else None
    return isinstance(first, ast.Call) and last_name(first.func) == "dumps"


def _torch(seen: _Seen) -> UnsafeLoad | None:
    rule, switch = "unsafe-torch-load", "weights_only"
    given = seen.arguments.words.get(switch)
    if given is None:
        if seen.arguments.open:
            return seen.made(rule, f"without {switch} that can be told")
        fix = (
            None
            if "pickle_module" in seen.arguments.words
            else seen.original.with_keyword(seen.call.node, switch, "True")
        )
        return seen.made(rule, f"without {switch}", fix)
    on = truth(seen.evaluator.values(*given))
    constants = seen.evaluator.values(*given)
    if on is True and all(isinstance(value, Plain) and value.value for value in constants):
        return None
    if all(isinstance(value, Plain) and value.value is None for value in constants):
        return seen.made(rule, f"without {switch}", _constant(seen, switch, "True"))
    if on is False:
        return seen.made(rule, f"with {switch}=False", _constant(seen, switch, "True"))
    return seen.made(rule, f"with {switch}={seen.original.written(given.node)}, which cannot be told")


def _constant(seen: _Seen, word: str, text: str) -> Edit | None:
    """The edit of a constant that stands in the call itself."""
    for keyword in seen.call.node.keywords:
        if keyword.arg == word and isinstance(keyword.value, ast.Constant):
            return seen.original.replaced(keyword.value, text)
    return None


def _numpy(seen: _Seen) -> UnsafeLoad | None:
    given = seen.arguments.words.get("allow_pickle")
    if given is None and len(seen.arguments.positional) > 2:
        given = seen.arguments.positional[2]
    if given is None or truth(seen.evaluator.values(*given)) is not True:
        return None
    return seen.made("unsafe-numpy-load", "with allow_pickle=True", _constant(seen, "allow_pickle", "False"))


def _keras(seen: _Seen) -> UnsafeLoad | None:
    root, _, last = seen.name.partition(".")[0], "", seen.name.rpartition(".")[2]
    if seen.name in _KERAS_SWITCHES:
        return seen.made("unsafe-keras-load", "so that every later load may run code")
    if last not in ("load_model", "model_from_json") or root not in ("keras", "tensorflow", "tf_keras", "?"):
        return None
    given = seen.arguments.words.get("safe_mode")
    if given is None or truth(seen.evaluator.values(*given)) is not False:
        return None
    return seen.made("unsafe-keras-load", "with safe_mode=False", _constant(seen, "safe_mode", "True"))


def _yaml(seen: _Seen) -> UnsafeLoad | None:
    arguments = seen.arguments
    given = arguments.words.get("Loader") or (
        arguments.positional[1] if len(arguments.positional) > 1 else None
    )
    if given is None:
        if arguments.open or not arguments.positional:
            return None
        plain = len(seen.call.node.args) == 1 and not seen.call.node.keywords
        fix = _renamed(seen, "safe_load" if seen.name == "yaml.load" else "safe_load_all") if plain else None
        return seen.made("unsafe-yaml-load", "without Loader", fix)
    name = seen.original.written(given.node).rpartition(".")[2]
    if name not in _CONSTRUCTING:
        return None
    fix = seen.original.replaced(given.node, seen.original.written(given.node)[: -len(name)] + "SafeLoader")
    qualified = isinstance(given.node, ast.Attribute) and given.at.scope.module is seen.evaluator.module
    return seen.made("unsafe-yaml-load", f"with {name}", fix if qualified else None)


def _renamed(seen: _Seen, name: str) -> Edit | None:
    """The edit that calls another function of the same module."""
    func = seen.call.node.func
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return None
    return seen.original.replaced(func, f"{func.value.id}.{name}")


def _word_is(seen: _Seen, word: str, text: str) -> bool:
    given = seen.arguments.words.get(word)
    return given is not None and any(given_path(value) == text for value in seen.evaluator.values(*given))
