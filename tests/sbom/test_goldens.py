"""The kept documents: made as they are, valid by every judge we have, and read back by SPDX's own library."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.model.bom import Bom
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document
from spdx_tools.spdx.writer.write_anything import write_file

from scanner.sbom import validate
from scanner.sbom.completeness.evaluate import profiles
from tests.sbom import goldens

KEPT = {path.name: path for kind in ("cdx", "spdx") for path in sorted(goldens.FOLDER.glob(f"*.{kind}.json"))}
NEGATIVES = [name for name in KEPT if ".invalid." in name]
DOCUMENTS = [name for name in KEPT if name.endswith(".cdx.json") and name not in NEGATIVES]
SPDX = [name for name in KEPT if name.endswith(".spdx.json")]


@cache
def _strict(version: str) -> JsonStrictValidator:
    return JsonStrictValidator(SchemaVersion.from_version(version))


def objections(name: str) -> list[str]:
    """What the strict validator says of the whole document, without our slices."""
    text = KEPT[name].read_text()
    found = _strict(json.loads(text)["specVersion"]).validate_str(text, all_errors=True)
    return [str(each.data.message) for each in found or ()]


def loaded(name: str) -> dict[str, Any]:
    found = json.loads(KEPT[name].read_bytes())
    assert isinstance(found, dict)
    return found


def test_the_documents_are_made_as_they_are_kept() -> None:
    made = dict(goldens.documents())
    assert set(made) == set(KEPT), "python -m tests.sbom.goldens --write"
    different = [name for name, data in made.items() if KEPT[name].read_bytes() != data]
    assert different == [], "look at the difference, then: python -m tests.sbom.goldens --write"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_is_valid_whole_and_in_slices(name: str) -> None:
    assert objections(name) == []
    assert validate.check(KEPT[name].read_bytes()) == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_readers_that_use_the_library_know_every_end_of_an_edge(name: str) -> None:
    """It refuses to write a document whose graph names what is no component to it, as one in a pedigree."""
    library: Any = Bom
    read = library.from_json(loaded(name))
    version = SchemaVersion.from_version(loaded(name)["specVersion"])
    again = json.loads(make_outputter(read, OutputFormat.JSON, version).output_as_string())
    assert len(again["components"]) == len(loaded(name)["components"])


@pytest.mark.parametrize("name", NEGATIVES)
def test_what_is_not_valid_is_seen_whole_and_in_slices(name: str) -> None:
    assert objections(name)
    assert list(validate.schema_errors(loaded(name)))


@pytest.mark.parametrize("name", SPDX)
def test_the_spdx_library_reads_checks_and_writes_each_as_it_is(name: str, tmp_path: Path) -> None:
    document = parse_file(str(KEPT[name]))
    assert [each.validation_message for each in validate_full_spdx_document(document)] == []
    again = tmp_path / "again.spdx.json"
    write_file(document, str(again))
    assert parse_file(str(again)) == document
    whole = loaded(name.replace(".spdx.", ".cdx."))
    packages = {package.name.rpartition("/")[2] for package in document.packages}
    assert {each["name"] for each in whole["components"]} <= packages


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("profile", ["cisa-2026", "g7-ai-2026"])
def test_no_field_of_a_profile_is_passed_over_in_silence(name: str, profile: str) -> None:
    (found,) = [each for each in profiles(loaded(name)) if each.profile == profile]
    assert [field.field for field in found.fields if field.state == "absent"] == []
    assert any(field.state == "present" for field in found.fields)


def test_the_kept_documents_are_of_every_kind() -> None:
    assert {loaded(name)["specVersion"] for name in DOCUMENTS} == {"1.6", "1.7"}
    assert max(len(loaded(name)["components"]) for name in DOCUMENTS) > 100
    full = loaded("hub-full-card.cdx.json")
    kinds = {each["type"] for each in full["components"]}
    assert {"machine-learning-model", "data", "library", "container"} <= kinds
    assert {"vulnerabilities", "compositions", "annotations", "externalReferences"} <= set(full)
    assert len(SPDX) == len(DOCUMENTS)
