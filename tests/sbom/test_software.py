"""The software of a repository, by the real syft and the real cyclonedx-py."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from scanner.sbom.feeders import syft
from scanner.sbom.feeders.process import GO_TOOL
from scanner.sbom.software import Software, collect, missing_includes
from tests.sbom.samples import (
    ALL,
    PACKAGE_LOCK,
    PIPFILE_LOCK,
    POETRY_LOCK,
    REQUIREMENTS,
    SYFT,
    UV_LOCK,
    A,
    B,
    by_name,
    properties,
)


@cache
def everything() -> Software:
    return collect(ALL, SYFT)


def test_all_ecosystems_are_in_and_complete() -> None:
    found = everything()
    assert found.warnings == ()
    assert found.complete
    assert {component.purl for component in found.components} == {
        "pkg:npm/%40scope/part@2.0.0",
        "pkg:npm/left-pad@1.3.0",
        "pkg:npm/web@1.0.0",
        "pkg:pypi/black?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Fblack%40main%23egg%3Dblack",
        "pkg:pypi/certifi@2024.2.2",
        "pkg:pypi/certifi@2024.2.2?repository_url=https:%2F%2Fpackages.example.org%2Fsimple",
        "pkg:pypi/flask",
        "pkg:pypi/numpy",
        "pkg:pypi/pytest@8.0.0",
        "pkg:pypi/requests@2.31.0",
        "pkg:pypi/torch?download_url=https:%2F%2Fdownloads.example.org%2Ftorch-2.0-py3-none-any.whl",
    }
    assert {tool.name for tool in found.tools} == {"syft", "cyclonedx-py"}


def test_a_package_named_by_both_feeders_is_one_component() -> None:
    requests = by_name(everything(), "requests")
    assert requests.bom_ref == requests.purl == "pkg:pypi/requests@2.31.0"
    assert properties(requests)["modelward:software:source"] == ["cyclonedx-py", "syft"]
    assert requests.evidence
    assert [(each.location, each.line) for each in requests.evidence.occurrences or ()] == [
        ("app/poetry.lock", None),
        ("requirements.txt", 3),
    ]


def test_unpinned_requirements_are_kept_without_a_version() -> None:
    flask = by_name(everything(), "Flask")
    assert flask.version is None
    assert properties(flask)["modelward:requirement:specifier"] == [">=2.0,<4"]
    assert properties(flask)["modelward:requirement:hashes"] == ["none"]
    assert "modelward:requirement:specifier" not in properties(by_name(everything(), "numpy"))


def test_digests_are_kept_without_an_address_that_no_manifest_names() -> None:
    requests = by_name(everything(), "requests")
    references = {
        each.url: {found.content for found in each.hashes or ()}
        for each in requests.external_references or ()
    }
    assert references == {"pkg:pypi/requests@2.31.0": {A, B}}


def test_no_default_index_no_credential_and_no_dropped_option_reaches_the_answer() -> None:
    text = json.dumps(everything().to_json())
    hosts = {
        word for word in text.replace("%2F", "/").replace('"', " ").replace("/", " ").split() if "." in word
    }
    assert "secret" not in text
    assert "index.invalid" not in text
    assert not [host for host in hosts if "pypi" in host or host.startswith("registry.")]


def test_edges_of_a_lock_are_kept_and_known_to_be_all() -> None:
    found = everything()
    edges = {edge.ref: edge.depends_on for edge in found.dependencies}
    assert edges["pkg:pypi/requests@2.31.0"] == ["pkg:pypi/certifi@2024.2.2"]
    assert set(edges) == {component.bom_ref for component in found.components}
    assert found.resolved == ("pkg:pypi/certifi@2024.2.2", "pkg:pypi/requests@2.31.0")
    assert "pkg:pypi/certifi@2024.2.2" not in found.direct


def test_the_address_a_lock_names_is_kept_and_both_feeders_meet_there() -> None:
    found = collect({"Pipfile.lock": PIPFILE_LOCK}, SYFT)
    certifi = by_name(found, "certifi")
    assert properties(certifi)["modelward:software:source"] == ["cyclonedx-py", "syft"]
    assert [each.url for each in certifi.external_references or ()] == [
        "https://packages.example.org/simple/certifi/"
    ]
    assert properties(by_name(found, "pytest"))["cdx:pipenv:category"] == ["develop"]


def test_licences_are_declared() -> None:
    licenses = by_name(everything(), "left-pad").licenses
    assert licenses
    (choice,) = licenses
    assert choice.license
    assert (choice.license.id, choice.license.acknowledgement) == ("WTFPL", "declared")


def test_the_answer_survives_json() -> None:
    found = everything()
    assert Software.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_two_runs_are_equal() -> None:
    assert collect(dict(reversed(ALL.items())), SYFT) == everything()


def test_nothing_to_read_runs_nothing_and_is_complete() -> None:
    assert collect({}, None) == Software()


def test_without_syft_the_rest_is_read_and_the_gap_is_said() -> None:
    found = collect({"requirements.txt": REQUIREMENTS, "package-lock.json": PACKAGE_LOCK}, None)
    assert not found.complete
    assert [warning.partition(",")[0] for warning in found.warnings] == ["syft was not found"]
    assert by_name(found, "requests").version == "2.31.0"


def test_a_manifest_that_no_feeder_understands_makes_it_incomplete() -> None:
    found = collect({"mix.lock": b"no lock\n", "requirements.txt": b"numpy==1.26.4\n"}, SYFT)
    assert not found.complete
    assert found.warnings == (
        "no package was found in mix.lock: it names none, or this version of syft does not read such files; "
        "another one can be named in MODELWARD_SYFT",
    )


def test_uv_lock_is_read_without_syft() -> None:
    found = collect({"uv.lock": UV_LOCK}, None)
    assert found.complete
    assert by_name(found, "certifi").version == "2024.2.2"


def test_gaps_known_beforehand_make_it_incomplete() -> None:
    found = collect({}, None, gaps=["environment.yml was not read"])
    assert (found.complete, found.warnings) == (False, ("environment.yml was not read",))


def test_missing_includes_are_named_before_any_tool_runs() -> None:
    files = {"requirements.txt": b"-r deps/base.in\n-r ../secret.txt\n"}
    assert missing_includes(files) == ["deps/base.in"]
    assert collect(files, None).missing_includes == ("deps/base.in",)
    assert missing_includes({**files, "deps/base.in": b"numpy\n"}) == []


def test_an_include_cannot_bring_in_a_file_of_the_machine(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("stolen==1.0\n")
    found = collect({"requirements.txt": f"-r {secret}\nnumpy==1.26.4\n".encode()}, SYFT)
    assert [component.name for component in found.components] == ["numpy"]
    assert not found.complete


def test_lines_that_break_a_parser_do_not_lose_the_others() -> None:
    hostile = b"root:x:0:0:root:/root:/bin/bash\nnumpy==1.26.4\n\x00\xff==\n<a href=x>\n"
    found = collect({"requirements.txt": hostile}, SYFT)
    assert by_name(found, "numpy").version == "1.26.4"
    assert not found.complete


def test_constraints_are_noted_and_not_listed() -> None:
    files = {"requirements.txt": b"-c limits.txt\nnumpy\n", "limits.txt": b"NumPy==1.26.4\nscipy==1.0\n"}
    found = collect(files, SYFT)
    assert properties(by_name(found, "numpy"))["modelward:requirement:constraint"] == [
        "==1.26.4 (limits.txt:1)"
    ]
    assert len(found.components) == 1


def test_a_poetry_project_that_cyclonedx_py_cannot_read_is_still_listed() -> None:
    project = b'[project]\nname = "demo"\nversion = "1"\n[tool.poetry]\npackages = []\n'
    found = collect({"poetry.lock": POETRY_LOCK, "pyproject.toml": project}, SYFT)
    assert {component.name for component in found.components} == {"certifi", "requests"}
    assert found.warnings == ("cyclonedx-py gave no answer for poetry.lock: it ended with status 1",)
    assert found.resolved == ()


@pytest.mark.parametrize(("path", "limit"), [("package-lock.json", 16 << 20), ("requirements.txt", 2 << 20)])
def test_a_file_beyond_the_bound_is_left_out_and_said(path: str, limit: int) -> None:
    found = collect({path: b" " * (limit + 1)}, SYFT)
    assert found.warnings == (f"{path} was left out: it holds {limit + 1} bytes, more than is read",)


def test_files_beyond_the_bound_together_are_left_out_and_said() -> None:
    files = {f"{number}/requirements.txt": b"#" * (2 << 20) for number in range(5)}
    (warning,) = collect(files, None).warnings[:1]
    assert warning.startswith("4/requirements.txt was left out")


def test_warnings_are_bounded() -> None:
    found = collect({"requirements.txt": b"".join(b"-r ../%d.txt\n" % number for number in range(200))}, SYFT)
    assert len(found.warnings) == 51
    assert found.warnings[-1] == "and 150 more of this kind"


@pytest.mark.parametrize("name", [".syft.yaml", "app/.syft.yaml"])
def test_a_configuration_of_syft_in_the_repository_reaches_nothing(name: str) -> None:
    hostile = b"exclude: ['**']\noutput: ['template']\nselect-catalogers: ['-python']\nfile: stolen\n"
    found = collect({"app/package-lock.json": PACKAGE_LOCK, name: hostile}, SYFT)
    assert found == collect({"app/package-lock.json": PACKAGE_LOCK}, SYFT)


@pytest.mark.parametrize(
    "path", ["a b/requirements.txt", "ü\n/requirements.txt", "-x/$(id)-requirements.txt"]
)
def test_odd_paths_come_back_as_they_are(path: str) -> None:
    found = collect({path: b"numpy==1.26.4\n"}, SYFT)
    (component,) = found.components
    assert component.evidence
    assert component.evidence.occurrences
    (occurrence,) = component.evidence.occurrences
    assert (occurrence.location, occurrence.line) == (path, 1)
    assert found.complete


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("exit 1", "it ended with status 1"),
        ("exec sleep 600", "it took longer than 1 s"),
        ("exec yes", "it wrote more than 67108864 bytes"),
        ("echo hello", "its answer was not JSON"),
        ("echo '[]'", "its answer was not a CycloneDX document"),
        ("echo '{\"bomFormat\": 1}'", "its answer was not a CycloneDX document"),
    ],
)
def test_a_syft_that_fails_is_a_warning(tmp_path: Path, body: str, reason: str) -> None:
    binary = tmp_path / "syft"
    binary.write_text(f"#!/bin/sh\n{body}\n")
    binary.chmod(0o755)
    found = collect(
        {"requirements.txt": b"numpy==1.26.4\n"}, str(binary), syft_limits=replace(GO_TOOL, wall=1)
    )
    assert found.warnings == (f"syft gave no answer for the manifests: {reason}",)
    assert not found.complete
    assert by_name(found, "numpy").version == "1.26.4"


def test_an_answer_full_of_nonsense_is_taken_for_what_is_in_it(tmp_path: Path) -> None:
    answer = {
        "bomFormat": "CycloneDX",
        "metadata": {"tools": 3},
        "dependencies": [1, {"ref": "x", "dependsOn": ["y", 2]}, {"dependsOn": None}],
        "components": [
            7,
            {"name": 3},
            {"name": "a\x00b", "purl": "nonsense", "licenses": 1, "properties": [{"name": 4}], "bom-ref": 5},
            {"name": "c", "externalReferences": [{"type": "vcs", "url": "file:///etc/passwd"}, {"url": []}]},
            {"name": "d", "licenses": [{"expression": "MIT"}, {"license": {"id": "No-Such-Id"}}]},
        ],
    }
    binary = tmp_path / "syft"
    binary.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(answer)}\nEND\n")
    binary.chmod(0o755)
    found = collect({"requirements.txt": b"# nothing\n"}, str(binary))
    assert [component.name for component in found.components] == ["a\N{REPLACEMENT CHARACTER}b", "c", "d"]
    assert all(component.external_references is None for component in found.components)
    licenses = [choice.license for choice in by_name(found, "d").licenses or () if choice.license]
    assert [(each.id, each.name) for each in licenses] == [("MIT", None), (None, "No-Such-Id")]


def test_locate_prefers_what_was_named_and_takes_nothing_else_for_it(tmp_path: Path) -> None:
    binary = tmp_path / "syft"
    binary.write_text("#!/bin/sh\n")
    assert syft.locate(str(binary)) is None
    binary.chmod(0o755)
    assert syft.locate(str(binary)) == str(binary)
    assert syft.locate(None, str(tmp_path)) == str(binary)
    assert syft.locate("syft", str(tmp_path)) == str(binary)
    assert syft.locate(None, "") == syft.locate(None, ".") == syft.locate(None, "relative")
    assert syft.locate(str(tmp_path / "nothing")) is None
