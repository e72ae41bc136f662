"""References in Dockerfiles and in the Modelfiles of Ollama."""

from __future__ import annotations

import re

from scanner.discover.addresses import find_addresses
from scanner.discover.interface import Found
from scanner.discover.marks import Lines, mention, merge
from scanner.discover.shell import find_in, in_list
from scanner.discover.shellwords import Line, Word, split
from scanner.discover.tools import IMAGES

_INSTRUCTION = re.compile(r"^[ \t]*(?P<name>[A-Za-z]+)[ \t]+(?P<options>(?:--[\w-]+(?:=\S*)?[ \t]+)*)", re.M)
_STRING = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'([^']*)'")
_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)([A-Za-z_]\w{0,60})\1")
_NAMES = frozenset(
    [
        "from",
        "run",
        "cmd",
        "label",
        "maintainer",
        "expose",
        "env",
        "add",
        "copy",
        "entrypoint",
        "volume",
        "user",
        "workdir",
        "arg",
        "onbuild",
        "stopsignal",
        "healthcheck",
        "shell",
        "adapter",
        "parameter",
        "template",
        "system",
        "license",
        "message",
    ]
)
LONGEST = 1_000_000


def find(text: str, path: str, line_offset: int = 0) -> Found:
    """The references of a Dockerfile or Modelfile: its variables, its commands and what it downloads."""
    found = Found(mentions=find_addresses(text, line_offset))
    if len(text) > LONGEST:
        found.gaps.append(f"{path}: longer than {LONGEST} characters; only its addresses were searched")
        return found
    lines = Lines(text, line_offset)
    commands: list[Line] = []
    listed: list[Line] = []
    image: Word | None = None
    for name, start, end in instructions(text):
        if name == "from":
            image = _image(text, start, end)
        if name in {"from", "adapter"}:
            _base(lines, start, end, found)
        elif name in {"cmd", "entrypoint", "run", "onbuild", "healthcheck", "shell"}:
            target = listed if text[start:end].lstrip().startswith("[") else commands
            target += _commands(text, name, start, end, image)
        elif name in {"env", "arg"}:
            commands += _variables(text, name, start, end)
    parts = [find_in(lines, path, commands)]
    parts += [find_in(lines, path, [line], in_list(lines, line.words[-1]), commands) for line in listed]
    found.mentions = merge([*(one for part in parts for one in part.mentions), *found.mentions])
    found.unsafe += [one for part in parts for one in part.unsafe]
    for part in parts:
        found.lack_as(part)
    return found


def instructions(text: str) -> list[tuple[str, int, int]]:
    """Each instruction's name and the characters of its arguments, continued lines and heredocs with them."""
    found: list[tuple[str, int, int]] = []
    at = 0
    while match := _INSTRUCTION.search(text, at):
        name = match["name"].lower()
        end = _line_end(text, match.end())
        if name not in _NAMES:
            at = end + 1
            continue
        heredoc = _HEREDOC.search(text, match.end(), end) if name in {"run", "copy", "add"} else None
        if heredoc:
            close = re.compile(rf"^[ \t]*{re.escape(heredoc[2])}[ \t]*\r?$", re.M).search(text, end)
            end = close.end() if close else end
        found.append((name, match.end(), end))
        at = end + 1
    return found


def _line_end(text: str, at: int) -> int:
    """The end of the logical line: continued lines, and comments between those, belong to it."""
    while True:
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        line = text[at:end].rstrip()
        begin = text.rfind("\n", 0, at) + 1
        comment = text[begin:end].lstrip().startswith("#")
        if not line.endswith(("\\", "`")) and not comment:
            return end
        at = end + 1


def _image(text: str, start: int, end: int) -> Word | None:
    value = text[start:end].split()
    name = value[0] if value else ""
    return Word(name, start, start) if any(re.search(pattern, name) for pattern, _ in IMAGES) else None


def _base(lines: Lines, start: int, end: int, found: Found) -> None:
    """``FROM hf.co/org/name`` and ``ADAPTER`` of a Modelfile."""
    for one in find_addresses(lines.text[start:end]):
        place = mention(lines, (start, end), "modelfile", kind=one.repo_type, repo_id=one.repo_id)
        place.revision_state, place.store = "impossible", one.store
        place.expression = one.expression
        found.mentions.append(place)


def _commands(text: str, name: str, start: int, end: int, image: Word | None) -> list[Line]:
    heredoc = _HEREDOC.match(text, start, end) if name == "run" else None
    if heredoc:
        first = text.find("\n", start)
        body = split(text, first + 1, end)
        return [line for line in body if [word.value for word in line.words] != [heredoc[2]]]
    stripped = text[start:end].lstrip()
    if stripped.startswith("["):
        words = [
            Word(match[1] if match[1] is not None else match[2], match.start() + 1, match.end() - 1, '"')
            for match in _STRING.finditer(text, start, end)
        ]
        lines = [Line(words)] if words else []
    else:
        lines = split(text, start, end)
    if image is not None and name == "cmd":
        for line in lines:
            line.words.insert(0, Word(image.value, line.words[0].start, line.words[0].start))
    return lines


def _variables(text: str, name: str, start: int, end: int) -> list[Line]:
    """``ENV A=b C=d``, ``ENV A b`` and ``ARG A=b`` as assignments."""
    lines = split(text, start, end, folded=True)
    for line in lines:
        if "=" not in line.words[0].value:
            line.words.insert(0, Word(name, start, start))
    return [line for line in lines if line.words]
