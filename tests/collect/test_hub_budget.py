"""The budgets of a run: requests, bytes and seconds, over all rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.collect.errors import Unserved
from scanner.collect.hub.hub import Hub
from scanner.collect.hub.meter import Meter
from scanner.collect.wish import Hub as Wish
from scanner.demo.hub.state import Fault
from scanner.evidence import EDGE, HubSpent
from tests.collect.hubs import MIB, big, desk, known, rows

LARGE = {f"{number}.bin": big(seed=number) for number in range(6)}


def test_requests(tmp_path: Path) -> None:
    with known(tmp_path, LARGE, requests=5 + 7) as made:
        answers = made.ask(*(made.file(path, edge=True) for path in LARGE))
        assert made.hub.spent.requests == 12 == 5 + len(made.server.log)
        refused = [answer for answer in answers if not answer.served]
        assert refused
        assert {(answer.cause and answer.cause.value, answer.detail) for answer in refused} == {
            ("budget", "the budget of 12 requests to the Hub is used up")
        }


def test_bytes_are_promised_in_the_order_of_the_requests(tmp_path: Path) -> None:
    with known(tmp_path, LARGE, bytes=3 * 2 * EDGE + 20_000) as made:
        answers = made.ask(*(made.file(path, edge=True) for path in LARGE))
        assert [answer.served for answer in answers] == [True] * 3 + [False] * 3
        assert rows(answers[3:]) == [(False, "budget", None)] * 3
        assert "131072 bytes do not fit into the" in answers[3].detail
        assert made.hub.spent.bytes <= 3 * 2 * EDGE + 20_000


def test_what_was_promised_and_not_sent_is_there_again(tmp_path: Path) -> None:
    with known(tmp_path, LARGE, bytes=2 * 2 * EDGE + 20_000) as made:
        made.server.state.misbehave(Fault("status", origin="storage", value=404))
        answers = made.ask(*(made.file(path, edge=True) for path in LARGE))
        assert rows(answers) == [(False, "unreadable", None)] * 2 + [(False, "budget", None)] * 4
        made.server.state.behave()
        assert made.served(made.file("4.bin", edge=True), made.file("5.bin", edge=True))


def test_bytes_of_documents_count(tmp_path: Path) -> None:
    with desk(tmp_path, bytes=300) as made:
        answer = made.record()
        assert rows([answer]) == [(False, "budget", None)]


def test_a_file_that_comes_whole_may_not_cost_more_than_is_left(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big(40 * MIB)}, bytes=8 * MIB) as made:
        made.server.state.misbehave(Fault("ignore-range", origin="storage"))
        request = made.file("w.bin", edge=True)
        assert rows(made.ask(request)) == [(False, "budget", None)]
        assert made.store.get(request.key) is None
        assert made.hub.spent.bytes < 16 * MIB


def test_later_rounds_begin_where_earlier_ones_ended(tmp_path: Path) -> None:
    with known(tmp_path, LARGE, requests=100) as made:
        spent = HubSpent(requests=99, bytes=10, seconds=5)
        with Hub(made.wish, made.store, spent, made.answers) as hub:
            answers = hub.answer_all([made.file("0.bin", edge=True)])
            assert rows(answers) == [(False, "budget", None)]
            assert (hub.spent.requests, hub.spent.seconds > 5) == (100, True)


def test_seconds() -> None:
    meter = Meter(Wish(seconds=10), HubSpent(seconds=10.5))
    with meter.running(), pytest.raises(Unserved, match="10 seconds"):
        meter.request()
    assert meter.spent.requests == 0
    meter = Meter(Wish(seconds=10), HubSpent(seconds=4))
    meter.check_time(ahead=5)
    with pytest.raises(Unserved, match="seconds"):
        meter.check_time(ahead=7)


def test_time_between_rounds_does_not_count() -> None:
    meter = Meter(Wish(), HubSpent(seconds=1.5))
    assert meter.spent == meter.spent == HubSpent(seconds=1.5)
