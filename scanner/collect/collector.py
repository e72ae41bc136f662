"""Evidence of a change, a whole tree, an index or single files; and the answers to what scan asks next."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from scanner.collect import points
from scanner.collect.answers import Answers, refused
from scanner.collect.blobs import Blobs
from scanner.collect.changes import Listings, changed_path, raw_changes, whole_tree
from scanner.collect.clone import FOLDER, Clone
from scanner.collect.errors import CollectError
from scanner.collect.files import expand, take, take_uncommitted
from scanner.collect.github import central_config
from scanner.collect.lfs import Lfs
from scanner.collect.limits import UNCOMMITTED
from scanner.collect.lines import all_lines, with_added_lines
from scanner.collect.objects import ObjectStore
from scanner.collect.points import Points
from scanner.collect.repository import Repository
from scanner.collect.wish import HubName, Remote, Wish
from scanner.domain import Change
from scanner.evidence import (
    REGULAR_MODES,
    SYMLINK_MODE,
    BaseConfig,
    ChangedPath,
    EventFacts,
    HubNamed,
    Inputs,
    Manifest,
    Side,
    Tree,
    Uncommitted,
    display_path,
    edges,
    object_path,
    sha256_hex,
    write_aside,
)
from scanner.exchange import Answer, BlobRequest, Request
from scanner.words import CONFIG_PATH

if TYPE_CHECKING:
    from scanner.collect.hub.hub import Hub
    from scanner.collect.osv import Osv

_ENTRY_FIELDS = 3
"""Mode, kind and object id: what 'git ls-tree' prints before the path."""

_SHA256_DIGITS = 64


class Collector:
    """Fills one evidence directory; use it as a context manager, once for :meth:`collect` or :meth:`resume`.

    Raises:
        CollectError: there is nothing that could be collected; the text says why and what to do.
    """

    def __init__(self, root: Path, wish: Wish) -> None:
        self._root, self._wish = root, wish
        self._stack = ExitStack()
        self._repository: Repository | None = None
        self._blobs: Blobs | None = None
        self._clone: Clone | None = None
        self._store = ObjectStore(root)
        self._files: dict[str, Path] = {}
        self._hub: Hub | None = None
        self._osv: Osv | None = None

    def __enter__(self) -> Collector:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def collect(self) -> Manifest:
        """The first round: trees, changed paths, both sides of each, configuration; or the named files.

        Raises:
            CollectError: no repository, no such head, nothing to compare with, or no such file.
        """
        if self._wish.mode == "files":
            return self._collect_files()
        if self._wish.remote is None:
            repository, blobs = self._open(self._wish.repository)
            return self._gather(repository, blobs, points.local(repository, self._wish))
        sha256 = len(self._wish.head) == _SHA256_DIGITS
        clone = self._open_clone(self._wish.remote, sha256=sha256)
        found = points.fetched(clone, self._wish.remote, self._wish)
        repository, blobs = self._open(clone.path)
        return self._gather(repository, blobs, found)

    def _gather(self, repository: Repository, blobs: Blobs, found: Points) -> Manifest:
        mode = self._wish.mode
        head, base, common = found.head, found.base, found.common
        uncommitted = self._start_uncommitted(repository, head)
        head_tree, date = blobs.commit(head)
        tree = _index_tree(repository) if mode == "staged" else head_tree
        trees = {"head": tree} | ({"base": blobs.commit(common)[0]} if common else {})
        folder = self._root / "trees"
        folder.mkdir(parents=True, exist_ok=True)
        listings = Listings(repository, trees, folder, sizes=self._clone is None)
        configured = repository.start("ls-tree", "-z", "--full-tree", base or head, CONFIG_PATH)
        if common:
            raw = raw_changes(repository, trees["base"], tree)
            changes = [changed_path(record) for record in raw]
        else:
            listings.wait()
            raw = []
            changes = whole_tree((folder / "head").read_bytes())
        line = configured.communicate()[0]
        unfetched = self._fetch(repository, changes, line)
        paths = [self._take_sides(blobs, path) for path in changes]
        if common:
            paths = with_added_lines(repository, trees["base"], tree, list(zip(raw, paths, strict=True)))
            listings.wait()
        listed, more = self._finish_uncommitted(repository, uncommitted)
        return self._write(
            Manifest(
                policy_date=datetime.now(UTC).date(),
                document_time=_document_time(date),
                change=Change(
                    repository=self._wish.name,
                    mode=mode,
                    base=base,
                    merge_base=common,
                    head=None if mode == "staged" else head,
                ),
                event=EventFacts.model_validate(self._wish.asked.event),
                inputs=Inputs.model_validate(
                    {**self._wish.asked.inputs, "offline": self._wish.offline, "osv": self._has_osv}
                ),
                config=self._config(blobs, line, "base" if base else "head"),
                base_tree=Tree(oid=trees["base"], file="base") if common else None,
                head_tree=Tree(oid=tree, file="head"),
                paths=paths,
                uncommitted=listed,
                uncommitted_more=more,
                base_missing=found.missing,
                warnings=[found.warning] if found.warning else [],
                objects=self._store.all(),
                answers=unfetched,
            )
        )

    def _fetch(self, repository: Repository, changes: list[ChangedPath], config: bytes) -> list[Answer]:
        """Fetch the blobs of both sides and of the configuration; returns why some could not be."""
        if self._clone is None:
            return []
        sides = [side for path in changes for side in (path.old, path.new) if side and side.key]
        oids = {side.oid for side in sides if side.mode in REGULAR_MODES | {SYMLINK_MODE}}
        entry = config.split(b"\t")[0].split()
        if len(entry) == _ENTRY_FIELDS and entry[1] == b"blob":
            oids.add(entry[2].decode("ascii"))
        failed = self._clone.blobs(repository.missing(oids))
        return [refused(BlobRequest(oid=oid), failed[oid]) for oid in sorted(failed)]

    def _collect_files(self) -> Manifest:
        taken = []
        for path in expand(self._wish.files):
            try:
                changed, key = take(self._store, path)
            except OSError as error:
                raise CollectError(f"{path} cannot be read: {error.strerror}") from error
            taken.append(changed)
            self._files[key] = path
        today = datetime.now(UTC)
        return self._write(
            Manifest(
                policy_date=today.date(),
                document_time=_document_time(int(today.timestamp()) // 86_400 * 86_400),
                change=Change(mode="files"),
                inputs=Inputs.model_validate({**self._wish.asked.inputs, "offline": self._wish.offline}),
                config=self._given_config() or BaseConfig(),
                paths=taken,
                named=[_named(name) for name in self._wish.names],
                objects=self._store.all(),
            )
        )

    def resume(self, manifest: Manifest) -> None:
        """Take up an evidence directory that an earlier process wrote, to answer requests."""
        self._store = ObjectStore(self._root, manifest.objects)
        if manifest.change.mode == "files":
            return
        if self._wish.remote is None:
            self._open(self._wish.repository)
        else:
            self._open(self._open_clone(self._wish.remote).path)

    def answer(self, manifest: Manifest, requests: Sequence[Request]) -> Manifest:
        """Answer what scan asked for, and write the manifest that says so."""
        with ExitStack() as stack:
            lfs = None
            if self._wish.remote is not None:
                lfs = stack.enter_context(Lfs(self._wish.remote, self._store, manifest.lfs_fetched))
            answers = Answers(
                self._root,
                manifest,
                self._store,
                self._repository,
                self._blobs,
                self._files,
                self._clone,
                lfs,
                None if self._wish.offline else lambda: self._ask_hub(manifest),
                self._ask_osv if self._has_osv else None,
            )
            given = answers.answer_all(requests)
            update = {"objects": self._store.all(), "answers": [*manifest.answers, *given]}
            if lfs is not None:
                update["lfs_fetched"] = lfs.spent
            if self._hub is not None:
                update["hub_spent"] = self._hub.spent
        return self._write(manifest.model_copy(update=update))

    def _ask_hub(self, manifest: Manifest) -> Hub:
        """The Hub, for this and all further rounds of this process."""
        from scanner.collect.hub.hub import Hub  # most changes ask nothing of it

        if self._hub is None:
            hub = Hub(self._wish.hub, self._store, manifest.hub_spent, manifest.answers)
            self._hub = self._stack.enter_context(hub)
        return self._hub

    def _ask_osv(self) -> Osv:
        """The vulnerability database, for this and all further rounds of this process."""
        from scanner.collect.osv import Osv

        if self._osv is None:
            self._osv = self._stack.enter_context(Osv(self._wish.osv, self._store))
        return self._osv

    @property
    def _has_osv(self) -> bool:
        """Whether known vulnerabilities can be asked for: one of this machine also without a network."""
        osv = self._wish.osv
        return osv.database is not None or bool(osv.url and not self._wish.offline)

    def _open(self, workspace: Path) -> tuple[Repository, Blobs]:
        self._repository = self._stack.enter_context(Repository(workspace))
        self._blobs = self._stack.enter_context(Blobs(self._repository))
        return self._repository, self._blobs

    def _open_clone(self, remote: Remote, *, sha256: bool = False) -> Clone:
        self._clone = Clone(self._root / FOLDER, remote, sha256=sha256)
        return self._clone

    def _take_sides(self, blobs: Blobs, path: ChangedPath) -> ChangedPath:
        old, new = self._take(blobs, path.old), self._take(blobs, path.new)
        lines = None
        if (
            path.old is None
            and new is not None
            and (stored := self._store.get(new.key or ""))
            and stored.whole
        ):
            lines = all_lines(object_path(self._root, stored.key).read_bytes())
        return path.model_copy(update={"old": old, "new": new, "added_lines": lines})

    def _take(self, blobs: Blobs, side: Side | None) -> Side | None:
        """The first answer for one side: nothing for a submodule, the target for a symbolic link."""
        if side is None or side.key is None or side.mode not in REGULAR_MODES | {SYMLINK_MODE}:
            return side
        stored = self._store.get(side.key)
        if stored is None:
            opened = blobs.open(side.oid)
            if opened is None:
                return side
            size, chunks = opened
            stored = self._store.put(side.key, size, chunks, edges(size))
        return side.model_copy(update={"size": stored.size})

    def _config(self, blobs: Blobs, listed: bytes, source: Literal["base", "head"]) -> BaseConfig:
        """The configuration out of its line of a tree listing, unless the caller gave one."""
        given = self._given_config()
        if given is not None:
            return given
        fields = listed.split(b"\t")[0].split()
        if len(fields) != _ENTRY_FIELDS or fields[1] != b"blob":
            return BaseConfig()
        if fields[0].decode() == SYMLINK_MODE:
            raise CollectError(f"{CONFIG_PATH} of the {source} is a symbolic link; replace it by a file")
        oid = fields[2].decode("ascii")
        key = f"git:{oid}"
        opened = blobs.open(oid)
        if opened is None:
            raise CollectError(
                f"{CONFIG_PATH} of the {source} is not in the object store; fetch it and run again"
            )
        size, chunks = opened
        self._store.put(key, size, chunks, [(0, size)])
        return BaseConfig(source=source, path=CONFIG_PATH, key=key)

    def _given_config(self) -> BaseConfig | None:
        central = self._wish.central
        if central is not None:
            data = central_config(central)
            key = f"file:{sha256_hex(data)}"
            self._store.put(key, len(data), [data], [(0, len(data))])
            path = f"{central.repository}/{central.path}@{central.ref}"
            return BaseConfig(source="central", path=path, key=key)
        if self._wish.config is None:
            return None
        try:
            _, key = take(self._store, self._wish.config)
        except OSError as error:
            raise CollectError(
                f"the configuration {self._wish.config} cannot be read: {error.strerror}"
            ) from error
        return BaseConfig(source="file", path=display_path(os.fsencode(self._wish.config)), key=key)

    def _start_uncommitted(self, repository: Repository, head: str) -> list[subprocess.Popen[bytes]]:
        """Ask which files are not committed, only where HEAD itself is looked at."""
        wanted = self._wish.head == "HEAD" and self._wish.mode != "staged" and repository.worktree is not None
        if not wanted or not repository.copy_index():
            return []
        questions = (
            ("diff-index", "-z", "--name-only", "--no-ext-diff", "--diff-filter=d", head, "--"),
            ("ls-files", "-z", "--others", "--exclude-standard"),
        )
        return [repository.start(*question, worktree=True) for question in questions]

    def _finish_uncommitted(
        self, repository: Repository, processes: list[subprocess.Popen[bytes]]
    ) -> tuple[list[Uncommitted], int]:
        found = {path for process in processes for path in process.communicate()[0].split(b"\0") if path}
        if not found or repository.worktree is None:
            return [], 0
        paths = sorted(found)
        taken = take_uncommitted(self._store, repository.worktree, paths[:UNCOMMITTED])
        return taken, max(0, len(paths) - UNCOMMITTED)

    def _write(self, manifest: Manifest) -> Manifest:
        write_aside(self._root / "manifest.json", manifest.model_dump_json(exclude_none=True).encode())
        return manifest


def _index_tree(repository: Repository) -> str:
    """The index as a tree, written to our own object store."""
    if repository.copy_index():
        status, output = repository.read("write-tree", worktree=True)
        if status == 0:
            return output.decode("ascii").strip()
        raise CollectError("the index cannot be read as a tree: finish or abort the merge, then run again")
    raise CollectError("there is no index: stage something with 'git add' first")


def _named(name: HubName) -> HubNamed:
    """A repository that the caller named, as the manifest holds it."""
    try:
        return HubNamed(repo_type=name.repo_type, repo_id=name.repo_id, revision=name.revision)
    except ValidationError as error:
        raise CollectError(
            f"{name.repo_id!r} at {name.revision!r} cannot be on the Hub; name ORG/NAME or ORG/NAME@REVISION"
        ) from error


def _document_time(date: int) -> int:
    """The date for documents, in seconds since 1970: SOURCE_DATE_EPOCH where it is set, else ``date``."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) if epoch.isdigit() else date
