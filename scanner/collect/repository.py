"""A bare repository of our own that borrows the objects and names of a workspace, and none of its settings.

Git reads configuration, hooks and attributes from the repository it is told to use. So it is told to use one
that we made: the workspace contributes its object store (as an alternate), its references and its list of
shallow commits, all of which are data.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from scanner.collect.errors import CollectError
from scanner.collect.limits import MEMORY
from scanner.collect.neutral import bound, environment, find_git, own_config

_SMALL_FILE = 1 << 20


class Repository:
    """Plumbing over the objects of ``workspace``; use it as a context manager.

    Raises:
        CollectError: git is missing, or ``workspace`` is no git repository.
    """

    def __init__(self, workspace: Path) -> None:
        self.git_dir, self.common_dir, self.worktree = _locate(workspace)
        self._git = find_git()
        self._started: list[subprocess.Popen[bytes]] = []
        self._home = tempfile.TemporaryDirectory(prefix="modelward-git-")
        self.path = Path(self._home.name) / "own.git"
        try:
            self._make()
        except BaseException:
            self._home.cleanup()
            raise

    def __enter__(self) -> Repository:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing that was started outlives this, also when an error left it half read."""
        for process in self._started:
            if process.returncode is None:
                process.kill()
                process.communicate()
        self._home.cleanup()

    def start(
        self,
        *arguments: str | bytes,
        stdin: int | IO[bytes] | None = None,
        stdout: int | IO[bytes] = subprocess.PIPE,
        worktree: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a git command; ``worktree`` shows it the files and a copy of the index of the workspace."""
        surroundings = environment(self.path)
        if worktree and self.worktree is not None:
            surroundings |= {"GIT_WORK_TREE": str(self.worktree), "GIT_INDEX_FILE": str(self.path / "index")}
        process = subprocess.Popen(
            [self._git, *arguments],
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
            env=surroundings,
            cwd=self.worktree if worktree and self.worktree else self.path,
        )
        self._started.append(process)
        return process

    def read(
        self, *arguments: str | bytes, stdin: bytes | None = None, worktree: bool = False
    ) -> tuple[int, bytes]:
        """Exit status and standard output of a git command."""
        pipe = None if stdin is None else subprocess.PIPE
        process = self.start(*arguments, stdin=pipe, worktree=worktree)
        output, _ = process.communicate(stdin)
        return process.returncode, output

    def read_bounded(self, *arguments: str | bytes, limit: int) -> bytes:
        """Standard output of a git command that the change may make print very much.

        Raises:
            CollectError: it printed more than ``limit`` bytes, needed too much memory, or failed.
        """
        process = self.start(*arguments)
        assert process.stdout
        bound(process.pid, resource.RLIMIT_AS, MEMORY)  # git holds all of a difference before it prints any
        output = process.stdout.read(limit + 1)
        if len(output) > limit:
            process.kill()
        process.communicate()
        if len(output) > limit:
            raise CollectError(f"git {arguments[0]!s} prints more than {limit} bytes: name a smaller change")
        if process.returncode:
            raise CollectError(
                f"git {arguments[0]!s} failed, or needed more than {MEMORY >> 20} MiB: "
                "name a smaller change, or check the repository with 'git fsck'"
            )
        return output

    def commits(self, revisions: Sequence[str]) -> list[str | None]:
        """The commit each revision names, or ``None``; answers come in the order of the question."""
        askable = [r if r and not any(c in r for c in "\n\0") else "-" for r in revisions]
        question = "".join(f"{revision}^{{commit}}\n" for revision in askable)
        _, output = self.read(
            "cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=os.fsencode(question)
        )
        answers: list[str | None] = []
        for line in output.splitlines():
            oid, _, kind = line.decode("utf-8", "replace").partition(" ")
            answers.append(oid if kind == "commit" else None)
        return answers if len(answers) == len(revisions) else [None] * len(revisions)

    def missing(self, oids: Iterable[str]) -> list[str]:
        """Those of the objects that are not here, sorted."""
        question = "".join(f"{oid}\n" for oid in sorted(set(oids))).encode("ascii")
        _, output = self.read("cat-file", "--batch-check", "--buffer", stdin=question)
        answers = [line.decode("ascii").split() for line in output.splitlines()]
        return [answer[0] for answer in answers if answer[-1] == "missing"]

    def copy_index(self) -> bool:
        """Copy the workspace's index (and a split one's shared part) here; ``False`` when there is none."""
        index = self.git_dir / "index"
        if not index.is_file():
            return False
        # With its time: by it git knows which files it has to compare with more than their times.
        shutil.copy2(index, self.path / "index")
        for shared in self.git_dir.glob("sharedindex.*"):
            shutil.copy2(shared, self.path / shared.name)
        return True

    def _make(self) -> None:
        head = _small(self.git_dir / "HEAD")
        if head is None:
            raise CollectError(f"{self.git_dir}: this git directory has no HEAD; is the clone whole?")
        for folder in ("objects/info", "info"):
            (self.path / folder).mkdir(parents=True)
        (self.path / "config").write_text(own_config(sha256=self._uses_sha256()))
        (self.path / "HEAD").write_bytes(head)
        alternates = os.fsencode(self.common_dir / "objects")
        if b"\n" in alternates:
            raise CollectError("the path of the repository holds a line break; move it elsewhere")
        (self.path / "objects/info/alternates").write_bytes(_quoted(alternates) + b"\n")
        for name in ("refs", "packed-refs"):
            if (self.common_dir / name).exists():
                (self.path / name).symlink_to(self.common_dir / name)
        for name in ("shallow", "info/exclude"):
            content = _small(self.common_dir / name)
            if content is not None:
                (self.path / name).write_bytes(content)

    def _uses_sha256(self) -> bool:
        """Whether object names are SHA-256: the one fact that has to come from the workspace's settings."""
        config = _small(self.common_dir / "config") or b""
        words = config.lower().replace(b" ", b"").replace(b"\t", b"")
        return b"objectformat=sha256" in words


def _locate(workspace: Path) -> tuple[Path, Path, Path | None]:
    """Git directory, common directory and working tree of the repository that holds ``workspace``."""
    start = workspace.resolve()
    for folder in (start, *start.parents):
        entry = folder / ".git"
        if entry.is_dir():
            return entry, _common(entry), folder
        if entry.is_file():
            pointer = (_small(entry) or b"").decode("utf-8", "surrogateescape").strip()
            if pointer.startswith("gitdir: "):
                git_dir = (folder / pointer.removeprefix("gitdir: ")).resolve()
                return git_dir, _common(git_dir), folder
        if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
            return folder, folder, None
    raise CollectError(
        f"{workspace} is not in a git repository: name one with --repo, or single files with 'inspect'"
    )


def _common(git_dir: Path) -> Path:
    """A linked working tree keeps objects and references in the directory that ``commondir`` names."""
    pointer = _small(git_dir / "commondir")
    if pointer is None:
        return git_dir
    return (git_dir / pointer.decode("utf-8", "surrogateescape").strip()).resolve()


def _small(path: Path) -> bytes | None:
    """The content of a small file, or ``None``."""
    try:
        with path.open("rb") as stream:
            return stream.read(_SMALL_FILE)
    except OSError:
        return None


def _quoted(path: bytes) -> bytes:
    """An alternates line is taken literally unless it starts with a quote or a comment sign."""
    if path[:1] not in (b'"', b"#"):
        return path
    return b'"' + path.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
