"""The container images that Dockerfiles and Compose files name; ``scanner.discover.images:find`` is a task.

Which variables may stand in ``FROM``, and what a stage is: https://docs.docker.com/reference/dockerfile/.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from scanner.discover.docker import LONGEST, instructions
from scanner.discover.find import decoded
from scanner.discover.marks import Lines

_MOST = 500
"""Images of one file."""

_NOTHING = "scratch"
_DEEPEST = 8
_LONGEST = 1_000
"""Characters of a name; variables that stand for variables could make one endless."""

_CONTINUED = re.compile(r"[\\`][ \t]*\r?\n")
_COMMENT = re.compile(r"^[ \t]*#.*$", re.M)
_OPTION = re.compile(r"--([a-z]+)=(\S+)")
_ASSIGNED = re.compile(r"([A-Za-z_]\w*)(?:=(?:\"([^\"]*)\"|'([^']*)'|(\S*)))?")
_VARIABLE = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^{}]*))?\})")

Use = Literal["base", "copy", "service"]


@dataclass(slots=True)
class Image:
    """One place that names a container image."""

    name: str
    """As it is written, with the defaults of build arguments in the place of those."""
    line: int
    use: Use
    """``base``: FROM; ``copy``: files are taken out of it; ``service``: Compose runs it."""
    stage: str = ""
    """The build stage or the service."""
    platform: str = ""
    arguments: list[str] = field(default_factory=list)
    """Variables whose defaults stand in ``name``."""


@dataclass(slots=True)
class Images:
    """What one file names; ``gaps`` say in words what cannot be told from it."""

    images: list[Image] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


def find(job: dict[str, Any]) -> dict[str, Any]:
    """Read one file: ``path`` is its path in the repository, ``data`` where its bytes are.

    Raises:
        OSError: the object of the evidence cannot be opened.
    """
    with Path(job["data"]).open("rb") as file:
        data = file.read(LONGEST + 1)
    if len(data) > LONGEST:
        return asdict(
            Images(gaps=[f"{job['path']} is longer than {LONGEST} bytes; its images were not read"])
        )
    text = decoded(data, job["path"])[0]
    return asdict(find_in(text, job["path"]))


def find_in(text: str, path: str) -> Images:
    """The images that a text names, under the name of its file."""
    composed = path.lower().endswith((".yaml", ".yml"))
    found = _of_compose(text, path) if composed else _of_dockerfile(text, path)
    if len(found.images) > _MOST:
        found.gaps.append(f"{path} names more than {_MOST} images; the rest was left out")
        found.images = found.images[:_MOST]
    return found


def _of_dockerfile(text: str, path: str) -> Images:
    found = Images()
    lines = Lines(text)
    defaults: dict[str, str | None] = {}
    stages: list[str] = []
    for name, start, end in instructions(text):
        line = lines.line(start)
        words = _CONTINUED.sub(" ", _COMMENT.sub("", text[lines.start(start) : end])).split()[1:]
        options = {match[1]: match[2] for word in words if (match := _OPTION.fullmatch(word))}
        rest = [word for word in words if not word.startswith("--")]
        if name == "arg" and not stages:
            defaults |= {key: value for word in rest for key, value in _assigned(word, defaults)}
        elif name == "from" and rest:
            stage = rest[2] if len(rest) > 2 and rest[1].lower() == "as" else str(len(stages))
            platform = _filled(options.get("platform", ""), defaults)[0] or ""
            if rest[0].lower() not in stages:
                _note(found, path, rest[0], defaults, Image("", line, "base", stage, platform))
            stages.append(stage.lower())
        elif name in {"copy", "add"} and "from" in options and stages:
            source = options["from"]
            if source.lower() not in stages and not source.isdecimal():
                _note(found, path, source, {}, Image("", line, "copy", stages[-1]))
    return found


def _of_compose(text: str, path: str) -> Images:
    from scanner.discover.trees import Mapping as Tree
    from scanner.discover.trees import Scalar
    from scanner.discover.yamltree import read_yaml

    found = Images()
    lines = Lines(text)
    roots, whole = read_yaml(text)
    if not whole:
        found.gaps.append(f"{path} could be read only in part, so images that it names may be missing")
    services = [root.get("services") for root in roots if isinstance(root, Tree)]
    for service in services:
        for key, node in service.pairs if isinstance(service, Tree) else ():
            image = node.scalar("image") if isinstance(node, Tree) else None
            if image is None or not isinstance(node, Tree) or node.get("build") is not None:
                continue  # beside ``build``, ``image`` is the name of what is built
            platform = node.scalar("platform") or Scalar("", 0, 0)
            place = Image("", lines.line(image.start), "service", key.value, platform.value)
            _note(found, path, image.value.strip(), {}, place)
    return found


def _note(found: Images, path: str, written: str, defaults: Mapping[str, str | None], place: Image) -> None:
    """Add the image, with what is known of the variables in its name; without them it cannot be told."""
    name, used = _filled(written, defaults)
    if name is None:
        found.gaps.append(
            f"{path}:{place.line} names an image by a variable that has no value there, so it is not known"
        )
    elif name and name.lower() != _NOTHING:
        place.name, place.arguments = name, used
        found.images.append(place)


def _assigned(word: str, known: Mapping[str, str | None]) -> Iterator[tuple[str, str | None]]:
    match = _ASSIGNED.fullmatch(word)
    if match:
        given = next((value for value in match.groups()[1:] if value is not None), None)
        yield match[1], _filled(given, known)[0] if given is not None else None


def _filled(text: str, known: Mapping[str, str | None]) -> tuple[str | None, list[str]]:
    """The text with its variables replaced, and their names; null when one has no value."""
    used: list[str] = []
    for _ in range(_DEEPEST):
        match = _VARIABLE.search(text)
        if len(text) > _LONGEST:
            return None, used
        if match is None:
            return text, used
        name = match[1] or match[2]
        value = known.get(name)
        sign, word = match[3] or "", match[4] or ""
        if sign.endswith("-"):
            value = value or word
        elif sign.endswith("+"):
            value = word if value else ""
        if value is None:
            return None, used
        used.append(name)
        text = text[: match.start()] + value + text[match.end() :]
    return None, used
