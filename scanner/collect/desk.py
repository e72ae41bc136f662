"""What a caller at a desk says of the Hub: the variables of the Hub's own client, and ``hf://`` addresses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from scanner.collect.errors import CollectError
from scanner.collect.wish import Hub, HubName, Osv

HF = "hf://"

_Kind = Literal["model", "dataset", "space", "kernel"]
_KINDS: dict[str, _Kind] = {
    "models": "model",
    "datasets": "dataset",
    "spaces": "space",
    "kernels": "kernel",
}
_NAME = re.compile(
    rf"hf://(?:(?P<kind>{'|'.join(_KINDS)})/)?(?P<id>[A-Za-z0-9][\w.-]{{0,95}}(?:/[\w.-]{{1,96}})?)"
    r"(?:@(?P<revision>[^\s@?#\\]{1,250}))?/?",
    re.ASCII,
)


def hub_of(env: Mapping[str, str]) -> Hub:
    """The Hub as ``HF_ENDPOINT`` and ``HF_TOKEN`` say; the token is used for this endpoint alone.

    Raises:
        CollectError: the endpoint is no address.
    """
    endpoint = checked_endpoint(env.get("HF_ENDPOINT", "").strip() or Hub.endpoint, "HF_ENDPOINT")
    return Hub(endpoint=endpoint, token=env.get("HF_TOKEN", "").strip())


def osv_of(env: Mapping[str, str]) -> Osv:
    """The vulnerability database as ``MODELWARD_OSV_DATABASE`` (a folder) or ``MODELWARD_OSV_URL`` say.

    Raises:
        CollectError: the URL is no address.
    """
    database = env.get("MODELWARD_OSV_DATABASE", "").strip()
    if database:
        return Osv(url="", database=Path(database))
    return osv_server(env.get("MODELWARD_OSV_URL", "").strip() or Osv.url, "MODELWARD_OSV_URL")


def osv_server(url: str, what: str) -> Osv:
    """A server of the OSV API; ``none`` is nobody.

    Raises:
        CollectError: it is no address; ``what`` names where it was said.
    """
    return Osv(url="" if url == "none" else checked_endpoint(url, what, "write https://api.osv.dev, or none"))


def checked_endpoint(endpoint: str, what: str, advice: str = "write https://huggingface.co") -> str:
    """An http or https origin, possibly with a path, without a slash at its end.

    Raises:
        CollectError: it is none; ``what`` names where it was said, ``advice`` what can be done.
    """
    try:
        parts = urlsplit(endpoint)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query
    except ValueError:
        usable = False
    if not usable or "@" in endpoint:
        raise CollectError(f"{what}: {endpoint!r} is no address of a server; {advice}")
    return endpoint.rstrip("/")


def hub_name(text: str) -> HubName:
    """One repository: ``hf://[datasets/|spaces/|kernels/]org/name[@revision]``.

    Raises:
        CollectError: it is not of this form.
    """
    found = _NAME.fullmatch(text)
    if found is None or ".." in found["id"]:
        raise CollectError(
            f"{text}: write hf://ORG/NAME or hf://ORG/NAME@REVISION, datasets as hf://datasets/…"
        )
    return HubName(_KINDS.get(found["kind"] or "", "model"), found["id"], found["revision"])
