"""Names of code in formats that say what their loader imports: how bad it is to import one of them."""

from __future__ import annotations

import builtins
import sys

from scanner.inspect.names import reviewed, tier

MAIN = "__main__"
_HARMLESS_BUILTINS = """
bool bytearray bytes complex dict ellipsis float frozenset function int list NoneType object range set slice
str tuple type
"""
_HARMLESS_MODULES = """
abc array calendar collections collections.abc copyreg datetime decimal enum fractions functools itertools
math numbers pathlib random statistics typing uuid zoneinfo
"""
_LIBRARIES = """
catboost flax jax keras lightgbm numpy onnx optree pandas quantile_forest scipy sklearn skops tensorflow torch
transformers xgboost
"""
_BARE = """
__builtins__ __globals__ __import__ __subclasses__ b64decode builtins check_output ctypes eval exec execve
getenv importlib import_module marshal os pickle popen posix Popen pty remove requests rmtree run_path runpy
shutil socket spawn subprocess sys system unlink urllib urlopen urlretrieve webbrowser
"""
_COMMANDS = ("curl ", "wget ", "/bin/", "cmd.exe", "powershell", "/etc/", "http://", "https://", "rm -rf")
_BUILTINS = frozenset(_HARMLESS_BUILTINS.split())
_MODULES = frozenset(_HARMLESS_MODULES.split())
_KNOWN = frozenset(_LIBRARIES.split())
_REACHING_OUT = frozenset(_BARE.split())


def severity_of(module: str, name: str) -> str | None:
    """How bad it is that a loader imports ``module`` and takes ``name`` out of it; ``None`` when it is known.

    ``low`` says that nobody reviewed the name: a package of the author's own, which must be installed first.
    """
    if module == "builtins" and name in _BUILTINS:
        return None
    known = tier(module, name)
    if known != "unreviewed":
        return "critical" if known == "dangerous" else None
    if module == "builtins":
        return "high" if not name or hasattr(builtins, name.partition(".")[0]) else "low"
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return None if module in _MODULES else "high"
    return None if top in _KNOWN or reviewed(module) else "low"


def severity_of_bare(name: str) -> str | None:
    """How bad a name or text in byte code is, whose module is not known."""
    reaches = name in _REACHING_OUT or any(command in name for command in _COMMANDS)
    return "critical" if reaches else None
