"""``modelward.lock``: the base's entries bind, the head's are claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scanner.domain import Cause, Finding, Incomplete
from scanner.evidence import REGULAR_MODES, Evidence, Tree
from scanner.exchange import BlobRequest
from scanner.hub.interface import Record
from scanner.hub.lock import LOCK_BYTES, Lock, LockError, check, compare, parse
from scanner.inspect.interface import Sighting
from scanner.scan.asking import Asking
from scanner.scan.findings import ENGINE, finding
from scanner.words import LOCK_PATH

_SHOWN = 5


@dataclass(frozen=True)
class Locks:
    """Both sides; null where there is no such file, or it cannot be read, which ``problems`` tells."""

    base: Lock | None = None
    head: Lock | None = None
    problems: tuple[str, ...] = ()

    def incomplete(self) -> Iterator[Incomplete]:
        """A lock file that cannot be read binds nothing, which somebody has to know."""
        for problem in self.problems:
            action = f"write {LOCK_PATH} again with 'modelward lock', and merge it first"
            yield Incomplete(subject=LOCK_PATH, cause=Cause.UNREADABLE, detail=problem, action=action)

    def findings(self, records: Iterable[Record]) -> Iterator[Finding]:
        """What the change does to the file, and where its claims are not what the Hub says."""
        if self.head is None:
            if self.base is not None:
                yield _finding("lock-changed", "", "the file is removed")
            return
        lines = compare(self.base or Lock(), self.head)
        if not lines:
            return
        more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
        yield _finding("lock-changed", "", "; ".join(lines[:_SHOWN]) + more)
        before = self.base.repositories if self.base is not None else []
        bound = {(entry.type, entry.id.casefold()): entry for entry in before}
        for record in records:
            entry = self.head.entry(record.repo_type, record.repo_id)
            if entry is None or bound.get((entry.type, entry.id.casefold())) == entry:
                continue
            if told := check(entry, record):
                yield _finding("lock-claim-false", record.repo_id, "; ".join(told))


def read(evidence: Evidence, asking: Asking) -> Locks:
    """The lock files of the base and of the head; their bytes are asked for where they are not here.

    Without a base, the head's own entries bind: there is nothing older.
    """
    manifest = evidence.manifest
    head, why_not_head = _side(evidence, asking, manifest.head_tree)
    if manifest.base_tree is None:
        return Locks(head, head, why_not_head)
    base, why_not_base = _side(evidence, asking, manifest.base_tree)
    return Locks(base, head, why_not_base + why_not_head)


def _side(evidence: Evidence, asking: Asking, tree: Tree | None) -> tuple[Lock | None, tuple[str, ...]]:
    entry = next((entry for entry in evidence.tree(tree) if entry.path == LOCK_PATH), None)
    if entry is None or entry.mode not in REGULAR_MODES:
        return None, ()
    key = f"git:{entry.oid}"
    data = evidence.read(key, LOCK_BYTES)
    if data is None:
        stored = evidence.object(key)
        if stored is not None and stored.whole:
            return None, (f"{LOCK_PATH} is larger than {LOCK_BYTES} bytes",)
        answer = asking.ask(BlobRequest(oid=entry.oid))
        return None, (f"{LOCK_PATH}: {answer.detail}",) if answer else ()
    try:
        return parse(data), ()
    except LockError as error:
        return None, (f"{LOCK_PATH}: {error}",)


def _finding(rule: str, symbol: str, evidence: str) -> Finding:
    return finding(Sighting(rule, ENGINE, symbol=symbol or None, evidence=evidence), LOCK_PATH, None, True)
