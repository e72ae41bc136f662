"""Container images: how a name is read, and what is said of the image."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sbom import purl
from scanner.sbom.containers import Image, containers, parse, reference
from tests.sbom.samples import properties

DIGEST = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("written", "address", "pin"),
    [
        ("python", "pkg:docker/python", "none"),
        ("python:3.11", "pkg:docker/python@3.11", "tag"),
        ("docker.io/library/python:3.11", "pkg:docker/python@3.11", "tag"),
        ("index.docker.io/acme/app:1", "pkg:docker/acme/app@1", "tag"),
        ("acme/app", "pkg:docker/acme/app", "none"),
        ("nvcr.io/nvidia/pytorch:24.01", "pkg:docker/nvidia/pytorch@24.01?repository_url=nvcr.io", "tag"),
        ("localhost:5000/app", "pkg:docker/app?repository_url=localhost:5000", "none"),
        (
            f"python@{DIGEST}",
            f"pkg:oci/python@{DIGEST}?repository_url=docker.io%2Flibrary%2Fpython",
            "digest",
        ),
        (
            f"ghcr.io/a/b/c:1@{DIGEST}",
            f"pkg:oci/c@{DIGEST}?repository_url=ghcr.io%2Fa%2Fb%2Fc&tag=1",
            "digest",
        ),
    ],
)
def test_names_are_read_as_a_registry_reads_them(written: str, address: str, pin: str) -> None:
    name = parse(written)
    assert name
    assert (reference(name), name.pin) == (address, pin)


@pytest.mark.parametrize(
    "written", ["", "a b", "a:b:c", "x@sha256:1", "x@", "/x", "x/", "a//b", "-x", "x:", "x" * 501, "é", "a\n"]
)
def test_what_is_no_name_is_none(written: str) -> None:
    assert parse(written) is None


@given(st.text(alphabet="aB0:/@.-_%?#&= \n", max_size=40))
def test_every_name_that_is_read_has_a_package_url_of_its_own(written: str) -> None:
    name = parse(written)
    if name is not None:
        address = reference(name)
        assert purl.write(purl.parse(address)) == address


def test_an_image_is_listed_once_with_every_place() -> None:
    part = containers(
        [
            Image("b/Dockerfile", 3, "python:3.11", "base", "run", "linux/amd64", ("TAG",)),
            Image("Dockerfile", 1, "docker.io/library/python:3.11", "base", "build"),
            Image("compose.yaml", 4, f"postgres@{DIGEST}", "service", "db"),
        ]
    )
    python, postgres = part.components
    assert (python.type, python.group, python.name, python.version) == (
        "container",
        "library",
        "python",
        "3.11",
    )
    assert python.evidence
    assert [(each.location, each.line) for each in python.evidence.occurrences or ()] == [
        ("Dockerfile", 1),
        ("b/Dockerfile", 3),
    ]
    assert properties(python) == {
        "modelward:container:argument": ["TAG"],
        "modelward:container:pin": ["tag"],
        "modelward:container:pinned": ["false"],
        "modelward:container:platform": ["linux/amd64"],
        "modelward:container:stage": ["build", "run"],
        "modelward:container:tag": ["3.11"],
        "modelward:container:use": ["base"],
    }
    assert properties(postgres)["modelward:container:pinned"] == ["true"]
    assert part.direct == (python.bom_ref, postgres.bom_ref)
    assert set(part.assemblies.values()) == set(part.edges.values()) == {"unknown"}
    looked, loose = part.remarks
    assert looked.subjects == part.direct
    assert (loose.subjects, loose.text.partition(" without")[0]) == (
        (python.bom_ref,),
        "1 container image named",
    )


def test_gaps_are_said_and_bounded() -> None:
    part = containers([Image("D", number, "a b", "base") for number in range(1, 31)], ["one", "one"])
    assert part.components == ()
    assert part.remarks == ()
    assert part.gaps[:2] == ("one", "D:1 names an image in a way that is not understood")
    assert (len(part.gaps), part.gaps[-1]) == (21, "and 11 more images that are not known")


def test_the_order_of_the_places_does_not_matter() -> None:
    images = [Image("a", 1, "x", "base"), Image("a", 2, "docker.io/x", "copy"), Image("b", 1, "y:1", "base")]
    assert containers(images) == containers(images[::-1])
