"""A vulnerability database that speaks the OSV API as it is published.

What is asked, and what it answers, is held to OSV's own description of the API, and every advisory that it is
given to OSV's own schema: ``data/osv-api-subset.json`` is cut out of ``docs/osv_service_v1.swagger.json`` of
google/osv.dev (7e6c1898), ``data/osv-schema.json`` is ``validation/schema.json`` of ossf/osv-schema
(51b8156b), without the one ecosystem that is called by its host; both are under Apache-2.0.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft7Validator, Draft202012Validator

from scanner.scan.osv.ecosystems import ECOSYSTEMS
from tests.servers.loopback import Asked, Given, Loopback

_DATA = Path(__file__).parent / "data"
_API = json.loads((_DATA / "osv-api-subset.json").read_bytes())
_SCHEMA = json.loads((_DATA / "osv-schema.json").read_bytes())
_SCHEMA["$defs"]["ecosystemName"]["enum"].append(ECOSYSTEMS["cargo"].name)
_ADVISORY = Draft202012Validator(_SCHEMA)
_VERSIONED = re.compile(r"pkg:[a-z0-9.+-]+/[^@\s]+@[^@\s]+")
MOST_QUERIES = 1_000

Advisory = Mapping[str, Any]


class OsvServer(Loopback):
    """Advisories by id, and which package URL has which of them.

    ``page`` is how many ids one page of a result holds. ``odd`` may answer in its place.
    """

    def __init__(self, advisories: Iterable[Advisory] = (), page: int = 1_000) -> None:
        super().__init__()
        self.advisories = {each["id"]: each for each in advisories}
        self.affected: dict[str, list[str]] = {}
        self.page = page
        self.problems: list[str] = []
        self.odd: Callable[[], Given | None] = lambda: None
        for each in self.advisories.values():
            check(each)

    def answer(self, asked: Asked) -> Given:
        path = asked.target.partition("?")[0]
        given = self.odd()
        if given is not None:
            return given
        if asked.method == "POST" and path == "/v1/querybatch":
            return self._batch(asked)
        if asked.method == "GET" and path.startswith("/v1/vulns/"):
            return self._advisory(unquote(path.removeprefix("/v1/vulns/")))
        return self._wrong(404, f"{asked.method} {asked.target}")

    @property
    def paths(self) -> list[str]:
        return [asked.target for asked in self.asked]

    @property
    def purls(self) -> list[str]:
        """Every package URL that was asked about, in order."""
        bodies = [json.loads(asked.body) for asked in self.asked if asked.method == "POST"]
        return [query["package"]["purl"] for body in bodies for query in body["queries"]]

    def _batch(self, asked: Asked) -> Given:
        body = json.loads(asked.body)
        if wrong := list(_validator("v1BatchQuery").iter_errors(body)):
            return self._wrong(400, wrong[0].message)
        if not 0 < len(body["queries"]) <= MOST_QUERIES:
            return self._wrong(400, "too many queries")
        if any(not _VERSIONED.fullmatch(query["package"]["purl"]) for query in body["queries"]):
            return self._wrong(400, "a package URL without a version")
        return _json(
            {"results": [self._result(query) for query in body["queries"]]}, "v1BatchVulnerabilityList"
        )

    def _result(self, query: Mapping[str, Any]) -> dict[str, Any]:
        ids = self.affected.get(query["package"]["purl"], [])
        start = int(query.get("page_token", "0"))
        some = ids[start : start + self.page]
        result: dict[str, Any] = {}
        if some:
            result["vulns"] = [
                {
                    "id": each,
                    "modified": self.advisories.get(each, {}).get("modified", "2026-01-01T00:00:00Z"),
                }
                for each in some
            ]
        if start + self.page < len(ids):
            result["next_page_token"] = str(start + self.page)
        return result

    def _advisory(self, name: str) -> Given:
        found = self.advisories.get(name)
        if found is None:
            return _json({"code": 5, "message": "Bug not found."}, "rpcStatus", 404)
        return _json(found, "osvVulnerability")

    def _wrong(self, status: int, message: str) -> Given:
        self.problems.append(message)
        return _json({"code": 3, "message": message}, "rpcStatus", status)


def check(advisory: Advisory) -> None:
    """Raise unless OSV's schema takes it."""
    _ADVISORY.validate(dict(advisory))


def export(folder: Path, ecosystem: str, advisories: Iterable[Advisory]) -> Path:
    """Write advisories as OSV exports them: ``<ecosystem>/all.zip`` in ``folder``, which is returned."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in advisories:
            check(each)
            archive.writestr(f"{each['id']}.json", json.dumps(each, indent=2))
    (folder / ecosystem).mkdir(parents=True, exist_ok=True)
    (folder / ecosystem / "all.zip").write_bytes(made.getvalue())
    return folder


def advisory(
    name: str = "GHSA-aaaa-bbbb-cccc",
    package: str = "jinja2",
    *,
    ecosystem: str = "PyPI",
    events: Iterable[Mapping[str, str]] = ({"introduced": "0"}, {"fixed": "2.10.1"}),
    **more: Any,
) -> dict[str, Any]:
    """An advisory about one package, whose versions are told by a range."""
    kind = "ECOSYSTEM" if ecosystem in ("PyPI", "Maven", "RubyGems", "NuGet", "Packagist") else "SEMVER"
    return {
        "schema_version": "1.7.0",
        "id": name,
        "modified": "2026-02-03T04:05:06.789Z",
        "published": "2026-01-02T03:04:05Z",
        "summary": f"Something is wrong with {package}",
        "details": "More about it.",
        "affected": [
            {
                "package": {"ecosystem": ecosystem, "name": package},
                "ranges": [{"type": kind, "events": [dict(event) for event in events]}],
            }
        ],
        **more,
    }


def _validator(name: str) -> Draft7Validator:
    return Draft7Validator({"$ref": f"#/definitions/{name}", "definitions": _API["definitions"]})


def _json(body: Mapping[str, Any], shape: str, status: int = 200) -> Given:
    _validator(shape).validate(dict(body))
    return Given(status, json.dumps(body).encode(), {"Content-Type": "application/json"})
