"""The committed JSON Schemas are those of the code, and say of a document what the code says of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from scanner.domain import Change, Finding, Noun, Report, Severity, Tool, Verdict
from scanner.evidence import Manifest
from scanner.exchange import BlobRequest, Requests
from scanner.hub.lock import Lock, LockEntry

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "schemas"

OID = "0" * 40
CHANGE = Change(mode="change", head=OID)
FINDING = Finding(
    fingerprint="f" * 32,
    rule="malformed-model",
    severity=Severity.HIGH,
    title="title",
    message="message",
    remediation="remediation",
)
DOCUMENTS: dict[str, Noun] = {
    "report": Report(
        tool=Tool(version="1"), change=CHANGE, verdict=Verdict.FAIL, reasons=["why"], findings=[FINDING]
    ),
    "evidence": Manifest(policy_date=date(2026, 1, 1), document_time=0, change=CHANGE),
    "requests": Requests(requests=[BlobRequest(oid=OID, extents=[(0, 10)])]),
    "lock": Lock(repositories=[LockEntry(type="model", id="org/name", commits={OID: {}})]),
}


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.schema.json").read_text())
    return loaded


def check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "schemas.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_schemas_are_those_of_the_code() -> None:
    result = check(ROOT)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_a_schema_that_is_not_that_of_the_code_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "scanner", tmp_path / "scanner", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(FOLDER, tmp_path / "docs" / "schemas")
    domain = tmp_path / "scanner" / "domain" / "report.py"
    domain.write_text(
        domain.read_text().replace("reasons: list[str]", "reasons: list[str]\n    extra: str = ''")
    )
    result = check(tmp_path)
    assert result.returncode == 1
    assert (
        result.stdout == "docs/schemas/report.schema.json is not what the code says: run scripts/dev docs\n"
    )


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_code_writes_is_valid(name: str) -> None:
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema(name))
    validator(schema(name)).validate(json.loads(DOCUMENTS[name].model_dump_json()))


def spoilt(name: str) -> Iterator[dict[str, Any]]:
    good = json.loads(DOCUMENTS[name].model_dump_json())
    yield {**good, "more": 1}
    yield {**good, "schema_version": "0"}
    required = schema(name).get("required", [])
    yield from ({key: value for key, value in good.items() if key != gone} for gone in required)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_the_code_refuses_is_invalid(name: str) -> None:
    validator = jsonschema.Draft202012Validator(schema(name))
    for document in spoilt(name):
        assert not validator.is_valid(document)
        with pytest.raises(ValidationError):
            type(DOCUMENTS[name]).model_validate_json(json.dumps(document))
