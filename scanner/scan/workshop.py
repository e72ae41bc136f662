"""Jobs for the workers, each done once: what it was made from decides whether it has to be done again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scanner import worker
from scanner.scan.kept import Kept


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with which input; ``made_from`` tells inputs apart that give different results."""

    do: str
    input: dict[str, Any]
    made_from: tuple[object, ...]


@dataclass(frozen=True)
class Workshop:
    """A crew, what it did in earlier rounds, and whom to tell how far it is."""

    kept: Kept
    crew: worker.Crew
    progress: Callable[[int, int], None] | None = None

    def results(self, jobs: Sequence[Job], died: Callable[[str], Any]) -> list[Any]:
        """The results in the order of the jobs; ``died`` makes one of the reason why a worker ended."""
        known = [self.kept.get(job.do, *job.made_from) for job in jobs]
        open_ = [index for index, value in enumerate(known) if value is None]
        work = [{"do": jobs[index].do, **jobs[index].input} for index in open_]
        tell = self.progress
        counted = (lambda done: tell(done, len(work))) if tell else None
        for index, outcome in zip(open_, self.crew.run(work, counted), strict=True):
            value = died(outcome.reason) if isinstance(outcome, worker.Died) else outcome.value
            self.kept.put(value, jobs[index].do, *jobs[index].made_from)
            known[index] = value
        return known
