"""Files that end their worker, or are nested without end: each is said, none takes others along."""

from __future__ import annotations

import io
import json
import pickle
from pathlib import Path

import pytest

from scanner.scan.scan import scan
from scanner.scan.work import TASK
from scanner.worker import Crew, Limits
from tests.scan.samples import EVIL, WEIGHTS
from tests.support import Repo, modelward, run

DEEP = 200_000


def looping_hdf5() -> bytes:
    """A file with which the HDF5 library is never done: the free space of its heap is of no length.

    The library steps from object to object of a global heap (format specification, III.E) by their sizes;
    what has index 0 is free space, and where that is of size 0 it steps on the spot.
    """
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.attrs["model_config"] = "{}"
    data = bytearray(buffer.getvalue())
    config = data.index(b"GCOL") + 16
    free = config + 16 + 8
    assert bytes(data[config + 16 : free + 2]) == b"{}\0\0\0\0\0\0" + b"\0\0"
    data[free : free + 16] = bytes(16)
    return bytes(data)


def test_a_loop_within_a_library_ends_by_processor_time(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"m.h5": looping_hdf5(), "m.pkl": EVIL, "w.safetensors": WEIGHTS})
    evidence, output = tmp_path / "evidence", tmp_path / "report"
    collected = modelward("collect", "--repo", repo.path, "--base", "main", "--evidence", evidence)
    assert collected.status == 0
    with Crew(TASK, Limits(memory=3 << 30, cpu=3, wall=120), parallel=1) as crew:
        scan(evidence, output, crew)
    report = json.loads((output / "report.json").read_bytes())
    (gap,) = report["incomplete"]
    assert (gap["subject"], gap["cause"]) == ("m.h5", "hostile")
    assert "more than 3 s of processor time" in gap["detail"]
    status = {artifact["path"]: artifact["status"] for artifact in report["artifacts"]}
    assert (status["m.h5"], status["m.pkl"]) == ("incomplete", "scanned")


def nested_pickle(levels: int) -> bytes:
    return b"\x80\x04" + b"]" * levels + b"a" * (levels - 1) + b"."


def chained_calls(levels: int) -> bytes:
    """What a call returns is called, and so on."""
    return b"\x80\x02cmine\nf\n" + b")R" * levels + b"."


NESTED = {
    "config.json": b'{"auto_map": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "config.yaml": b"_target_: " + b"[" * DEEP + b"]" * DEEP,
    "model.pmml": b"<PMML>" + b"<a>" * DEEP + b"</a>" * DEEP + b"</PMML>",
    "chat_template.jinja": b"{{ " + b"(" * DEEP + b"messages" + b")" * DEEP + b" }}",
    "model.safetensors": (2 * DEEP).to_bytes(8, "little") + b'{"a":' + b"[" * (2 * DEEP - 5),
    "model.msgpack": b"\x81\xa6params" + b"\x91" * DEEP + b"\xc0",
    "model.ubj": b"{L" + (7).to_bytes(8, "big") + b"learner" + b"[" * DEEP,
}
"""Each deeper than any writer goes."""


@pytest.mark.parametrize("name", NESTED)
def test_nesting_without_end_is_a_gap(repo: Repo, tmp_path: Path, name: str) -> None:
    repo.commit({name: NESTED[name]})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.status in (1, 3)
    assert [gap["subject"].partition("!")[0] for gap in ran.report["incomplete"]] == [name]
    assert ran.artifact(name)["status"] == "incomplete"


@pytest.mark.parametrize("data", [nested_pickle(DEEP), chained_calls(DEEP), pickle.dumps([], 0) * 5_000])
def test_nesting_of_a_pickle_is_read_or_said(repo: Repo, tmp_path: Path, data: bytes) -> None:
    repo.commit({"m.pkl": data})
    ran = run(repo, tmp_path / "report", "--base", "main")
    artifact = ran.artifact("m.pkl")
    assert (artifact["status"] == "scanned") == (not ran.report["incomplete"])
    assert ran.status in (0, 1, 3)


CALL = b"\nimport torch\ntorch.load('m.pkl')\n"


@pytest.mark.parametrize(
    "source",
    [
        b"x = " + b"-" * DEEP + b"1",
        b"x = f" + b".a" * DEEP + b"('bert-base-uncased')",
        b"x = " + b"'a' + " * DEEP + b"'b'",
    ],
    ids=["signs", "attributes", "sums"],
)
def test_a_source_that_ends_the_search_is_incomplete(repo: Repo, tmp_path: Path, source: bytes) -> None:
    repo.commit({"load.py": source + CALL, "w.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "main")
    (gap,) = ran.report["incomplete"]
    assert (gap["subject"], gap["cause"]) == ("load.py", "hostile")
    assert "only explicit addresses were found" in gap["detail"]
    assert ran.report["verdict"] == "incomplete"
    assert ran.artifact("w.safetensors")["status"] == "scanned"


def test_a_test_that_ends_the_search_is_a_warning(repo: Repo, tmp_path: Path) -> None:
    source = b"x = " + b"-" * DEEP + b"1" + CALL
    repo.commit({"tests/test_load.py": source, "w.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.report["incomplete"] == []
    assert any("only explicit addresses were found" in warning for warning in ran.report["warnings"])


def test_what_python_itself_does_not_read_is_a_warning(repo: Repo, tmp_path: Path) -> None:
    repo.commit({"load.py": b"x = " + b"(" * DEEP + b")" * DEEP + CALL, "w.safetensors": WEIGHTS})
    ran = run(repo, tmp_path / "report", "--base", "main")
    assert ran.report["incomplete"] == []
    assert any("does not parse as Python 3" in warning for warning in ran.report["warnings"])
