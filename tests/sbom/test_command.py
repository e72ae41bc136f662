"""``modelward sbom check`` and ``sbom diff``, as they are typed: on documents of ours and of other tools."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sbom.samples import SYFT
from tests.support import Ran, modelward

MODEL = "pkg:huggingface/acme/ner@" + "a" * 40
HOSTILE = "\x1b]0;owned\x07\u202e\n::error::x ##[error]y"


def bom(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": [*components], **more}


def model(name: str = "ner", **more: Any) -> dict[str, Any]:
    return {"type": "machine-learning-model", "bom-ref": MODEL, "name": name, "purl": MODEL, **more}


def package(name: str, version: str) -> dict[str, Any]:
    address = f"pkg:pypi/{name}@{version}"
    return {"type": "library", "bom-ref": address, "name": name, "version": version, "purl": address}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def saved(folder: Path, document: object, name: str = "bom.json") -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return path


def check(folder: Path, document: object, *options: str) -> Ran:
    return modelward("sbom", "check", saved(folder, document), *options)


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What two generators make documents of."""
    made = tmp_path_factory.mktemp("project")
    (made / "requirements.txt").write_text("flask==2.0.1\n")
    lock: dict[str, Any] = {"name": "x", "version": "1.0.0", "lockfileVersion": 3}
    lock["packages"] = {"": {"name": "x", "version": "1.0.0"}, "node_modules/left-pad": {"version": "1.3.0"}}
    (made / "package-lock.json").write_text(json.dumps(lock))
    return made


def test_documents_of_syft_and_cyclonedx_py_are_read_and_compared(manifests: Path, folder: Path) -> None:
    assert SYFT is not None
    theirs, others = folder / "syft.json", folder / "py.json"
    quiet = {**os.environ, "SYFT_CHECK_FOR_APP_UPDATE": "false"}
    scan = [SYFT, "scan", "dir:.", "--quiet", "--output", f"cyclonedx-json={theirs}"]
    subprocess.run(scan, cwd=manifests, env=quiet, check=True, capture_output=True)
    read = [sys.executable, "-m", "cyclonedx_py", "requirements", "requirements.txt", "-o", str(others)]
    subprocess.run(read, cwd=manifests, check=True, capture_output=True)
    for path in (theirs, others):
        ran = modelward("sbom", "check", path)
        assert (ran.status, ran.err) == (0, "")
        assert "valid: the strict schema" in ran.out
        assert "CISA Minimum Elements" in ran.out
        assert "absent   SBOM: SBOM author" in ran.out
        assert "(mapping)" in ran.out
        assert ran.out.rstrip().endswith("they claim no conformity.")
    ran = modelward("sbom", "diff", others, theirs)
    assert (ran.status, ran.err) == (0, "")
    assert "added package left-pad 1.3.0" in ran.out.splitlines()
    assert "flask" not in ran.out


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        pytest.param(  # as the OWASP generator writes ethical considerations and data sets
            bom(model(modelCard={"considerations": {"ethicalConsiderations": [{"description": "x"}]}})),
            "/components/0/modelCard/considerations/ethicalConsiderations/0",
            id="a key that ethical considerations do not have",
        ),
        pytest.param(  # as AIBoMGen and the taxonomy's own examples do
            bom(model(modelCard={"modelParameters": {"properties": [{"name": "a", "value": "b"}]}})),
            "/components/0/modelCard/modelParameters",
            id="properties of model parameters",
        ),
        pytest.param(  # as cyclonedx-python-lib's object model writes it
            bom(model(mimeType="text/plain")), "mimeType", id="a key in the wrong case"
        ),
        pytest.param(
            bom(model(evidence={"occurrences": [{"location": "/home/runner/work/m.bin"}]})),
            "'/home/runner/work/m.bin' is not relative",
            id="a place on a runner",
        ),
        pytest.param(bom(model(), model("other")), f"'{MODEL}'", id="two components of one reference"),
        pytest.param(
            bom(model(), dependencies=[{"ref": MODEL, "dependsOn": ["pkg:pypi/gone@1"]}]),
            "'pkg:pypi/gone@1' is no reference of this document",
            id="an edge to nothing",
        ),
        pytest.param(
            bom(model(purl="acme/ner")), "'acme/ner' is not a package URL", id="a purl that is none"
        ),
        pytest.param(
            bom(model(licenses=[{"expression": "llama2 or other"}])),
            "is not an SPDX licence expression",
            id="an expression that means nothing",
        ),
    ],
)
def test_the_known_defects_of_other_generators_are_named(
    folder: Path, document: dict[str, Any], complaint: str
) -> None:
    ran = check(folder, document)
    assert ran.status == 1
    assert any("wrong: " in line and complaint in line for line in ran.out.splitlines()), ran.out
    assert "G7 SBOM for AI" in ran.out, "the fields are told all the same"


def test_a_document_of_an_old_version_is_held_against_its_own_schema(folder: Path) -> None:
    old = bom(package("a", "1"), specVersion="1.4")
    assert check(folder, old).status == 0
    ran = check(folder, bom(model(), specVersion="1.4"))
    assert (ran.status, "machine-learning-model" in ran.out) == (1, True)


def test_the_answer_as_json(folder: Path) -> None:
    answer = json.loads(check(folder, bom(model()), "--json").out)
    assert (answer["spec_version"], answer["components"], answer["defects"]) == ("1.6", 1, [])
    assert {each["profile"] for each in answer["profiles"] if each["kind"] == "profile"} == {
        "cisa-2026",
        "g7-ai-2026",
        "bsi-tr-03183-2",
    }
    new = saved(folder, bom(package("a", "2")), "new.json")
    ran = modelward("sbom", "diff", saved(folder, bom(package("a", "1"))), new, "--json")
    (change,) = json.loads(ran.out)
    assert (change["change"], change["before"], change["after"]) == ("updated", "1", "2")


def test_a_licence_that_changes_is_told(folder: Path) -> None:
    old, new = (
        saved(folder, bom(model(licenses=[{"license": {"id": each}}])), f"{each}.json")
        for each in ("MIT", "Apache-2.0")
    )
    assert modelward("sbom", "diff", old, new).out == "updated model ner (licence MIT → Apache-2.0)\n"
    same = modelward("sbom", "diff", old, old)
    assert (same.status, same.out.startswith("no difference in models")) == (0, True)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT"}', "SPDX is another format"),
        ("SPDXVersion: SPDX-2.3\n", "this is SPDX"),
        ('<?xml version="1.0"?><bom xmlns="http://cyclonedx.org/schema/bom/1.6"/>', "convert it to JSON"),
        ('{"bomFormat": "CycloneDX", "specVersion": "9.9"}', "version 1.2 to 1.7"),
        ("\x00\x01garbage", "is not JSON"),
        ("", "is not JSON"),
        ("[" * 200_000, "is not JSON"),
        ('"' + "x" * (17 << 20) + '"', "more than"),
    ],
    ids=["spdx json", "spdx", "xml", "version", "garbage", "empty", "deep", "huge"],
)
def test_what_is_no_such_document_ends_with_2(folder: Path, text: str, why: str) -> None:
    ran = check(folder, text)
    assert (ran.status, ran.out) == (2, "")
    assert why in ran.err
    assert len(ran.err.splitlines()) == 1


def test_what_is_no_file_ends_with_2(folder: Path) -> None:
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    for path, why in ((folder, "regular file"), (pipe, "regular file"), (folder / "none", "No such file")):
        ran = modelward("sbom", "check", path)
        assert (ran.status, why in ran.err) == (2, True), ran.err
    good = saved(folder, bom())
    assert modelward("sbom", "diff", good, pipe).status == 2


def test_the_exit_status_is_documented() -> None:
    for command in ("check", "diff"):
        said = modelward("sbom", command, "--help").out
        assert "Exit status: 0" in said
        assert "2 when" in said


def test_a_deep_document_of_the_right_kind_is_survived(folder: Path) -> None:
    depth = 800
    deep = '{"type": "library", "name": "x", "components": [' * depth + "]}" * depth
    ran = check(folder, f'{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{deep}]}}')
    assert ran.status in (1, 2)
    assert "Traceback" not in ran.err


def test_no_name_in_a_document_steers_the_terminal_or_the_runner(folder: Path) -> None:
    evil = bom(
        model(HOSTILE, licenses=[{"license": {"name": HOSTILE}}]),
        {"type": HOSTILE, "name": HOSTILE, "purl": HOSTILE},
    )
    empty = saved(folder, bom(), "empty.json")
    path = saved(folder, evil)
    for words in (
        ("check", path),
        ("check", path, "--json"),
        ("diff", empty, path),
        ("diff", path, empty, "--json"),
    ):
        ran = modelward("sbom", *words)
        assert "owned" in ran.out
        for line in (ran.out + ran.err).split("\n"):
            assert line.isprintable()
            assert not line.startswith(":"), "a name stays on its line"
            if "--json" not in words:
                assert "::" not in line
                assert "##[" not in line
