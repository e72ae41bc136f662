"""Servers that do not do what they should: nothing that they send is taken for what it is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scanner.collect.limits import HUB_DOCUMENT
from scanner.demo.hub.state import Fault
from scanner.evidence import EDGE
from tests.collect.hubs import MIB, PATIENCE, big, desk, known, rows

SIZE = 80 * MIB
SMALL = b'{"architectures": ["Tiny"]}'
WEIGHTS = bytes(range(256)) * 40_000


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("ignore-range", origin="storage"), "knows no ranges"),
        (Fault("wrong-range", origin="storage"), "another range than the one asked for"),
        (Fault("other-size", origin="storage", value=1), "another range than the one asked for"),
        (Fault("gzip", origin="storage"), "compressed an answer"),
        (Fault("status", origin="storage", value=416), "has fewer bytes"),
        (Fault("status", origin="storage", value=404), "does not serve the file (status 404)"),
        (Fault("redirect", origin="storage"), "redirects a second time"),
        (Fault("other-commit"), "is of another commit"),
        (Fault("other-digest"), "has another digest"),
        (Fault("other-size", origin="hub", value=-1), "has another size"),
        (Fault("redirect", origin="hub"), "redirects more than 3 times"),
        (Fault("body", origin="hub", body=b"x"), "is of another commit"),
    ],
)
def test_ranges_that_are_not_what_was_asked_for(tmp_path: Path, fault: Fault, says: str) -> None:
    with known(tmp_path, {"w.bin": big(SIZE)}) as made:
        made.server.state.misbehave(fault)
        request = made.file("w.bin", edge=True)
        answers = made.ask(request)
        assert rows(answers) == [(False, "unreadable", None)]
        assert says in answers[0].detail
        stored = made.store.get(request.key)
        assert stored is None or stored.extents == []


@pytest.mark.parametrize(
    "fault", [Fault("short", origin="storage", value=100), Fault("drop", origin="storage")]
)
def test_answers_that_break_off(tmp_path: Path, fault: Fault) -> None:
    with known(tmp_path, {"w.bin": big(SIZE)}) as made:
        request = made.file("w.bin", edge=True)
        made.server.state.misbehave(fault)
        answers = made.ask(request)
        assert rows(answers) == [(False, "rate", None)]
        assert "no whole answer (RemoteProtocolError)" in answers[0].detail
        stored = made.store.get(request.key)
        assert stored is None or stored.extents == []
        made.server.state.behave()
        made.server.state.misbehave(replace(fault, times=1))
        assert made.served(made.file("w.bin", [(0, EDGE)])), "what breaks off once is asked for again"


def test_what_came_by_range_stays_when_the_whole_cannot_be_had(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big(8 * MIB), "other.bin": big(9 * MIB)}) as made:
        (before,) = made.served(made.file("w.bin", edge=True))
        short = Fault("short", origin="storage", value=5 * MIB)
        made.server.state.misbehave(Fault("ignore-range", "w.bin", times=1, origin="storage"), short)
        assert rows(made.ask(made.file("w.bin"), made.file("other.bin"))) == [(False, "rate", None)] * 2
        assert made.store.get(before.key) == before
        assert not made.store.path(made.file("other.bin").key).exists()


@pytest.mark.parametrize(
    ("value", "says"),
    [(100, "sent 100 of"), (EDGE - 1, f"sent {EDGE - 1} of"), (len(WEIGHTS) + 1, "sent more than")],
)
def test_bodies_of_another_length_than_asked_for(tmp_path: Path, value: int, says: str) -> None:
    with known(tmp_path, {"w.bin": WEIGHTS}) as made:
        made.server.state.misbehave(Fault("unannounced", origin="storage", value=value))
        for request in (made.file("w.bin", [(0, EDGE)]), made.file("w.bin")):
            (answer,) = made.ask(request)
            assert (answer.served, answer.cause) == (False, "unreadable")
            assert says in answer.detail
            stored = made.store.get(request.key)
            assert stored is None or stored.extents == []


@pytest.mark.parametrize("where", ["storage", "hub"])
def test_servers_that_stall(tmp_path: Path, where: Any) -> None:
    patience = replace(PATIENCE, silence=0.1, attempts=1)
    with known(tmp_path, {"w.bin": big(SIZE), "a.json": SMALL}, patience=patience) as made:
        made.server.state.misbehave(Fault("stall", "w.bin" if where == "storage" else "a.json", value=3))
        answers = made.ask(made.file("w.bin" if where == "storage" else "a.json", edge=True))
        assert rows(answers) == [(False, "rate", None)]
        assert "ReadTimeout" in answers[0].detail


def test_bytes_that_do_not_have_their_digest(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": WEIGHTS, "a.json": SMALL}) as made:
        made.server.state.misbehave(Fault("other-bytes"))
        requests = [made.file("w.bin"), made.file("a.json")]
        answers = made.ask(*requests)
        assert rows(answers) == [(False, "unreadable", None)] * 2
        assert all("digest" in answer.detail for answer in answers)
        assert [made.store.get(request.key) for request in requests] == [None, None]
        assert not any(made.store.path(request.key).exists() for request in requests)


def test_a_lie_in_a_range_is_found_when_the_file_is_whole(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": WEIGHTS}) as made:
        half = len(WEIGHTS) // 2
        made.server.state.misbehave(Fault("other-bytes", times=1, origin="storage"))
        request = made.file("w.bin", [(0, half)])
        assert made.served(request)[0].digest_origin == "declared"
        answers = made.ask(made.file("w.bin", [(half, half)]))
        assert rows(answers) == [(False, "unreadable", None)]
        assert made.store.get(request.key) is None


def test_a_server_without_ranges_sends_a_file_of_bounded_size_whole(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": WEIGHTS}) as made:
        made.server.state.misbehave(Fault("ignore-range", origin="storage"))
        request = made.file("w.bin", edge=True)
        (stored,) = made.served(request)
        assert (stored.whole, stored.digest_origin) == (True, "computed")
        assert made.bytes_of(request) == WEIGHTS


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x", "data:,x", "//", "http://[", "http://a:b/"],
)
def test_where_a_hub_may_not_send_us(tmp_path: Path, location: str) -> None:
    with known(tmp_path, {"w.bin": big(SIZE), "a.json": SMALL}) as made:
        commit = made.file("w.bin").commit
        made.server.state.misbehave(
            *(
                Fault("redirect", path, origin="hub", location=location, headers=headers)
                for path, headers in (
                    ("w.bin", {"X-Repo-Commit": commit, "X-Linked-Etag": made.file("w.bin").sha256 or ""}),
                    ("a.json", {"X-Repo-Commit": commit, "X-Linked-Etag": made.file("a.json").oid}),
                )
            )
        )
        answers = made.ask(made.file("w.bin", edge=True), made.file("a.json"))
        assert [answer.served for answer in answers] == [False, False]
        assert not made.server.asked(origin="storage")
        kind = location.partition(":")[0]
        if kind in ("file", "ftp", "gopher", "data"):
            says = f"{made.server.endpoint} sends us to an address of the kind {kind!r}"
            assert [answer.detail for answer in answers] == [says] * 2


def test_a_storage_is_not_left_for_another(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big(SIZE)}, token="secret") as made:
        made.server.state.misbehave(
            Fault("redirect", origin="storage", location=f"{made.server.endpoint}/api/whoami-v2")
        )
        answers = made.ask(made.file("w.bin", edge=True))
        assert "redirects a second time" in answers[0].detail
        assert not made.server.asked("whoami")


def test_the_api_does_not_send_us_elsewhere(tmp_path: Path) -> None:
    with desk(tmp_path, token="secret") as made:
        made.server.state.misbehave(
            Fault("redirect", "/api/models/", location=f"{made.server.storage_endpoint}/api/models/acme/tiny")
        )
        answer = made.record()
        assert rows([answer]) == [(False, "unreadable", None)]
        assert "sends a question about a repository to" in answer.detail
        assert not made.server.asked(origin="storage")


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("huge", "/api/models/acme/tiny", value=HUB_DOCUMENT + 1), "sent more than 16777216 bytes"),
        (Fault("gzip", "/api/models/acme/tiny"), "compressed an answer"),
        (Fault("redirect", "/api/models/acme/tiny"), "redirects more than 3 times"),
        (Fault("status", "/api/models/acme/tiny", value=418), "status 418"),
        (Fault("status", "/api/models/acme/tiny", value=204), "status 204"),
    ],
)
def test_information_that_is_not_taken(tmp_path: Path, fault: Fault, says: str) -> None:
    with desk(tmp_path) as made:
        made.server.state.misbehave(fault)
        answer = made.record()
        assert rows([answer]) == [(False, "unreadable", None)]
        assert says in answer.detail
        assert answer.documents == {}


def test_an_error_with_a_body_without_end_is_not_read(tmp_path: Path) -> None:
    with desk(tmp_path) as made:
        body = b'{"error": "' + b"x" * (32 * MIB) + b'"}'
        made.server.state.misbehave(Fault("status", "/api/models/", value=404, body=body))
        assert rows([made.record()]) == [(False, "access", "not-found")]
        assert made.hub.spent.bytes == 0
