"""The committed part of GitHub's OpenAPI description: what the server of the tests is held to."""

from __future__ import annotations

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from openapi_core import OpenAPI

SUBSET = Path(__file__).parent / "data" / "github-openapi-subset.json"
API, UPLOADS = "https://api.github.com", "https://uploads.github.com"
UPLOAD = "repos/upload-release-asset"
"""The one operation that has a host of its own."""


@cache
def described() -> Any:
    """The committed part of GitHub's description."""
    found = json.loads(SUBSET.read_text("utf-8"))
    found["servers"] = [{"url": API}]
    for methods in found["paths"].values():
        for operation in methods.values():
            if operation["operationId"] == UPLOAD:
                operation["servers"] = [{"url": UPLOADS}]
    return found


@cache
def description() -> OpenAPI:
    """The same, compiled once for all servers of a process."""
    return OpenAPI.from_dict(described())


def example(operation: str) -> Any:
    """The example of a good answer that the description gives; of a list its first item."""
    for methods in described()["paths"].values():
        for found in methods.values():
            if found["operationId"] == operation:
                good = next(body for status, body in found["responses"].items() if status[0] == "2")
                value = good["content"]["application/json"]["examples"]["default"]["value"]
                return copy.deepcopy(value[0] if isinstance(value, list) else value)
    raise KeyError(operation)
