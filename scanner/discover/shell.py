"""References in shell scripts, Makefiles, console transcripts and the command lines of other files."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from scanner.discover import ids
from scanner.discover.addresses import find_addresses
from scanner.discover.blocks import search
from scanner.discover.commands import Flags, match_command, read_flags
from scanner.discover.interface import Edit, Found, Mention, RepoType
from scanner.discover.keys import row_of
from scanner.discover.keytable import Key
from scanner.discover.keywords import CONTEXT, HOSTED_SERVERS, PROGRAMS, TARGETS
from scanner.discover.languages import language_of
from scanner.discover.marks import COMMIT, Lines, mention, merge
from scanner.discover.shellwords import Line, Word, split
from scanner.discover.tools import ARGUMENTS, Command, Flag
from scanner.discover.trees import snake
from scanner.discover.variables import Variables

LONGEST = 2_000_000
"""Characters of a text that are read as commands; of a longer one only the addresses are searched."""

_PAIR = re.compile(r"(?:-e|-P:|--?)?\+{0,2}~?([A-Za-z_][\w.\-/@]{0,100})=(.+)", re.S)
_GIVEN = re.compile(r"[-\w]+=['\"]")
_SILENT = frozenset(
    {
        "echo",
        "printf",
        "gh",
        "grep",
        "sed",
        "awk",
        "#",
        "apt",
        "apt-get",
        "brew",
        "npm",
        "yarn",
        "pnpm",
        "cd",
        "cat",
    }
)
_REMOTE = ("--trust-remote-code", "--trust_remote_code", "--trust-remote_code")
_REVISIONS = ("--revision", "--model_revision", "--model-revision", "--hf-revision", "--hf_revision")
_QUIET_FLAGS = frozenset({"--name", "--image", "--output", "--output-dir", "--local-dir", "--cache-dir"})
Append = Callable[[str], Edit | None]


def find(text: str, path: str, line_offset: int = 0) -> Found:
    """The references of a script; ``path`` tells its dialect, ``line_offset`` is added to every line."""
    found = Found(mentions=find_addresses(text, line_offset))
    if len(text) > LONGEST:
        found.gaps.append(f"{path}: longer than {LONGEST} characters; only addresses were searched")
        return found
    lines = Lines(text, line_offset)
    commands = split(text)
    inner = find_in(lines, path, commands, depth=0)
    found.mentions = merge([*inner.mentions, *found.mentions])
    found.unsafe = inner.unsafe
    found.lack_as(inner)
    return found


def find_in(
    lines: Lines,
    path: str,
    commands: list[Line],
    append: Append | None = None,
    known: list[Line] | None = None,
    depth: int = 1,
) -> Found:
    """The references of commands that stand in a file of another kind, addresses left out.

    ``append`` makes the edit that adds words to the command; ``known`` are commands that set variables.
    """
    run = Search(lines, path, Variables([*(known or []), *commands]), depth, append)
    for line in commands:
        run.line(line)
    found = Found(mentions=run.mentions, unsafe=run.inner.unsafe)
    found.lack_as(run.inner)
    return found


def in_list(lines: Lines, last: Word) -> Append:
    """Adds words to a command that is written as a list of strings (JSON, YAML), after its ``last`` one."""

    def append(more: str) -> Edit | None:
        flag, commit = more.split(" ")
        end = last.end + len(last.quote)
        begin = last.start - len(last.quote)
        lead = lines.text[lines.start(begin) : begin]
        if lead.strip(" \t") == "-":
            stop = lines.newline()
            return lines.edit(end, end, f"{stop}{lead}{flag}{stop}{lead}{commit}")
        if not last.quote:
            return None
        return lines.edit(end, end, f", {last.quote}{flag}{last.quote}, {last.quote}{commit}{last.quote}")

    return append


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value stands, and what is known of its command."""

    loader: str
    strength: ids.Strength
    kind: RepoType
    revision: Word | None = None
    pin: Edit | None = None
    possible: bool = True
    """Whether the loader takes a revision."""
    trust: bool = False
    files: tuple[str, ...] = ()


class Search:
    """One search through the commands of a text."""

    def __init__(
        self, lines: Lines, path: str, variables: Variables, depth: int, append: Append | None = None
    ) -> None:
        self.lines = lines
        self.path = path
        self.variables = variables
        self.depth = depth
        self.append = append
        self.mentions: list[Mention] = []
        self.inner = Found()

    def line(self, line: Line) -> None:
        """Everything that one command names."""
        words = line.words
        self._assignments(line)
        first = words[0].value.rpartition("/")[2]
        self._inside(line, first)
        if first in _SILENT:
            return
        if "clone" in [word.value for word in words[:6]] or first in {"ollama", "sudo", "docker"}:
            self._addressed(line)
        command, at = match_command(words)
        rest = words[at:] if command or words[0].value.startswith("-") else words[1:]
        flags = read_flags(rest, command)
        trust = any(flags.on(name) for name in (command.remote_code if command else ()) + _REMOTE)
        done: set[int] = set()
        if command is not None:
            self._command(line, command, flags, trust, done)
        self._flags(line, flags, trust, done)
        for word in words:
            self._pair(line, word, trust)
        program = any(PROGRAMS.fullmatch(word.value) for word in words[:6])
        if (command is None or command.position is None) and program:
            for word in flags.positional:
                self._value(line, word, _Place("script-argument", "bare", "model", trust=trust))

    # --- the parts of a command

    def _command(self, line: Line, command: Command, flags: Flags, trust: bool, done: set[int]) -> None:
        kind = flags.kind(command.kind_flag)
        for flag in command.flags:
            for word in flags.values(*flag.names):
                done.add(word.start)
                self._flagged(line, command, flag, flags, word, trust)
        if command.position is None or len(flags.positional) <= command.position:
            return
        if command.words[0] == "vllm" and "bench" in [word.value for word in line.words]:
            return
        word = flags.positional[command.position]
        done.add(word.start)
        files = [one.value for name in command.file_flags for one in flags.values(name)]
        if command.more_files:
            files += [one.value for one in flags.positional[command.position + 1 :]]
        place = self._place(line, command, command.revision, flags, trust)
        if command.id == "hf-dataset-info":
            kind = "dataset"
        self._value(
            line, word, replace(place, kind=place.kind if command.store else kind, files=tuple(files[:50]))
        )

    def _flagged(
        self, line: Line, command: Command, flag: Flag, flags: Flags, word: Word, trust: bool
    ) -> None:
        place = self._place(line, command, flag.revision, flags, trust)
        files = [one.value for name in command.file_flags for one in flags.values(name)]
        self._value(
            line,
            word,
            replace(place, kind=place.kind if command.store else flag.kind, files=tuple(files[:50])),
        )

    def _place(
        self, line: Line, command: Command, names: tuple[str, ...], flags: Flags, trust: bool
    ) -> _Place:
        if command.store:
            return _Place(command.id, "strong", "other", possible=False)
        revision = next(iter(flags.values(*names)), None) if names else None
        pin = None
        if revision is not None:
            if not ids.templated(revision.value):
                pin = self.lines.edit(revision.start, revision.end, COMMIT)
        elif names:
            pin = self._append(line, f"{names[0]} {COMMIT}")
        return _Place(command.id, "strong", "model", revision, pin, bool(names), trust)

    def _append(self, line: Line, words: str) -> Edit | None:
        if self.append is not None:
            return self.append(words)
        last = line.words[-1]
        end = last.end + len(last.quote)
        return self.lines.edit(end, end, f" {words}")

    def _flags(self, line: Line, flags: Flags, trust: bool, done: set[int]) -> None:
        revision = next(iter(flags.values(*_REVISIONS)), None)
        pin = None
        if revision is not None and not ids.templated(revision.value):
            pin = self.lines.edit(revision.start, revision.end, COMMIT)
        for name, word in flags.pairs:
            if word is None or word.start in done or name in _QUIET_FLAGS:
                continue
            if name in ARGUMENTS:
                self._list(line, word, trust)
                continue
            row = row_of("model" if name == "-m" else snake(name))
            if row is None and not TARGETS.search(snake(name)):
                self._value(line, word, _Place("script-argument", "bare", "model", trust=trust))
            if row is None or row.strength == "context":
                continue
            own = revision if row.kind == "model" and not row.id.startswith("tokenizer") else None
            place = _Place(
                "flag" if row.id == "model" else row.id,
                "weak" if row.strength == "weak" else "strong",
                row.kind,
                own,
                pin if own else None,
                trust=trust,
            )
            self._several(line, word, row, place)

    def _several(self, line: Line, word: Word, row: Key, place: _Place) -> None:
        """A flag's value, or the parts of a list in it: ``id,id``, ``name=id``."""
        if not row.list and not re.fullmatch(r"[\w.\-]+/[\w.\-]+(?:[,;][\w.\-]+/[\w.\-]+)+", word.value):
            self._value(line, word, place)
            return
        for part in re.finditer(r"[^,;\s]+", word.value):
            name, sign, value = part[0].partition("=")
            value = value if sign else name
            start = word.start + part.end() - len(value)
            self._value(line, Word(value, start, start + len(value)), place)

    def _pair(self, line: Line, word: Word, trust: bool) -> None:
        """``name=value`` as a word: overrides of Hydra, ``-e NAME=value``, ``--set a.b=value``."""
        match = _PAIR.fullmatch(word.value)
        if match is None or match[2].startswith(("(", "{")):
            return
        row = row_of(snake(match[1]))
        if "," in match[2] and "=" in match[2] and not (row and row.list):
            self._list(line, word, trust)
            return
        self._named(line, match[1], match[2], word.start + match.start(2), trust)

    def _named(self, line: Line, name: str, value: str, start: int, trust: bool) -> None:
        row = row_of(snake(name))
        if row is None or (row.strength == "context" and not CONTEXT.search(name.rpartition(".")[0].lower())):
            return
        quoted = value[:1] in {'"', "'"}
        value, start = (value.strip("\"'"), start + 1) if quoted else (value, start)
        place = _Place(row.id, "weak" if row.strength == "context" else row.strength, row.kind, trust=trust)
        self._several(line, Word(value, start, start + len(value)), row, place)

    def _list(self, line: Line, word: Word, trust: bool) -> None:
        """``pretrained=org/name,revision=…,trust_remote_code=True``."""
        parts = list(re.finditer(r"([\w.]+)=([^,]*)", word.value))
        revision = next((part for part in parts if part[1] in {"revision", "model_revision"}), None)
        trust = trust or any(part[1] == "trust_remote_code" and part[2].lower() == "true" for part in parts)
        for part in parts:
            row = row_of(snake(part[1]))
            if row is None or row.strength == "context":
                continue
            start = word.start + part.start(2)
            place = _Place("model-arguments", "strong", row.kind, trust=trust)
            if revision is not None:
                begin = word.start + revision.start(2)
                end = word.start + revision.end(2)
                place = replace(
                    place,
                    revision=Word(revision[2], begin, end),
                    pin=self.lines.edit(begin, end, COMMIT),
                )
            elif word.value[:1] != "{":
                at = word.start + parts[-1].end()
                place = replace(place, pin=self.lines.edit(at, at, f",revision={COMMIT}"))
            self._value(line, Word(part[2], start, start + len(part[2])), place)

    def _assignments(self, line: Line) -> None:
        for name, value, start in self.variables.of(line):
            row = row_of(snake(name))
            if row is None or row.strength == "context" or ids.templated(value):
                continue
            place = _Place(row.id, row.strength, row.kind)
            self._several(line, Word(value, start, start + len(value)), row, place)

    # --- what a value says

    def _value(self, line: Line, word: Word, place: _Place) -> None:
        for value, span in self.variables.expand(word):
            read = ids.read(value, place.strength, place.kind)
            if read is None:
                continue
            one = mention(
                self.lines,
                span if read.repo_id else (word.start, word.end),
                place.loader,
                call=line.span,
                kind=read.kind or place.kind,
                repo_id=read.repo_id if place.kind != "other" else None,
                expression=word.value,
            )
            one.local = read.local
            one.trust_remote_code = place.trust
            one.files = list(place.files)
            self._revised(one, place, read.revision)
            self.mentions.append(one)

    def _revised(self, one: Mention, place: _Place, inside: str | None) -> None:
        one.pin = place.pin if one.repo_id else None
        if place.kind == "other":
            one.store, one.revision_state = "modelscope", "impossible"
        elif inside:
            one.revision, one.revision_state = inside, "literal"
        elif place.revision is not None:
            value = self.variables.expand(place.revision)[0][0]
            known = not ids.templated(value)
            one.revision = value if known else None
            one.revision_state = "literal" if known else "unresolved"
        else:
            one.revision_state = "absent" if place.possible else "impossible"

    # --- addresses and what is written in another language

    def _addressed(self, line: Line) -> None:
        words = [word.value for word in line.words]
        loader = "git-clone" if "clone" in words else "ollama" if "ollama" in words else None
        if loader is None:
            return
        revision = None
        for flag in ("-b", "--branch", "--revision"):
            if loader == "git-clone" and flag in words[:-1]:
                revision = words[words.index(flag) + 1]
        for word in line.words:
            for one in find_addresses(word.value):
                one.loader, one.pin = loader, None
                one.line = one.end_line = self.lines.line(word.start)
                one.call_line, one.call_end_line = (
                    self.lines.line(line.span[0]),
                    self.lines.line(line.span[1] - 1),
                )
                one.revision = revision or one.revision
                one.revision_state = "literal" if one.revision else "impossible"
                self.mentions.append(one)

    def _inside(self, line: Line, first: str) -> None:
        """Words that are programs themselves, and documents given to the command."""
        if self.depth >= 3:
            return
        values = [word.value for word in line.words]
        python = any(re.fullmatch(r"(?:.*/)?python[\d.]*", value) for value in values[:12])
        for number, word in enumerate(line.words):
            if not any(char.isspace() for char in word.value):
                continue
            given = _GIVEN.match(self.lines.text, word.start, word.end)
            if given and not word.quote and "/" in word.value:
                self._other(given.end(), word.end - 1, "sh")
                continue
            if python and number and values[number - 1] == "-c":
                self._other(word.start, word.end, "python", word.quote)
            elif first == "curl" and word.value.lstrip()[:1] == "{":
                if not any(HOSTED_SERVERS.search(value) for value in values):
                    self._other(word.start, word.end, "json")
            elif word.quote and "/" in word.value and first not in _SILENT and first != "git":
                self._other(word.start, word.end, "sh")
        for value, start in self.variables.substitutions(line):
            self._other(start, start + len(value), "sh")
        for start, end in line.heredocs:
            self._other(start, end, language_of(values, python=python))

    def _other(self, start: int, end: int, language: str, quote: str = "") -> None:
        if language == "sh":
            found = find_in(self.lines, self.path, split(self.lines.text, start, end), depth=self.depth + 1)
        else:
            found = search(self.lines, start, end, self.path, language, quote)
        self.mentions += found.mentions
        self.inner.unsafe += found.unsafe
        self.inner.lack_as(found)
