"""One entry of the public corpus, and small builders that its families share."""

from __future__ import annotations

import io
import json
import re
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Entry:
    """One file, or one folder of files, to look at as a whole.

    ``way`` says what is done, in words that are unique within the family. ``layout`` holds words by which a
    finding is to name a hostile layout; it is empty where the layout is not odd.
    """

    family: str
    way: str
    files: Mapping[str, bytes] = field(repr=False)
    hostile: bool = True
    layout: str = ""

    @property
    def name(self) -> str:
        """A name for its folder: the way in plain letters, and a few digits of its digest."""
        words = re.sub(r"[^a-z0-9]+", "-", self.way.lower()).strip("-")[:48]
        return f"{self.family}/{words}-{sha256(self.way.encode()).hexdigest()[:4]}"


def single(family: str, way: str, name: str, data: bytes, *, hostile: bool = True, layout: str = "") -> Entry:
    """An entry of one file."""
    return Entry(family, way, {name: data}, hostile, layout)


def zipped(members: Mapping[str, bytes], packed: bool = False) -> bytes:
    """A zip archive whose bytes are the same every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return buffer.getvalue()


def tarred(members: Mapping[str, bytes]) -> bytes:
    """A tar archive whose bytes are the same every time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def text_of(value: Any) -> bytes:
    """A text as it is, anything else as JSON."""
    return (value if isinstance(value, str) else json.dumps(value)).encode()
