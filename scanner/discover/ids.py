"""Whether a value that stands where a model is named is an id of the Hub, a path, a variable, or none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from scanner.discover import idtables
from scanner.discover.interface import RepoType

Strength = Literal["strong", "weak", "bare"]
"""``strong``: the place takes nothing but models; ``weak``: it often does; ``bare``: the value alone."""

_SEGMENT = r"[A-Za-z0-9_](?:[A-Za-z0-9_.\-]{0,94}[A-Za-z0-9_])?"
_ID = re.compile(rf"({_SEGMENT})/({_SEGMENT})(?:@([\w./\-]{{1,200}}))?(?::([\w.\-]{{1,64}}))?", re.A)
_TEMPLATE = re.compile(
    r"\$\{|\$\(|\$\w|\{\{|\{[^{}]{0,80}\}|<[^<>]{1,80}>|%[A-Za-z_]\w*%|%\([a-z_]+\)s|%s|\[\[?[A-Za-z ]+\]|"
    r"__[A-Z_]{3,}__|\*"
)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]")
_HOST = re.compile(r"(?i).*\.(?:com|org|net|io|ai|dev|co|cn|de|gov|edu|local|app)")
_HOSTED = re.compile("|".join(f"(?:{one})" for one in idtables.HOSTED_PATTERNS))
_YOURS = re.compile(
    r"(?i)(?:your|my)[-_]?(?:own|org|model|repo|name|user|username|hf|dataset|finetuned|fine-tuned)?.*"
)
_TO_FILL = re.compile(r"(?i)(?:\.{0,2}/)*(?:[\w.-]+/)?(?:path[-_/]?to\b|your[-_/]|my[-_]path|some/path|<)")
_MODELLIKE = re.compile(
    r"(?i)\d[bm](?:\b|_)|instruct|chat|bert|gpt|llama|gemma|phi-|t5|opt-|clip|vit-|whisper|wav2vec|mistral|nemotron|dino|bart|"
    r"siglip|(?:base|large|small|tiny|medium)(?:$|-)|uncased|granite|swin|resnet|detr|xlm|gguf|awq|codebert|layoutlm|speecht5|orca"
)
_VERSION = re.compile(r"v?\d[\d.]*")


@dataclass(frozen=True, slots=True)
class Value:
    """What a value names; ``repo_id`` is null for a path, and for what only the running program knows."""

    repo_id: str | None = None
    revision: str | None = None
    kind: RepoType | None = None
    """Where the value itself says it."""
    local: bool = False


def templated(value: str) -> bool:
    """Whether a part of the value is put in only when the program runs."""
    return _TEMPLATE.search(value) is not None


def placeholder(repo_id: str) -> bool:
    """Whether the id stands for one that the reader is to put in."""
    namespace, _, name = repo_id.lower().rpartition("/")
    if namespace in idtables.PLACEHOLDER_NAMESPACES or name in idtables.PLACEHOLDER_NAMES:
        return True
    if namespace.startswith(("your-", "your_", "<")) or name.startswith(("your-", "your_")):
        return True
    return bool(namespace) and bool(_YOURS.fullmatch(namespace)) and bool(_YOURS.fullmatch(name))


def known(repo_id: str) -> bool:
    """Whether the namespace is one that is well known on the Hub."""
    return repo_id.partition("/")[0] in idtables.HUB_NAMESPACES


def _telling(namespace: str, name: str) -> bool:
    """Whether the id says by itself that it is one of a model."""
    return namespace.lower() not in idtables.AMBIGUOUS_NAMESPACES or _MODELLIKE.search(name) is not None


def hosted(repo_id: str) -> bool:
    """Whether this is how a hosted model is named, which is loaded from nowhere."""
    return repo_id.partition("/")[0] in idtables.HOSTED or _HOSTED.match(repo_id) is not None


def plausible(namespace: str, name: str) -> bool:
    """Whether ``namespace/name`` may be an id: no path, media type, time zone, host or fraction."""
    low = namespace.lower()
    if low in idtables.FOLDERS or low in idtables.MEDIA_TYPES or low in idtables.ZONES:
        return False
    if name.lower().endswith(idtables.FILE_ENDINGS) or low in idtables.REGISTRIES or _HOST.fullmatch(low):
        return False
    if len(namespace) < 2 or len(name) < 2 or "--" in name or ".." in name or ".." in namespace:
        return False
    return not (_VERSION.fullmatch(namespace) and _VERSION.fullmatch(name))


def local(value: str) -> bool:
    """Whether the value has the form of a path of the file system."""
    if value.startswith(("/", "./", "../", "~", "\\", ".\\", "file:")) or value in {".", ".."}:
        return True
    if _WINDOWS.match(value) or value.endswith("/") or value.count("/") > 1:
        return True
    first, slash, rest = value.partition("/")
    return bool(slash) and (first.lower() in idtables.FOLDERS or rest.lower().endswith(idtables.FILE_ENDINGS))


def single(value: str, kind: RepoType, *, sentence: bool = False) -> str | None:
    """The id that a value of one segment is, if it is a well-known one."""
    if kind == "dataset":
        return value if value in idtables.SINGLE_DATASETS else None
    if value in idtables.SINGLE_MODELS:
        return value
    if sentence or value in idtables.SINGLE_SENTENCE_MODELS:
        return f"sentence-transformers/{value}" if value in idtables.SINGLE_SENTENCE_MODELS else None
    return None


def read(value: str, strength: Strength, kind: RepoType = "model") -> Value | None:
    """What ``value`` names in a place of that strength; null when it names no model, or is an address.

    Addresses are found by :func:`scanner.discover.addresses.find_addresses` wherever they stand.
    """
    value = value.strip()
    if not 3 <= len(value) <= 300 or any(char.isspace() for char in value) or "://" in value:
        return None
    if "huggingface.co/" in value or "hf.co/" in value or value.startswith(("hf-hub:", "hf_hub:")):
        return None
    if _TO_FILL.match(value):
        return None
    if templated(value):
        return Value() if strength == "strong" else None
    prefixed = False
    for prefix in idtables.PREFIXES:
        if value.startswith(prefix):
            value, prefixed = value[len(prefix) :], True
            if prefix == "huggingface:":
                value = value.rpartition(":")[2] if "/" in value.rpartition(":")[2] else value
            if prefix == "models--":
                value = value.replace("--", "/", 1)
            break
    for prefix, other in (("spaces/", "space"), ("datasets/", "dataset")):
        if value.startswith(prefix) and value.count("/") == 2:
            value, kind = value[len(prefix) :], other  # type: ignore[assignment]
    match = _ID.fullmatch(value)
    if match is None:
        return _path_or_single(value, strength, kind)
    return _named(match, "strong" if prefixed else strength, kind)


def _path_or_single(value: str, strength: Strength, kind: RepoType) -> Value | None:
    if "/" not in value and "\\" not in value:
        repo_id = (
            single(value, kind) if strength == "strong" or (kind == "model" and strength == "weak") else None
        )
        return Value(repo_id, kind=kind) if repo_id else None
    return Value(local=True) if strength == "strong" and local(value) else None


def _named(match: re.Match[str], strength: Strength, kind: RepoType) -> Value | None:
    namespace, name, revision, tag = match.groups()
    repo_id = f"{namespace}/{name}"
    if placeholder(repo_id):
        return None
    if not plausible(namespace, name):
        return Value(local=True) if strength == "strong" and local(repo_id) else None
    if namespace in idtables.HOSTED or (strength != "strong" and hosted(match.group())):
        return None
    if strength == "bare" and not (known(repo_id) and _telling(namespace, name)):
        return None
    # A tag is how images are named; of models only the quantised ones of the GGUF tools have one.
    if tag and strength != "strong" and not known(repo_id) and "gguf" not in name.lower():
        return None
    return Value(repo_id, revision, kind)
