"""Tar archives and NeMo archives: each member by its content, in the order in which they stand."""

from __future__ import annotations

import tarfile

from scanner.inspect.examination import Examination, Item
from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.stream import window

_NEMO = "model_config.yaml"


def look_at_tar(examination: Examination, item: Item) -> str | None:
    """Look at every regular member; links are named, never followed.

    Raises:
        Unreadable: the archive is broken, or a cap is reached.
    """
    item.stream.seek(0)
    seen: set[str] = set()
    before = examination.models
    odd: list[str] = []
    nemo = False
    try:
        with tarfile.open(fileobj=item.stream, mode="r:") as archive:
            for entry in archive:
                examination.enter(item)
                odd += _oddities(entry, seen)
                nemo |= entry.name.removeprefix("./") == _NEMO
                _look_at_member(examination, item, entry)
    except tarfile.TarError as error:
        raise Unreadable(f"the tar archive is broken: {error}") from error
    finally:
        if examination.models > before or nemo:
            for detail in odd:
                examination.malformed(item.member, detail, "high")
    if nemo:
        examination.gap(item.member, "no engine reads the configuration of a NeMo archive yet")
        return "nemo"
    return None


def _look_at_member(examination: Examination, item: Item, entry: tarfile.TarInfo) -> None:
    if not entry.isreg():
        return
    path = entry.name if item.member is None else f"{item.member}!{entry.name}"
    if entry.issparse():
        examination.gap(path, "a sparse member, which is not read")
        return
    content = window(item.stream, entry.offset_data, entry.size)
    if content.size < entry.size:
        examination.gap(path, "the member reaches beyond the end of the archive")
    examination.inspect(content, entry.name.rsplit("/", 1)[-1], path, item.depth + 1)


def _oddities(entry: tarfile.TarInfo, seen: set[str]) -> list[str]:
    found = []
    name = entry.name.removeprefix("./")
    if name in seen and not entry.isdir():
        found.append(f"two members are called {name}")
    seen.add(name)
    target = entry.linkname if entry.issym() or entry.islnk() else ""
    if any(path.startswith("/") or ".." in path.split("/") for path in (name, target)):
        found.append(f"the member {name} leads out of the archive")
    return found
