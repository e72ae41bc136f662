"""The SBOM of a release as one of its assets, so that it outlives the retention of artifacts."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from scanner.event import Event
from scanner.publish.client import Client, Refused
from scanner.publish.files import opened

MAX_ASSET = 256 * 1024 * 1024
"""Bytes; GitHub takes 2 GiB."""

_ODD = re.compile(r"[^A-Za-z0-9._-]+")


def asset_name(repository: str, tag: str) -> str:
    """``<repository>-<tag>.cdx.json`` in characters that GitHub keeps in the name of an asset."""
    name = repository.partition("/")[2]
    return f"{name}-{_ODD.sub('-', tag).strip('-.')[:100] or 'release'}.cdx.json"


def attach(client: Client, event: Event, sbom: Path) -> str:
    """Attach ``sbom`` to the release of ``event`` in place of what we attached before; its address.

    An older one goes only when the new one is there. An asset of that name that somebody else uploaded stays.

    Raises:
        ApiError: GitHub did not take it.
        OSError: there is no SBOM.
        NotPlain: it is not a file that can be attached.
    """
    name = asset_name(event.repository, event.release_tag or "")
    size, digest = _measured(sbom)
    release = client.get(f"/releases/{event.release_id}")
    assets = f"/releases/{event.release_id}/assets"
    old = _named(client, assets, name)
    if old and old.get("digest") == digest:
        return str(old["browser_download_url"])
    if old and (old.get("uploader") or {}).get("login") != client.login():
        raise Refused(
            422, f"the release has an asset {name} that somebody else uploaded; remove or rename it"
        )
    fresh = f"new-{name}" if old else name
    if old and (left := _named(client, assets, fresh)):
        client.delete(f"/releases/assets/{left['id']}")
    url = str(release["upload_url"]).partition("{")[0]
    made = client.upload(url, fresh, _opener(sbom), size, lambda: _named(client, assets, fresh, digest))
    if old:
        client.delete(f"/releases/assets/{old['id']}")
        made = client.patch(f"/releases/assets/{made['id']}", {"name": name})
    return str(made["browser_download_url"])


def _named(client: Client, assets: str, name: str, digest: str | None = None) -> Any:
    found = (asset for asset in client.pages(assets) if asset["name"] == name)
    return next((asset for asset in found if digest is None or asset.get("digest") == digest), None)


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: opened(path, MAX_ASSET)


def _measured(path: Path) -> tuple[int, str]:
    with opened(path, MAX_ASSET) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return os.fstat(stream.fileno()).st_size, f"sha256:{digest}"
