"""A tiny assembler for pickles, and how the tests have one judged."""

from __future__ import annotations

from typing import Any

from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_judge import Judge, Ruling
from scanner.inspect.pickle_machine import Walk
from scanner.inspect.pickle_values import Long
from scanner.inspect.stream import memory

PROTO = b"\x80\x04"
STACK_GLOBAL, REDUCE, NEWOBJ, NEWOBJ_EX, BUILD, STOP = b"\x93", b"R", b"\x81", b"\x92", b"b", b"."
T1, T2, T3, MEMOIZE, LIST, DICT, SETITEM, APPEND = b"\x85", b"\x86", b"\x87", b"\x94", b"]", b"}", b"s", b"a"


def text(value: str) -> bytes:
    """Push a text."""
    data = value.encode()
    return b"X" + len(data).to_bytes(4, "little") + data


def name(module: str, attribute: str) -> bytes:
    """Import by STACK_GLOBAL."""
    return text(module) + text(attribute) + STACK_GLOBAL


def call(what: bytes, *arguments: bytes) -> bytes:
    """Call ``what`` with these arguments."""
    return what + b"(" + b"".join(arguments) + b"t" + REDUCE


def program(*parts: bytes) -> bytes:
    """A pickle of these parts, of which the last leaves the result."""
    return PROTO + b"".join(parts) + STOP


def judge(data: bytes, most: int = 1_000_000) -> tuple[Walk, list[Ruling]]:
    """Walk a pickle and judge it."""

    def excerpt(value: Long, length: int) -> bytes:
        return data[value.offset : value.offset + min(length, value.length)]

    found = Judge(excerpt)
    return Walker(memory(data), 0, found).run(most), found.rulings()


def worst(rulings: list[Ruling]) -> str:
    """The highest severity; ``none`` without a ruling."""
    order = ("none", "info", "low", "medium", "high", "critical")
    return max((ruling.severity for ruling in rulings), key=order.index, default="none")


def told(data: bytes) -> list[Any]:
    """Severity and evidence of everything that is wrong."""
    return [(ruling.severity, ruling.evidence) for ruling in judge(data)[1]]
