"""The look as a whole: whatever the bytes, in a worker, with bytes missing, with text and mutations."""

from __future__ import annotations

import io
import pickle
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scanner.inspect import limits
from scanner.inspect.examination import Examination
from scanner.inspect.formats import FORMATS
from scanner.worker import PARSER, Done, run
from tests.inspect.looking import FIXTURES, Payload, details, job, look_at, look_at_file, symbols

HEAD = 64 << 10
TASK = "scanner.inspect.look:look"
CAUSES = {"hostile", "unreadable", "budget"}


def seeds() -> list[bytes]:
    """Whole files of many formats, to be mutated."""
    array, archive, packed = io.BytesIO(), io.BytesIO(), io.BytesIO()
    np.save(array, np.arange(20))
    np.savez_compressed(packed, a=np.arange(20), b=np.array([{}], dtype=object))
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("notes.txt", pickle.dumps(Payload()))
    pickles = [pickle.dumps({"a": [1.5, "x", b"y"], "p": Payload()}, protocol) for protocol in range(6)]
    gguf = (
        b"GGUF\x03\0\0\0"
        + bytes(8)
        + b"\x01"
        + bytes(7)
        + b"\x01"
        + bytes(7)
        + b"k\x08\0\0\0\x01"
        + bytes(7)
        + b"v"
    )
    config = b'{"model_type": "x", "auto_map": {"A": "b.C"}, "chat_template": "{{ a }}"}'
    files = [path.read_bytes() for path in sorted(FIXTURES.iterdir())]
    return [*pickles, array.getvalue(), packed.getvalue(), archive.getvalue(), gguf, config, *files]


SEEDS = seeds()
NAMES = st.sampled_from(
    ["model.pkl", "notes.txt", "model.safetensors", "config.json", "m.bin", "a.dvc", "MLmodel", "x"]
)


def examine(name: str, data: bytes) -> None:
    """Look, and hold the answer to what every answer must be."""
    with tempfile.TemporaryDirectory() as directory:
        found = look_at(Path(directory), name, data)
    assert found.need is None
    assert found.format is None or found.format in FORMATS
    assert found.coverage in ("full", "structural", "none")
    assert not (found.coverage == "full" and found.gaps)
    assert {gap.cause for gap in found.gaps} <= CAUSES
    assert all(gap.detail and gap.action for gap in found.gaps)
    assert found.bytes_read <= len(data)
    if found.format is not None and not found.gaps:
        assert found.coverage == "full"


@settings(max_examples=150)
@given(NAMES, st.binary(max_size=300))
def test_no_bytes_make_it_raise(name: str, data: bytes) -> None:
    examine(name, data)


@settings(max_examples=250, suppress_health_check=[HealthCheck.too_slow])
@given(NAMES, st.sampled_from(SEEDS), st.data())
def test_no_mutation_of_a_real_file_makes_it_raise(name: str, seed: bytes, data: st.DataObject) -> None:
    mutated = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, max(0, len(mutated) - 1)))
        kind = data.draw(st.sampled_from(["set", "cut", "insert", "double"]))
        if kind == "set" and mutated:
            mutated[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del mutated[at : at + data.draw(st.integers(1, 64))]
        elif kind == "insert":
            mutated[at:at] = data.draw(st.binary(max_size=16))
        else:
            mutated += mutated[at : at + 200]
    examine(name, bytes(mutated))


WORDS = st.sampled_from(
    [
        "cat",
        "coverage",
        "dist",
        "build",
        "import",
        "class",
        "i",
        "c",
        "(in",
        "I1",
        "0",
        "}",
        "]",
        "N",
        ".",
        "T",
        ".env",
        "(lp0",
        "S'x'",
        "tR",
        "#",
        "*",
        "-",
        "{%",
        "{{",
        "x^2",
        "B",
    ]
)
TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", categories=("L", "P", "Zs"), include_characters="\n"), max_size=300),
    st.lists(WORDS, max_size=40).map("\n".join),
    st.lists(WORDS, max_size=40).map(" ".join),
)


@settings(max_examples=300)
@given(st.sampled_from(["notes.txt", "main.py", "README.md", "data.csv", "config.yaml", "LICENSE"]), TEXTS)
@example("x.gitignore", "coverage\ncache\ncdk\ndist\nbuild\n")
def test_ordinary_text_is_never_a_model(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        found = look_at(Path(directory), name, text.encode())
    assert found.format == (None if text else "empty")
    assert found.sightings == []


def test_the_source_of_this_repository_is_no_model() -> None:
    root = Path(__file__).parents[2]
    files = [
        *(root / "scanner").rglob("*.py"),
        *(root / "tests").rglob("*.py"),
        *root.glob("*.*"),
        *root.glob("docs/*"),
    ]
    assert len(files) > 50
    found = {str(path): look_at_file(path).format for path in files if path.is_file()}
    assert {path: one for path, one in found.items() if one not in (None, "empty")} == {}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xml", b"<!---->" * 9000 + b"x"),
        ("a.dvc", b"outs:\n" + b" " * 60_000 + b"x"),
        ("a.dvc", b"outs:\n- path: a" + b" " * 60_000 + b"b\n"),
        ("modules.json", b"[{" + b'"type" ' * 9000),
        ("config.json", b'{"model_type": ' + b"[" * 50_000),
        ("config.json", b'{"model_type": "' + b"\\" * 50_001),
        ("config.json", b'{"model_type": ' + b"9" * 60_000 + b"}"),
        ("model.npy", b"\x93NUMPY\x02\0" + (50_000).to_bytes(4, "little") + b"(" * 50_000),
        ("model.pkl", b"I" + b"9" * 60_000 + b"\n."),
        ("tokenizer_config.json", b'{"chat_template": "' + b"{{ a" * 20_000 + b'"}'),
    ],
)
def test_nothing_long_for_its_own_sake_takes_long(tmp_path: Path, name: str, data: bytes) -> None:
    """Each is quadratic or worse for a careless expression or parser; then this test does not end."""
    found = look_at(tmp_path, name, data)
    assert {told.rule for told in found.sightings} <= {"malformed-model"}
    assert found.format is None or found.coverage != "full" or name in ("a.dvc", "model.pkl")


def test_large_plain_files_are_let_go_at_their_first_evidence(tmp_path: Path) -> None:
    data = b"line of text, nothing more\n" * 100_000
    ends = [(0, HEAD), (len(data) - HEAD, HEAD)]
    found = look_at(tmp_path, "notes.txt", data, ends)
    assert (found.format, found.need, found.gaps) == (None, None, [])
    assert found.bytes_read <= 2 * HEAD + 1


def test_what_can_act_is_asked_for_whole(tmp_path: Path) -> None:
    large = pickle.dumps({"weights": [b"x" * 3000] * 2 + [bytes([i % 251]) * 2000 for i in range(900)]}, 4)
    buffer = io.BytesIO()
    np.savez(buffer, a=np.random.default_rng(1).random(200_000))
    for data, format_id in ((large, "pickle"), (buffer.getvalue(), "zip")):
        assert len(data) > 1 << 20
        ends = [(0, HEAD), (len(data) - HEAD, HEAD)]
        first = look_at(tmp_path, "model.dat", data, ends)
        assert (first.format, first.need, first.coverage) == (format_id, "whole", "none")


def test_a_zip_behind_a_picture_is_found_at_its_first_evidence(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("model.pkl", pickle.dumps(Payload()))
    data = b"\x89PNG\r\n\x1a\n" + bytes(2_000_000) + buffer.getvalue()
    first = look_at(tmp_path, "image.png", data, [(0, HEAD), (len(data) - HEAD, HEAD)])
    assert first.need == "whole"
    found = look_at(tmp_path, "image.png", data)
    assert symbols(found, "pickle-dangerous-import") == ["posix.system"]


def test_no_byte_at_all_asks_for_the_beginning(tmp_path: Path) -> None:
    assert look_at(tmp_path, "model.pkl", b"N." * 100, []).need == "whole"


def test_looks_in_workers_are_the_same_twice(tmp_path: Path) -> None:
    paths = sorted(FIXTURES.iterdir())
    jobs = [job(path, path.name) for path in paths]
    once, again = run(TASK, jobs, PARSER), run(TASK, jobs[::-1], PARSER)[::-1]
    assert once == again
    formats = {
        path.name: outcome.value["format"]
        for path, outcome in zip(paths, once, strict=True)
        if isinstance(outcome, Done)
    }
    assert formats["torch-legacy.pth"] == "torch-legacy"
    assert len(formats) == len(paths)


def test_a_pickle_of_fifty_million_opcodes_fits_in_a_worker(tmp_path: Path) -> None:
    path = tmp_path / "long.pkl"
    with path.open("wb") as file:
        file.write(b"\x80\x02cos\nsystem\n(S'echo loaded'\ntR0")
        for _ in range(50):
            file.write(b"N0" * 500_000)
        file.write(b"N.")
    outcome = run(TASK, [job(path, path.name)], PARSER)[0]
    assert isinstance(outcome, Done)
    assert (outcome.value["coverage"], outcome.value["gaps"]) == ("full", [])
    assert [sighting["symbol"] for sighting in outcome.value["sightings"]] == ["os.system"]


def test_a_flood_of_findings_is_bounded(tmp_path: Path) -> None:
    calls = b"".join(b"cos\nname%d\n0" % index for index in range(limits.SIGHTINGS + 500))
    found = look_at(tmp_path, "model.pkl", calls + b"N.")
    assert len(found.sightings) == limits.SIGHTINGS
    assert "budget" in details(found)


def test_a_flood_does_not_push_out_what_matters(tmp_path: Path) -> None:
    """Behind many unreviewed calls in one pickle, behind many pickles in a row, among many names."""
    calls = b"".join(b"ccalendar\nmade_up%d\n(I1\ntR0" % index for index in range(limits.PICKLE_CALLS + 9))
    rows = [calls + b"cos\nsystem\n(S'echo loaded'\ntR."]
    mild = b"ccalendar\nmade_up%d\n(I1\ntR."
    rows.append(b"".join(mild % index for index in range(900)) + b"cos\nsystem\n(S'echo loaded'\ntR.")
    for data in rows:
        found = look_at(tmp_path, "model.pkl", data)
        worst = [one.symbol for one in found.sightings if one.severity == "critical"]
        assert worst == ["os.system"]
        assert len(found.sightings) <= limits.SIGHTINGS


def test_what_is_left_out_is_counted() -> None:
    examination = Examination({})
    for number in range(limits.GAPS + 5):
        examination.gap(f"m{number}", f"gap {number}", "budget")
    for number in range(limits.SIGHTINGS + 7):
        examination.malformed(f"m{number}", f"odd {number}", "low")
    examination.gap("late", "the worst", "hostile")
    examination.malformed("late", "the worst", "critical")
    examination.look.facts["imports"] = [f"m.f{number:04}" for number in range(limits.FACT_ITEMS + 3)]
    look = examination.finish("pickle", 0, whole=True)
    hostile = [(gap.member, gap.detail) for gap in look.gaps if gap.cause == "hostile"]
    assert hostile == [("late", "the worst")]
    assert [one.member for one in look.sightings if one.severity == "critical"] == ["late"]
    said = " ".join(gap.detail for gap in look.gaps)
    assert "8 further findings" in said
    assert "6 further reasons" in said
    assert len(look.facts["imports"]) == limits.FACT_ITEMS  # type: ignore[arg-type]
    assert look.facts["imports_left_out"] == 3


def test_texts_out_of_a_file_are_clipped_and_printable(tmp_path: Path) -> None:
    name = "é" * 5000 + "\ud800"
    data = b"\x80\x04X" + (2).to_bytes(4, "little") + b"os" + b"X"
    encoded = name.encode("utf-8", "surrogatepass")
    data += len(encoded).to_bytes(4, "little") + encoded + b"\x93."
    found = look_at(tmp_path, "model.pkl", data)
    assert found.sightings
    for told in found.sightings:
        assert told.symbol is not None
        assert len(told.symbol) <= limits.TEXT
        assert told.symbol.encode()


@pytest.mark.parametrize("name", ["torch-zip-payload.pt", "joblib-objects.joblib"])
def test_bytes_read_are_those_of_the_file(name: str) -> None:
    found = look_at_file(FIXTURES / name)
    assert found.bytes_read == (FIXTURES / name).stat().st_size
