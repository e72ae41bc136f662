"""The data files, one pair per top-level package, read when a name of that package is asked for."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

_DATA: Final = Path(__file__).parent / "data"
_DANGEROUS: Final = ".dangerous"
_KNOWN: Final = ".known"
STANDARD: Final = "stdlib"
"""The files of the standard library: one pair for all of its modules."""
ANYWHERE: Final = "*"
"""In place of a module: wherever in the package."""
ANY_NAME: Final = "**"
"""In place of a name: every one of the module, or of the package below it."""
_BY_HAND: Final = "# reviewed by hand"
_MODULE: Final = "module"
_GONE: Final = frozenset(
    [
        "__builtin__",
        "anydbm",
        "binhex",
        "bsddb",
        "cPickle",
        "commands",
        "compiler",
        "copy_reg",
        "cStringIO",
        "distutils",
        "dumbdbm",
        "exceptions",
        "gdbm",
        "httplib",
        "imp",
        "imputil",
        "md5",
        "new",
        "nt",
        "popen2",
        "sets",
        "sha",
        "StringIO",
        "tkMessageBox",
        "Tkinter",
        "urllib2",
        "urlparse",
        "user",
        "UserDict",
        "UserList",
        "UserString",
        "whichdb",
        "xmlrpclib",
        "asynchat",
        "asyncore",
        "smtpd",
        "aifc",
        "audioop",
        "cgi",
        "cgitb",
        "chunk",
        "crypt",
        "imghdr",
        "mailcap",
        "msilib",
        "nis",
        "nntplib",
        "ossaudiodev",
        "pipes",
        "sndhdr",
        "spwd",
        "sunau",
        "telnetlib",
        "uu",
        "xdrlib",
        "lib2to3",
        "test",
        "_winapi",
        "winreg",
        "msvcrt",
        "_cffi_backend",
        "_overlapped",
        "_interpreters",
    ]
)
"""Modules of the standard library of other versions and systems."""


@dataclass(slots=True)
class Table:
    """What is known of one top-level package."""

    dangerous: dict[str, dict[str, str]] = field(default_factory=dict)
    """By module, or :data:`ANYWHERE`: the category of each name."""
    modules: dict[tuple[str, str], str] = field(default_factory=dict)
    """Attributes that are modules of another name, by module and attribute."""
    known: dict[str, frozenset[str]] = field(default_factory=dict)
    """By module, or :data:`ANYWHERE`."""
    everything: dict[str, str] = field(default_factory=dict)
    """Modules of which every name counts, by category."""
    walked: bool = True
    """Whether its sources were read; of the others a few names were reviewed by hand, and no more."""


def top_of(module: str) -> str:
    """The table that a module belongs to."""
    top = module.partition(".")[0]
    return STANDARD if top in sys.stdlib_module_names or top in _GONE else top


@cache
def tables() -> frozenset[str]:
    """The packages of which there is a table."""
    return frozenset(path.stem for path in _DATA.iterdir() if path.suffix in (_DANGEROUS, _KNOWN))


@cache
def _read(top: str) -> Table:
    table = Table(walked=not _text(f"{top}{_DANGEROUS}").startswith(_BY_HAND))
    for module, kind, names in _lines(f"{top}{_DANGEROUS}"):
        _note(table, module, sys.intern(kind), names.split(" "))
    for module, names in _lines(f"{top}{_KNOWN}"):
        table.known[module] = frozenset(names.split(" "))
    return table


def _note(table: Table, module: str, kind: str, names: list[str]) -> None:
    noted = table.dangerous.setdefault(module, {})
    for name in names:
        if name == ANY_NAME:
            table.everything[module] = kind
            continue
        plain, _, target = name.partition("=")
        noted[plain] = kind
        if target:
            table.modules[module, plain] = target


def _lines(name: str) -> list[tuple[str, ...]]:
    lines = _text(name).splitlines()
    return [tuple(line.split("\t")) for line in lines if line and not line.startswith("#")]


def _text(name: str) -> str:
    path = _DATA / name
    return path.read_text("utf-8") if path.exists() else ""


def table_of(module: str) -> Table | None:
    """The table of a module's package; None if the package was not walked."""
    top = top_of(module)
    return _read(top) if top in tables() else None


def renamed(module: str, name: str) -> tuple[str, str]:
    """A name of Python 2 as Python 3 has it; the unpickler maps it for protocols below 3."""
    names, modules = _old()
    if (module, name) in names:
        return names[module, name]
    return modules.get(module, module), name


@cache
def _old() -> tuple[Mapping[tuple[str, str], tuple[str, str]], Mapping[str, str]]:
    import _compat_pickle

    return _compat_pickle.NAME_MAPPING, _compat_pickle.IMPORT_MAPPING
