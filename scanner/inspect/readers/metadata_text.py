"""Free texts in models (metadata, descriptions): code and commands in them have no reason to be there.

Nothing runs such a text by itself; it waits for a tool that hands it to a shell, an interpreter or a page.
The patterns ask for a call or a command with its argument, so that prose about either is left alone.
"""

from __future__ import annotations

import re
from typing import Any

from scanner.inspect.readers.reading import Reading
from scanner.inspect.readers.strict_json import walk_json

_RULE = "code-in-metadata"
_LONGEST = 1 << 20
_CODE = (
    ("a call of a shell", re.compile(r"\b(?:os\.(?:system|popen|exec\w*|spawn\w*)|subprocess\.\w+)\s*\(")),
    (
        "a call that runs text as code",
        re.compile(r"(?<![\w.])(?:eval|exec|compile|__import__)\s*\(\s*[\w'\"]"),
    ),
    (
        "an import of a module that reaches out",
        re.compile(
            r"\b(?:import|from)\s+(?:os|sys|subprocess|socket|ctypes|pickle|marshal|base64|pty|shutil|importlib)"
            r"\s*(?:;|\n|import\b)"
        ),
    ),
    ("a script of a page", re.compile(r"<script\b|\bjavascript:\s*\w", re.IGNORECASE)),
    (
        "a command that fetches and runs",
        re.compile(r"\b(?:curl|wget)\b[^\n]{0,200}(?:https?://|\|\s*(?:ba|z|da)?sh\b)", re.IGNORECASE),
    ),
    ("a destructive command", re.compile(r"\brm\s+-[rRf]{1,3}\s+\S|\bchmod\s+(?:-R\s+)?[0-7]*77[0-7]\s")),
    (
        "a command for a shell",
        re.compile(r"/bin/(?:ba|z|da)?sh\b|\bpowershell(?:\.exe)?\s+-|\bcmd(?:\.exe)?\s+/c\b"),
    ),
    ("a shell over the network", re.compile(r"/dev/(?:tcp|udp)/\S|\bnc(?:at)?\s+(?:-\w+\s+)*-e\b")),
)
_CALLS_HOME = re.compile(r"callback|webhook|exfil|download|payload|beacon", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'<>]{4,200}")


def judge_values(value: Any) -> Reading:
    """Look at every text of a JSON value."""
    reading = Reading()
    for key, node in walk_json(value):
        if isinstance(node, str):
            judge_text(reading, key or "a text", node)
    return reading


def judge_text(reading: Reading, key: str, text: str) -> None:
    """Note code in one text of a model; ``key`` says where it stands."""
    text = text[:_LONGEST]
    reading.credentials(text, key[:80])
    for what, pattern in _CODE:
        found = pattern.search(text)
        if found:
            start = max(0, found.start() - 20)
            reading.saw(_RULE, f"{key[:80]}: {what}", " ".join(text[start : start + 160].split()))
            return
    address = _ADDRESS.search(text) if _CALLS_HOME.search(key) else None
    if address:
        reading.saw(_RULE, f"{key[:80]}: an address", address[0], severity="low")
