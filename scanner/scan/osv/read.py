"""Bodies of the OSV API to plain data; runs in a worker, and never raises for what a body holds.

(https://ossf.github.io/osv-schema/; ``/v1/querybatch`` of https://google.github.io/osv.dev/api/)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from scanner.hub.documents import Fields, Unusable, parse
from scanner.hub.texts import DATE, Problems, clean
from scanner.scan.osv import versions
from scanner.scan.osv.ecosystems import comparable
from scanner.scan.osv.severity import rate

BATCH_BYTES = 32 << 20
ADVISORY_BYTES = 4 << 20
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{1,99}")
MOST_IDS = 2_000
"""Ids of one result that are read."""

_MOST_AFFECTED = 5_000
_MOST_NAMES, _MOST_FIXED, _MOST_CWES = 50, 20, 20
_SUMMARY, _TOKEN, _VERSION = 300, 1_024, 200
_CWE = re.compile(r"CWE-\d{1,6}")


def batch(job: dict[str, Any]) -> dict[str, Any]:
    """Of each query the ids and the token of the next page.

    ``job``: ``path`` of the body, ``queries``: how many there were. Returns ``results``, a list of ``ids``
    and ``next`` (or null), and ``problem``: why there are none, else null.
    """
    try:
        body = _parsed(job["path"], BATCH_BYTES)
    except Unusable as error:
        return _unusable(str(error))
    results = body.get("results") if isinstance(body, dict) else None
    if not isinstance(results, list) or len(results) != job["queries"]:
        return _unusable("it has not one result for each query")
    read = []
    for result in results:
        listed = result.get("vulns") or [] if isinstance(result, dict) else None
        token = result.get("next_page_token") or None if isinstance(result, dict) else None
        if not isinstance(listed, list) or len(listed) > MOST_IDS:
            return _unusable("a result is no list of vulnerabilities")
        ids = [each.get("id") if isinstance(each, dict) else None for each in listed]
        if not all(isinstance(each, str) and ID.fullmatch(each) for each in ids):
            return _unusable("a vulnerability has no id")
        if token is not None and not (isinstance(token, str) and len(token) <= _TOKEN):
            return _unusable("a token of a page is no token")
        read.append({"ids": list(dict.fromkeys(ids)), "next": token})
    return {"results": read, "problem": None}


def advisories(job: dict[str, Any]) -> dict[str, Any]:
    """What advisories say of packages.

    ``job``: ``documents`` (path of each body by its id), ``packages`` (each ``purl``, ``ecosystem``,
    ``name`` and ``version``), and ``claims``: by id the package URLs that a server says are affected, or
    null where that has to be found out. Returns ``entries``, one for each advisory and package; ``unknown``,
    the package URLs of which it cannot be told; and ``problems``: by id, why an advisory could not be read.
    """
    packages = {each["purl"]: each for each in job["packages"]}
    named: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for each in job["packages"]:
        named.setdefault((each["ecosystem"], comparable(each["name"])), []).append(each)
    entries: list[dict[str, Any]] = []
    unknown: set[str] = set()
    problems: dict[str, str] = {}
    for identity, path in sorted(job["documents"].items()):
        try:
            body = _parsed(path, ADVISORY_BYTES)
        except Unusable as error:
            problems[identity] = str(error)
            continue
        if not isinstance(body, dict) or body.get("id") != identity:
            problems[identity] = "it is not the advisory of this id"
            continue
        if body.get("withdrawn"):
            continue
        affected = [each for each in _list(body.get("affected"), _MOST_AFFECTED) if isinstance(each, dict)]
        if job["claims"] is None:
            about = _matching(affected, named, unknown)
        else:
            claimed = (packages[purl] for purl in job["claims"].get(identity, ()))
            about = ((package, _of(affected, package)) for package in claimed)
        entries += [_entry(identity, body, package, of) for package, of in about]
    return {"entries": entries, "unknown": sorted(unknown), "problems": problems}


def _matching(
    affected: list[dict[str, Any]],
    named: Mapping[tuple[str, str], list[Mapping[str, str]]],
    unknown: set[str],
) -> Iterator[tuple[Mapping[str, str], list[dict[str, Any]]]]:
    """The packages that an advisory is about, with its entries for them."""
    keys = dict.fromkeys(key for each in affected if (key := _named(each)) in named)
    for package in (package for key in keys for package in named[key]):
        of = _of(affected, package)
        told = [versions.affects(each, package["ecosystem"], package["version"]) for each in of]
        if True in told:
            yield package, of
        elif None in told:
            unknown.add(package["purl"])


def _entry(
    identity: str, body: dict[str, Any], package: Mapping[str, str], affected: list[dict[str, Any]]
) -> dict[str, Any]:
    fields = Fields(body, identity, Problems())
    specific = body.get("database_specific")
    specific = specific if isinstance(specific, dict) else {}
    rated = rate(
        identity,
        body.get("severity"),
        *(each.get("severity") for each in affected),
        word=specific.get("severity"),
    )
    fixed = versions.later(
        versions.in_order((each for of in affected for each in versions.fixed_in(of)), package["ecosystem"]),
        package["ecosystem"],
        package["version"],
    )
    return {
        "id": identity,
        "purl": package["purl"],
        "aliases": [
            each
            for each in _list(body.get("aliases"), _MOST_NAMES)
            if isinstance(each, str) and ID.fullmatch(each)
        ],
        "severity": rated.severity,
        "score": rated.score,
        "vector": rated.vector,
        "summary": fields.text("summary", _SUMMARY) or fields.text("details", _SUMMARY) or "",
        "cwe": [
            each
            for each in _list(specific.get("cwe_ids"), _MOST_CWES)
            if isinstance(each, str) and _CWE.fullmatch(each)
        ],
        "fixed": [clean(each, _VERSION) for each in fixed[:_MOST_FIXED]],
        "published": fields.matched("published", DATE),
        "modified": fields.matched("modified", DATE),
    }


def _of(affected: list[dict[str, Any]], package: Mapping[str, str]) -> list[dict[str, Any]]:
    wanted = (package["ecosystem"], comparable(package["name"]))
    return [each for each in affected if _named(each) == wanted]


def _named(affected: Mapping[str, Any]) -> tuple[str, str]:
    """Ecosystem, without the suffix that some have, and comparable name."""
    package = affected.get("package")
    if not isinstance(package, dict):
        return "", ""
    ecosystem, name = package.get("ecosystem"), package.get("name")
    if not isinstance(ecosystem, str) or not isinstance(name, str):
        return "", ""
    return ecosystem.partition(":")[0], comparable(name)


def _parsed(path: str, limit: int) -> Any:
    try:
        with open(path, "rb") as file:
            return parse(file.read(limit + 1), limit)
    except OSError as error:
        raise Unusable("it cannot be opened") from error


def _unusable(problem: str) -> dict[str, Any]:
    return {"results": [], "problem": problem}


def _list(value: Any, most: int) -> list[Any]:
    return value[:most] if isinstance(value, list) else []
