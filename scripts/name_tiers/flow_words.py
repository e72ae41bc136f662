"""Words of the walk: what ends a flow, what is dull, and which methods act."""

from __future__ import annotations

ENDS = frozenset(
    [
        "abc",
        "argparse",
        "ast",
        "copy",
        "dataclasses",
        "enum",
        "gettext",
        "inspect",
        "linecache",
        "locale",
        "re",
        "sre_compile",
        "sre_parse",
        "tokenize",
        "traceback",
        "typing",
        "typing_extensions",
        "warnings",
        "doctest",
        "_strptime",
        "zoneinfo",
    ]
)
"""Modules that nothing is reached through: they compile or read what is their own, not what a caller says."""

DULL = frozenset(
    [
        "bool",
        "int",
        "float",
        "len",
        "isinstance",
        "issubclass",
        "type",
        "hash",
        "id",
        "callable",
        "hasattr",
        "abs",
        "min",
        "max",
        "sum",
        "round",
        "ord",
        "any",
        "all",
        "range",
        "repr",
    ]
)
"""What these return cannot be chosen freely enough to matter."""

METHODS = {
    "dlopen": "native",
    "exec_module": "exec",
    "extractall": "file",
    "load_library": "native",
    "load_module": "exec",
    "LoadLibrary": "native",
    "import_module": "import",
    "mkdir": "file",
    "read_bytes": "file",
    "read_text": "file",
    "rmdir": "file",
    "run_module": "exec",
    "runcode": "exec",
    "runsource": "exec",
    "touch": "file",
    "unlink": "file",
    "urlopen": "network",
    "urlretrieve": "network",
    "write_bytes": "file",
    "write_text": "file",
}
"""Methods that are what their name says, of whatever object."""
