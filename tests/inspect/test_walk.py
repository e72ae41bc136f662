"""The walk over opcodes against the standard library's unpickler, which finds no real class here."""

from __future__ import annotations

import io
import pickle
import tempfile
import warnings
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.inspect.opcodes import Walker
from scanner.inspect.stream import memory
from tests.inspect.looking import look_at


class Inert:
    """What every import leads to: callable, and it takes every state and item without a word."""

    calls: list[tuple[Any, ...]]

    def __new__(cls, *args: Any, **_kwargs: Any) -> Inert:
        if args:
            cls.calls.append(args)
        return super().__new__(cls)

    def __setstate__(self, _state: Any) -> None: ...

    def __setitem__(self, _key: Any, _value: Any) -> None: ...

    def append(self, _item: Any) -> None: ...

    def extend(self, _items: Any) -> None: ...

    def add(self, _item: Any) -> None: ...


class Recorder(pickle.Unpickler):
    """Unpickles without importing; notes what would have been imported."""

    def __init__(self, data: io.BytesIO) -> None:
        super().__init__(data)
        self.imports: set[tuple[str, str]] = set()
        self.calls: list[tuple[Any, ...]] = []

    def find_class(self, module: str, name: str) -> Any:
        self.imports.add((module, name))
        return type("Found", (Inert,), {"calls": self.calls})

    def persistent_load(self, _pid: Any) -> Any:
        return Inert()


def unicode(text: str) -> bytes:
    return b"X" + len(text).to_bytes(4, "little") + text.encode()


FRAGMENTS = st.sampled_from(
    [
        *(bytes([code]) for code in b"(012N]})tRbaesulodQ\x85\x86\x87\x81\x92\x93\x94\x88\x89\x8f\x90\x91"),
        *(b"q\x00", b"q\x01", b"h\x00", b"h\x01", b"p1\n", b"g1\n", b"r\0\0\0\0", b"j\0\0\0\0"),
        *(
            b"K\x01",
            b"I01\n",
            b"L5L\n",
            b"F1.5\n",
            b"S'text'\n",
            b"Vtext\n",
            b"U\x01a",
            b"T\x01\0\0\0a",
            b"C\x01a",
        ),
        *(
            b"\x80\x02",
            b"\x80\x04",
            b"\x95\x01\0\0\0\0\0\0\0",
            b"\x8a\x01\x05",
            b"\x8c\x01z",
            b"Pid\n",
            b"G" + bytes(8),
        ),
        *(unicode("posix"), unicode("system"), b"cposix\nsystem\n", b"iposix\nsystem\n", b"csafe\nname\n"),
        *(b"(S'id'\ntR", b"posix", b".", b"\n", b"\xff"),
    ]
)


def unpickle(data: bytes) -> tuple[Recorder, int | None]:
    """What the unpickler would import and call, and where it stopped if it came to its STOP."""
    stream = io.BytesIO(data)
    recorder = Recorder(stream)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            recorder.load()
        except Exception:
            return recorder, None
    return recorder, stream.tell()


@settings(max_examples=1500)
@given(st.lists(FRAGMENTS, max_size=25).map(b"".join))
@example(unicode("posix") + b"\x94" + unicode("system") + b"\x94" + b"h\x00h\x01\x93" + b".")
@example(unicode("posix") + unicode("system") + b"2\x93.")
def test_the_walk_sees_every_import_and_stops_where_the_unpickler_does(data: bytes) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        walk = Walker(memory(data), 0).run(10_000)
    recorder, end = unpickle(data)
    if end is not None:
        assert walk.stopped
        assert walk.end == end
    assert recorder.imports <= set(walk.imports)


@settings(max_examples=300)
@given(st.lists(FRAGMENTS, max_size=12).map(b"".join), st.lists(FRAGMENTS, max_size=6).map(b"".join))
def test_whatever_runs_a_command_is_a_pickle_and_never_clean(before: bytes, after: bytes) -> None:
    data = before + b"cposix\nsystem\n(S'id'\ntR" + after
    recorder, _ = unpickle(data)
    with tempfile.TemporaryDirectory() as directory:
        found = look_at(Path(directory), "notes.txt", data)
    if recorder.calls:
        assert found.format == "pickle"
        assert found.sightings or found.gaps
