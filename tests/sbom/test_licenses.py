"""Licences of the Hub: SPDX where they are, name and address where not, and no guess."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sbom import licenses
from scanner.sbom.hub_index import OnlyNamed
from scanner.sbom.part import Part
from scanner.sbom.repositories import only_named
from tests.sbom.hub_samples import COMMIT, checked, repository

DECLARED = {"acknowledgement": "declared"}


def plain(**stated: Any) -> list[dict[str, Any]]:
    return [one.model_dump(exclude_none=True) for one in licenses.of(repository(**stated))]


@pytest.mark.parametrize(
    ("stated", "written"),
    [
        ("apache-2.0", {"id": "Apache-2.0", **DECLARED}),
        ("MIT", {"id": "MIT", **DECLARED}),
        ("gpl-3.0", {"id": "GPL-3.0", **DECLARED}),
        ("gpl", {"name": "gpl", **DECLARED}),
        ("bsd", {"name": "bsd", **DECLARED}),
        ("llama3.1", {"name": "llama3.1", **DECLARED}),
        ("openrail", {"name": "openrail", **DECLARED}),
        ("unknown", {"name": "unknown"}),
        ("", {"name": "unknown"}),
        (None, {"name": "unknown"}),
    ],
)
def test_an_identifier(stated: str | None, written: dict[str, str]) -> None:
    assert plain(license=stated) == [{"license": written}]


def test_an_own_licence_has_its_name_and_its_terms() -> None:
    link = "https://example.org/terms"
    own = plain(license="other", license_name="acme-community", license_link=link)
    assert own == [{"license": {"name": "acme-community", "url": link, **DECLARED}}]
    assert plain(license="other") == [{"license": {"name": "other", **DECLARED}}]


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("README.md", f"https://huggingface.co/acme/ner/blob/{COMMIT}/README.md"),
        ("LICENSE", None),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https://user:secret@example.org/", None),
        ("https://example.org/<script>", None),
        ("HTTPS://example.org", None),
        ("https://example.org/a b", None),
        ("https://example.org/?a=%C3%A9#x", "https://example.org/?a=%C3%A9#x"),
    ],
)
def test_terms_are_an_address_of_the_web_or_a_file(link: str, address: str | None) -> None:
    assert licenses.terms(repository(license_link=link)) == address


def test_several_licences_stay_several_and_an_expression_stands_alone() -> None:
    several = plain(license="mit, apache-2.0, mit")
    assert [one["license"]["id"] for one in several] == ["MIT", "Apache-2.0"]
    assert plain(license="MIT or Apache-2.0") == [{"expression": "MIT OR Apache-2.0", **DECLARED}]
    assert plain(license="mine OR yours") == [{"license": {"name": "mine OR yours", **DECLARED}}]


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=80))
def test_any_text_makes_a_valid_document(stated: str, name: str, link: str) -> None:
    terms = licenses.of(repository(license=stated, license_name=name, license_link=link))
    entry = only_named(OnlyNamed("hub:x/y", "model", "x/y"))
    checked(Part(components=(entry.model_copy(update={"licenses": terms}),)))
