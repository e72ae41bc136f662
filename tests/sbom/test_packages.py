"""The software as a part of a document; and what other tools got wrong about software."""

from __future__ import annotations

from functools import cache

from scanner.sbom.packages import software_part
from scanner.sbom.part import Part
from scanner.sbom.software import Side, Software, collect, collect_all
from tests.sbom.samples import ALL, PACKAGE_LOCK, POETRY_LOCK, POETRY_PROJECT, SYFT, A, by_name

COMMIT = "c" * 40


@cache
def part() -> Part:
    return software_part(collect(ALL, SYFT))


def test_what_the_manifests_leave_open_is_counted_and_named() -> None:
    remarks = {remark.text.partition(":")[0]: remark.subjects for remark in part().remarks}
    assert remarks == {
        "3 packages without a version": (
            "pkg:pypi/black?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Fblack%40main%23egg%3Dblack",
            "pkg:pypi/flask",
            "pkg:pypi/numpy",
        ),
        "4 packages named in a requirements file without a digest": (
            "pkg:pypi/black?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Fblack%40main%23egg%3Dblack",
            "pkg:pypi/flask",
            "pkg:pypi/numpy",
            "pkg:pypi/torch?download_url=https:%2F%2Fdownloads.example.org%2Ftorch-2.0-py3-none-any.whl",
        ),
    }
    assert part().gaps == ("3 packages without a version: the manifests do not pin them",)


def test_a_commit_a_file_and_an_exact_constraint_leave_nothing_open() -> None:
    files = {
        "requirements.txt": (
            f"a @ git+https://git.example.org/a@{COMMIT}\n"
            "b @ https://files.example.org/b-1-py3-none-any.whl\n"
            "-c limits.txt\nc\nd\n"
        ).encode(),
        "limits.txt": b"c==1.2\nd>=1\n",
    }
    (remark,) = [each for each in software_part(collect(files, None)).remarks if "version" in each.text]
    assert remark.subjects == ("pkg:pypi/d",)


def test_every_package_says_whether_its_edges_are_known() -> None:
    assert set(part().edges) == {component.bom_ref for component in part().components}
    assert part().edges["pkg:pypi/requests@2.31.0"] == "complete"
    assert part().edges["pkg:pypi/numpy"] == "unknown"


def test_an_empty_software_is_an_empty_part() -> None:
    assert software_part(Software()) == Part()


def test_both_sides_of_a_change_are_read_as_if_alone() -> None:
    before = {"requirements.txt": b"numpy==1.0\n", "package-lock.json": PACKAGE_LOCK}
    after = {"requirements.txt": b"numpy==2.0\n-r ../x\n", "app/poetry.lock": POETRY_LOCK}
    together = collect_all([Side(after, ["a gap"]), Side(before), Side({})], SYFT)
    assert together == [collect(after, SYFT, gaps=["a gap"]), collect(before, SYFT), Software()]


# What others were seen to do (each of these was a defect of a published tool):


def test_an_unpinned_package_is_neither_dropped_nor_given_the_lowest_version() -> None:
    flask = by_name(collect({"requirements.txt": b"Flask>=2.0,<4\n"}, SYFT), "Flask")
    assert (flask.version, flask.purl) == (None, "pkg:pypi/flask")


def test_a_package_of_two_files_is_one_component_with_two_places() -> None:
    found = collect({"requirements.txt": b"numpy==1.0\n", "b/requirements.txt": b"\nnumpy==1.0\n"}, SYFT)
    (numpy,) = found.components
    assert numpy.evidence
    assert [(each.location, each.line) for each in numpy.evidence.occurrences or ()] == [
        ("b/requirements.txt", 2),
        ("requirements.txt", 1),
    ]


def test_lines_of_different_files_with_one_number_do_not_collide() -> None:
    found = collect({"requirements.txt": b"numpy==1.0\n", "b/requirements.txt": b"scipy==1.0\n"}, None)
    assert [component.bom_ref for component in found.components] == [
        "pkg:pypi/numpy@1.0",
        "pkg:pypi/scipy@1.0",
    ]


def test_no_reference_carries_a_tools_own_qualifier_or_a_place_on_the_machine() -> None:
    for component in part().components:
        assert component.bom_ref == component.purl
        assert "package-id" not in (component.purl or "")
        assert "/tmp" not in component.model_dump_json()


def test_every_package_has_its_entry_among_the_dependencies() -> None:
    assert [edge.ref for edge in part().dependencies] == [each.bom_ref for each in part().components]


def test_a_library_is_never_a_model() -> None:
    assert {component.type for component in part().components} == {"library"}
    assert not any((component.purl or "").startswith("pkg:huggingface") for component in part().components)


def test_digests_of_a_requirement_are_not_lost() -> None:
    requests = by_name(collect(ALL, SYFT), "requests")
    digests = {each.content for one in requests.external_references or () for each in one.hashes or ()}
    assert A in digests


def test_the_default_index_of_a_lock_is_no_part_of_a_packages_identity() -> None:
    from packageurl.validate import DEFINITIONS_BY_TYPE

    index = f"{DEFINITIONS_BY_TYPE['pypi'].default_repository_url}/simple"
    package = f'name = "certifi"\nversion = "2024.2.2"\nsource = {{ registry = "{index}" }}\n'
    lock = f"version = 1\n[[package]]\n{package}".encode()
    files = {"uv.lock": lock, "p/poetry.lock": POETRY_LOCK, "p/pyproject.toml": POETRY_PROJECT}
    assert by_name(collect(files, None), "certifi").purl == "pkg:pypi/certifi@2024.2.2"
