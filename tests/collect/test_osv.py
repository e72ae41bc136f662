"""Questions to a vulnerability database: a real server, one that misbehaves, and an export in a folder."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.collector import Collector
from scanner.collect.objects import ObjectStore
from scanner.collect.osv import Osv
from scanner.collect.wish import Osv as Wish
from scanner.collect.wish import Patience
from scanner.collect.wish import Wish as Change
from scanner.evidence import Evidence
from scanner.exchange import Answer, OsvAdvisoriesRequest, OsvQuery, OsvQueryRequest
from tests.servers.loopback import Given
from tests.servers.osv import OsvServer, advisory, export
from tests.support import Repo

PATIENCE = Patience(connect=5, silence=5, fetch=5, attempts=2, pause=0, longest_pause=1)
JINJA = OsvQuery(purl="pkg:pypi/jinja2@2.4.1", ecosystem="PyPI", name="jinja2")
QUERY = OsvQueryRequest(queries=[JINJA])
ADVISORY = advisory()
NAME = ADVISORY["id"]
NAMED = OsvAdvisoriesRequest(ids=[NAME])


class Desk:
    """One run's client, and what it stored."""

    def __init__(self, root: Path, **wish: Any) -> None:
        self.store = ObjectStore(root / "evidence")
        self.osv = Osv(Wish(patience=PATIENCE, **wish), self.store)

    def ask(self, *requests: OsvQueryRequest | OsvAdvisoriesRequest) -> list[Answer]:
        return self.osv.answer_all(requests)

    def body(self, answer: Answer, role: str) -> Any:
        return json.loads(self.store.path(answer.documents[role]).read_bytes())


@contextmanager
def desk(root: Path, **wish: Any) -> Iterator[Desk]:
    made = Desk(root, **wish)
    with made.osv:
        yield made


@pytest.fixture
def server() -> Iterator[OsvServer]:
    with OsvServer([ADVISORY]) as made:
        made.affected[JINJA.purl] = [NAME]
        yield made


def refused(answer: Answer) -> tuple[bool, str | None, str]:
    return answer.served, answer.cause and answer.cause.value, answer.detail


def test_a_question_and_the_advisories_it_leads_to(tmp_path: Path, server: OsvServer) -> None:
    with desk(tmp_path, url=server.url) as made:
        (answer,) = made.ask(QUERY)
        assert made.body(answer, "batch")["results"][0]["vulns"][0]["id"] == NAME
        (answer,) = made.ask(OsvAdvisoriesRequest(ids=[NAME, "CVE-2026-1"]))
        assert made.body(answer, NAME) == ADVISORY
    assert answer.served
    assert answer.lacking == {"CVE-2026-1": "the vulnerability database has no such entry"}
    assert all(key.startswith("osv:") for key in answer.documents.values())
    assert server.problems == []


def test_the_server_is_told_package_urls_and_nothing_else(tmp_path: Path, server: OsvServer) -> None:
    with desk(tmp_path, url=server.url) as made:
        made.ask(QUERY, NAMED)
    post, get = sorted(server.asked, key=lambda asked: asked.method, reverse=True)
    assert json.loads(post.body) == {"queries": [{"package": {"purl": "pkg:pypi/jinja2@2.4.1"}}]}
    assert (get.target, get.body) == (f"/v1/vulns/{NAME}", b"")
    for asked in (post, get):
        kept = asked.headers.keys() - {"content-length", "content-type", "host", "connection"}
        assert kept == {"accept", "accept-encoding", "user-agent"}
        assert asked.headers["user-agent"].startswith("modelward/")


def test_a_page_is_asked_for_by_its_token(tmp_path: Path, server: OsvServer) -> None:
    server.page, server.affected[JINJA.purl] = 1, [NAME, "CVE-2026-2"]
    with desk(tmp_path, url=server.url) as made:
        (answer,) = made.ask(QUERY)
        token = made.body(answer, "batch")["results"][0]["next_page_token"]
        (answer,) = made.ask(OsvQueryRequest(queries=[JINJA.model_copy(update={"page_token": token})]))
        (result,) = made.body(answer, "batch")["results"]
    assert [each["id"] for each in result["vulns"]] == ["CVE-2026-2"]
    assert "next_page_token" not in result


def test_a_server_that_recovers_is_asked_again(tmp_path: Path, server: OsvServer) -> None:
    answers = [Given(503), None]
    server.odd = lambda: answers.pop(0)
    with desk(tmp_path, url=server.url) as made:
        (answer,) = made.ask(QUERY)
    assert answer.served
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("given", "cause", "told", "times"),
    [
        (Given(500), "rate", "does not serve it now: status 500", 2),
        (Given(429, headers={"Retry-After": "3600"}), "rate", "asks for a pause of 3600 seconds", 1),
        (Given(429, headers={"Retry-After": "0"}), "rate", "status 429", 2),
        (Given(400, b"{}"), "unreadable", "answered with status 400", 1),
        (Given(403), "unreadable", "answered with status 403", 1),
        (Given(302, headers={"Location": "http://127.0.0.1:9/"}), "unreadable", "sends us elsewhere", 1),
        (Given(307, headers={"Location": "/v1/querybatch"}), "unreadable", "sends us elsewhere", 1),
        (Given(200, b"{}", {"Content-Encoding": "gzip"}), "unreadable", "compressed an answer", 1),
        (Given(200, b"{", length=1 << 20), "rate", "broke off", 1),
        (Given(200, b"x" * (33 << 20)), "unreadable", "sent more than", 1),
    ],
)
def test_a_server_that_misbehaves(
    tmp_path: Path, server: OsvServer, given: Given, cause: str, told: str, times: int
) -> None:
    server.odd = lambda: given
    with desk(tmp_path, url=server.url) as made:
        (answer,) = made.ask(QUERY)
    served, why, detail = refused(answer)
    assert (served, why) == (False, cause)
    assert told in detail
    assert len(server.asked) == times


def test_a_server_that_says_nothing(tmp_path: Path, server: OsvServer) -> None:
    server.odd = lambda: server.stall()
    patience = Patience(connect=5, silence=0.05, attempts=2, pause=0)
    with Osv(Wish(url=server.url, patience=patience), ObjectStore(tmp_path)) as osv:
        (answer,) = osv.answer_all([QUERY])
    assert refused(answer)[:2] == (False, "rate")


def test_garbage_is_kept_as_it_is(tmp_path: Path, server: OsvServer) -> None:
    server.odd = lambda: Given(200, b"\xff not JSON")
    with desk(tmp_path, url=server.url) as made:
        (answer,) = made.ask(QUERY)
        assert made.store.path(answer.documents["batch"]).read_bytes() == b"\xff not JSON"
    assert answer.served


def test_a_server_that_is_given_up_is_not_asked_again(tmp_path: Path, server: OsvServer) -> None:
    server.odd = lambda: Given(503)
    with desk(tmp_path, url=server.url) as made:
        (answer,) = made.ask(OsvAdvisoriesRequest(ids=[f"CVE-2026-{number}" for number in range(100)]))
    assert refused(answer)[:2] == (False, "rate")
    assert len(server.asked) <= 2 * 8


def test_nobody_there(tmp_path: Path) -> None:
    with OsvServer() as gone:
        url = gone.url
    with desk(tmp_path, url=url) as made:
        (answer,) = made.ask(QUERY)
    assert refused(answer)[:2] == (False, "rate")
    assert "no answer" in answer.detail


def test_the_budget_of_bytes(tmp_path: Path, server: OsvServer) -> None:
    with desk(tmp_path, url=server.url, bytes=10) as made:
        (answer,) = made.ask(QUERY)
    assert refused(answer)[:2] == (False, "budget")


def test_the_budget_of_time(tmp_path: Path, server: OsvServer) -> None:
    with desk(tmp_path, url=server.url, seconds=-1) as made:
        (answer,) = made.ask(QUERY)
    assert refused(answer)[:2] == (False, "budget")
    assert server.asked == []


def test_a_local_database_hands_on_what_names_a_package(tmp_path: Path) -> None:
    others = [advisory(f"GHSA-{number:04}-xxxx-yyyy", f"other{number}") for number in range(20)]
    folder = export(tmp_path / "database", "PyPI", [*others, ADVISORY, advisory("PYSEC-2026-1", "Jinja2")])
    with desk(tmp_path, url="", database=folder) as made:
        (answer,) = made.ask(QUERY)
        assert made.body(answer, f"advisory:{NAME}") == ADVISORY
    assert sorted(answer.documents) == [f"advisory:{NAME}", "advisory:PYSEC-2026-1"]
    assert answer.served
    assert answer.lacking == {}


def test_a_local_database_that_lacks_or_breaks_an_ecosystem(tmp_path: Path) -> None:
    folder = export(tmp_path / "database", "PyPI", [ADVISORY])
    (folder / "npm").mkdir()
    (folder / "npm/all.zip").write_bytes(b"no archive")
    more = [
        OsvQuery(purl="pkg:npm/a@1.0.0", ecosystem="npm", name="a"),
        OsvQuery(purl="pkg:golang/a/b@1.0.0", ecosystem="Go", name="a/b"),
    ]
    with desk(tmp_path, url="", database=folder) as made:
        (answer,) = made.ask(OsvQueryRequest(queries=[JINJA, *more]))
    assert sorted(answer.lacking) == ["Go", "npm"]
    assert list(answer.documents) == [f"advisory:{NAME}"]


def test_members_of_a_local_database_that_are_no_advisories(tmp_path: Path) -> None:
    folder = export(tmp_path / "database", "PyPI", [ADVISORY])
    named = b'{"name": "jinja2"}'
    with zipfile.ZipFile(folder / "PyPI/all.zip", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.json", named)
        archive.writestr("GHSA-1/x.json", named)
        archive.writestr("GHSA-big.json", named + b" " * (5 << 20))
    with desk(tmp_path, url="", database=folder) as made:
        (answer,) = made.ask(QUERY)
    assert list(answer.documents) == [f"advisory:{NAME}"]
    assert answer.lacking == {"PyPI": "1 advisory of PyPI too long to be read"}


@pytest.mark.parametrize(
    ("osv", "offline", "can"),
    [
        (Wish(url=""), False, False),
        (Wish(url="http://127.0.0.1:9"), False, True),
        (Wish(url="http://127.0.0.1:9"), True, False),
        (Wish(url="", database=Path("osv")), True, True),
    ],
)
def test_whether_anybody_can_be_asked_stands_in_the_evidence(
    tmp_path: Path, osv: Wish, offline: bool, can: bool
) -> None:
    repo = Repo.make(tmp_path / "repo")
    repo.commit({"README.md": b"# x"})
    with Collector(
        tmp_path / "evidence", Change(repo.path, mode="all", offline=offline, osv=osv)
    ) as collector:
        manifest = collector.collect()
        assert manifest.inputs.osv is can
        if not can:
            (answer,) = collector.answer(manifest, [QUERY]).answers
            assert refused(answer) == (False, "offline", "no vulnerability database is asked")


def test_a_round_of_the_collector(tmp_path: Path, server: OsvServer) -> None:
    repo = Repo.make(tmp_path / "repo")
    repo.commit({"README.md": b"# x"})
    wish = Change(repo.path, mode="all", osv=Wish(url=server.url, patience=PATIENCE))
    with Collector(tmp_path / "evidence", wish) as collector:
        manifest = collector.answer(collector.collect(), [QUERY, NAMED])
        manifest = collector.answer(manifest, [QUERY, NAMED])  # nothing is asked twice
    assert [answer.served for answer in manifest.answers] == [True, True]
    evidence = Evidence.open(tmp_path / "evidence")
    for answer in manifest.answers:
        for key in answer.documents.values():
            assert json.loads(evidence.read(key, 1 << 20) or b"")
    assert sorted(server.paths) == ["/v1/querybatch", f"/v1/vulns/{NAME}"]
