"""Write the part of GitHub's OpenAPI description that the test server holds requests and answers to.

    python scripts/github-openapi-subset.py 23.0.2           # a version of the npm package @octokit/openapi
    python scripts/github-openapi-subset.py api.github.com.json

Kept are the operations of ``tests/servers/operations.py``, what they refer to, and one example of each good
answer, from which the server makes its own; prose is left out. Needs npm for a version. The description is
published under the MIT licence by GitHub and the Octokit contributors.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.servers.operations import OPERATIONS  # noqa: E402 - it finds the tests beside itself

TARGET = ROOT / "tests" / "servers" / "data" / "github-openapi-subset.json"
MEMBER = "package/generated/api.github.com.json"
PROSE = {"summary", "externalDocs", "tags", "examples", "example", "deprecated"}
NAMED = {"properties", "schemas", "parameters", "responses", "headers", "content", "examples", "paths"}
"""Keys whose own keys are names, not words of the description format."""


def description(source: str) -> dict[str, Any]:
    """The whole description, out of a file or of the npm package of that version."""
    path = Path(source)
    if path.is_file():
        found: dict[str, Any] = json.loads(path.read_bytes())
        return found
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", "--silent", "--pack-destination", folder, f"@octokit/openapi@{source}"]
        subprocess.run(pack, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as packed:
            member = packed.extractfile(MEMBER)
            assert member is not None
            packed_description: dict[str, Any] = json.load(member)
            return packed_description


def stripped(node: Any, named: bool = False) -> Any:
    """``node`` without prose and extensions; ``named`` tells that its keys are names."""
    if isinstance(node, list):
        return [stripped(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for key, value in node.items():
        if not named and (key in PROSE or key.startswith("x-")):
            continue
        if key == "description" and isinstance(value, str) and not named:
            continue
        kept[key] = stripped(value, named=not named and key in NAMED)
    return kept


def answers(operation: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """The answers of an operation: the good ones with one example each, the others without a body."""
    kept: dict[str, Any] = {}
    for status, response in operation["responses"].items():
        response = _followed(response, whole)
        kept[status] = {"description": ""}
        if not status.startswith("2"):
            continue
        for media, body in response.get("content", {}).items():
            into = {"schema": stripped(body["schema"])}
            if body.get("examples"):
                example = _followed(next(iter(body["examples"].values())), whole)
                into["examples"] = {"default": {"value": example["value"]}}
            kept[status].setdefault("content", {})[media] = into
    return kept


def _followed(node: Any, whole: dict[str, Any]) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        node = _at(node["$ref"], whole)
    return node


def _at(reference: str, whole: dict[str, Any]) -> Any:
    found: Any = whole
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def references(node: Any) -> set[str]:
    """Every ``$ref`` below ``node``."""
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*map(references, node.values()))
    return set().union(*map(references, node)) if isinstance(node, list) else set()


def subset(whole: dict[str, Any]) -> dict[str, Any]:
    """The description of our operations and what they refer to."""
    paths: dict[str, Any] = {}
    missing = set(OPERATIONS)
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and operation.get("operationId") in missing:
                missing.remove(operation["operationId"])
                kept = stripped({key: value for key, value in operation.items() if key != "responses"})
                kept.pop("servers", None)
                kept["responses"] = answers(operation, whole)
                paths.setdefault(path, {})[method] = kept
    if missing:
        raise SystemExit(f"not in this description: {', '.join(sorted(missing))}")
    components: dict[str, Any] = {}
    todo = references(paths)
    while todo:
        reference = todo.pop()
        kind, name = reference.removeprefix("#/components/").split("/")
        if name not in components.setdefault(kind, {}):
            components[kind][name] = stripped(_at(reference, whole))
            todo |= references(components[kind][name])
    ordered = {kind: dict(sorted(members.items())) for kind, members in sorted(components.items())}
    info = {
        "title": "The part of GitHub's REST API that Modelward uses",
        "version": whole["info"]["version"],
        "license": {"name": "MIT"},
        "x-made-from": f"@octokit/openapi {whole['info']['version']}, {Path(MEMBER).name}",
        "x-made-by": "scripts/github-openapi-subset.py",
    }
    return {"openapi": whole["openapi"], "info": info, "paths": paths, "components": ordered}


def main(source: str) -> None:
    """Write the subset."""
    text = json.dumps(subset(description(source)), indent=0, ensure_ascii=True, sort_keys=False)
    TARGET.write_text(text + "\n", "utf-8")
    print(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
