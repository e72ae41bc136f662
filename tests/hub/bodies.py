"""Bodies of the Hub's API as its OpenAPI description has them, and the record that is read from them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from scanner.hub.interface import Record, restored
from scanner.hub.record import read

HEAD, PARENT, ROOT, STRANGE = ("a1" * 20, "b2" * 20, "c3" * 20, "d4" * 20)
BLOB, OTHER_BLOB, WEIGHTS = ("e5" * 20, "f6" * 20, "07" * 32)
DATE = "2024-05-01T10:20:30.000Z"


def scan(status: str = "safe", **more: Any) -> dict[str, Any]:
    return {"status": status, **more}


def security(**scans: dict[str, Any]) -> dict[str, Any]:
    names = ("avScan", "pickleImportScan", "protectAiScan", "jFrogScan", "virusTotalScan")
    return {"status": "safe", **{name: scan() for name in names}, **scans}


def file(path: str, **more: Any) -> dict[str, Any]:
    return {"type": "file", "path": path, "size": 12, "oid": BLOB, **more}


def commit(identity: str, **more: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "title": "Upload model",
        "message": "",
        "authors": [{"user": "jane", "avatar": "/avatars/1.svg"}],
        "date": DATE,
        **more,
    }


INFO: dict[str, Any] = {
    "_id": "621ffdc036468d709f17434d",
    "id": "acme/ranker",
    "modelId": "acme/ranker",
    "author": "acme",
    "sha": HEAD,
    "lastModified": "2024-05-02T00:00:00.000Z",
    "createdAt": "2022-03-02T23:29:04.000Z",
    "private": False,
    "gated": False,
    "disabled": False,
    "downloads": 7,
    "likes": 3,
    "tags": ["transformers", "license:apache-2.0", "region:us"],
    "pipeline_tag": "text-classification",
    "library_name": "transformers",
    "cardData": {
        "license": "apache-2.0",
        "language": ["en", "de"],
        "base_model": "google-bert/bert-base-uncased",
        "base_model_relation": "finetune",
        "datasets": ["stanfordnlp/imdb"],
    },
    "config": {
        "architectures": ["Ranker"],
        "auto_map": {"AutoModel": "modeling.Ranker"},
        "tokenizer_config": {"auto_map": {"AutoTokenizer": ["other/tok--tokenization.Tok", None]}},
    },
    "safetensors": {"parameters": {"F32": 110}, "total": 110},
    "siblings": [{"rfilename": "model.safetensors"}, {"rfilename": "modeling.py"}],
}
TREE: list[dict[str, Any]] = [
    {"type": "directory", "oid": OTHER_BLOB, "size": 0, "path": "onnx"},
    file(
        "model.safetensors",
        size=440,
        lfs={"oid": WEIGHTS, "size": 440, "pointerSize": 134},
        xetHash="9" * 64,
        securityFileStatus=security(),
    ),
    file("modeling.py", securityFileStatus=security(jFrogScan=scan("unscanned", message="Not a model"))),
]
REFS: dict[str, Any] = {
    "branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": HEAD}],
    "tags": [{"name": "v1", "ref": "refs/tags/v1", "targetCommit": PARENT}],
    "converts": [],
}
ORGANIZATION = {"name": "acme", "fullname": "Acme", "isVerified": True, "numModels": 2, "plan": "team"}
BODIES: dict[str, Any] = {
    "info": INFO,
    "tree.0": TREE,
    "refs": REFS,
    "commits.0": [commit(HEAD), commit(PARENT), commit(ROOT, title="initial commit")],
    "organization": ORGANIZATION,
}


def bodies(**changes: Any) -> dict[str, Any]:
    """The bodies with some of them replaced; dots of a role are written as two underscores."""
    return copy.deepcopy(BODIES) | {role.replace("__", "."): body for role, body in changes.items()}


def info(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(INFO), **changes}


def answer(folder: Path, given: dict[str, Any], *lacking: str) -> dict[str, Any]:
    """The worker's answer; a body that is bytes is written as it is, one that is None is not there."""
    documents = {}
    for role, body in given.items():
        if body is None:
            continue
        path = folder / role
        path.write_bytes(body if isinstance(body, bytes) else json.dumps(body).encode())
        documents[role] = str(path)
    job = {"repo_type": "model", "repo_id": "Acme/Ranker", "documents": documents, "lacking": list(lacking)}
    return read(job)


def record(folder: Path, given: dict[str, Any], *lacking: str) -> Record:
    return restored(answer(folder, given, *lacking))
