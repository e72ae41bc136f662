"""Words of a command line against the table of commands: which command it is, and what its flags say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from scanner.discover.interface import RepoType
from scanner.discover.shellwords import Word
from scanner.discover.tools import COMMANDS, IMAGES, Command

_FURTHEST = 80
"""Words before a command that wrappers (``docker run …``, ``accelerate launch …``) may have."""

_SWITCH = re.compile(
    r"--(?:enable|disable|no|skip|with|without|force|allow|trust)[-_]\S+|-(?:it|d|i|t|v|q|y|rm)|--rm"
)
_KINDS: dict[str, RepoType] = {"model": "model", "dataset": "dataset", "space": "space", "kernel": "kernel"}


@dataclass(slots=True)
class Flags:
    """The flags of a command with their values, and the words that belong to none."""

    pairs: list[tuple[str, Word | None]] = field(default_factory=list)
    positional: list[Word] = field(default_factory=list)

    def values(self, *names: str) -> list[Word]:
        """The values of the flags of these names."""
        return [word for name, word in self.pairs if name in names and word is not None]

    def on(self, name: str) -> bool:
        """Whether a switch is on."""
        found = [word for flag, word in self.pairs if flag == name]
        return any(word is None or word.value.lower() not in {"false", "0", "no"} for word in found)

    def kind(self, flag: str | None) -> RepoType:
        """What the flag says of the repository's type."""
        values = self.values(flag) if flag else []
        return _KINDS.get(values[0].value, "model") if values else "model"


def _takes_value(word: str) -> bool:
    """Whether the word after this one is likely its value."""
    return word.startswith("--") and "=" not in word and len(word) > 2 and not _SWITCH.fullmatch(word)


_COMMANDS = {command.id: command for command in COMMANDS}


@lru_cache(maxsize=512)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


def match_command(words: list[Word]) -> tuple[Command | None, int]:
    """The command that these words call, and the number of the first word after its name."""
    values = [word.value for word in words[: _FURTHEST + 4]]
    for at, value in enumerate(values[:_FURTHEST]):
        if value.startswith("-") or (at and _takes_value(values[at - 1])):
            continue
        for pattern, name in IMAGES:
            if _pattern(pattern).search(value):
                return _COMMANDS[name], at + 1
        base = value.rpartition("/")[2] if value.startswith(("/", "./", "~", "$")) else value
        for command in COMMANDS:
            size = len(command.words)
            if not _pattern(command.words[0]).fullmatch(base):
                continue
            rest = values[at + 1 : at + size]
            if len(rest) == size - 1 and all(
                _pattern(pattern).fullmatch(word)
                for pattern, word in zip(command.words[1:], rest, strict=True)
            ):
                return command, at + size
    return None, 0


def read_flags(words: list[Word], command: Command | None) -> Flags:
    """The flags among ``words``. A flag that is not known takes the next word, unless that is a flag."""
    switches = set(command.switches + command.remote_code) if command else set()
    named = {name for flag in command.flags for name in flag.names} if command else set()
    flags = Flags()
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        value = word.value
        if not value.startswith("-") or len(value) < 2 or value[1:2].isdigit():
            flags.positional.append(word)
            continue
        name, sign, rest = value.partition("=")
        if sign:
            start = word.end - len(rest)
            if word.quote == "" and rest[:1] in {'"', "'"}:
                rest, start = rest.strip("\"'"), start + 1
            flags.pairs.append((name, Word(rest, start, start + len(rest))))
            continue
        following = words[at] if at < len(words) and not words[at].value.startswith("-") else None
        switch = name in switches or (name not in named and _SWITCH.fullmatch(name) is not None)
        if following is None or switch:
            flags.pairs.append((name, None))
            continue
        flags.pairs.append((name, following))
        at += 1
    return flags
