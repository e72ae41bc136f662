"""Files of the Hub by range, beside the download of the whole file by the Hub's own client.

The embedded Hub simulates a link of 40 ms and 100 MB/s. It and both sides run on the same machine.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import sparse
from benchmarks.measure import Command, Row, run, several
from scanner.collect.hub.hub import Hub
from scanner.collect.objects import ObjectStore
from scanner.collect.wish import Hub as Wish
from scanner.demo.hub.content import Content
from scanner.demo.hub.content import sparse as made
from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub.state import Repository
from scanner.evidence import HubSpent, edges
from scanner.exchange import Extent, HubFileRequest, HubRecordRequest
from scanner.inspect.interface import Subject
from scanner.inspect.look import look_at

ROOT = Path(__file__).resolve().parent.parent
_LATENCY, _BANDWIDTH = 0.04, 100e6
_DOWNLOAD = (
    "import sys; from huggingface_hub import hf_hub_download; "
    "hf_hub_download(sys.argv[2], sys.argv[3], endpoint=sys.argv[1], local_dir=sys.argv[4])"
)

_Writer = Callable[[Path, int, int], None]
_FILES: tuple[tuple[str, str, _Writer], ...] = (
    ("torch zip", "pytorch_model.bin", sparse.torch_zip),
    ("legacy torch", "pytorch_model.pt", sparse.legacy_torch),
    ("safetensors", "model.safetensors", sparse.safetensors),
)


def ranges(scratch: Path, size: int, runs: int) -> Iterator[Row]:
    """Large files of three formats: requests, bytes and time of reading what can act in them."""
    for title, name, write in _FILES:
        path = scratch / name
        write(path, size, 64)
        content = _content(path)
        with EmbeddedHub(latency=_LATENCY, bandwidth=_BANDWIDTH) as hub:
            hub.state.add(Repository("bench/model")).commit({name: content})
            download: Command = (
                "env", "HF_HUB_DISABLE_XET=1", f"HF_HOME={scratch}",
                sys.executable, "-c", _DOWNLOAD, hub.endpoint, "bench/model", name, scratch / "whole",
            )  # fmt: skip
            other = run(download, scratch)
            (scratch / "whole" / name).unlink()
            seconds = statistics.median(_read(hub, scratch / f"{title}-{turn}", name) for turn in range(runs))
            hub.log.clear()
            _read(hub, scratch / f"{title}-counted", name)
            asked = [one for one in hub.log if name in one.target]
            fetched = sum(_length(one.headers.get("range", "")) for one in asked if one.method == "GET")
            command: Command = (
                "env", f"HF_ENDPOINT={hub.endpoint}",
                sys.executable, ROOT / "entrypoint.py", "inspect", "hf://bench/model",
                "--output", scratch / "report",
            )  # fmt: skip
            whole = several(command, scratch, runs)
        yield Row(
            what=f"{size / (1 << 30):g} GiB {title} of the Hub: {len(asked)} requests, {fetched:,} bytes",
            ours=seconds,
            other_name="`hf_hub_download`",
            other=other.seconds,
            ratio=f"{100 * seconds / other.seconds:.1f} % of the time",
            target="at most 5 requests, 512 kB, 3 %",
            peak=whole.peak,
            note=f"reading {title} is timed from the first request for the file to the end of the look; "
            f"`inspect hf://`, with its start and the record, took {whole.seconds:.2f} s",
        )
        path.unlink()


def shards(scratch: Path, runs: int) -> Iterator[Row]:
    """A repository of a hundred shards of 5 GB, of which the server makes up the bytes."""
    count, size = 100, 5_000_000_000
    head = scratch / "head.safetensors"
    sparse.safetensors(head, size, 8)
    header = head.read_bytes()[:4096] if head.stat().st_size < 1 << 20 else _first(head, 4096)
    length = head.stat().st_size
    head.unlink()
    files: dict[str, bytes | Content] = {
        f"model-{index:05}-of-{count:05}.safetensors": made(length, {0: header}, sha256=f"{index:064x}")
        for index in range(1, count + 1)
    }
    with EmbeddedHub(latency=_LATENCY, bandwidth=_BANDWIDTH) as hub:
        hub.state.add(Repository("bench/large")).commit({"config.json": b"{}", **files})
        command: Command = (
            "env", f"HF_ENDPOINT={hub.endpoint}",
            sys.executable, ROOT / "entrypoint.py", "inspect", "hf://bench/large",
            "--output", scratch / "report",
        )  # fmt: skip
        ours = several(command, scratch, runs)
        hub.log.clear()
        run(command, scratch)
        fetched = sum(_length(one.headers.get("range", "")) for one in hub.log if one.method == "GET")
    yield Row(
        what=f"`inspect hf://`, {count} shards of 5 GB: {fetched / 1e6:.0f} MB in {len(hub.log)} requests",
        ours=ours.seconds,
        other_name="the download, by its bytes",
        other=count * length / _BANDWIDTH,
        ratio=f"{ours.seconds:.1f} s",
        target="at most 10 s and 40 MB",
        peak=ours.peak,
    )


def _content(path: Path) -> Content:
    """The file as the server reads it; the digest that it declares is never asked for of a part."""

    def read(offset: int, length: int) -> bytes:
        with path.open("rb") as file:
            return os.pread(file.fileno(), length, offset)

    return Content(path.stat().st_size, read, "0" * 64, large=True)


def _first(path: Path, length: int) -> bytes:
    with path.open("rb") as file:
        return file.read(length)


def _read(hub: EmbeddedHub, folder: Path, name: str) -> float:
    """Seconds from the first request for the file to the end of the look at it."""
    repository = hub.state.repositories["model", "bench/model"]
    commit = repository.commits[repository.branches["main"]]
    content = commit.files[name]
    store = ObjectStore(folder)
    request = HubFileRequest(
        repo_type="model", repo_id="bench/model", commit=commit.id, path=name,
        size=content.size, oid=content.oid, sha256=content.sha256,
    )  # fmt: skip
    with Hub(Wish(hub.endpoint), store, HubSpent(), []) as client:
        client.answer_all([HubRecordRequest(repo_type="model", repo_id="bench/model", revision=None)])
        need: list[Extent] | str | None = edges(content.size)
        start = time.perf_counter()
        while need is not None:
            extents = None if isinstance(need, str) else need
            (answer,) = client.answer_all([request.model_copy(update={"extents": extents})])
            if not answer.served:
                raise RuntimeError(f"{name}: {answer.detail}")
            stored = store.get(request.key)
            assert stored is not None
            look = look_at(Subject(name, str(store.path(request.key)), stored.size, list(stored.extents)))
            need = look.need
        seconds = time.perf_counter() - start
    if look.gaps or look.sightings:
        raise RuntimeError(f"{name}: not as it should be: {look}")
    return seconds


def _length(header: str) -> int:
    """Bytes that a Range header asks for."""
    first, dash, last = header.removeprefix("bytes=").partition("-")
    return int(last) - int(first) + 1 if dash else 0
