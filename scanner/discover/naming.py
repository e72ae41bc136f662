"""How a loader reads the text it is given: as an id, with a prefix or a revision, or as a path."""

from __future__ import annotations

import re
from typing import NamedTuple

from scanner.discover.forms import is_path, is_repo_id
from scanner.discover.interface import RepoType
from scanner.discover.loader import Loader, Prefix

_STORES = {
    "s3://": "s3", "s3a://": "s3", "gs://": "gcs", "az://": "azure", "abfs://": "azure", "wasbs://": "azure",
    "models:/": "mlflow", "runs:/": "mlflow", "mlflow-artifacts:/": "mlflow", "kaggle://": "kaggle",
    "ngc://": "ngc", "oci://": "oci", "modelscope://": "modelscope",
}  # fmt: skip

_HUB_ADDRESS = re.compile(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<kind>datasets/|spaces/)?(?P<id>[\w.-]+/[\w.-]+)"
    r"(?:/(?:resolve|blob|raw|tree)/(?P<revision>[^/]+)(?:/(?P<file>[^?#]+))?)?(?:[?#].*)?"
)
_KINDS: dict[str | None, RepoType] = {"datasets/": "dataset", "spaces/": "space", None: "model"}

_BUILDERS = frozenset(
    [
        "arrow",
        "audiofolder",
        "cache",
        "csv",
        "generator",
        "hdf5",
        "imagefolder",
        "json",
        "lance",
        "niftifolder",
        "pandas",
        "parquet",
        "pdffolder",
        "spark",
        "sql",
        "text",
        "videofolder",
        "webdataset",
        "xml",
        "eval",
    ]
)

# What sentence-transformers asks for under its bare name, being models of the time before owners.
_BASIC = re.compile(
    r"(?i)(?:albert-\w+-v[12]|bert-(?:base|large)-.+|distilbert-base-.+|distilroberta-base|distilgpt2|gpt2(?:-\w+)?"
    r"|openai-gpt|roberta-(?:base|large).*|xlm-roberta-(?:base|large).*|xlm-mlm-.+|xlm-clm-.+|xlnet-\w+-cased|t5-\w+"
    r"|camembert-base|ctrl|transfo-xl-wt103)"
)


class Named(NamedTuple):
    """What a text names: the id, or the path or address."""

    text: str
    local: bool = False
    repo_type: RepoType | None = None
    revision: str | None = None
    at_revision: bool = False
    store: str | None = None
    files: tuple[str, ...] = ()


def name_of(row: Loader, text: str) -> Named | None:
    """What the loader of ``row`` would load for ``text``; null when it would load nothing from anywhere."""
    text = text.strip()
    if not text or (row.builders and text in _BUILDERS):
        return None
    if text in row.aliases:
        return Named(row.aliases[text])
    store = next((name for scheme, name in _STORES.items() if text.startswith(scheme)), None)
    if store is not None:
        return Named(text, repo_type="other", store=store)
    if row.repo_type == "other":
        return Named(text, local=is_path(text) and "://" not in text, repo_type="other", store=row.store)
    if "://" in text and not text.startswith("hf://"):
        return _address(text)
    prefix = next((one for one in row.prefixes if text.startswith(one.text)), None)
    if prefix is None:
        return None if row.needs_prefix else _plain(row, text)
    return _prefixed(row, prefix, text[len(prefix.text) :])


def _address(text: str) -> Named | None:
    match = _HUB_ADDRESS.fullmatch(text)
    if match is None or not is_repo_id(match["id"]):
        return None
    files = (match["file"],) if match["file"] else ()
    return Named(match["id"], False, _KINDS[match["kind"]], match["revision"], files=files)


def _prefixed(row: Loader, prefix: Prefix, rest: str) -> Named | None:
    if prefix.store is not None:
        return Named(prefix.text + rest, repo_type=prefix.repo_type, store=prefix.store)
    if is_path(rest) and not row.within and not prefix.text:
        return Named(rest, local=True)
    revision: str | None = None
    files: tuple[str, ...] = ()
    if row.within:
        rest, *inner = _within(rest)
        files = tuple(inner)
    if prefix.at_revision and "@" in rest:
        rest, _, revision = rest.partition("@")
    found = _plain(row, rest)
    if found is None:
        return None
    return found._replace(
        repo_type=prefix.repo_type, revision=revision or None, at_revision=prefix.at_revision, files=files
    )


def _within(text: str) -> list[str]:
    """The id, and the path that follows it."""
    owner, _, rest = text.partition("/")
    name, _, file = rest.partition("/")
    return [f"{owner}/{name}", *([file] if file else [])]


def _plain(row: Loader, text: str) -> Named | None:
    if is_path(text):
        return Named(text, local=True)
    if not is_repo_id(text) or not (row.one_segment or "/" in text):
        return None
    if (
        row.namespace
        and "/" not in text
        and not (row.namespace == "sentence-transformers" and _BASIC.fullmatch(text))
    ):
        text = f"{row.namespace}/{text}"
    return Named(text)
