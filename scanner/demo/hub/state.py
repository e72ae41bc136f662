"""What the embedded Hub holds: repositories with their history, accounts, and the ways it may misbehave."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from scanner.demo.hub.content import Content, git_oid, given

RepoType = Literal["model", "dataset", "space", "kernel"]
SCANNERS = ("jFrogScan", "protectAiScan", "avScan", "pickleImportScan", "virusTotalScan")

_EPOCH = "2024-01-01T00:00:00.000Z"
_COMMIT = re.compile(r"[0-9a-f]{7,40}")


def identity(*of: str) -> str:
    """24 hexadecimal digits, as the Hub's database gives to everything."""
    return sha256("\0".join(of).encode()).hexdigest()[:24]


@dataclass(frozen=True)
class Commit:
    """One commit; ``files`` are all files at it, ``parent`` is null for the first."""

    id: str
    title: str
    message: str
    date: str
    authors: tuple[str, ...]
    files: Mapping[str, Content]
    parent: str | None


@dataclass
class Repository:
    """One repository. ``scans`` says what scanners find: path → scanner → status, ``safe`` where silent."""

    repo_id: str
    repo_type: RepoType = "model"
    identity: str = ""
    created: str = _EPOCH
    private: bool = False
    gated: Literal[False, "auto", "manual"] = False
    disabled: bool = False
    card: dict[str, Any] | None = None
    tags: list[str] = field(default_factory=list)
    pipeline_tag: str | None = None
    library: str | None = None
    config: dict[str, Any] | None = None
    parameters: dict[str, int] = field(default_factory=dict)
    downloads: int = 0
    likes: int = 0
    scans: dict[str, dict[str, str]] = field(default_factory=dict)
    info: dict[str, Any] = field(default_factory=dict)
    """Further fields of the info document, or other values of the usual ones."""
    branches: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    """Git tags and their commits."""
    pulls: dict[str, str] = field(default_factory=dict)
    """``refs/pr/1`` and the like; their commits are reachable by id, too."""
    commits: dict[str, Commit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.identity = self.identity or identity(self.repo_type, self.repo_id)

    @property
    def author(self) -> str | None:
        """The name space; the oldest names have none."""
        namespace, slash, _ = self.repo_id.partition("/")
        return namespace if slash else None

    def commit(
        self,
        files: Mapping[str, bytes | Content],
        title: str = "Upload",
        *,
        branch: str = "main",
        remove: Sequence[str] = (),
        message: str = "",
        date: str | None = None,
        authors: Sequence[str] = (),
    ) -> str:
        """Add or change ``files`` on a branch (or on ``refs/pr/N``); returns the new commit's id.

        A branch that is new begins at main. Without ``date`` each commit is a day younger than the last.
        """
        heads = self.pulls if branch.startswith("refs/pr/") else self.branches
        parent = heads.get(branch, self.branches.get("main"))
        before = self.commits[parent].files if parent else {}
        now = {path: content for path, content in before.items() if path not in remove}
        now |= {path: given(path, data) if isinstance(data, bytes) else data for path, data in files.items()}
        date = (
            date
            or f"2024-{1 + len(self.commits) // 28 % 12:02}-{1 + len(self.commits) % 28:02}T12:00:00.000Z"
        )
        authors = tuple(authors) or (self.author or "system",)
        seconds = int(datetime.fromisoformat(date).timestamp())
        lines = [f"tree {tree_oid(now)}", *([f"parent {parent}"] if parent else [])]
        lines += [f"author {authors[0]} <> {seconds} +0000", f"committer {authors[0]} <> {seconds} +0000"]
        oid = git_oid("commit", "\n".join([*lines, "", title, "", message]).encode())
        self.commits[oid] = Commit(oid, title, message, date, authors, now, parent)
        heads[branch] = oid
        return oid

    def resolve(self, revision: str) -> Commit | None:
        """The commit that a branch, tag, ``refs/…`` or commit id (also a short one) stands for."""
        names = {**self.versions, **self.branches, **self.pulls}
        names |= {f"refs/heads/{name}": oid for name, oid in self.branches.items()}
        names |= {f"refs/tags/{name}": oid for name, oid in self.versions.items()}
        if revision in names:
            return self.commits[names[revision]]
        if not _COMMIT.fullmatch(revision):
            return None
        return next((commit for oid, commit in self.commits.items() if oid.startswith(revision)), None)

    def history(self, commit: Commit) -> list[Commit]:
        """The commit and its ancestors, newest first."""
        found = [commit]
        while (parent := found[-1].parent) is not None:
            found.append(self.commits[parent])
        return found


def tree_oid(files: Mapping[str, Content]) -> str:
    """The id of the git tree that holds these paths."""
    blobs = {path: content for path, content in files.items() if "/" not in path}
    folders: dict[str, dict[str, Content]] = {}
    for path, content in files.items():
        folder, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(folder, {})[rest] = content
    entries = [(name, b"100644 ", name, content.oid) for name, content in blobs.items()]
    entries += [(f"{name}/", b"40000 ", name, tree_oid(inside)) for name, inside in folders.items()]
    data = b"".join(
        mode + name.encode() + b"\0" + bytes.fromhex(oid) for _, mode, name, oid in sorted(entries)
    )
    return git_oid("tree", data)


@dataclass(frozen=True)
class Account:
    """The owner of a name space."""

    name: str
    kind: Literal["organization", "user"] = "organization"
    fullname: str = ""
    verified: bool = False
    created: str = _EPOCH
    identity: str = ""
    members: int = 1


FaultKind = Literal[
    "status",  # answer with the status ``value`` and ``headers``
    "drop",  # close the connection without a word
    "stall",  # send the head and ``value`` bytes, then nothing for as long as the server lives
    "short",  # send only ``value`` bytes of what was announced, then close
    "unannounced",  # send ``value`` bytes, cut or filled up with zeros, without saying how many they are
    "body",  # answer 200 with ``body`` and ``headers`` instead
    "huge",  # answer 200 with a body of ``value`` bytes, its length not announced
    "redirect",  # answer 302 to ``location``; empty means to the address that was asked for
    "gzip",  # compress the body although the request says not to
    "ignore-range",  # answer 200 with the whole file
    "wrong-range",  # a Content-Range that begins one byte later than the bytes do
    "other-bytes",  # every byte of the body inverted
    "other-size",  # declare ``value`` bytes more than there are
    "other-digest",  # declare the digest of other bytes
    "other-commit",  # say that the bytes are of another commit
    "endless",  # every page of a listing has a next one
]


@dataclass(frozen=True)
class Fault:
    """One way to misbehave, for requests whose target holds ``where``; ``times`` null means always.

    The target of a file in the large storage holds its path, too.
    """

    kind: FaultKind
    where: str = ""
    times: int | None = None
    value: int = 0
    body: bytes = b""
    location: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str | None = None
    origin: Literal["hub", "storage"] | None = None


def rate_limited(where: str = "", *, times: int | None = None, reset: int = 55) -> Fault:
    """The Hub's answer to whoever asks too often: come back in ``reset`` seconds."""
    headers = {
        "RateLimit": f'"api";r=0;t={reset}',
        "RateLimit-Policy": '"fixed window";"api";q=500;w=300',
    }
    return Fault("status", where, times, 429, headers=headers)


class HubState:
    """Everything the server knows; change it while it runs."""

    def __init__(self) -> None:
        self.repositories: dict[tuple[RepoType, str], Repository] = {}
        self.accounts: dict[str, Account] = {}
        self.renamed: dict[tuple[RepoType, str], str] = {}
        """Old ids and the new one they lead to (307)."""
        self.tokens: dict[str, frozenset[str]] = {}
        """Each token with the ids of the private and gated repositories that it opens."""
        self.cached_small_files = False
        """Whether small files are served by way of ``/api/resolve-cache`` (307), as the Hub often does."""
        self.serves_large_files = False
        """Whether large files come from the Hub's own origin, as from a mirror, and not from the storage."""
        self.signatures = 0
        """Count it up, and every signed address that was given before is worth nothing (403)."""
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()

    def add(self, repository: Repository) -> Repository:
        """Put a repository on the Hub; its name space gets an account unless it has one."""
        self.repositories[repository.repo_type, repository.repo_id] = repository
        if repository.author and repository.author not in self.accounts:
            self.accounts[repository.author] = Account(repository.author)
        return repository

    def misbehave(self, *faults: Fault) -> None:
        """From now on; of several that fit a request the first is taken."""
        with self._lock:
            self._faults.extend(faults)

    def behave(self) -> None:
        """Misbehave no more."""
        with self._lock:
            self._faults.clear()

    def fault(self, origin: str, method: str, target: str) -> Fault | None:
        """The fault for this request, if any; it counts as used."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                fits = fault.origin in (None, origin) and fault.method in (None, method)
                if not fits or fault.where not in target:
                    continue
                if fault.times is None:
                    return fault
                if fault.times <= 1:
                    del self._faults[index]
                else:
                    self._faults[index] = replace(fault, times=fault.times - 1)
                return fault
        return None

    def stored(self, digest: str) -> Content | None:
        """The file of the large storage with that declared digest."""
        for repository in self.repositories.values():
            for commit in repository.commits.values():
                for content in commit.files.values():
                    if content.large and content.sha256 == digest:
                        return content
        return None
