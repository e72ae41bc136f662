"""What a look says of the layers that it met."""

from __future__ import annotations

import gzip
import io
import pickle
import zipfile
from pathlib import Path

from scanner.inspect import limits
from scanner.inspect.interface import Look
from tests.inspect.looking import Payload, look_at


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


Told = tuple[str | None, str, int, str]


def told(found: Look) -> list[Told]:
    return [(part.member, part.format, part.size, part.read) for part in found.parts]


def test_each_layer_is_listed_with_how_far_it_was_read_and_by_whom(tmp_path: Path) -> None:
    good, bad = pickle.dumps({"a": 1}, 2), pickle.dumps(Payload(), 2)[:-1]
    inner = archive({"bad.pkl": bad})
    data = archive({"good.pkl": good, "inner.zip": inner, "odd.npy": b"\x93NUMPY"})
    found = look_at(tmp_path, "model.zip", data)
    assert sorted(told(found), key=str) == sorted(
        [
            (None, "zip", len(data), "full"),
            ("good.pkl", "pickle", len(good), "full"),
            ("inner.zip", "zip", len(inner), "full"),
            ("inner.zip!bad.pkl", "pickle", len(bad), "partial"),
            ("odd.npy", "npy", 6, "none"),
        ],
        key=str,
    )
    assert found.part_count == 5
    engines = {part.member: part.engines for part in found.parts}
    assert {"modelscan", "picklescan"} <= set(engines["good.pkl"])
    assert engines["odd.npy"] == []


def test_a_wrapper_and_what_is_in_it_are_two_layers(tmp_path: Path) -> None:
    found = look_at(tmp_path, "model.pkl.gz", gzip.compress(pickle.dumps([1])))
    assert [(part.format, part.read) for part in found.parts] == [
        ("gzip", "full"),
        ("pickle", "full"),
    ]


def test_more_layers_than_are_listed_are_counted(tmp_path: Path) -> None:
    members = {f"{number}.pkl": b"N." for number in range(limits.PARTS + 5)}
    found = look_at(tmp_path, "model.zip", archive(members))
    assert (len(found.parts), found.part_count) == (limits.PARTS, limits.PARTS + 6)
