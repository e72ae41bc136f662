"""What is taken over from a tool's answer, and what is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.sbom.feeders.convert import component, edges, hosts_named
from tests.sbom.samples import A, B

NAMED = hosts_named([b"--index-url https://packages.example.org/simple"])


def urls(reference: dict[str, Any], purl: str | None = "pkg:pypi/p@1") -> list[str]:
    found = component({"name": "p", "purl": purl, "externalReferences": [reference]}, NAMED)
    assert found
    return [each.url for each in found.external_references or ()]


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://packages.example.org/p", ["https://packages.example.org/p"]),
        ("https://PACKAGES.example.org/p", ["https://PACKAGES.example.org/p"]),
        ("https://user:secret@packages.example.org/p", ["https://packages.example.org/p"]),
        ("git+ssh://git@packages.example.org/p#main", ["git+ssh://packages.example.org/p#main"]),
        ("https://elsewhere.example.org/p", []),
        ("file://packages.example.org/etc/passwd", []),
        ("git+file://packages.example.org/etc", []),
        ("/opt/p", []),
        ("https://packages.example.org/a b", []),
        ("https://packages.example.org/%zz", []),
        ("https://[packages.example.org/p", []),
    ],
)
def test_only_addresses_that_a_manifest_names_are_kept_and_never_a_credential(
    url: str, kept: list[str]
) -> None:
    assert urls({"type": "distribution", "url": url}) == kept


def test_a_digest_without_an_address_hangs_on_the_package_itself() -> None:
    hashes = [
        {"alg": "SHA-256", "content": A.upper()},
        {"alg": "SHA-512", "content": B},
        {"alg": "CRC", "content": A},
    ]
    reference = {"type": "distribution", "url": "https://elsewhere.example.org/p/#p-1.whl", "hashes": hashes}
    assert urls(reference) == ["pkg:pypi/p@1"]
    assert urls(reference, purl=None) == []
    found = component({"name": "p", "purl": "pkg:pypi/p@1", "externalReferences": [reference]}, NAMED)
    assert found
    assert found.external_references
    assert [(each.alg, each.content) for each in found.external_references[0].hashes or ()] == [
        ("SHA-256", A)
    ]


def test_the_files_of_one_package_are_one_reference_with_all_their_digests() -> None:
    def file(name: str, digest: str) -> dict[str, Any]:
        hashes = [{"alg": "SHA-256", "content": digest}]
        return {"type": "distribution", "url": f"https://packages.example.org/p/#{name}", "hashes": hashes}

    raw = {"name": "p", "externalReferences": [file("p-1-py3-none-any.whl", B), file("p-1.tar.gz", A)]}
    found = component(raw, NAMED)
    assert found
    assert found.external_references
    (reference,) = found.external_references
    assert reference.url == "https://packages.example.org/p/"
    assert [each.content for each in reference.hashes or ()] == [A, B]
    assert urls({"type": "distribution", "url": "https://packages.example.org/p#main"}) == [
        "https://packages.example.org/p#main"
    ]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("pkg:pypi/p@1?package-id=0123456789abcdef", "pkg:pypi/p@1"),
        (
            "pkg:pypi/p@1?repository_url=https://user:secret@packages.example.org/simple",
            "pkg:pypi/p@1?repository_url=https:%2F%2Fpackages.example.org%2Fsimple",
        ),
        ("pkg:pypi/p@1?repository_url=https://elsewhere.example.org/simple", "pkg:pypi/p@1"),
        ("pkg:pypi/p@1?download_url=file:///etc/passwd", "pkg:pypi/p@1"),
        ("pkg:maven/g/p@1?type=jar", "pkg:maven/g/p@1?type=jar"),
        ("pkg:nothing", None),
        ("p@1", None),
        (7, None),
        ("pkg:pypi/" + "p" * 3000, None),
    ],
)
def test_package_urls_lose_what_is_a_tools_own(given: object, kept: str | None) -> None:
    found = component({"name": "p", "purl": given}, NAMED)
    assert found
    assert found.purl == kept


@pytest.mark.parametrize("raw", [{}, {"name": ""}, {"name": " "}, {"name": None}, {"name": ["p"]}])
def test_what_has_no_name_is_left_behind(raw: dict[str, Any]) -> None:
    assert component(raw, NAMED) is None


def test_guesses_and_quotations_are_left_behind() -> None:
    raw = {
        "name": "p",
        "cpe": "cpe:2.3:a:p:p:1:*:*:*:*:*:*:*",
        "description": "requirements line 1: p",
        "properties": [{"name": "syft:cpe23", "value": "x"}, {"name": "cdx:poetry:group", "value": "dev"}],
    }
    found = component(raw, NAMED)
    assert found
    assert found.description is None
    assert [(each.name, each.value) for each in found.properties or ()] == [("cdx:poetry:group", "dev")]


def test_edges_that_are_none_are_left_behind() -> None:
    parsed = {
        "dependencies": [
            3,
            {"ref": 1, "dependsOn": ["b"]},
            {"ref": "a", "dependsOn": ["b", 2]},
            {"ref": "b"},
            {"ref": "c", "dependsOn": "d"},
        ]
    }
    assert [(edge.ref, edge.depends_on) for edge in edges(parsed)] == [("a", ["b"]), ("b", [])]
