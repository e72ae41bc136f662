"""Build what the benchmarks run on: repositories and model files, the same on every machine."""

from __future__ import annotations

import ast
import json
import os
import pickle
import random
import subprocess
import sysconfig
from pathlib import Path

_IDENTITY = "Bench <bench@example.invalid>"
_START = 1_700_000_000  # seconds since 1970; commits are a minute apart


def git(repository: Path, *arguments: str, stdin: bytes | None = None) -> None:
    """Run git in a repository, free of the user's configuration.

    Raises:
        subprocess.CalledProcessError: git failed.
    """
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()},
    }
    subprocess.run(
        ["git", "-C", str(repository), *arguments],
        input=stdin,
        env=environment,
        check=True,
        capture_output=True,
    )


_WHO = {"NAME": "Bench", "EMAIL": "bench@example.invalid", "DATE": f"{_START} +0000"}


def empty_repository(repository: Path) -> None:
    """Make a repository with one commit that holds a README alone."""
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--initial-branch=main")
    (repository / "README.md").write_text("A repository to measure on.\n")
    commit(repository, "start")


def commit(repository: Path, message: str) -> None:
    """Commit everything in the working tree, without compressing it."""
    git(repository, "-c", "core.compression=0", "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)


def long_history(repository: Path, files: int, commits: int) -> None:
    """Make a repository of ``files`` small Python files and ``commits`` commits, checked out.

    The first commit adds every file; each later one changes one of them.
    """
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--initial-branch=main")
    stream = repository / ".git" / "history"
    with stream.open("wb") as out:
        for number in range(commits):
            out.write(
                f"commit refs/heads/main\ncommitter {_IDENTITY} {_START + 60 * number} +0000\n".encode()
            )
            out.write(b"data 6\nchange\n")
            for index in range(files) if number == 0 else [number * 7919 % files]:
                text = f"VALUE_{index} = {number}\n" * 20
                out.write(f"M 100644 inline src/part{index // 500}/module{index}.py\n".encode())
                out.write(f"data {len(text)}\n{text}\n".encode())
    with stream.open("rb") as history:
        subprocess.run(
            ["git", "-C", str(repository), "fast-import", "--quiet"],
            stdin=history,
            check=True,
            capture_output=True,
        )
    stream.unlink()
    git(repository, "reset", "--quiet", "--hard", "main")


def safetensors(path: Path, size: int, tensors: int = 64) -> None:
    """Write a valid safetensors file of about ``size`` bytes: header length, JSON header, float32 data."""
    each = size // tensors // 4 * 4
    header = json.dumps(
        {
            f"layer.{index}.weight": {
                "dtype": "F32",
                "shape": [each // 4],
                "data_offsets": [index * each, (index + 1) * each],
            }
            for index in range(tensors)
        }
    ).encode()
    header += b" " * (-len(header) % 8)
    block = random.Random(0).randbytes(1 << 20)
    with path.open("wb") as out:
        out.write(len(header).to_bytes(8, "little") + header)
        for start in range(0, each * tensors, len(block)):
            out.write(block[: each * tensors - start])


def pickles(directory: Path, count: int) -> list[Path]:
    """Write ``count`` harmless pickles, each different, of about 2 KiB."""
    directory.mkdir(parents=True)
    paths = [directory / f"model{number:04}.pkl" for number in range(count)]
    for number, path in enumerate(paths):
        generator = random.Random(number)
        state = {
            "name": f"model-{number}",
            "weights": [generator.random() for _ in range(200)],
            "epoch": number,
        }
        path.write_bytes(pickle.dumps(state, protocol=4))
    return paths


def small_opcodes(path: Path, head: bytes, unit: bytes, tail: bytes, size: int = 100_000_000) -> None:
    """Write a pickle of ``size`` bytes: ``unit`` over and over between ``head`` and ``tail``."""
    count = size // len(unit)
    block = unit * 100_000
    with path.open("wb") as out:
        out.write(b"\x80\x04" + head)
        for start in range(0, count, 100_000):
            out.write(block[: (count - start) * len(unit)])
        out.write(tail)


def python_files(listing: Path, count: int) -> int:
    """List up to ``count`` Python files of the standard library and of what is installed; returns how many.

    They are sorted by path; files that do not parse (tests of the parser) are left out.
    """
    folders = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))
    found: list[Path] = []
    for path in (path for folder in folders for path in sorted(Path(folder).rglob("*.py"))):
        try:
            ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
        found.append(path)
        if len(found) == count:
            break
    listing.write_text("\n".join(map(str, found)))
    return len(found)
