"""Addresses of repositories of the Hub, and of model files elsewhere, in any text.

The forms are those of the Hub's own site and API, of ``git``, and of the URI schemes ``hf://``
(huggingface_hub's file system, Keras, KServe) and ``hf-hub:`` (timm, open_clip).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import unquote

from scanner.discover import idtables
from scanner.discover.ids import placeholder
from scanner.discover.interface import Mention, RepoType
from scanner.discover.marks import COMMIT, EXPRESSION, Lines, merge

MOST = 20_000
"""Addresses of each form that are read of one text; one with more is a table of data."""

_STOP = r"\x00-\x20\x7f-\U0010ffff\"'`|\\^<>()\[\]{}$*,;"
# Case is ignored for hosts and schemes only: over a negated class it would also leave out "s" and "k", which
# fold from letters beyond ASCII. What stands before the host is read backwards, so that no text is quadratic.
_PLAIN = re.compile(
    r"(?P<host>(?i:huggingface\.co|hf\.co|hf-mirror\.com))"
    rf"(?::\d{{1,5}})?[/:](?P<path>[^{_STOP}]{{1,1000}})"
)
_BEFORE = re.compile(
    r"(?i)(?:^|[^\w.\-/@])(?P<scheme>(?:git\+)?(?:https?|ssh|git)://)?(?P<user>[^\s@/\"'(<=]*@)?"
    r"(?P<sub>www\.|api-inference\.|router\.)?$"
)
_BACK = 100
"""Characters before a host in which its scheme is looked for."""
_URI = re.compile(rf"(?<![\w.\-])(?i:hf):/{{2,3}}(?P<path>[^{_STOP}]{{1,1000}})")
_HUB = re.compile(rf"(?<![\w.\-])hf[-_]hub:/{{0,2}}(?P<path>[^{_STOP}]{{1,300}})")
_OTHER = re.compile(
    r"(?<![\w.\-])(?P<scheme>(?i:s3a?|gs|gcs|azureml|az|abfss?|wasbs?|models|runs|mlflow-artifacts|kaggle|ngc|https?))"
    rf":/{{1,3}}(?P<path>[^{_STOP}]{{3,1000}})"
)
_STORES = {
    "s3": "s3",
    "s3a": "s3",
    "gs": "gcs",
    "gcs": "gcs",
    "az": "azure",
    "azureml": "azure",
    "abfs": "azure",
    "abfss": "azure",
    "wasb": "azure",
    "wasbs": "azure",
    "models": "mlflow",
    "runs": "mlflow",
    "mlflow-artifacts": "mlflow",
    "kaggle": "kaggle",
    "ngc": "ngc",
}
_MODELLIKE = re.compile(r"(?i)model|checkpoint|ckpt|weights|llama|bert|mistral|qwen|resnet|whisper")
_SEGMENT = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,94}[A-Za-z0-9_])?", re.A)
_COMMIT = re.compile(r"[0-9a-f]{40}")
_KINDS: dict[str, RepoType] = {
    "datasets": "dataset",
    "spaces": "space",
    "kernels": "kernel",
    "models": "model",
}
_AT_REVISION = frozenset({"resolve", "blob", "raw", "tree", "commit", "commits", "blame"})
_OF_FILES = frozenset({"resolve", "blob", "raw"})
_TAGS = re.compile(r"</|<(?:br|p|a|td|li|b|i|em|strong|img|div|span|code)\b|<$|<!--|<[=\s]", re.I)
_HUB_HOSTS = re.compile(r"(?i)(?:[\w\-]+\.)*(?:huggingface\.co|hf\.co|hf-mirror\.com|hf\.space)(?:[:/]|$)")


@dataclass(slots=True)
class _Parsed:
    kind: RepoType
    repo_id: str
    revision: str | None = None
    at: tuple[int, int] | None = None
    """The revision's characters in the path."""
    insert: int | None = None
    """Where one can be put in."""
    files: list[str] = field(default_factory=list)


def find_addresses(text: str, line_offset: int = 0) -> list[Mention]:
    """Every explicit address in ``text``, in its order; ``line_offset`` is added to the lines.

    A page's address takes no revision (``impossible``); one of a file or a folder holds its revision, and its
    edit replaces a branch's name by a commit.
    """
    if "://" not in text and "hf" not in text and ".co" not in text and ":/" not in text:
        return []
    lines = Lines(text, line_offset)
    return merge(_all(lines))


def _all(lines: Lines) -> Iterator[Mention]:
    text = lines.text
    for match in islice(_PLAIN.finditer(text), MOST):
        head = _BEFORE.search(text[max(0, match.start() - _BACK) : match.start()])
        if head is None:
            continue
        path, cut = _trimmed(text, match)
        parsed = _page(path, (head["sub"] or "").lower(), cut)
        if parsed is not None:
            # A password in the address is no part of what is shown.
            shown = (head["scheme"] or "") + (head["sub"] or "") + match["host"]
            yield _mention(lines, match, path, parsed, "address", shown)
    for loader, pattern in (("hf-uri", _URI), ("hf-hub", _HUB)):
        for match in islice(pattern.finditer(text), MOST):
            path, cut = _trimmed(text, match)
            parsed = _uri(path, cut)
            if parsed is not None:
                yield _mention(lines, match, path, parsed, loader)
    yield from _others(lines)


def _trimmed(text: str, match: re.Match[str]) -> tuple[str, bool]:
    """The path without the punctuation that ends a sentence, and whether a placeholder follows at once."""
    path = match.group("path")
    after = text[match.end() : match.end() + 40]
    cut = after[:1] in {"{", "$"} or (after[:1] == "<" and not _TAGS.match(after)) or after[:2] == "\\("
    if after[:1] == "[" and re.match(r"\[[A-Za-z_-]+\](?!\()", after):
        cut = True
    entity = re.search(r"&(?:quot|gt|lt|amp|nbsp|#\d+);?|&&", path)
    if entity:
        path, cut = path[: entity.start()], False
    trimmed = path.rstrip(".:!?~_'" if not cut else "")
    return trimmed, cut


def _segments(path: str) -> list[tuple[str, int, int]]:
    """The segments of the path proper, unquoted, each with its characters."""
    end = min((at for at in (path.find("?"), path.find("#")) if at >= 0), default=len(path))
    found, start = [], 0
    for part in path[:end].split("/"):
        found.append((unquote(part), start, start + len(part)))
        start += len(part) + 1
    return found


def _page(path: str, host: str, cut: bool) -> _Parsed | None:
    parts = [part for part in _segments(path) if part[0]]
    if not parts:
        return None
    complete = not cut or path.endswith("/")
    kind: RepoType | None = None
    if host.startswith(("api-inference", "router")):
        names = [part[0] for part in parts]
        if "models" not in names:
            return None
        parts = parts[names.index("models") + 1 :]
    elif parts[0][0] == "api":
        kind = _KINDS.get(parts[1][0]) if len(parts) > 2 else None
        if kind is None:
            return None
        parts = parts[2:]
    elif parts[0][0] in _KINDS:
        kind = _KINDS[parts[0][0]]
        parts = parts[1:]
    elif parts[0][0].lower() in idtables.RESERVED:
        return None
    return _repository(parts, kind or "model", complete) if parts else None


def _repository(parts: list[tuple[str, int, int]], kind: RepoType, complete: bool) -> _Parsed | None:
    namespace = parts[0][0]
    second = parts[1][0] if len(parts) > 1 else ""
    if not second or second in idtables.REPOSITORY_PAGES:
        if not _legacy(namespace, kind, second, complete or len(parts) > 1):
            return None
        repo_id, rest = namespace, parts[1:]
    else:
        if len(parts) == 2 and not complete:
            return None
        name = second.removesuffix(".git").partition(":")[0].partition("@")[0].rstrip(".:")
        if not _SEGMENT.fullmatch(namespace) or not _SEGMENT.fullmatch(name):
            return None
        if (
            name.lower() in idtables.ORGANISATION_PAGES
            or _file(name)
            or namespace.lower() in idtables.RESERVED
        ):
            return None
        repo_id, rest = f"{namespace}/{name}", parts[2:]
        if len(parts) == 2 and second.partition("@")[2]:
            return _Parsed(kind, repo_id, second.partition("@")[2].rstrip("."))
    if placeholder(repo_id):
        return None
    return _at_revision(_Parsed(kind, repo_id), rest)


def _file(name: str) -> bool:
    return name.lower().endswith(
        (".html", ".png", ".jpg", ".svg", ".ico", ".css", ".js", ".xml", ".txt", ".md", ".webp")
    )


def _legacy(name: str, kind: RepoType, second: str, complete: bool) -> bool:
    """Whether an address of one segment is a repository of the Hub's first days."""
    if not complete or not _SEGMENT.fullmatch(name) or kind in {"space", "kernel"}:
        return False
    if second in _AT_REVISION or second in {"discussions", "viewer", "settings"}:
        return True
    if kind == "dataset":
        return name not in idtables.REPOSITORY_PAGES and not name[0].isupper()
    return name in idtables.SINGLE_MODELS


def _at_revision(parsed: _Parsed, rest: list[tuple[str, int, int]]) -> _Parsed:
    if len(rest) < 2 or rest[0][0] not in _AT_REVISION:
        return parsed
    revision, start, end = rest[1]
    after = rest[2:]
    if revision == "refs" and len(after) > 1:
        revision = "/".join(["refs", after[0][0], after[1][0]])
        end, after = after[1][2], after[2:]
    parsed.revision, parsed.at = revision, (start, end)
    name = "/".join(part[0] for part in after)
    if name:
        parsed.files = [name if rest[0][0] in _OF_FILES else f"{name}/*"]
    return parsed


def _uri(path: str, cut: bool) -> _Parsed | None:
    parts = [part for part in _segments(path) if part[0]]
    kind: RepoType = "model"
    if parts and parts[0][0] in _KINDS:
        kind, parts = _KINDS[parts[0][0]], parts[1:]
    if len(parts) < 2 or (len(parts) == 2 and cut):
        return None
    namespace, (second, start, _) = parts[0][0], parts[1]
    name = re.split("[@:]", second, maxsplit=1)[0]
    if (
        not _SEGMENT.fullmatch(namespace)
        or not _SEGMENT.fullmatch(name)
        or placeholder(f"{namespace}/{name}")
    ):
        return None
    if namespace in {"buckets", "jobs"}:
        return None
    parsed = _Parsed(kind, f"{namespace}/{name}", insert=start + len(name))
    after = parts[2:]
    if len(second) > len(name):
        revision, begin, end = second[len(name) + 1 :], start + len(name) + 1, start + len(second)
        if revision == "refs" and len(after) > 1:
            revision, end, after = f"refs/{after[0][0]}/{after[1][0]}", after[1][2], after[2:]
        parsed.revision, parsed.at = revision or None, (begin, end)
    if after:
        parsed.files = ["/".join(part[0] for part in after)]
    return parsed


def _mention(
    lines: Lines, match: re.Match[str], path: str, parsed: _Parsed, loader: str, shown: str | None = None
) -> Mention:
    base, end = match.start("path"), match.start("path") + len(path)
    line = lines.line(match.start())
    expression = lines.text[match.start() : end]
    if shown is not None:
        expression = shown + lines.text[match.end("host") : end]
    pin = None
    if parsed.at and not (parsed.revision and _COMMIT.fullmatch(parsed.revision)):
        pin = lines.edit(base + parsed.at[0], base + parsed.at[1], COMMIT)
    elif parsed.insert is not None and parsed.at is None:
        pin = lines.edit(base + parsed.insert, base + parsed.insert, f"@{COMMIT}")
    return Mention(
        loader=loader,
        repo_type=parsed.kind,
        line=line,
        end_line=line,
        repo_id=parsed.repo_id,
        call_line=line,
        call_end_line=line,
        revision=parsed.revision,
        revision_state="literal" if parsed.revision else "impossible" if loader == "address" else "absent",
        files=parsed.files,
        expression=expression[:EXPRESSION],
        pin=pin,
    )


def _others(lines: Lines) -> Iterator[Mention]:
    for match in islice(_OTHER.finditer(lines.text), MOST):
        path, cut = _trimmed(lines.text, match)
        scheme = match.group("scheme").lower()
        bare = path.partition("?")[0].partition("#")[0]
        if scheme.startswith("http"):
            if cut or not bare.lower().endswith(idtables.WEIGHT_ENDINGS) or _HUB_HOSTS.match(bare):
                continue
            store = "ngc" if "nvidia.com" in bare.partition("/")[0] else "url"
        elif scheme in {"models", "runs", "mlflow-artifacts"}:
            store = "mlflow"
            if "/" not in bare and "@" not in bare:
                continue
        elif _MODELLIKE.search(bare) or bare.lower().endswith(idtables.WEIGHT_ENDINGS):
            store = _STORES[scheme]
        else:
            continue
        line = lines.line(match.start())
        text = lines.text[match.start() : match.start("path") + len(path)][:EXPRESSION]
        yield Mention(
            loader="other-store",
            repo_type="other",
            line=line,
            end_line=line,
            call_line=line,
            call_end_line=line,
            revision_state="impossible",
            store=store,
            expression=text,
        )
