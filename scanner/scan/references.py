"""From what both sides of a change name to references: which are new, which changed, which are gone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.discover.interface import Mention
from scanner.domain import PreviousReference, Reference
from scanner.evidence import ChangedPath
from scanner.scan.sources import Searched

_MOST = 2_000
"""References of one file beyond this number are not listed."""


@dataclass(frozen=True, slots=True)
class Named:
    """A reference, what the search knows beyond it, and the file it stands in."""

    reference: Reference
    mention: Mention
    previous: Mention | None
    path: ChangedPath

    @property
    def asks(self) -> bool:
        """Whether the Hub is asked about it: the change brings it in, and the source says what it is."""
        reference = self.reference
        return (
            reference.change in ("added", "modified")
            and reference.repo_id is not None
            and reference.repo_type != "other"
        )

    @property
    def loads(self) -> bool:
        """Whether something is loaded; the bare address of a page is only a name."""
        return self.mention.loader != "address" or bool(self.mention.files)


def references(searched: Iterable[Searched]) -> list[Named]:
    """All references of the changed files, in the order of files and lines."""
    return [named for one in searched for named in _of_file(one)]


def _of_file(searched: Searched) -> Iterator[Named]:
    new = searched.new.mentions[:_MOST] if searched.new else []
    old = searched.old.mentions[:_MOST] if searched.old else []
    seen: Counter[str] = Counter()
    for mention, change, previous in pair(new, old):
        place = f"{searched.path.path}:{mention.line}"
        seen[place] += 1
        ordinal = f"#{seen[place]}" if seen[place] > 1 else ""
        suffix = ":removed" if change == "removed" else ""
        reference = _reference(searched.path, mention, change, previous, f"{place}{ordinal}{suffix}")
        yield Named(reference, mention, previous, searched.path)


Change = Literal["added", "modified", "removed", "unchanged"]
_Key = Callable[[Mention], object]

_SAME: tuple[_Key, ...] = (
    lambda one: (one.loader, one.repo_type, _name(one), one.revision, one.trust_remote_code),
    lambda one: (one.loader, one.repo_type, _name(one)),
    lambda one: (one.repo_type, _name(one)),
    lambda one: (one.loader, one.repo_type),
)
"""What makes two mentions the same place, strictest first."""


def pair(new: Sequence[Mention], old: Sequence[Mention]) -> list[tuple[Mention, Change, Mention | None]]:
    """Each mention of the new side with what it was on the old one; then what is gone.

    Two mentions of the first key are unchanged, two of a later one modified. Each is used once, in order.
    """
    partner: dict[int, tuple[Mention, Change]] = {}
    left_new, left_old = list(new), list(old)
    for key in _SAME:
        waiting: dict[object, list[Mention]] = defaultdict(list)
        for mention in left_old:
            waiting[key(mention)].append(mention)
        for mention in left_new:
            if same := waiting[key(mention)]:
                partner[id(mention)] = (same.pop(0), "unchanged" if key is _SAME[0] else "modified")
        used = {id(before) for before, _ in partner.values()}
        left_new = [mention for mention in left_new if id(mention) not in partner]
        left_old = [mention for mention in left_old if id(mention) not in used]
    paired: list[tuple[Mention, Change, Mention | None]] = []
    for mention in new:
        found = partner.get(id(mention))
        paired.append((mention, found[1], found[0]) if found else (mention, "added", None))
    return paired + [(mention, "removed", None) for mention in left_old]


def _name(mention: Mention) -> str:
    return mention.repo_id or mention.expression


def _reference(
    path: ChangedPath, mention: Mention, change: Change, previous: Mention | None, identity: str
) -> Reference:
    changed = previous is not None and change == "modified" and previous.repo_id is not None
    return Reference(
        id=identity,
        repo_id=None if mention.local else mention.repo_id,
        repo_type=mention.repo_type,
        revision=mention.revision,
        pinned=False,
        loader=mention.loader,
        package=mention.package,
        trust_remote_code=mention.trust_remote_code,
        path=path.path if change != "removed" else path.previous_path or path.path,
        line=mention.line,
        end_line=mention.end_line,
        in_diff=change != "removed" and in_diff(path, mention, change),
        change=change,
        previous=PreviousReference(repo_id=previous.repo_id, revision=previous.revision)
        if changed and previous is not None and previous.repo_id is not None
        else None,
        resolution=_resolution(mention),
        expression=mention.expression if mention.expression != mention.repo_id or mention.local else None,
        files=mention.files,
        store=mention.store,
    )


def _resolution(mention: Mention) -> Literal["unresolved", "local", "not_checked"]:
    """What is known before the Hub is asked."""
    if mention.local:
        return "local"
    return "unresolved" if mention.repo_id is None else "not_checked"


def in_diff(path: ChangedPath, mention: Mention, change: Change) -> bool:
    """Whether the change added a line of the id or of the call, or is new where lines are not known."""
    if path.added_lines is None:
        return change in ("added", "modified")
    spans = ((mention.line, mention.end_line), (mention.call_line, mention.call_end_line))
    return any(
        start < first + count and first <= end
        for start, end in spans
        for first, count in path.added_lines
        if start
    )
