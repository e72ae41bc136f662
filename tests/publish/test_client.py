"""Waiting and repeating, against a GitHub that loses answers and sets limits; nobody really waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner.publish.client import BUDGET, Client, Denied, Refused, Unanswered
from tests.publish.stage import PULL, Hands, Stage, stage
from tests.report import samples
from tests.servers.github import Fault
from tests.servers.github_state import BOT, MAX_BODY, Token

COMMENTS = f"/issues/{PULL}/comments"
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
LOST = Fault(502, after=True)


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path) as made:
        yield made


@pytest.fixture
def client(on: Stage) -> Iterator[Client]:
    with Client(on.github.api_url, "acme/shop", "ghs_test", on.clock) as made:
        yield made


def nothing() -> None:
    """What a look for something that was not made finds."""


def test_a_post_whose_answer_was_lost_is_not_repeated(on: Stage) -> None:
    on.github.fail("issues/create-comment", LOST)
    on.github.fail("pulls/create-review-comment", LOST)
    on.github.fail("checks/create", LOST)
    ran = on.run(samples.failing())
    assert len(on.comments()) == len(on.reviews()) == len(on.github.state.check_runs) == 1
    assert ran.outputs["check-run-url"] == on.github.state.check_runs[0]["html_url"]
    assert ran.commands == []


def test_a_post_that_was_not_done_is_repeated(on: Stage) -> None:
    for operation in ("issues/create-comment", "pulls/create-review-comment", "checks/create"):
        on.github.fail(operation, Fault(502), Fault(503))
    on.run(samples.failing())
    assert len(on.comments()) == len(on.reviews()) == len(on.github.state.check_runs) == 1


def test_a_batch_of_annotations_whose_answer_was_lost_is_not_sent_again(on: Stage) -> None:
    on.github.fail("checks/update", LOST)
    on.run(samples.many(120), inputs={"review-comments": "false"})
    (said,) = on.github.state.annotations.values()
    assert len(said) == len({each["path"] for each in said}) == 120


def test_a_connection_that_ends_is_like_an_answer_that_was_lost(client: Client, on: Stage) -> None:
    on.github.fail("issues/create-comment", Fault(0, after=True))
    made = client.post(COMMENTS, {"body": "x"}, made=lambda: on.github.state.comments[PULL][-1])
    assert (made["body"], on.comments()) == ("x", ["x"])


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault(403, SECONDARY, {"Retry-After": "17"}), 17),
        (Fault(429, SECONDARY, {"Retry-After": "18"}), 18),
        (Fault(403, SECONDARY), 60),
        (
            Fault(
                403,
                "API rate limit exceeded",
                {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000041"},
            ),
            42,
        ),
        (Fault(429, "Too many", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "17"}), 1),
        (Fault(500), 1),
    ],
)
def test_how_long_is_waited(client: Client, on: Stage, fault: Fault, waited: float) -> None:
    on.github.fail("pulls/get", fault)
    assert client.get(f"/pulls/{PULL}")["number"] == PULL
    assert on.clock.slept == [waited]


def test_a_limit_that_lasts_too_long_is_not_waited_for(client: Client, on: Stage) -> None:
    on.github.fail("pulls/get", Fault(403, SECONDARY, {"Retry-After": str(int(BUDGET) + 1)}))
    with pytest.raises(Unanswered, match="GitHub answered 403; run again later"):
        client.get(f"/pulls/{PULL}")
    assert on.clock.slept == []


def test_waiting_grows_and_ends_within_the_budget(client: Client, on: Stage) -> None:
    on.github.fail("pulls/get", *[Fault(502)] * 50)
    with pytest.raises(Unanswered):
        client.get(f"/pulls/{PULL}")
    assert on.clock.slept[:6] == [1, 2, 4, 8, 16, 30]
    assert sum(on.clock.slept) <= BUDGET


def test_writes_are_a_second_apart(client: Client, on: Stage) -> None:
    for _ in range(3):
        client.post(COMMENTS, {"body": "x"}, nothing)
    assert on.clock.slept == [1.0, 1.0]


def test_what_may_not_be_done_is_not_repeated(client: Client, on: Stage) -> None:
    on.github.tokens["ghs_test"].grants = {}
    with pytest.raises(Denied, match="GitHub answered 403: Resource not accessible by integration"):
        client.post(COMMENTS, {"body": "x"}, nothing)
    assert on.clock.slept == []


def test_a_post_to_what_is_said_not_to_exist_is_not_allowed(client: Client, on: Stage) -> None:
    on.github.fail("checks/create", Fault(404, "Not Found"))
    with pytest.raises(Denied, match="404: Not Found"):
        client.post("/check-runs", {}, nothing)
    on.github.problems.clear()


def test_a_refusal_says_why(client: Client) -> None:
    with pytest.raises(Refused, match="422: Validation Failed: body is too long") as caught:
        client.post(COMMENTS, {"body": "x" * (MAX_BODY + 1)}, nothing)
    assert caught.value.status == 422


def test_bad_credentials(on: Stage) -> None:
    with (
        Client(on.github.api_url, "acme/shop", "ghs_other", Hands()) as client,
        pytest.raises(Refused, match="401: Bad credentials"),
    ):
        client.get(f"/pulls/{PULL}")


def test_a_host_that_is_not_there_is_given_up(on: Stage) -> None:
    hands = Hands()
    with (
        Client("http://127.0.0.1:1/api/v3", "acme/shop", "ghs_test", hands) as client,
        pytest.raises(Unanswered, match="GitHub did not answer"),
    ):
        client.get(f"/pulls/{PULL}")
    assert sum(hands.slept) <= BUDGET


def test_every_page_is_read(client: Client, on: Stage) -> None:
    for number in range(301):
        on.github.state.add_comment(PULL, str(number), "dev")
    assert [comment["body"] for comment in client.pages(COMMENTS)] == [str(number) for number in range(301)]
    assert [call.query["page"] for call in on.github.calls] == ["1", "2", "3", "4"]


def test_deleting_what_is_gone_is_no_error(client: Client) -> None:
    client.delete("/issues/comments/1")


def test_an_app_of_ones_own_is_somebody_else(on: Stage) -> None:
    on.github.tokens["ghs_app"] = Token(login="acme-bot[bot]")
    on.run(samples.failing())
    on.run(samples.failing(), env={"INPUT_GITHUB-TOKEN": "ghs_app"})
    logins = [comment["user"]["login"] for comment in on.github.state.comments[PULL]]
    assert logins == [BOT, "acme-bot[bot]"]
