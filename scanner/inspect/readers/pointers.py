"""Pointers: files that stand for bytes which are elsewhere (Git LFS, DVC)."""

from __future__ import annotations

import re

from scanner.inspect import limits
from scanner.inspect.readers.reading import REWRITE, Reading, Unreadable
from scanner.inspect.stream import Stream

_OID = re.compile(r"oid sha256:([0-9a-f]{64})\Z")
_SIZE = re.compile(r"size (\d{1,19})\Z")
_KEY = re.compile(r"[A-Za-z0-9_.-]+\Z")
_MORE_THAN_PLAIN = ("&", "*", "!", "{", "[", "|", ">")


def read_lfs_pointer(stream: Stream) -> Reading:
    """Digest and size of a Git LFS pointer: facts ``oid`` (hexadecimal SHA-256) and ``size`` (bytes).

    Raises:
        Unreadable: it is no pointer that Git LFS accepts.
    """
    lines = _text(stream).splitlines()
    oid = next((match[1] for line in lines if (match := _OID.match(line))), None)
    size = next((int(match[1]) for line in lines if (match := _SIZE.match(line))), None)
    if oid is None or size is None:
        raise Unreadable("a Git LFS pointer without oid or size", action=REWRITE)
    return Reading(facts={"oid": oid, "size": size})


def read_dvc_pointer(stream: Stream) -> Reading:
    """What a ``.dvc`` file stands for: facts ``paths``, ``digests`` and ``sizes``, one item an output each.

    Reads the flat lines that DVC writes; anything more of YAML (anchors, tags, flow style) is refused.

    Raises:
        Unreadable: it is not such a file.
    """
    outputs: list[dict[str, str]] = []
    section = ""
    for line in _text(stream).splitlines():
        entry = line.strip()
        if not entry or entry.startswith("#"):
            continue
        dash = entry.startswith("- ")
        key, colon, value = entry.removeprefix("- ").partition(":")
        value = value.strip()
        if not colon or not _KEY.match(key.strip()) or value.startswith(_MORE_THAN_PLAIN):
            raise Unreadable("a DVC file that is more than flat lines")
        if not dash and not line[:1].isspace():
            section = key
        elif section == "outs":
            if dash:
                outputs.append({})
            if outputs:
                outputs[-1].setdefault(key.strip(), value.strip("'\""))
    if not outputs:
        raise Unreadable("a DVC file without outputs", action=REWRITE)
    return Reading(
        facts={
            "paths": [output.get("path", "") for output in outputs],
            "digests": [f"md5:{output['md5']}" if output.get("md5") else "" for output in outputs],
            "sizes": [output.get("size", "") for output in outputs],
        }
    )


def _text(stream: Stream) -> str:
    if stream.size > limits.POINTER_BYTES:
        raise Unreadable(f"a pointer of {stream.size:,} bytes", "hostile")
    try:
        return stream.at(0, stream.size).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("a pointer that is not UTF-8") from error
