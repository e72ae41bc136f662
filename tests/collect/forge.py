"""A forge on loopback: git and LFS on one port, the GitHub API on another, LFS objects on a third."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scanner.collect.collector import Collector
from scanner.collect.runner import wish_of
from scanner.collect.wish import Patience, Wish
from scanner.event import read_event
from scanner.evidence import ChangedPath, Manifest
from scanner.exchange import Request
from scanner.inputs import ActionInputs
from tests.servers.git import TOKEN, GitServer
from tests.servers.github import GitHub
from tests.servers.lfs import LfsBatch, LfsObjects
from tests.support import Repo

NAME = "acme/shop"
ZERO = "0" * 40
IMPATIENT = Patience(connect=2, silence=0.3, fetch=30, attempts=2, pause=0, longest_pause=1)
BRISK = Patience(attempts=2, pause=0)


@dataclass(frozen=True)
class Forge:
    """Its parts, and the base repository that it serves as ``acme/shop``."""

    folder: Path
    repo: Repo
    git: GitServer
    api: GitHub
    storage: LfsObjects
    lfs: LfsBatch

    def environment(self, name: str, payload: dict[str, Any], **more: str) -> dict[str, str]:
        """What the runner sets for an event; ``more`` are further variables."""
        path = self.folder / "event.json"
        path.write_text(json.dumps(payload))
        return {
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_REPOSITORY": NAME,
            "GITHUB_SERVER_URL": self.git.url,
            "GITHUB_API_URL": self.api.api_url,
            "INPUT_GITHUB-TOKEN": TOKEN,
            **more,
        }

    def wish(self, env: dict[str, str], patience: Patience = BRISK, **given: Any) -> Wish:
        """What collect makes of an event."""
        event = read_event(env)
        assert event is not None
        wish = wish_of(event, ActionInputs.read(env), **given)
        remote = replace(wish.remote, patience=patience) if wish.remote else None
        central = replace(wish.central, patience=patience) if wish.central else None
        return replace(wish, remote=remote, central=central)

    def collect(self, env: dict[str, str], evidence: Path, patience: Patience = BRISK) -> Manifest:
        evidence.mkdir(exist_ok=True)
        with Collector(evidence, self.wish(env, patience)) as collector:
            return collector.collect()

    def answer(
        self, env: dict[str, str], evidence: Path, requests: list[Request], patience: Patience = BRISK
    ) -> Manifest:
        """One more round, by a collector of its own."""
        manifest = Manifest.model_validate_json((evidence / "manifest.json").read_bytes())
        with Collector(evidence, self.wish(env, patience)) as collector:
            collector.resume(manifest)
            return collector.answer(manifest, requests)

    def merge_base(self, base: str, head: str, common: str) -> None:
        """What the API says of two commits."""
        self.api.state.merge_bases[NAME, base, head] = common

    def store(self, content: bytes) -> str:
        """Put an object into the LFS store; returns its digest."""
        oid = hashlib.sha256(content).hexdigest()
        self.storage.objects[oid] = content
        return oid


@contextmanager
def forge(folder: Path) -> Iterator[Forge]:
    """A forge with an empty repository."""
    repo = Repo.make(folder / "base")
    with GitServer(folder / "served") as git, GitHub() as api, LfsObjects() as storage:
        batch = LfsBatch(storage)
        git.batch = batch.answer
        git.publish(NAME, repo.path / ".git")
        yield Forge(folder, repo, git, api, storage, batch)


def pull_request(base: str, head: str, head_repository: str = NAME) -> dict[str, Any]:
    """The parts of the event that count."""
    return {
        "pull_request": {
            "number": 7,
            "base": {"sha": base},
            "head": {"sha": head, "repo": {"full_name": head_repository}},
        }
    }


def pointer(oid: str, size: int) -> bytes:
    """A Git LFS pointer."""
    return f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize {size}\n".encode()


def by_path(manifest: Manifest) -> dict[str, ChangedPath]:
    return {path.path: path for path in manifest.paths}
