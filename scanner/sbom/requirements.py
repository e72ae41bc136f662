"""pip requirements files, flattened: includes resolved inside the repository, options dropped, origins kept.

The format is pip's (https://pip.pypa.io/en/stable/reference/requirements-file-format/). What is fed to a tool
is one requirement a line, so that line *n* of the feed is ``lines[n - 1]``; an include of a file outside the
repository, or of an address, is refused and said.
"""

from __future__ import annotations

import codecs
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MAX_DEPTH = 16
MAX_LINES = 20_000
MAX_PATH = 4_096
MAX_LINE = 2_048
"""Characters of one requirement without its digests."""

_COMMENT = re.compile(r"(?:^|\s)#.*$")
_INCLUDE = re.compile(r"^(-r|--requirement|-c|--constraint)(?:(?<=-[rc])|[\s=])\s*(.+)$")
_EDITABLE = re.compile(r"^(?:-e|--editable)[\s=]\s*(.+)$")
_OPTIONS = re.compile(r"\s--?[A-Za-z]")
_HASH = re.compile(r"--hash[=\s]\s*(sha256|sha384|sha512):([0-9a-fA-F]{64,128})(?=\s|$)")
_NAMED = re.compile(
    r"^(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?=[\s\[@;(<>=!~]|$) ?"
    r"(?P<extras>\[[A-Za-z0-9._, -]*\])? ?(?P<rest>@ ?[!-~]+|[^;@]*)(?P<marker> ?;.*)?$"
)
_CLAUSE = re.compile(r"^(?:===|~=|==|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+$")
_VCS = re.compile(r"^(?:git|hg|svn|bzr)\+(?:https?|ssh|git)://[!-~]+$")
_ADDRESS = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_EGG = re.compile(r"^egg=([A-Za-z0-9._-]+)")

_NOT_UNDERSTOOD = "is a local path or is not understood, and was left out"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement: what is fed, where it stands, which package and which versions it names."""

    text: str
    path: str
    line: int
    name: str
    specifier: str = ""


@dataclass(frozen=True, slots=True)
class Requirements:
    """The requirements of a repository and what could not be followed."""

    lines: tuple[Line, ...]
    constraints: tuple[Line, ...]
    missing: tuple[str, ...]
    """Included paths inside the repository whose bytes were not given."""
    warnings: tuple[str, ...]

    def feed(self) -> bytes:
        """The flattened text for a tool's standard input."""
        return "".join(f"{line.text}\n" for line in self.lines).encode("utf-8")


def flatten(roots: Sequence[str], files: Mapping[str, bytes]) -> Requirements:
    """Read the files ``roots`` and all they include; never raises for what they hold.

    Each file is read once, whoever includes it, so that a cycle ends by itself. A file that another one uses
    as constraints is no root: it limits versions and installs nothing.
    """
    walk = _Walk(files)
    limiting = {target for root in roots for target in walk.constraints_of(root)}
    walk.read([(root, 0) for root in sorted(set(roots) - limiting)], constraint=False)
    walk.read(walk.limiting, constraint=True)
    return Requirements(
        lines=tuple(sorted(walk.lines, key=_place)),
        constraints=tuple(sorted(walk.constraints, key=_place)),
        missing=tuple(sorted(walk.missing)),
        warnings=tuple(dict.fromkeys(walk.warnings)),
    )


def _place(line: Line) -> tuple[str, int]:
    return (line.path, line.line)


class _Walk:
    """The state of one pass over the files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files
        self.lines: list[Line] = []
        self.constraints: list[Line] = []
        self.limiting: list[tuple[str, int]] = []
        self.missing: set[str] = set()
        self.warnings: list[str] = []
        self._seen: set[str] = set()
        self._count = 0

    def constraints_of(self, path: str) -> Iterator[str]:
        """The files that ``path`` itself names as constraints."""
        for _, text in logical_lines(decode(self.files[path])):
            include = _INCLUDE.match(text)
            if (
                include
                and include[1] in ("-c", "--constraint")
                and (target := resolve(path, _target(include[2])))
            ):
                yield target

    def read(self, queue: list[tuple[str, int]], constraint: bool) -> None:
        """Read files breadth first; ``queue`` holds paths and how many includes led there, and grows."""
        for path, depth in queue:
            if path in self._seen:
                continue
            self._seen.add(path)
            for number, text in logical_lines(decode(self.files[path])):
                if self._count >= MAX_LINES:
                    self.warnings.append(f"{path}: the rest was left out, more than {MAX_LINES} lines in all")
                    return
                self._count += 1
                if include := _INCLUDE.match(text):
                    limits = constraint or include[1] in ("-c", "--constraint")
                    target = self._follow(path, number, _target(include[2]), depth)
                    if target is not None:
                        (queue if limits == constraint else self.limiting).append((target, depth + 1))
                else:
                    self._requirement(path, number, text, constraint)

    def _follow(self, path: str, number: int, target: str, depth: int) -> str | None:
        place = f"{path}:{number}"
        resolved = resolve(path, target)
        if resolved is None:
            self.warnings.append(f"{place} includes something outside the repository, which was not followed")
        elif depth >= MAX_DEPTH:
            self.warnings.append(
                f"{place} includes {resolved}, which was not followed: {MAX_DEPTH} includes deep"
            )
        elif resolved not in self.files:
            self.missing.add(resolved)
            self.warnings.append(f"{place} includes {resolved}, which could not be read")
        else:
            return resolved
        return None

    def _requirement(self, path: str, number: int, text: str, constraint: bool) -> None:
        parsed = parse(text, path, number)
        if isinstance(parsed, str):
            self.warnings.append(f"{path}:{number} {parsed}")
        elif parsed is not None:
            (self.constraints if constraint else self.lines).append(parsed)


def _target(text: str) -> str:
    return text.strip().strip("'\"")


def parse(text: str, path: str, number: int) -> Line | str | None:
    """One logical line as a requirement; ``None`` when it lists nothing, or why it cannot be listed."""
    editable = _EDITABLE.match(text)
    if editable:
        text = editable[1].strip()
    elif text.startswith("-"):
        return None
    if text.startswith(".") and _is_own_folder(path, text):
        return None
    hashes = sorted({f"--hash={kind}:{digest.lower()}" for kind, digest in _HASH.findall(text)})
    bare = " ".join(_OPTIONS.split(text, maxsplit=1)[0].split())
    if len(bare) > MAX_LINE:
        return f"is longer than {MAX_LINE} characters and was left out"
    address, _, fragment = bare.partition("#")
    if _VCS.match(address):
        egg = next((found for part in fragment.split("&") if (found := _EGG.match(part))), None)
        if egg is None:
            return "names a repository but no package, and was left out"
        return Line(bare, path, number, egg[1])
    match = _NAMED.match(bare)
    if match is None:
        return _NOT_UNDERSTOOD
    rest = match["rest"].strip()
    if rest.startswith("@"):
        if not _ADDRESS.match(rest[1:].strip()) or "file:" in rest.lower():
            return _NOT_UNDERSTOOD
        return Line(" ".join([bare, *hashes]), path, number, match["name"])
    specifier = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    clauses = [clause.strip() for clause in specifier.split(",")]
    if specifier and not all(_CLAUSE.match(clause) for clause in clauses):
        return _NOT_UNDERSTOOD
    return Line(
        " ".join([bare, *hashes]), path, number, match["name"], ",".join("".join(c.split()) for c in clauses)
    )


def _is_own_folder(path: str, text: str) -> bool:
    """``.``, ``./part`` or ``.[extra]``: the repository's own code, with manifests of its own."""
    folder = text.partition("[")[0].partition("#")[0].strip()
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), folder))
    return not (joined == ".." or joined.startswith("../")) and not folder.endswith((".whl", ".zip", ".gz"))


def resolve(including: str, target: str) -> str | None:
    """The path that ``target`` means in the file ``including``; ``None`` when it leaves the repository."""
    if not 0 < len(target) <= MAX_PATH or _ADDRESS.match(target) or target.startswith(("/", "~")):
        return None
    if "\\" in target or "\0" in target:
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(including), target))
    return None if joined in (".", "..") or joined.startswith("../") else joined


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """First line number and text of each line that says something: continuations joined, comments dropped."""
    pending: list[str] = []
    first = 0
    for number, raw in enumerate(text.splitlines(), start=1):
        comment = bool(re.match(r"\s*#", raw))
        if not pending:
            first = number
        if raw.endswith("\\") and not comment:
            pending.append(raw[:-1])
            continue
        if not comment:
            pending.append(raw)
        joined = _COMMENT.sub("", "".join(pending)).strip()
        pending = []
        if joined:
            yield first, joined
    if pending and (joined := _COMMENT.sub("", "".join(pending)).strip()):
        yield first, joined


def decode(data: bytes) -> str:
    """The text of a requirements file: by its byte order mark, else UTF-8 with replacement characters."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")
