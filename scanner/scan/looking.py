"""Look at every object once, in workers, and ask for the bytes that are missing."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace

from scanner.domain import Cause
from scanner.evidence import WHOLE, Evidence, StoredObject, edges, merge_extents
from scanner.exchange import BlobRequest, FileRequest, HubFileRequest, LfsRequest, Request
from scanner.inspect.interface import BUNDLED, GIVEN, Gap, Look, Part, Sighting, Subject
from scanner.scan.asking import Asking
from scanner.scan.workshop import Job, Workshop

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
    refusal: str | None = None
    """Why the Hub refused the bytes."""


@dataclass
class Looker:
    """Looks at objects of the evidence, and asks for the bytes that are missing."""

    evidence: Evidence
    workshop: Workshop
    asking: Asking
    _looks: dict[tuple[str, str], Look] = field(default_factory=dict)
    _imported: set[tuple[str, str]] = field(default_factory=set)

    def prepare(self, subjects: Iterable[tuple[str, str]]) -> None:
        """Look at all (key, base name) pairs in one batch, then at the Git LFS objects behind pointers."""
        self._look_all(set(subjects))
        behind = {
            (f"lfs:{oid}", name) for (_, name), look in self._looks.items() if (oid := _pointer(look)[0])
        }
        self._look_all({pair for pair in behind if self.evidence.object(pair[0])})

    def look_as_imported(self, subjects: set[tuple[str, str]]) -> None:
        """Look again at Python, of which it has turned out that a loader imports it."""
        self._imported |= subjects
        for pair in subjects & self._looks.keys():
            del self._looks[pair]
        self._look_all(subjects)

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

    def fetched(self, request: HubFileRequest) -> Seen:
        """What is known of a file of the Hub; ``request`` asks for the whole of it.

        Its look is there once :meth:`prepare` was told of its key and base name.
        """
        stored = self.evidence.object(request.key)
        first = request if request.size <= WHOLE else _ranges(request, edges(request.size))
        refusal = self.asking.answer(first)
        if stored is None:
            answer = self.asking.ask(first)
            look = Look(format="unknown")
            if answer is not None:
                look.gaps.append(Gap(answer.cause or Cause.ACCESS, answer.detail, answer.action))
            return Seen(look, None, pending=answer is None, refusal=answer.refusal if answer else None)
        look = self._looks[request.key, posixpath.basename(request.path)]
        if refusal is not None and not refusal.served and not _holds(stored, first.extents):
            gap = Gap(refusal.cause or Cause.ACCESS, refusal.detail, refusal.action)
            return Seen(_unfinished(look, gap), stored, refusal=refusal.refusal)
        return self._complete(look, stored, lambda extents: _ranges(request, extents))

    def _why_absent(self, key: str) -> Gap:
        """Why there is nothing of an object: collect says so without being asked where it knows."""
        answer = self.asking.answer(_asker(key)(None))
        if answer is not None and not answer.served:
            return Gap(answer.cause or Cause.ACCESS, answer.detail, answer.action)
        return Gap(Cause.ACCESS, "the clone does not have its bytes", "fetch them, then run again")

    def _look_all(self, subjects: set[tuple[str, str]]) -> None:
        pairs = sorted(pair for pair in subjects - self._looks.keys() if self.evidence.object(pair[0]))
        values = self.workshop.results([self._job(*pair) for pair in pairs], _died)
        self._looks |= {pair: look_from(value) for pair, value in zip(pairs, values, strict=True)}

    def _job(self, key: str, name: str) -> Job:
        stored = self.evidence.object(key)
        assert stored is not None
        extents = list(stored.extents)
        imported = key.startswith("hub:") or (key, name) in self._imported  # lies beside a model
        role = BUNDLED if imported else GIVEN if key.startswith("file:") else ""
        subject = Subject(name, str(self.evidence.location(key).absolute()), stored.size, extents, role)
        return Job("look", asdict(subject), (key, name, stored.size, extents, role))

    def _complete(
        self, look: Look, stored: StoredObject, asker: Callable[[list[tuple[int, int]] | None], Request]
    ) -> Seen:
        """A look that needs more bytes is provisional: ask, or say why they cannot be had."""
        if look.need is None:
            return Seen(look, stored)
        answer = self.asking.ask(asker(None if isinstance(look.need, str) else look.need))
        if answer is None:
            return Seen(_unfinished(look), stored, pending=True)
        if answer.served:
            gap = Gap(
                Cause.UNREADABLE,
                "the same bytes were needed again after they had been read",
                "report this file as a defect",
            )
        else:
            gap = Gap(answer.cause or Cause.ACCESS, answer.detail, answer.action)
        return Seen(_unfinished(look, gap), stored)

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
        answer = self.asking.refused_lfs(oid) or self.asking.ask(asker(edges(size) if size > WHOLE else None))
        look = Look(format=_LFS)
        if answer is not None:
            look.gaps.append(Gap(answer.cause or Cause.ACCESS, f"Git LFS: {answer.detail}", answer.action))
        return Seen(look, None, (oid, size), pending=answer is None)


def _died(reason: str) -> dict[str, object]:
    """The look at something that ended its worker."""
    detail = f"looking at it ended the worker: {reason}"
    action = "treat the file as hostile: remove it, or review it by hand in a sandbox"
    return asdict(Look(format="unknown", gaps=[Gap(Cause.HOSTILE, detail, action)]))


def _unfinished(look: Look, *gaps: Gap) -> Look:
    """A look that lacks bytes: whatever it would have become, it is listed and not called clean."""
    return replace(look, format=look.format or "unknown", gaps=[*look.gaps, *gaps], need=None)


def _holds(stored: StoredObject, extents: list[tuple[int, int]] | None) -> bool:
    """Whether these bytes are here, maybe from another repository; null stands for all of them."""
    return stored.whole or (
        extents is not None and merge_extents([*stored.extents, *extents]) == list(stored.extents)
    )


def _ranges(request: HubFileRequest, extents: list[tuple[int, int]] | None) -> HubFileRequest:
    return request.model_copy(update={"extents": extents})


def look_from(value: dict[str, object]) -> Look:
    """A :class:`Look` from the JSON that crossed the worker's door."""
    look = Look(**value)  # type: ignore[arg-type]
    look.sightings = [Sighting(**sighting) for sighting in value["sightings"]]  # type: ignore[attr-defined]
    look.gaps = [Gap(**gap) for gap in value["gaps"]]  # type: ignore[attr-defined]
    look.parts = [Part(**part) for part in value["parts"]]  # type: ignore[attr-defined]
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
