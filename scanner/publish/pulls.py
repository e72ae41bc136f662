"""Which pull request a run speaks on: the event's own, or the one that a trusted commit is the head of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.event import Event
from scanner.publish.client import Client


class NoPull(Exception):
    """There is no pull request to speak on; the text says why."""


def current(client: Client, event: Event) -> int:
    """The number of the pull request whose head is the commit of ``event``.

    A run whose commit is no longer the head has nothing to say on the pull request. The second half of a
    pair does not believe the first which pull request it was: the commit and the repository it came from are
    in the event, and have to be those of an open pull request of this repository.

    Raises:
        NoPull: there is none.
        ApiError: GitHub did not answer.
    """
    if event.pull_request is not None:
        if _fits(client.get(f"/pulls/{event.pull_request}"), event):
            return event.pull_request
        raise NoPull("The pull request has moved on; its comment is left to the newer run.")
    fitting = [int(pull["number"]) for pull in _candidates(client, event) if _fits(pull, event)]
    if not fitting:
        raise NoPull(f"No open pull request has {event.head} as its head, so there is no comment.")
    return min(fitting)


def _candidates(client: Client, event: Event) -> Iterator[Any]:
    """Pull requests of the commit; for a fork GitHub can know none, so then those of its branch."""
    found = list(client.pages(f"/commits/{event.head}/pulls"))
    yield from found
    if not found and event.head_repository and event.head_branch:
        owner = event.head_repository.partition("/")[0]
        yield from client.pages("/pulls", state="open", head=f"{owner}:{event.head_branch}")


def _fits(pull: Any, event: Event) -> bool:
    head, base = pull["head"], pull["base"]
    if (
        head["sha"] != event.head
        or (base["repo"] or {}).get("full_name", "").lower() != event.repository.lower()
    ):
        return False
    if event.name != "workflow_run":
        return True
    source = (head["repo"] or {}).get("full_name", "")
    return bool(pull["state"] == "open") and source.lower() == (event.head_repository or "").lower()
