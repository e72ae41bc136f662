"""The documents of the Hub's API, made of the state; the field names are the Hub's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from scanner.demo.hub.content import Content
from scanner.demo.hub.state import SCANNERS, Account, Commit, HubState, Repository, identity, tree_oid

Document = dict[str, Any]

_MAIN = "main"


def info(repository: Repository, commit: Commit, *, blobs: bool, security: bool) -> Document:
    """What the Hub says of a repository at a commit."""
    kind = repository.repo_type
    main = repository.commits[repository.branches[_MAIN]]
    document: Document = {
        "_id": repository.identity,
        "id": repository.repo_id,
        "author": repository.author,
        "sha": commit.id,
        "createdAt": repository.created,
        "lastModified": main.date,
        "private": repository.private,
        "gated": repository.gated,
        "disabled": repository.disabled,
        "downloads": repository.downloads,
        "likes": repository.likes,
        "tags": repository.tags,
        "siblings": [_sibling(path, commit.files[path], blobs) for path in sorted(commit.files)],
    }
    card = repository.card if repository.card is not None else _front_matter(commit)
    if card is not None:
        document["cardData"] = card
    if kind == "model":
        config = repository.config if repository.config is not None else _config(commit)
        document |= {"modelId": repository.repo_id, "spaces": [], "config": config}
        document |= {"pipeline_tag": repository.pipeline_tag, "library_name": repository.library}
    if repository.parameters:
        total = sum(repository.parameters.values())
        document["safetensors"] = {"parameters": repository.parameters, "total": total}
    if security:
        document["securityRepoStatus"] = scan(repository, commit)
    return document | repository.info


def _front_matter(commit: Commit) -> Any:
    """What stands between the first lines of the card, as the Hub shows it."""
    import yaml

    readme = commit.files.get("README.md")
    parts = readme.read(0, readme.size).decode().split("---\n", 2) if readme else []
    return yaml.safe_load(parts[1]) if len(parts) == 3 and not parts[0] else None


def _config(commit: Commit) -> Any:
    """The part of the model's configuration that the Hub shows."""
    content = commit.files.get("config.json")
    values = json.loads(content.read(0, content.size)) if content else {}
    return {name: values[name] for name in ("architectures", "model_type", "auto_map") if name in values}


def _sibling(path: str, content: Content, blobs: bool) -> Document:
    sibling: Document = {"rfilename": path}
    if blobs:
        sibling |= {"size": content.size, "blobId": content.oid}
        if content.large:
            pointer = len(content.pointer)
            sibling["lfs"] = {"sha256": content.sha256, "size": content.size, "pointerSize": pointer}
    return sibling


def scan(repository: Repository, commit: Commit) -> Document:
    """What the scanners say of the repository as a whole."""
    worst = {path: _status(repository, path) for path in sorted(commit.files)}
    issues = [{"path": path, "level": level} for path, level in worst.items() if level != "safe"]
    return {"scansDone": True, "filesWithIssues": issues}


def _status(repository: Repository, path: str) -> str:
    found = set(repository.scans.get(path, {}).values())
    order = ("unsafe", "suspicious", "caution", "error", "queued", "unscanned")
    return next((status for status in order if status in found), "safe")


def security(repository: Repository, path: str) -> Document:
    """What each of the five scanners says of one file."""
    said = repository.scans.get(path, {})
    scans = {name: {"status": said.get(name, "safe"), "message": ""} for name in SCANNERS}
    scans["pickleImportScan"]["version"] = "0.0.32"
    return {"status": _status(repository, path), **scans}


def rows(commit: Commit, folder: str, *, recursive: bool) -> Iterator[Document]:
    """The rows of a tree listing below ``folder`` (empty: the root), sorted by path, without what costs."""
    prefix = f"{folder}/" if folder else ""
    inside = {path: content for path, content in commit.files.items() if path.startswith(prefix)}
    folders: dict[str, dict[str, Content]] = {}
    for path, content in inside.items():
        parts = path[len(prefix) :].split("/")[:-1]
        for depth in range(1, len(parts) + 1 if recursive else min(len(parts), 1) + 1):
            name = prefix + "/".join(parts[:depth])
            folders.setdefault(name, {})[path[len(name) + 1 :]] = content
    for path in sorted([*folders, *inside]):
        if path in folders:
            yield {"type": "directory", "oid": tree_oid(folders[path]), "size": 0, "path": path}
        elif recursive or "/" not in path[len(prefix) :]:
            yield row(path, inside[path])


def row(path: str, content: Content) -> Document:
    """One file of a tree listing."""
    document: Document = {"type": "file", "oid": content.oid, "size": content.size, "path": path}
    if content.large:
        pointer = len(content.pointer)
        document["lfs"] = {"oid": content.sha256, "size": content.size, "pointerSize": pointer}
    return document


def expanded(repository: Repository, commit: Commit, document: Document) -> Document:
    """The row with its last commit and, of a file, what the scanners say."""
    path = document["path"]
    last = commit
    for older in repository.history(commit)[1:]:
        if _below(older, path) != _below(commit, path):
            break
        last = older
    document["lastCommit"] = {"id": last.id, "title": last.title, "date": last.date}
    if document["type"] == "file":
        document["securityFileStatus"] = security(repository, path)
    return document


def _below(commit: Commit, path: str) -> dict[str, str]:
    """Which blobs a path stands for at a commit; a folder for all below it."""
    if path in commit.files:
        return {path: commit.files[path].oid}
    return {name: content.oid for name, content in commit.files.items() if name.startswith(f"{path}/")}


def commit_row(commit: Commit) -> Document:
    """One commit of a history."""
    authors = [{"user": name, "avatar": f"/avatars/{name}.svg"} for name in commit.authors]
    return {
        "id": commit.id,
        "title": commit.title,
        "message": commit.message,
        "authors": authors,
        "date": commit.date,
    }


def refs(repository: Repository, *, pulls: bool) -> Document:
    """Branches and tags, and on request the refs of pull requests."""

    def listed(names: dict[str, str], prefix: str) -> list[Document]:
        return [
            {"name": name, "ref": prefix + name, "targetCommit": oid} for name, oid in sorted(names.items())
        ]

    document: Document = {
        "branches": listed(repository.branches, "refs/heads/"),
        "tags": listed(repository.versions, "refs/tags/"),
        "converts": [],
    }
    if pulls:
        document["pullRequests"] = listed(repository.pulls, "")
    return document


def overview(state: HubState, account: Account) -> Document:
    """What the Hub says of the owner of a name space."""
    own = [each for each in state.repositories.values() if each.author == account.name]
    counts = {
        f"num{kind.title()}s": sum(each.repo_type == kind for each in own)
        for kind in ("model", "dataset", "space", "kernel")
    }
    document: Document = {
        "_id": account.identity or identity("account", account.name),
        "avatarUrl": f"/avatars/{account.name}.svg",
        "fullname": account.fullname or account.name,
        **counts,
        "numFollowers": 0,
    }
    if account.kind == "organization":
        return document | {
            "name": account.name,
            "isVerified": account.verified,
            "numUsers": account.members,
            "type": "org",
        }
    return document | {
        "user": account.name,
        "isPro": False,
        "createdAt": account.created,
        "orgs": [],
        "type": "user",
    }
