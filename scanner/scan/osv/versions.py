"""Whether an advisory is about a version, as the OSV schema wants it evaluated.

(https://ossf.github.io/osv-schema/#evaluation) An order that a library does not know is not guessed: the
answer then is that nobody knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from scanner.scan.osv.ecosystems import ORDERS

_LONGEST = 200
_MOST = 20_000
"""Versions and events of one advisory that are looked at."""

_SEMVER = re.compile(r"[vV]?\d{1,18}(\.\d{1,18}){0,2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_FORMS = {"SemverVersion": _SEMVER, "ComposerVersion": _SEMVER}
"""What these orders read leniently, and not always rightly, beyond these forms."""


class Unordered(Exception):
    """A version that the order of its ecosystem does not know."""


def affects(affected: Mapping[str, Any], ecosystem: str, version: str) -> bool | None:
    """Whether an entry of ``affected`` covers a version; ``None`` when that cannot be told.

    ``affected`` is hostile JSON that is an object; ``ecosystem`` a name of the OSV schema without suffix.
    """
    listed = _list(affected.get("versions"))
    if version in listed or _bare(version) in {_bare(each) for each in listed if isinstance(each, str)}:
        return True
    ranges = [each for each in _list(affected.get("ranges")) if isinstance(each, dict)]
    ordered = [each for each in ranges if each.get("type") in ("SEMVER", "ECOSYSTEM")]
    if not ordered:
        return False if listed else None
    try:
        return any(_within(_list(each.get("events")), ecosystem, version) for each in ordered)
    except Unordered:
        return None


def fixed_in(affected: Mapping[str, Any]) -> list[str]:
    """The versions that are named as fixed, in the order of the advisory; commits are none."""
    return [
        event["fixed"]
        for each in _list(affected.get("ranges"))
        if isinstance(each, dict) and each.get("type") in ("SEMVER", "ECOSYSTEM")
        for event in _list(each.get("events"))
        if isinstance(event, dict) and isinstance(event.get("fixed"), str) and event["fixed"]
    ]


def in_order(versions: Iterable[str], ecosystem: str) -> list[str]:
    """Each version once, the lowest first where their order is known, else as they came."""
    unique = list(dict.fromkeys(versions))
    try:
        return sorted(unique, key=lambda each: _key(each, ecosystem))
    except Unordered:
        return unique


def later(versions: Iterable[str], ecosystem: str, version: str) -> list[str]:
    """Those versions that come after ``version``; all of them where the order is not known."""
    every = list(versions)
    try:
        own = _key(version, ecosystem)
        return [each for each in every if _key(each, ecosystem) > own]
    except Unordered:
        return every


def _within(events: list[Any], ecosystem: str, version: str) -> bool:
    """Go through the events in the order of their versions, as the schema's pseudo-code does."""
    own = _key(version, ecosystem)
    introduced: list[Any] = []
    ended: list[tuple[Any, bool]] = []
    always = False
    for event in events:
        if not isinstance(event, dict):
            continue
        for kind, value in event.items():
            if kind not in ("introduced", "fixed", "last_affected") or not isinstance(value, str):
                continue
            if kind == "introduced" and value == "0":
                always = True
            elif kind == "introduced":
                introduced.append(_key(value, ecosystem))
            else:
                ended.append((_key(value, ecosystem), kind == "fixed"))
    starts = [each for each in introduced if each <= own]
    if not starts and not always:
        return False
    start = max(starts) if starts else None
    for end, is_fix in ended:
        passed = end <= own if is_fix else end < own
        if passed and (start is None or end >= start):
            return False
    return True


def _key(version: str, ecosystem: str) -> Any:
    """Something that compares as the ecosystem orders its versions; raises :class:`Unordered`."""
    order = ORDERS.get(ecosystem, "")
    form = _FORMS.get(order)
    if not order or len(version) > _LONGEST or (form and not form.fullmatch(version)):
        raise Unordered(version)
    from univers import versions

    try:
        return _Key(getattr(versions, order)(version))
    except Exception as error:  # whatever a library of orders thinks of a hostile version
        raise Unordered(version) from error


class _Key:
    """A version that says so when it does not compare."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __lt__(self, other: _Key) -> bool:
        try:
            return bool(self._value < other._value)
        except Exception as error:
            raise Unordered from error

    def __gt__(self, other: _Key) -> bool:
        return other < self

    def __le__(self, other: _Key) -> bool:
        return not other < self

    def __ge__(self, other: _Key) -> bool:
        return not self < other


def _bare(version: str) -> str:
    return version.removeprefix("v")


def _list(value: Any) -> list[Any]:
    return value[:_MOST] if isinstance(value, list) else []
