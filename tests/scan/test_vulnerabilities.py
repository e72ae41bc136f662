"""Known vulnerabilities from the first question to the report's nouns: scan asks, a real server answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.objects import ObjectStore
from scanner.collect.osv import Osv
from scanner.collect.wish import Osv as Wish
from scanner.collect.wish import Patience
from scanner.domain import Change, Severity
from scanner.evidence import Evidence, Inputs, Manifest, write_aside
from scanner.exchange import Answer
from scanner.sbom.cyclonedx import Component, Occurrence
from scanner.sbom.cyclonedx import Evidence as Seen
from scanner.scan.asking import Asking
from scanner.scan.kept import Kept
from scanner.scan.osv.ecosystems import ECOSYSTEMS
from scanner.scan.vulnerabilities import Assessed, assess
from scanner.scan.work import TASK
from scanner.scan.workshop import Workshop
from scanner.worker import Crew
from tests.servers.loopback import Given
from tests.servers.osv import OsvServer, advisory, export

PATIENCE = Patience(connect=5, silence=5, fetch=5, attempts=1, pause=0)
V3 = {"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}
V4 = {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N"}
JINJA = "pkg:pypi/jinja2@2.4.1"


@pytest.fixture(scope="module")
def crew() -> Iterator[Crew]:
    with Crew(TASK, parallel=1) as made:
        yield made


class Run:
    """Rounds of asking and answering, as a run has them."""

    def __init__(self, root: Path, crew: Crew, **wish: Any) -> None:
        self.root, self.crew, self.wish = root, crew, Wish(patience=PATIENCE, **wish)
        self.store = ObjectStore(root)
        self.inputs = Inputs(osv=True)
        self.rounds = 0

    def assess(
        self, *packages: str | Component, base: Sequence[str] | None = None, most: int = 8
    ) -> Assessed:
        components = [package(each) if isinstance(each, str) else each for each in packages]
        answers: list[Answer] = []
        with Osv(self.wish, self.store) as osv:
            for _ in range(most):
                self.rounds += 1
                made, asking = self._pass(components, base, answers)
                if not asking.requests:
                    break
                answers += osv.answer_all(asking.requests)  # type: ignore[arg-type]
        return made

    def _pass(
        self, components: list[Component], base: Sequence[str] | None, answers: list[Answer]
    ) -> tuple[Assessed, Asking]:
        manifest = Manifest(
            policy_date=date(2026, 6, 1),
            document_time=0,
            change=Change(mode="change"),
            inputs=self.inputs,
            objects=self.store.all(),
            answers=answers,
        )
        write_aside(self.root / "manifest.json", manifest.model_dump_json().encode())
        asking = Asking(manifest)
        workshop = Workshop(Kept(self.root / "kept"), self.crew)
        evidence = Evidence.open(self.root)
        return assess(components, evidence, asking, workshop, base=base), asking


def package(purl: str, path: str = "requirements.txt") -> Component:
    seen = Seen(occurrences=[Occurrence(location=path)])
    return Component(type="library", bom_ref=purl, name="x", purl=purl, evidence=seen)


@pytest.fixture
def server() -> Iterator[OsvServer]:
    with OsvServer() as made:
        yield made


def serve(server: OsvServer, purl: str, *advisories: dict[str, Any]) -> None:
    for each in advisories:
        server.advisories[each["id"]] = each
        server.affected.setdefault(purl, []).append(each["id"])


def state(made: Assessed) -> tuple[str, str]:
    return made.assessment.state, made.assessment.reason


def test_a_vulnerability_is_told_in_full(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    told = advisory(severity=[V3], aliases=["CVE-2026-1"], database_specific={"cwe_ids": ["CWE-79"]})
    serve(server, JINJA, told)
    run = Run(tmp_path, crew, url=server.url)
    made = run.assess(JINJA, "pkg:npm/%40a/b@1.0.0", base=[])
    (one,) = made.vulnerabilities
    assert one.model_dump(mode="json", exclude_defaults=True) == {
        "id": "GHSA-aaaa-bbbb-cccc",
        "aliases": ["CVE-2026-1"],
        "purl": JINJA,
        "paths": ["requirements.txt"],
        "severity": "critical",
        "score": 9.8,
        "vector": V3["score"],
        "cwe": ["CWE-79"],
        "summary": "Something is wrong with jinja2",
        "fixed": ["2.10.1"],
        "published": "2026-01-02T03:04:05Z",
        "modified": "2026-02-03T04:05:06.789Z",
        "url": "https://osv.dev/vulnerability/GHSA-aaaa-bbbb-cccc",
        "new": True,
    }
    assert made.assessment.model_dump() == {
        "state": "assessed", "reason": "", "cause": None, "source": "OSV", "packages": 2,
    }  # fmt: skip
    assert run.rounds == 3
    assert server.purls == ["pkg:npm/%40a/b@1.0.0", JINJA]
    assert server.problems == []


def test_new_is_what_the_base_does_not_have(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    for purl in (JINJA, "pkg:pypi/jinja2@2.5"):
        serve(server, purl, advisory())
    packages = (JINJA, "pkg:pypi/jinja2@2.5")
    base = [JINJA + "?file_name=jinja2.whl"]
    made = Run(tmp_path, crew, url=server.url).assess(*packages, base=base)
    assert [(one.purl, one.new) for one in made.vulnerabilities] == [
        (packages[0], False),
        (packages[1], True),
    ]
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert [one.new for one in made.vulnerabilities] == [None]


def test_the_same_under_several_names_is_one(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    serve(
        server,
        JINJA,
        advisory("PYSEC-2026-7", aliases=["CVE-2026-1"], severity=[V3]),
        advisory("CVE-2026-1", aliases=[], affected=[]),
        advisory("GHSA-aaaa-bbbb-cccc", aliases=["CVE-2026-1"]),
        advisory("GHSA-zzzz-zzzz-zzzz", aliases=["CVE-2026-2"]),
    )
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert [(one.id, one.aliases, one.severity) for one in made.vulnerabilities] == [
        ("GHSA-aaaa-bbbb-cccc", ["CVE-2026-1", "PYSEC-2026-7"], Severity.CRITICAL),
        ("GHSA-zzzz-zzzz-zzzz", ["CVE-2026-2"], None),
    ]


@pytest.mark.parametrize(
    ("more", "severity", "score"),
    [
        ({"severity": [V3]}, "critical", 9.8),
        ({"severity": [V3, V4]}, "medium", 6.9),
        ({"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/garbage"}]}, None, None),
        ({"database_specific": {"severity": "MODERATE"}}, "medium", None),
        ({"database_specific": {"severity": {"a": 1}}}, None, None),
        ({}, None, None),
        ({"id": "MAL-2026-1"}, "critical", None),
    ],
)
def test_severity(
    tmp_path: Path, crew: Crew, server: OsvServer, more: dict[str, Any], severity: str | None, score: float
) -> None:
    serve(server, JINJA, {**advisory(), **more})
    (one,) = Run(tmp_path, crew, url=server.url).assess(JINJA).vulnerabilities
    assert (one.severity and one.severity.value, one.score) == (severity, score)


def test_a_withdrawn_advisory_is_left_out(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    serve(server, JINJA, advisory(withdrawn="2026-03-01T00:00:00Z"))
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert (made.vulnerabilities, state(made)) == ([], ("assessed", ""))


def test_pages_are_read_to_their_end(tmp_path: Path, crew: Crew) -> None:
    every = [advisory(f"GHSA-{number:04}-xxxx-yyyy") for number in range(5)]
    with OsvServer(every, page=2) as server:
        serve(server, JINJA, *every)
        made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert [one.id for one in made.vulnerabilities] == [each["id"] for each in every]
    assert state(made) == ("assessed", "")


def test_pages_without_an_end(tmp_path: Path, crew: Crew) -> None:
    with OsvServer(page=1) as server:
        serve(server, JINJA, *(advisory(f"GHSA-{number:04}-xxxx-yyyy") for number in range(40)))
        made = Run(tmp_path, crew, url=server.url).assess(JINJA, most=20)
    assert state(made) == ("partly", "an answer of the vulnerability database had too many pages")
    assert len(made.vulnerabilities) == 10


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"\xff\xfe", "it is not UTF-8"),
        (b"{}", "not one result for each query"),
        (b'{"results": [{}, {}]}', "not one result for each query"),
        (b'{"results": [{"vulns": 7}]}', "no list"),
        (b'{"results": [{"vulns": [{"id": "../../etc/passwd"}]}]}', "no id"),
        (b'{"results": [{"vulns": [{}]}]}', "no id"),
        (b'{"results": [{"next_page_token": {}}], "x": 1}', ""),
        (b'{"results": [{"next_page_token": [1]}]}', "no token"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_an_answer_that_is_none(
    tmp_path: Path, crew: Crew, server: OsvServer, body: bytes, told: str
) -> None:
    server.odd = lambda: Given(200, body)
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    if not told:
        assert state(made) == ("assessed", "")  # an empty token is no token
        return
    assert made.vulnerabilities == []
    assert made.assessment.state == "not-assessed"
    assert told in made.assessment.reason
    assert made.assessment.cause == "unreadable"


@pytest.mark.parametrize(
    "body",
    [b"garbage", b"{}", b"null", b'{"id": "CVE-1999-1"}', b"[" * 100_000, b'{"id": "a", "id": "b"}'],
)
def test_an_advisory_that_is_none(tmp_path: Path, crew: Crew, server: OsvServer, body: bytes) -> None:
    serve(server, JINJA, advisory())
    server.odd = lambda: Given(200, body) if server.asked[-1].method == "GET" else None
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert made.vulnerabilities == []
    assert made.assessment.state == "partly"
    assert "advisory GHSA-aaaa-bbbb-cccc cannot be read" in made.assessment.reason


def test_an_advisory_of_odd_types_costs_nothing_but_itself(
    tmp_path: Path, crew: Crew, server: OsvServer
) -> None:
    keys = ("aliases", "severity", "affected", "summary", "published", "database_specific")
    odd: dict[str, Any] = {"id": "GHSA-oooo-oooo-oooo"} | {key: [[{"a": [None]}], 7] for key in keys}
    serve(server, JINJA, {"id": odd["id"]}, advisory())
    server.odd = lambda: (
        Given(200, json.dumps(odd).encode()) if server.paths[-1].endswith(odd["id"]) else None
    )
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert [one.id for one in made.vulnerabilities] == ["GHSA-aaaa-bbbb-cccc", "GHSA-oooo-oooo-oooo"]


def test_no_answer_is_not_clean(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    server.odd = lambda: Given(500)
    made = Run(tmp_path, crew, url=server.url).assess(JINJA)
    assert made.assessment.state == "not-assessed"
    assert "does not serve it now: status 500" in made.assessment.reason
    assert made.assessment.cause == "rate"


def test_rounds_that_end_too_soon_are_not_clean(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    serve(server, JINJA, advisory())
    for most in (1, 2):
        made = Run(tmp_path / str(most), crew, url=server.url).assess(JINJA, most=most)
        assert made.assessment.state == "not-assessed"
        assert made.assessment.cause == "budget"


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [(Inputs(offline=True), "offline"), (Inputs(), "no vulnerability database is named")],
)
def test_nobody_is_asked(tmp_path: Path, crew: Crew, inputs: Inputs, reason: str) -> None:
    run = Run(tmp_path, crew)
    run.inputs = inputs
    made = run.assess(JINJA)
    assert (run.rounds, state(made), made.assessment.cause) == (1, ("not-assessed", reason), "offline")


def test_packages_that_cannot_be_asked_about(tmp_path: Path, crew: Crew, server: OsvServer) -> None:
    nameless = Component(type="library", bom_ref="a", name="a")
    made = Run(tmp_path, crew, url=server.url).assess(
        nameless, "pkg:pypi/torch", "pkg:docker/python@3.12", "pkg:gem/org/x@1", JINJA
    )
    assert state(made) == (
        "partly",
        "2 packages without a version; the database knows no packages of the kinds docker; "
        "1 package with a name that the database cannot have",
    )
    assert server.purls == [JINJA]


def test_thousands_of_packages_are_asked_about_in_batches(
    tmp_path: Path, crew: Crew, server: OsvServer
) -> None:
    many = [f"pkg:npm/package-{number}@1.0.0" for number in range(2_500)]
    made = Run(tmp_path, crew, url=server.url).assess(*many)
    assert (made.assessment.packages, len(server.asked)) == (2_500, 3)
    assert sorted(server.purls) == sorted(many)
    assert server.problems == []


LOCAL = [
    ("PyPI", "Jinja2", "pkg:pypi/jinja2@2.4.1", [{"introduced": "0"}, {"fixed": "2.10.1"}], True),
    ("PyPI", "jinja2", "pkg:pypi/jinja2@2.10.1", [{"introduced": "0"}, {"fixed": "2.10.1"}], False),
    ("PyPI", "jinja2", "pkg:pypi/jinja2@2.10.1rc1", [{"introduced": "0"}, {"fixed": "2.10.1"}], True),
    ("PyPI", "jinja2", "pkg:pypi/jinja2@2.9", [{"introduced": "2.10"}], False),
    ("npm", "@a/b", "pkg:npm/%40a/b@1.2.9", [{"introduced": "1.0.0"}, {"last_affected": "1.2.10"}], True),
    ("npm", "@a/b", "pkg:npm/%40a/b@1.2.11", [{"introduced": "1.0.0"}, {"last_affected": "1.2.10"}], False),
    ("Go", "a.org/b", "pkg:golang/a.org/b@v1.2.0", [{"introduced": "0"}, {"fixed": "1.3.0"}], True),
    ("Maven", "g:a", "pkg:maven/g/a@1.0-rc1", [{"introduced": "0"}, {"fixed": "1.0"}], True),
    ("Maven", "g:a", "pkg:maven/g/a@1.0.1", [{"introduced": "0"}, {"fixed": "1.0"}], False),
    ("RubyGems", "a", "pkg:gem/a@5.2.4.3", [{"introduced": "0"}, {"fixed": "5.2.4.10"}], True),
    ("NuGet", "A", "pkg:nuget/A@13.0.1", [{"introduced": "0"}, {"fixed": "13.0.1"}], False),
    (
        ECOSYSTEMS["cargo"].name,
        "a",
        "pkg:cargo/a@1.0.0-alpha.1",
        [{"introduced": "0"}, {"fixed": "1.0.0"}],
        True,
    ),
    ("Packagist", "a/b", "pkg:composer/a/b@v1.0.0", [{"introduced": "0"}, {"fixed": "1.0.1"}], True),
    ("PyPI", "jinja2", "pkg:pypi/jinja2@not.a.version", [{"introduced": "0"}, {"fixed": "9"}], None),
    ("Packagist", "a/b", "pkg:composer/a/b@dev-master", [{"introduced": "0"}, {"fixed": "9"}], None),
]


@pytest.mark.parametrize(("ecosystem", "name", "purl", "events", "affected"), LOCAL)
def test_a_local_database(
    tmp_path: Path,
    crew: Crew,
    ecosystem: str,
    name: str,
    purl: str,
    events: list[dict[str, str]],
    affected: bool | None,
) -> None:
    told = advisory("GHSA-aaaa-bbbb-cccc", name, ecosystem=ecosystem, events=events)
    other = advisory("GHSA-dddd-eeee-ffff", f"{name}-other", ecosystem=ecosystem)
    folder = export(tmp_path / "database", ecosystem, [told, other])
    made = Run(tmp_path / "run", crew, url="", database=folder).assess(purl)
    assert [one.id for one in made.vulnerabilities] == (["GHSA-aaaa-bbbb-cccc"] if affected else [])
    uncertain = "the versions of 1 package could not be compared with those of advisories"
    assert state(made) == (("partly", uncertain) if affected is None else ("assessed", ""))


def test_a_local_database_without_the_ecosystem(tmp_path: Path, crew: Crew) -> None:
    folder = export(tmp_path / "database", "PyPI", [advisory()])
    run = Run(tmp_path / "run", crew, url="", database=folder)
    made = run.assess("pkg:npm/a@1.0.0")
    assert state(made) == ("not-assessed", "the local database has no npm/all.zip")
    made = run.assess("pkg:npm/a@1.0.0", JINJA)
    assert state(made) == ("partly", "the local database has no npm/all.zip")
    assert len(made.vulnerabilities) == 1
