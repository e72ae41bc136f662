"""Look at every object once, in workers, and ask for the bytes that are missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace

from scanner import worker
from scanner.domain import Cause
from scanner.evidence import WHOLE, Evidence, StoredObject, edges
from scanner.exchange import Answer, BlobRequest, FileRequest, LfsRequest, Request, request_id
from scanner.inspect.interface import Gap, Look, Sighting, Subject
from scanner.scan.kept import Kept

_LFS = "lfs-pointer"


@dataclass(slots=True)
class Seen:
    """What is known of one object: the look, the bytes it was made from, and who declares its digest."""

    look: Look
    stored: StoredObject | None = None
    lfs: tuple[str, int] | None = None
    """SHA-256 and size as the Git LFS pointer declares them."""
    pending: bool = False
    """True while bytes that were asked for are still to come."""


@dataclass
class Looker:
    """Looks at objects of the evidence and collects the requests that arise."""

    evidence: Evidence
    kept: Kept
    crew: worker.Crew
    progress: Callable[[int, int], None] | None = None
    requests: dict[str, Request] = field(default_factory=dict)
    _answers: dict[str, Answer] = field(default_factory=dict)
    _refused: dict[str, Answer] = field(default_factory=dict)
    _looks: dict[tuple[str, str], Look] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for answer in self.evidence.manifest.answers:
            self._answers[request_id(answer.request)] = answer
            if isinstance(answer.request, LfsRequest) and not answer.served:
                self._refused[answer.request.sha256] = answer

    def prepare(self, subjects: Iterable[tuple[str, str]]) -> None:
        """Look at all (key, base name) pairs in one batch, then at the Git LFS objects behind pointers."""
        self._look_all(set(subjects))
        behind = {
            (f"lfs:{oid}", name) for (_, name), look in self._looks.items() if (oid := _pointer(look)[0])
        }
        self._look_all({pair for pair in behind if self.evidence.object(pair[0])})

    def glance(self, key: str, name: str) -> Look:
        """The look itself, provisional or not; nothing is asked for."""
        return self._looks[key, name]

    def seen(self, key: str, name: str, *, follow: bool = True) -> Seen:
        """What is known of an object that :meth:`prepare` was told of.

        Without ``follow`` nothing more is asked for: enough for what the change removes.
        """
        stored = self.evidence.object(key)
        if stored is None:
            return Seen(Look(format="unknown", gaps=[self._why_absent(key)]))
        look = self._looks[key, name]
        oid, size = _pointer(look)
        if not follow:
            behind = self._looks.get((f"lfs:{oid}", name), look)
            return Seen(behind, stored, (oid, size) if oid else None)
        if oid:
            return self._behind_pointer(oid, size, name)
        return self._complete(look, stored, _asker(key))

    def ask(self, request: Request) -> Answer | None:
        """Note a request; returns its answer when there is one already."""
        identity = request_id(request)
        if identity not in self._answers:
            self.requests[identity] = request
        return self._answers.get(identity)

    def _why_absent(self, key: str) -> Gap:
        """Why there is nothing of an object: collect says so without being asked where it knows."""
        answer = self._answers.get(request_id(_asker(key)(None)))
        if answer is not None and not answer.served:
            return Gap(answer.cause or Cause.ACCESS, answer.detail, answer.action)
        return Gap(Cause.ACCESS, "the clone does not have its bytes", "fetch them, then run again")

    def _look_all(self, subjects: set[tuple[str, str]]) -> None:
        jobs: list[tuple[tuple[str, str], StoredObject]] = []
        for pair in sorted(subjects - self._looks.keys()):
            stored = self.evidence.object(pair[0])
            if stored is None:
                continue
            known = self.kept.get("look", *pair, stored.size, stored.extents)
            if known is None:
                jobs.append((pair, stored))
            else:
                self._looks[pair] = look_from(known)
        work = [
            asdict(
                Subject(
                    pair[1],
                    str(self.evidence.location(pair[0]).absolute()),
                    stored.size,
                    list(stored.extents),
                )
            )
            for pair, stored in jobs
        ]
        tell = self.progress
        counted = (lambda done: tell(done, len(work))) if tell else None
        for (pair, stored), outcome in zip(jobs, self.crew.run(work, counted), strict=True):
            if isinstance(outcome, worker.Died):
                detail = f"looking at it ended the worker: {outcome.reason}"
                action = "treat the file as hostile: remove it, or review it by hand in a sandbox"
                value = asdict(Look(format="unknown", gaps=[Gap(Cause.HOSTILE, detail, action)]))
            else:
                value = outcome.value
            self.kept.put(value, "look", *pair, stored.size, stored.extents)
            self._looks[pair] = look_from(value)

    def _complete(
        self, look: Look, stored: StoredObject, asker: Callable[[list[tuple[int, int]] | None], Request]
    ) -> Seen:
        """A look that needs more bytes is provisional: ask, or say why they cannot be had."""
        if look.need is None:
            return Seen(look, stored)
        answer = self.ask(asker(None if isinstance(look.need, str) else look.need))
        if answer is None:
            return Seen(look, stored, pending=True)
        if answer.served:
            gap = Gap(
                Cause.UNREADABLE,
                "the same bytes were needed again after they had been read",
                "report this file as a defect",
            )
        else:
            gap = Gap(answer.cause or Cause.ACCESS, answer.detail, answer.action)
        return Seen(replace(look, gaps=[*look.gaps, gap], need=None), stored)

    def _behind_pointer(self, oid: str, size: int, name: str) -> Seen:
        """The object that a Git LFS pointer stands for."""

        def asker(extents: list[tuple[int, int]] | None) -> Request:
            return LfsRequest(sha256=oid, size=size, extents=extents)

        stored = self.evidence.object(f"lfs:{oid}")
        if stored is not None:
            seen = self._complete(self._looks[f"lfs:{oid}", name], stored, asker)
            seen.lfs = (oid, size)
            return seen
        # Bytes that were here and turned out wrong are gone again: the refusal says why.
        answer = self._refused.get(oid) or self.ask(asker(edges(size) if size > WHOLE else None))
        look = Look(format=_LFS)
        if answer is not None:
            look.gaps.append(Gap(answer.cause or Cause.ACCESS, f"Git LFS: {answer.detail}", answer.action))
        return Seen(look, None, (oid, size), pending=answer is None)


def look_from(value: dict[str, object]) -> Look:
    """A :class:`Look` from the JSON that crossed the worker's door."""
    look = Look(**value)  # type: ignore[arg-type]
    look.sightings = [Sighting(**sighting) for sighting in value["sightings"]]  # type: ignore[attr-defined]
    look.gaps = [Gap(**gap) for gap in value["gaps"]]  # type: ignore[attr-defined]
    need = value["need"]
    look.need = [(offset, length) for offset, length in need] if isinstance(need, list) else look.need
    return look


def _pointer(look: Look) -> tuple[str, int]:
    """Digest and size out of a Git LFS pointer; an empty digest for anything else."""
    oid, size = look.facts.get("oid", ""), look.facts.get("size", 0)
    return (str(oid), int(size)) if look.format == _LFS and isinstance(size, int) else ("", 0)


def _asker(key: str) -> Callable[[list[tuple[int, int]] | None], Request]:
    kind, _, digest = key.partition(":")
    if kind == "git":
        return lambda extents: BlobRequest(oid=digest, extents=extents)
    return lambda extents: FileRequest(sha256=digest, extents=extents)
