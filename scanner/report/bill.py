"""What a change does to the bill of materials, in words."""

from __future__ import annotations

import re

from scanner.domain import BillChange

_HEX = re.compile(r"(?:sha256:)?[0-9a-f]{40,64}")
_SHORT = 7


def sentence(change: BillChange) -> str:
    """One difference on one line of plain text; the caller makes it harmless for where it goes."""
    versions = {
        "added": brief_version(change.after),
        "removed": brief_version(change.before),
        "updated": f"{brief_version(change.before) or 'unknown'} → {brief_version(change.after) or 'unknown'}"
        if change.before != change.after
        else brief_version(change.after),
    }[change.change]
    licence = license_change(change)
    return " ".join(part for part in (change.change, change.kind, change.name, versions, licence) if part)


def license_change(change: BillChange) -> str:
    """The licence, or what became of it, in parentheses; empty where there is nothing to say."""
    before, after = change.license_before, change.license_after
    if change.change == "updated":
        return f"(licence {before or 'unknown'} → {after or 'unknown'})" if before != after else ""
    one = after or before
    return f"({one})" if one else ""


def brief_version(version: str | None) -> str:
    """A version as it is, a commit or a digest cut to its beginning."""
    if version is None:
        return ""
    if _HEX.fullmatch(version):
        return version.removeprefix("sha256:")[:_SHORT]
    return version
