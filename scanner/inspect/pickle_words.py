"""The tables of judgement: attributes, classes and hooks, and what an attack's arguments look like."""

from __future__ import annotations

import re
import sys
from typing import Final

MILD: Final = frozenset({"look", "output"})
"""Categories of dangerous names whose call tells something or prints it, and changes nothing."""

IMPORTED: Final = {"look": "medium", "output": "low"}
"""What it weighs that such a name is only imported: honest trainers keep ``print`` to report with."""

REACHED: Final = frozenset(
    {
        *("f_globals", "f_builtins", "f_locals", "f_back", "gi_frame", "cr_frame", "ag_frame", "tb_frame"),
        *("gi_code", "func_globals", "func_code", "co_code", "mro", "system", "popen", "modules", "exec"),
        *("eval", "spawn", "execve", "check_output", "load_module", "exec_module", "_os", "_sys", "runctx"),
        *("os", "sys", "subprocess", "builtins", "importlib", "posix", "nt", "ctypes", "socket", "shutil"),
        *("pty", "runpy", "pickle", "marshal", "codecs", "inspect", "code", "types", "gc", "platform"),
    }
)
"""Attributes that no bound method of an honest object has for a name."""

PLAIN_DUNDERS: Final = frozenset(
    {
        *(
            "__new__",
            "__len__",
            "__contains__",
            "__getitem__",
            "__name__",
            "__qualname__",
            "__add__",
            "__mul__",
        ),
        *("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__str__", "__repr__"),
        *(
            "__neg__",
            "__sub__",
            "__and__",
            "__or__",
            "__xor__",
            "__abs__",
            "__int__",
            "__float__",
            "__bool__",
        ),
    }
)
"""Attributes with a dunder that lead nowhere."""

CLASSES: Final = frozenset(
    {
        *("bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object"),
        *("set", "slice", "str", "tuple", "type", "range", "ndarray", "dtype", "ufunc", "datetime", "date"),
        *("time", "timedelta", "timezone", "defaultdict", "deque", "matrix", "recarray", "csr_matrix"),
        *("unicode", "long", "xrange", "basestring", "memoryview", "super", "property", "staticmethod"),
        *("csc_matrix", "coo_matrix", "dok_matrix", "lil_matrix", "bsr_matrix", "dia_matrix", "partial"),
    }
)
"""Classes with a lower-case name."""

BASES: Final = frozenset(
    {
        *("bool", "bytearray", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object"),
        *("set", "str", "tuple", "unicode", "long"),
    }
)
"""What :func:`copyreg._reconstructor` rebuilds an instance on."""

PLAIN_CODECS: Final = frozenset(
    {"latin1", "latin-1", "latin_1", "iso-8859-1", "utf-8", "utf8", "utf_8", "ascii"}
)

STATE_HOOKS: Final = frozenset(
    {
        *("__class__", "__setstate__", "__getstate__", "__reduce__", "__reduce_ex__", "__new__", "__code__"),
        *("__getattr__", "__getattribute__", "__setattr__", "__del__", "__call__", "__init__", "__globals__"),
        *("__builtins__", "__bases__", "__mro__", "__closure__", "__defaults__", "__kwdefaults__"),
        *("__subclasshook__", "__init_subclass__", "__loader__", "__set_name__", "__get__", "__enter__"),
        *("__exit__", "__iter__", "__next__", "__import__", "__path__", "__func__", "__self__"),
    }
)
"""Attributes that no honest state sets."""

PYDANTIC: Final = ("__pydantic_fields_set__", "__fields_set__", "__pydantic_private__")
"""Beside one of these ``__dict__`` is what pydantic's models put into their states."""

_COMMAND: Final = re.compile(
    r"""\b(?:curl|wget|nc|ncat|bash|zsh|powershell|cmd\.exe|certutil|bitsadmin|mshta|osascript|xterm|calc)
      (?:\s|\.exe|$)
    | /bin/(?:ba|z|da)?sh\b | \bsh\s+-c\b | \brm\s+-r | \bchmod\s | \bmkfifo\b | \bwhoami\b | /dev/tcp/
    | >\s*/?\w+/ | \|\s*(?:ba)?sh\b | \b(?:python|perl|ruby|node|php)[\d.]*\s+-[ce]\b
    | &&\s*\w | \$\( | `\w""",
    re.VERBOSE,
)
_CODE: Final = re.compile(
    r"""\b(?:import|from)\s+\w+(?:\s+import\b|\s*;|\s*$|\s*\n) | __\w+__
    | \b(?:exec|eval|compile|open)\s*\(
    | \bos\.(?:system|popen|exec|remove|environ|unlink) | \bsubprocess\b | \bsocket\b | \blambda\b[^:]*:
    | \bdef\s+\w+\s*\(
    | \bprint\s*\( | base64""",
    re.VERBOSE,
)
_PLACE: Final = re.compile(
    r"(?i)\b(?:https?|ftp|file|smb|ldap|rmi|gopher)://|^\\\\\w|/etc/|/proc/|/root/|~/|\.ssh\b|\.bashrc\b|/tmp/"
)
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/]{60,}={0,2}\Z|[0-9a-fA-F]{80,}\Z")


def looks_like_an_attack(text: str, *, strictly: bool) -> bool:
    """Whether an argument is a command or source; unless ``strictly``, also an address or encoded bytes."""
    if _COMMAND.search(text) or _CODE.search(text):
        return True
    return not strictly and bool(_PLACE.search(text) or _ENCODED.search(text))


def is_standard(module: str) -> bool:
    """Whether a module belongs to the standard library of this or an older Python."""
    top = module.partition(".")[0]
    return top in sys.stdlib_module_names or top in {"__builtin__", "copy_reg", "cPickle", "commands", "imp"}


def names_a_class(name: str) -> bool:
    """Whether a name is a class by the usual spelling, or one of those that are not spelt so."""
    last = name.rpartition(".")[2]
    return last in CLASSES or last.lstrip("_")[:1].isupper()


_WORDS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_ACTS: Final = frozenset(
    {
        *("exec", "execute", "execfile", "execv", "eval", "evaluate", "system", "popen", "spawn", "shell"),
        *("command", "cmd", "run", "runs", "main", "launch", "invoke", "inject", "download", "urlopen"),
        *("urlretrieve", "upload", "fetch", "install", "subprocess", "import", "importer", "subimport"),
        *("unpickle", "compile", "rmtree", "unlink", "kill", "fork", "pretrained"),
    }
)
"""Words in the name of a function that does something, wherever it comes from."""
_HANDLES: Final = frozenset(
    {
        *("open", "load", "loads", "read", "write", "imwrite", "imread", "imsave", "save", "savefig", "dump"),
        *("dumps", "deserialize", "request", "requests", "get", "post", "http", "connect", "listen", "serve"),
        *("remove", "delete", "rename", "move", "copyfile", "start", "call", "test", "show", "register"),
        *("extract", "extractall", "untar", "unzip", "unpack", "create", "clipboard", "token", "env", "dll"),
        *("file", "files", "socket", "hub", "checkpoint"),
    }
)
"""Words in the name of a function that reaches a file, a network or another loader in a library."""


def names_an_act(name: str, *, own: bool) -> bool:
    """Whether a name says that calling it does something; ``own``: it is no library's that was walked."""
    words = {word.lower() for word in _WORDS.findall(name.rpartition(".")[2])}
    return not words.isdisjoint(_ACTS if own else _ACTS | _HANDLES)


TEMPLATE: Final = "_parse_arg_template"
"""What ``scipy.stats`` runs with ``exec`` when it takes up the state of a distribution."""

_DISTRIBUTION: Final = re.compile(
    r"scipy\.stats\.(?:_(?:continuous|discrete)_distns\.(?:\w+_gen|rv_histogram)"
    r"|_distn_infrastructure\.rv_(?:sample|discrete|continuous))"
)
_TEMPLATE_LINE: Final = re.compile(
    r"|def _parse_args(?:_rvs|_stats)?\(self, [\w ,=']*\):"
    r"|    return \([\w ,]*\), loc, (?:scale|1|1\.0)(?:, moments)?"
    r"|    return self\._argcheck_rvs\([\w ,=]*\)"
)


def is_distribution(symbol: str) -> bool:
    """Whether a symbol is the class of a distribution, which search spaces of scikit-learn hold."""
    return _DISTRIBUTION.fullmatch(symbol) is not None


def is_plain_template(text: str) -> bool:
    """Whether the code in a distribution's state is what ``scipy`` itself writes there."""
    return all(_TEMPLATE_LINE.fullmatch(line) for line in text.split("\n"))
