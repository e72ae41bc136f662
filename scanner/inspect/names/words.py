"""The categories of danger, and how a person reads them."""

from __future__ import annotations

from typing import Final

WORDS: Final = {
    "exec": "runs Python code",
    "process": "runs a command",
    "code": "makes code objects",
    "unpickle": "unpickles",
    "native": "loads or calls native code",
    "import": "imports a module",
    "network": "connects to the network",
    "file": "opens or changes a file",
    "attribute": "reaches any attribute",
    "call": "calls what it is given",
    "state": "changes the process",
    "look": "tells about the system",
    "output": "writes to the terminal",
    "module": "hands out a module",
}
"""Category of the data files: what a finding says. The worst come first."""
