"""The container images that Dockerfiles and Compose files name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.images import find, find_in

DOCKERFILE = """\
# syntax=docker/dockerfile:1
ARG BASE=python
ARG TAG="3.11-slim" OTHER
ARG FULL=${BASE}:${TAG}
FROM --platform=$BUILDPLATFORM ${FULL} AS Build
ARG BASE=late
RUN <<END
FROM nothing
END
FROM \\
  --platform=linux/amd64 \\
  # a comment
  nvcr.io/nvidia/pytorch:24.01 \\
  AS run
COPY --from=build /a /b
COPY --from=0 /a /b
COPY --chown=1 --from=nginx:latest /etc /etc
FROM scratch
FROM build
FROM ${MISSING:-alpine}
FROM ${FULL:+busybox}
FROM $OTHER
"""


def test_a_dockerfile_names_images_and_its_own_stages_are_none() -> None:
    found = find_in(DOCKERFILE, "Dockerfile")
    assert [(one.name, one.line, one.use, one.stage, one.platform) for one in found.images] == [
        ("python:3.11-slim", 5, "base", "Build", ""),
        ("nvcr.io/nvidia/pytorch:24.01", 10, "base", "run", "linux/amd64"),
        ("nginx:latest", 17, "copy", "run", ""),
        ("alpine", 20, "base", "4", ""),
        ("busybox", 21, "base", "5", ""),
    ]
    assert [one.arguments for one in found.images] == [["FULL"], [], [], ["MISSING"], ["FULL"]]
    assert found.gaps == [
        "Dockerfile:22 names an image by a variable that has no value there, so it is not known"
    ]


def test_a_compose_file_names_what_it_does_not_build() -> None:
    text = (
        "x-common: &c {image: no}\nservices:\n  db:\n    image: postgres:16\n    platform: linux/arm64\n"
        "  web:\n    build: .\n    image: acme/web\n  cache:\n    image: ${REGISTRY:-docker.io}/redis\n"
        "  other:\n    image: $IMAGE\n"
    )
    found = find_in(text, "deploy/compose.yaml")
    assert [(one.name, one.line, one.use, one.stage, one.platform) for one in found.images] == [
        ("postgres:16", 4, "service", "db", "linux/arm64"),
        ("docker.io/redis", 10, "service", "cache", ""),
    ]
    assert found.gaps == [
        "deploy/compose.yaml:12 names an image by a variable that has no value there, so it is not known"
    ]


def test_a_broken_compose_file_is_read_as_far_as_it_goes_and_said() -> None:
    found = find_in("services:\n  a:\n    image: redis\n  b: [\n", "compose.yml")
    assert [one.name for one in found.images] == ["redis"]
    assert found.gaps[0].startswith("compose.yml could be read only in part")


def test_variables_that_grow_without_end_are_given_up() -> None:
    lines = ["ARG A0=xxxxxxxx", *(f"ARG A{n}=$A{n - 1}$A{n - 1}$A{n - 1}" for n in range(1, 60)), "FROM $A59"]
    found = find_in("\n".join(lines), "Dockerfile")
    assert found.images == []
    assert len(found.gaps) == 1


def test_the_number_of_images_is_bounded_and_said() -> None:
    found = find_in("FROM a\n" * 501, "Dockerfile")
    assert (len(found.images), found.gaps) == (
        500,
        ["Dockerfile names more than 500 images; the rest was left out"],
    )


@pytest.mark.parametrize(("size", "gaps"), [(1_000_000, 0), (1_000_001, 1)])
def test_a_file_beyond_the_bound_is_said(tmp_path: Path, size: int, gaps: int) -> None:
    (tmp_path / "f").write_bytes(b"FROM a\n" + b"#" * (size - 7))
    assert len(find({"path": "Dockerfile", "data": str(tmp_path / "f")})["gaps"]) == gaps


@given(
    st.text(alphabet="FROMARGCPY-=$:{}+ab\\\n \"'<#", max_size=60),
    st.sampled_from(["Dockerfile", "compose.yml"]),
)
def test_no_text_breaks_the_search(text: str, path: str) -> None:
    found = find_in(text, path)
    rows = text.count("\n") + 1
    assert all(1 <= one.line <= rows and one.name for one in found.images)
