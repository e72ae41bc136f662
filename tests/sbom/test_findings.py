"""Findings and known vulnerabilities in the document: whom they are about, what they say, what VEX says."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.domain import (
    Artifact,
    Finding,
    Reference,
    Repository,
    Severity,
    Suppression,
    Vulnerability,
    fingerprint,
)
from scanner.rules import RULES
from scanner.sbom import refs
from scanner.sbom.advisories import advisories
from scanner.sbom.cyclonedx import (
    SPEC_VERSIONS,
    Bom,
    Component,
    Dependency,
    Lifecycle,
    Metadata,
    SpecVersion,
    Tools,
    encode,
)
from scanner.sbom.cyclonedx import Vulnerability as Entry
from scanner.sbom.findings import vulnerabilities
from scanner.sbom.part import Part
from scanner.sbom.validate import check

COMMIT = "1" * 40
ACCEPTED = Suppression(reason="replaced in Q3", owner="ml-platform", expires=date(2027, 1, 31))
HOSTILE = '\x1b[31m<img src=x onerror="a">](http://x) \u202e\x00\ud800' + "y" * 9_000


def artifact(name: str = "a1", path: str = "models/m.bin", **more: Any) -> Artifact:
    fields = {"source": "git", "change": "added", "format": "pickle", "coverage": "full", "status": "scanned"}
    return Artifact.model_validate({"id": name, "path": path, **fields, **more})


def finding(rule: str = "pickle-dangerous-import", path: str | None = "models/m.bin", **more: Any) -> Finding:
    fields = {
        "fingerprint": fingerprint(rule, path or "", None, "posix.system", None),
        "rule": rule,
        "severity": "critical",
        "title": "Loading runs a command",
        "message": "loading runs posix.system",
        "remediation": "Remove the file.",
        "artifact": "a1",
        "path": path,
        "cwe": ["CWE-502"],
        "engines": ["modelward"],
        "new": True,
    }
    return Finding.model_validate({**fields, **more})


def reference(**more: Any) -> Reference:
    fields = {
        "id": "r1", "repo_id": "Acme/ner", "repo_type": "model", "resolved_revision": COMMIT, "pinned": False,
        "loader": "x", "path": "serve.py", "line": 4, "end_line": 4, "in_diff": True, "change": "added",
        "resolution": "resolved",
    }  # fmt: skip
    return Reference.model_validate({**fields, **more})


def vulnerability(**more: Any) -> Vulnerability:
    fields = {
        "id": "GHSA-aaaa-bbbb-cccc", "aliases": ["PYSEC-2026-1", "CVE-2026-1"], "purl": "pkg:pypi/a@1",
        "severity": "high", "score": 8.1, "vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "summary": "Bad", "cwe": ["CWE-79"], "fixed": ["1.1", "2.0"], "published": "2026-01-02T03:04:05Z",
        "url": "https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc", "new": True,
    }  # fmt: skip
    return Vulnerability.model_validate({**fields, **more})


def valid(part: Part, version: SpecVersion, *listed: Component) -> None:
    """The strict validator takes a document of these components with these entries."""
    root = Component(type="application", bom_ref=refs.ROOT, name="x")
    known = {refs.ROOT, *(each.bom_ref or "" for each in listed)}
    named = {each.ref for entry in part.vulnerabilities for each in entry.affects or ()} - known
    components = [*listed, *(Component(type="file", bom_ref=ref, name="m") for ref in sorted(named))]
    bom = Bom(
        spec_version=version,
        serial_number="urn:uuid:6b0a2a52-2a52-5d7c-9a35-1d0f6c2f8f2e",
        metadata=Metadata(
            timestamp="2026-01-01T00:00:00Z",
            lifecycles=[Lifecycle(phase="pre-build")],
            tools=Tools(components=[Component(type="application", name="modelward", version="1")]),
            component=root,
        ),
        components=components,
        dependencies=[Dependency(ref=each.bom_ref or "") for each in (root, *components)],
        vulnerabilities=list(part.vulnerabilities),
    )
    assert check(encode(bom)) == []


def one(part: Part) -> Entry:
    (entry,) = part.vulnerabilities
    return entry


def affected(entry: Entry) -> list[str]:
    return [each.ref for each in entry.affects or ()]


def properties(entry: Entry) -> dict[str, str]:
    return {each.name: each.value for each in entry.properties or ()}


def test_a_finding_in_full() -> None:
    told = finding(
        line=3, member="data.pkl", offset=214, evidence='os.system("curl x")', symbol="posix.system"
    )
    entry = one(vulnerabilities([told], [artifact()], [], []))
    assert entry.model_dump(exclude_none=True, by_alias=True) == {
        "bom-ref": f"finding:{told.fingerprint}",
        "id": "pickle-dangerous-import",
        "source": {"name": "Modelward", "url": RULES["pickle-dangerous-import"].url},
        "ratings": [{"source": {"name": "Modelward"}, "severity": "critical", "method": "other"}],
        "cwes": [502],
        "description": "Loading runs a command",
        "detail": 'loading runs posix.system\nEvidence: os.system("curl x")',
        "recommendation": "Remove the file.",
        "affects": [{"ref": "model:a1"}],
        "properties": [
            {"name": f"modelward:finding:{name}", "value": value}
            for name, value in (
                ("engine", "modelward"),
                ("fingerprint", told.fingerprint),
                ("member", "data.pkl"),
                ("new", "true"),
                ("offset", "214"),
                ("place", "models/m.bin:3"),
                ("symbol", "posix.system"),
            )
        ],
    }


@pytest.mark.parametrize("place", ["models/m.bin (pos 39)", "models/m.bin:39", "m.bin!data.pkl", None])
def test_a_place_with_a_suffix_loses_no_risk(place: str | None) -> None:
    """modelaudit compares places by equality: a critical finding at 'm.bin (pos 39)' left a score of 0."""
    other = artifact("a2", "models/m.bin (pos 39)")
    entry = one(vulnerabilities([finding(path=place)], [artifact(), other], [], []))
    assert affected(entry) == ["model:a1"]
    assert [rating.severity for rating in entry.ratings or ()] == ["critical"]


def test_whom_a_finding_is_about() -> None:
    hub = Repository.model_validate({"id": "acme/ner", "type": "model", "revision": COMMIT})
    removed = artifact("a2", change="removed")
    cases = {
        "of a file": (finding(), "model:a1"),
        "of a repository": (finding(artifact=None, reference="r1"), f"pkg:huggingface/acme/ner@{COMMIT}"),
        "of one not listed": (finding(artifact=None, reference="r2"), refs.ROOT),
        "of a line": (finding(artifact=None, path="serve.py", line=7), refs.ROOT),
        "of a removed file": (finding(artifact="a2"), refs.ROOT),
        "of nobody": (finding(artifact="gone", reference="gone"), refs.ROOT),
    }
    named = [reference(), reference(id="r2", resolved_revision="2" * 40)]
    for case, (told, ref) in cases.items():
        part = vulnerabilities([told], [artifact(), removed], named, [hub])
        assert affected(one(part)) == [ref], case


def test_the_same_fingerprint_is_one_entry_of_all_its_components() -> None:
    told = [finding(artifact="a2", path="b.bin", offset=1), finding(offset=2)]
    told = [each.model_copy(update={"fingerprint": "f" * 32}) for each in told]
    made = vulnerabilities(told, [artifact(), artifact("a2", "b.bin")], [], [])
    assert made == vulnerabilities(reversed(told), [artifact(), artifact("a2", "b.bin")], [], [])
    entry = one(made)
    assert affected(entry) == ["model:a1", "model:a2"]
    places = {each.value for each in entry.properties or () if each.name.endswith((":place", ":offset"))}
    assert places == {"b.bin", "models/m.bin", "1", "2"}


def test_vex_says_what_the_maintainers_said_and_no_more() -> None:
    assert one(vulnerabilities([finding()], [artifact()], [], [])).analysis is None
    assert one(advisories([vulnerability()], [])).analysis is None
    accepted = (
        one(vulnerabilities([finding(suppressed=ACCEPTED)], [artifact()], [], [])),
        one(advisories([vulnerability(suppressed=ACCEPTED)], [])),
    )
    for entry in accepted:
        assert entry.analysis is not None
        assert entry.analysis.model_dump(exclude_none=True) == {
            "state": "exploitable",
            "response": ["will_not_fix"],
            "detail": "Risk accepted: replaced in Q3\nOwner: ml-platform\nExpires: 2027-01-31",
        }
    half = [finding(suppressed=ACCEPTED), finding(artifact=None)]
    assert one(vulnerabilities(half, [artifact()], [], [])).analysis is None


@pytest.mark.parametrize("version", SPEC_VERSIONS)
def test_hostile_texts_stay_texts(version: SpecVersion) -> None:
    told = finding(
        message=HOSTILE, evidence=HOSTILE, member=HOSTILE, symbol=HOSTILE, path="/etc/" + "p" * 300,
        title=HOSTILE, remediation=HOSTILE, cwe=["CWE-0", "CWE-x", "79"], rule="no-such-rule",
        suppressed=Suppression(reason=HOSTILE, owner=HOSTILE),
    )  # fmt: skip
    part = vulnerabilities([told], [artifact()], [], [])
    entry = one(part)
    assert entry.cwes is None
    assert properties(entry)["modelward:finding:place"] == "p" * 300
    assert "\x00" not in (entry.detail or "")
    assert len(entry.detail or "") <= 4096
    valid(part, version)
    odd = vulnerability(
        summary=HOSTILE,
        url="javascript:alert(1)",
        vector=HOSTILE,
        fixed=[HOSTILE],
        published="2026-13-45T99:99:99Z",
    )
    part = advisories([odd], [])
    assert one(part).advisories is None
    valid(part, version)


@pytest.mark.parametrize("version", SPEC_VERSIONS)
def test_a_known_vulnerability_in_full(version: SpecVersion) -> None:
    package = Component(type="library", bom_ref="pkg:pypi/a@1", name="a", purl="pkg:pypi/a@1")
    part = advisories([vulnerability()], [package])
    valid(part, version, package)
    assert one(part).model_dump(exclude_none=True, by_alias=True) == {
        "bom-ref": "vulnerability:GHSA-aaaa-bbbb-cccc:pkg:pypi/a@1",
        "id": "GHSA-aaaa-bbbb-cccc",
        "source": {
            "name": "GitHub Advisory Database",
            "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
        },
        "references": [
            {
                "id": "CVE-2026-1",
                "source": {"name": "NVD", "url": "https://nvd.nist.gov/vuln/detail/CVE-2026-1"},
            },
            {
                "id": "PYSEC-2026-1",
                "source": {
                    "name": "PyPI Advisory Database",
                    "url": "https://osv.dev/vulnerability/PYSEC-2026-1",
                },
            },
        ],
        "ratings": [
            {
                "severity": "high",
                "score": 8.1,
                "method": "CVSSv31",
                "vector": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",
            }
        ],
        "cwes": [79],
        "description": "Bad",
        "recommendation": "Update to 1.1 or 2.0.",
        "advisories": [{"url": "https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc"}],
        "published": "2026-01-02T03:04:05Z",
        "affects": [{"ref": "pkg:pypi/a@1"}],
        "properties": [{"name": "modelward:new", "value": "true"}],
    }


def test_what_no_database_states_is_unknown() -> None:
    bare = vulnerability(severity=None, score=None, vector=None, fixed=[], cwe=[], summary="", new=None)
    entry = one(advisories([bare], []))
    assert [each.model_dump(exclude_none=True) for each in entry.ratings or ()] == [{"severity": "unknown"}]
    assert (entry.recommendation, entry.cwes, entry.description, entry.properties) == (None, None, None, None)
    malicious = one(advisories([vulnerability(id="MAL-2026-1")], []))
    assert malicious.recommendation == "Remove the package: it is listed as malicious."


PURLS = st.sampled_from([f"pkg:pypi/{name}@1" for name in "abc"])
VULNERABILITIES = st.builds(
    lambda number, purl, severity, accepted: vulnerability(
        id=f"GHSA-{number}", purl=purl, severity=severity, suppressed=ACCEPTED if accepted else None
    ),
    st.integers(0, 2),
    PURLS,
    st.sampled_from([None, *Severity]),
    st.booleans(),
)


@given(st.lists(VULNERABILITIES, max_size=8, unique_by=lambda each: (each.id, each.purl)))
def test_no_package_loses_a_vulnerability_on_the_way(told: list[Vulnerability]) -> None:
    packages = [
        Component(type="library", bom_ref=f"pkg:pypi/{n}@1", name=n, purl=f"pkg:pypi/{n}@1") for n in "abc"
    ]
    made = advisories(told, packages)
    assert made == advisories(list(reversed(told)), packages)
    listed = [
        (entry.id, ref, entry.analysis is not None)
        for entry in made.vulnerabilities
        for ref in affected(entry)
    ]
    assert sorted(listed) == sorted((each.id, each.purl, each.suppressed is not None) for each in told)
    names = [entry.bom_ref for entry in made.vulnerabilities]
    assert len(names) == len(set(names))
