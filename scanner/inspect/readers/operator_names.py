"""Operators that a library of the author's must bring: what their names alone give away."""

from __future__ import annotations

import re

_SAYS = re.compile(
    r"evil|malicious|backdoor|payload|exploit|shell|trojan|inject|exfil|hack|attack|"
    r"(?<![a-z])(?:exec|execute|system|command|cmd|eval|python|py|popen|spawn|subprocess|download|script)"
    r"(?![a-z])"
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def severity_of_operator(*names: str) -> str:
    """How bad a foreign operator of these names (its domain, its own) is: one that says that it acts is high.

    The code is not in the model; that nobody can tell what it does is no reason to be silent.
    """
    apart = (_HUMP.sub("_", name).lower().replace("_", " ").replace(".", " ") for name in names)
    return "high" if any(_SAYS.search(name) for name in apart) else "low"
