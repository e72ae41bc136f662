"""From the bodies of the Hub's API to a :class:`Record`; runs in a worker and loads no pydantic.

The shapes are those of the Hub's OpenAPI description. Card data is what the publisher wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from scanner.hub import history
from scanner.hub.documents import LIST, Documents, Fields
from scanner.hub.interface import Record
from scanner.hub.statements import statements
from scanner.hub.texts import COMMIT, DATE, REPO_ID, Problems, clean
from scanner.hub.tree import files

_IDENTITY = re.compile(r"[0-9A-Za-z_-]{1,64}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
_LICENSE_TAG = "license:"
_LICENSE = 200
_CODE = 200
_NODES = 10_000
_RELATIONS = re.compile(r"[a-z_]{1,40}")


def read(job: dict[str, Any]) -> dict[str, Any]:
    """A :class:`Record` as JSON.

    ``job``: ``repo_type``, ``repo_id``, ``documents`` (path of each body by its role, see
    :class:`~scanner.exchange.HubRecordRequest`) and ``lacking`` (roles that could not be had).
    Never raises for what the bodies hold.
    """
    problems = Problems()
    documents = Documents(job["documents"], frozenset(job.get("lacking", ())), problems)
    info = Fields(documents.one("info"), "info", problems)
    record = Record(
        repo_type=job["repo_type"],
        repo_id=info.matched("id", REPO_ID) or job["repo_id"],
        commit=info.matched("sha", COMMIT) or "",
    )
    if not record.commit:
        problems.tell("the Hub's description of the repository names no commit")
    _describe(record, info)
    _card(record, info)
    record.auto_map = _auto_map(info.raw("config"), problems)
    _publisher(record, documents, problems)
    record.files, record.files_complete = files(documents, info.raw("siblings"), problems)
    record.card = statements(info, record.repo_type, record.files, problems)
    _history(record, documents, problems)
    record.problems = problems.told
    return asdict(record)


def _describe(record: Record, info: Fields) -> None:
    """What the Hub itself says."""
    record.identity = info.matched("_id", _IDENTITY)
    record.author = info.matched("author", _NAME) or (
        record.repo_id.split("/")[0] if "/" in record.repo_id else None
    )
    record.created = info.matched("createdAt", DATE)
    record.last_modified = info.matched("lastModified", DATE)
    record.private = info.flag("private")
    record.disabled = info.flag("disabled")
    gated = info.raw("gated")
    record.gated = "no" if gated is False else info.matched("gated", re.compile("auto|manual"))
    record.downloads = info.count("downloads")
    record.likes = info.count("likes")
    record.parameters = info.inner("safetensors").count("total") or info.inner("gguf").count("total")


def _card(record: Record, info: Fields) -> None:
    """What the publisher says; where the card is silent, what the Hub makes of it."""
    card = info.inner("cardData")
    tags = [tag for tag in info.texts("tags", 10_000) if tag.startswith(_LICENSE_TAG)]
    derived = info.raw("baseModels")
    models = derived.get("models") if isinstance(derived, dict) else derived
    named = [model.get("id") if isinstance(model, dict) else model for model in _list(models)]
    offers: dict[str, tuple[Any, Any]] = {
        "license": (", ".join(card.texts("license", 10))[:_LICENSE] or None, _untagged(tags)),
        "license_name": (card.text("license_name"), None),
        "license_link": (card.text("license_link"), None),
        "library": (card.text("library_name", 100), info.text("library_name", 100)),
        "task": (card.text("pipeline_tag", 100), info.text("pipeline_tag", 100)),
        "languages": (card.texts("language", limit=60), None),
        "base_models": (_ids(card.texts("base_model")), _ids(named)),
        "base_model_relation": (
            card.matched("base_model_relation", _RELATIONS),
            info.inner("baseModels").matched("relation", _RELATIONS) if isinstance(derived, dict) else None,
        ),
        "datasets": (card.texts("datasets"), None),
    }
    for name, (stated, asserted) in offers.items():
        if stated or asserted:
            setattr(record, name, stated or asserted)
        if stated:
            record.stated.append(name)


def _untagged(tags: list[str]) -> str | None:
    return clean(tags[0].removeprefix(_LICENSE_TAG), _LICENSE) or None if tags else None


def _ids(names: list[Any]) -> list[str]:
    """Those that can be ids of repositories: cards name folders and sentences, too."""
    return [name for name in names if isinstance(name, str) and REPO_ID.fullmatch(name)][:LIST]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _auto_map(config: Any, problems: Problems) -> list[str]:
    """What each ``auto_map`` of the configuration names, also that of the tokenizer inside it."""
    found: set[str] = set()
    for mapping in _mappings(config, problems):
        for target in mapping.values():
            for name in target if isinstance(target, list) else [target]:
                if isinstance(name, str) and name.strip():
                    found.add(clean(name.strip(), _CODE))
    if len(found) > LIST:
        problems.tell(f"auto_map names more than {LIST} classes")
    return sorted(found)[:LIST]


def _mappings(config: Any, problems: Problems) -> Iterator[dict[str, Any]]:
    waiting, seen = [config], 0
    while waiting:
        node = waiting.pop()
        seen += 1
        if seen > _NODES:
            problems.tell("the configuration is too large to look at every key")
            return
        if isinstance(node, dict):
            if isinstance(node.get("auto_map"), dict):
                yield node["auto_map"]
            waiting += [value for key, value in node.items() if key != "auto_map"]
        elif isinstance(node, list):
            waiting += node


def _publisher(record: Record, documents: Documents, problems: Problems) -> None:
    for kind in ("organization", "user"):
        body = documents.one(kind)
        if isinstance(body, dict) and body:
            account = Fields(body, kind, problems)
            record.author_kind = kind
            record.author_verified = account.flag("isVerified")
            record.author_created = account.matched("createdAt", DATE)
            return
        if body is not None:
            problems.tell(f"{kind} describes no account")


def _history(record: Record, documents: Documents, problems: Problems) -> None:
    names = history.refs(documents, problems)
    record.branches, record.tags = names.branches, names.tags
    own = history.history(documents, "commits", record.commit, problems)
    record.commits, record.first_commit = own.commits, own.first
    record.commit_count = len(own.commits) if own.whole else None
    if not record.commit:
        return
    head = names.branches.get("main")
    main = history.history(documents, "main", head, problems) if head else history.History()
    record.reachable = history.reachable(record.commit, names, main.commits, main.whole)
