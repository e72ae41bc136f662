"""Everything that is said through GitHub's API, part by part: one that fails takes no other with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

from scanner.domain import Report
from scanner.event import Event
from scanner.inputs import ActionInputs
from scanner.publish import check_run, comment, pulls, release, reviews, snapshot
from scanner.publish.annotations import Annotation, of
from scanner.publish.client import ApiError, Client, Clock, Denied
from scanner.publish.marker import RunMarker
from scanner.publish.outputs import SBOM
from scanner.report import render
from scanner.words import counted

T = TypeVar("T")

TITLE = "Modelward"
_PERMISSIONS = {
    "pull request": "pull-requests: write",
    "comment": "pull-requests: write",
    "review comments": "pull-requests: write",
    "check run": "checks: write",
    "release asset": "contents: write",
    "dependency snapshot": "contents: write",
}


@dataclass
class Spoken:
    """What came of it. Addresses are null for what was not made."""

    rest: list[Annotation]
    """What nothing on GitHub says yet."""
    comment_url: str | None = None
    check_run_url: str | None = None
    notes: list[Annotation] = field(default_factory=list)
    """What the maintainer should know about the reporting itself."""


def speak(
    report: Report,
    event: Event,
    inputs: ActionInputs,
    links: render.Links,
    folder: Path,
    clock: Clock | None = None,
) -> Spoken:
    """Say ``report`` on GitHub as far as the token may; never raises for what GitHub answers.

    ``folder`` is the report directory, for what goes to GitHub as a file.
    """
    spoken = Spoken(rest=of(report))
    if why := _mute(event, inputs):
        text = f"{why}, so there is no comment and no check run; what was found is in the summary and below."
        spoken.notes.append(Annotation("notice", TITLE, text))
        return spoken
    with Client(event.api_url, event.repository, inputs.github_token, clock) as client:
        speech = _Speech(client, report, event, inputs, links, spoken)
        if event.name in ("pull_request", "pull_request_target", "workflow_run"):
            speech.on_pull_request()
        if event.name == "release":
            speech.on_release(folder / SBOM)
        elif inputs.check_run:
            speech.on_commit()
        if inputs.dependency_snapshot and event.on_default_branch:
            speech.on_default_branch(folder / snapshot.SNAPSHOT, (clock or Clock()).now())
        speech.say_what_is_missing()
    return spoken


def _mute(event: Event, inputs: ActionInputs) -> str | None:
    """Why nothing can be written, known before anything is tried."""
    if not inputs.github_token:
        return "The input github-token is empty"
    if event.read_only:
        who = "a pull request from a fork" if event.fork else "Dependabot"
        return f"GitHub gives a run for {who} a token that can only read"
    return None


class _Speech:
    """One run's parts, in the order in which they build on each other."""

    def __init__(
        self,
        client: Client,
        report: Report,
        event: Event,
        inputs: ActionInputs,
        links: render.Links,
        spoken: Spoken,
    ) -> None:
        self.client, self.report, self.event, self.inputs = client, report, event, inputs
        self.links, self.spoken = links, spoken
        self.head = event.head or ""
        self.denied: dict[str, str] = {}

    def on_pull_request(self) -> None:
        """The comment, then what is said on files and lines."""
        number = self._part("pull request", lambda: pulls.current(self.client, self.event))
        if number is None:
            return
        marker = RunMarker(self.inputs.comment_id, self.head, self.event.run_id, self.event.run_attempt)
        self.spoken.comment_url = self._part("comment", lambda: self._comment(number, marker))
        if self.inputs.review_comments:
            self._part("review comments", lambda: self._review(number))

    def on_commit(self) -> None:
        """The check run; what it says on a line needs no workflow command."""
        made = self._part("check run", self._check)
        if made is not None:
            self.spoken.check_run_url, unsaid = made
            self.spoken.rest = [*(each for each in self.spoken.rest if each.path is None), *unsaid]

    def on_release(self, sbom: Path) -> None:
        """The SBOM as an asset, where one was written."""
        written = self.report.sbom is not None and self.report.sbom.written
        if self.inputs.release_asset and self.event.release_id and written:
            self._part("release asset", lambda: release.attach(self.client, self.event, sbom))

    def on_default_branch(self, path: Path, now: float) -> None:
        """The snapshot for the dependency graph, which is of everything or not at all."""
        if self.report.change.mode != "all" or not path.is_file():
            self._note("notice", "No dependency snapshot was submitted: none was made of the whole tree.")
            return
        key = self.inputs.comment_id
        said = self._part(
            "dependency snapshot",
            lambda: snapshot.submit(self.client, self.event, self.report, path, key, now),
        )
        if said is not None:
            self._note("notice", f"The dependency graph has the snapshot. {said}".strip())

    def say_what_is_missing(self) -> None:
        """One sentence for all that the token may not do."""
        if self.denied:
            lacking = " and ".join(sorted(self.denied))
            said = next(iter(self.denied.values()))
            self._note("warning", f"The token may not say everything: give the job {lacking}. {said}")

    def _comment(self, number: int, marker: RunMarker) -> str | None:
        text = render.comment(self.report, self.links)
        return comment.keep(self.client, number, self.inputs.comment_summary_in_pr, self.report, text, marker)

    def _review(self, number: int) -> None:
        said = reviews.Said()
        try:
            reviews.say(self.client, number, self.head, self.inputs.comment_id, self.report, said)
        finally:
            rest = self.spoken.rest
            self.spoken.rest = [each for each in rest if each.fingerprint not in said.fingerprints]
        if said.left_out:
            places = counted(said.left_out, "further place")
            limit = reviews.MAX_NEW
            self._note("notice", f"{places} annotated: a run makes at most {limit} review comments.")

    def _check(self) -> tuple[str, list[Annotation]]:
        links = replace(self.links, comment=self.spoken.comment_url)
        marker = f"{self.inputs.comment_id}/{self.event.run_id}-{self.event.run_attempt}"
        return check_run.create(
            self.client,
            name=self.inputs.check_name,
            head=self.head,
            key=marker,
            report=self.report,
            text=lambda left_out: render.check(self.report, links, left_out=left_out),
            title=render.headline(self.report),
            annotations=self.spoken.rest,
            run_url=self.event.run_url,
        )

    def _part(self, what: str, action: Callable[[], T]) -> T | None:
        try:
            return action()
        except Denied as error:
            self.denied.setdefault(_PERMISSIONS[what], str(error))
        except pulls.NoPull as error:
            self._note("notice", str(error))
        except (ApiError, OSError, ValueError) as error:
            self._note("warning", f"No {what}: {error}")
        return None

    def _note(self, level: Literal["warning", "notice"], text: str) -> None:
        self.spoken.notes.append(Annotation(level, TITLE, text))
