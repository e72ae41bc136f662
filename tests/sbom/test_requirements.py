"""Requirements files, flattened: what is kept, what is followed, what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sbom.requirements import MAX_DEPTH, MAX_LINE, MAX_LINES, Line, decode, flatten, parse, resolve
from tests.sbom.samples import REQUIREMENTS, A, B


def one(text: str) -> Line | str | None:
    return parse(text, "requirements.txt", 1)


def test_requirements_keep_their_place_and_lose_their_options() -> None:
    flat = flatten(["requirements.txt"], {"requirements.txt": REQUIREMENTS})
    assert [(line.line, line.name, line.specifier) for line in flat.lines] == [
        (3, "requests", "==2.31.0"),
        (6, "Flask", ">=2.0,<4"),
        (7, "numpy", ""),
        (8, "torch", ""),
        (9, "black", ""),
    ]
    assert flat.lines[0].text == f"requests==2.31.0 --hash=sha256:{A} --hash=sha256:{B}"
    assert b"index-url" not in flat.feed()
    assert flat.warnings == ()
    assert flat.missing == ()


@pytest.mark.parametrize(
    "include", ["-r base.txt", "-rbase.txt", "--requirement base.txt", "--requirement=./base.txt"]
)
def test_includes_are_followed_inside_the_repository(include: str) -> None:
    files = {"a/requirements.txt": include.encode(), "a/base.txt": b"numpy\n"}
    flat = flatten(["a/requirements.txt"], files)
    assert [(line.path, line.name) for line in flat.lines] == [("a/base.txt", "numpy")]


def test_an_include_that_was_not_given_is_asked_for() -> None:
    flat = flatten(["a/requirements.txt"], {"a/requirements.txt": b"-r ../common/base.txt\n"})
    assert flat.missing == ("common/base.txt",)
    assert flat.warnings == ("a/requirements.txt:1 includes common/base.txt, which could not be read",)


@pytest.mark.parametrize(
    "target",
    [
        "../secret.txt",
        "a/../../secret.txt",
        "/etc/passwd",
        "~/secret.txt",
        "file:///etc/passwd",
        "https://example.org/requirements.txt",
        "..\\secret.txt",
        "..",
        ".",
        "C:/secret.txt",
        "a/" * 3000,
    ],
)
@pytest.mark.parametrize("option", ["-r", "-c"])
def test_an_include_that_leaves_the_repository_is_refused(option: str, target: str) -> None:
    flat = flatten(["requirements.txt"], {"requirements.txt": f"{option} {target}\nnumpy\n".encode()})
    assert flat.missing == ()
    assert flat.warnings == (
        "requirements.txt:1 includes something outside the repository, which was not followed",
    )
    assert [line.name for line in flat.lines] == ["numpy"]


def test_a_cycle_ends_and_every_file_is_read_once() -> None:
    files = {"requirements.txt": b"-r b.txt\nnumpy\n", "b.txt": b"-r requirements.txt\n-r b.txt\nflask\n"}
    flat = flatten(["requirements.txt"], files)
    assert [line.name for line in flat.lines] == ["flask", "numpy"]
    assert flat.warnings == ()


def test_depth_is_bounded() -> None:
    files = {f"{number}.txt": f"-r {number + 1}.txt\n".encode() for number in range(MAX_DEPTH + 5)}
    flat = flatten(["0.txt"], files)
    assert flat.warnings == (
        f"{MAX_DEPTH}.txt:1 includes {MAX_DEPTH + 1}.txt, which was not followed: 16 includes deep",
    )


def test_the_number_of_lines_is_bounded() -> None:
    flat = flatten(["requirements.txt"], {"requirements.txt": b"numpy\n" * (MAX_LINES + 1)})
    assert len(flat.lines) == MAX_LINES
    assert flat.warnings == ("requirements.txt: the rest was left out, more than 20000 lines in all",)


def test_constraints_limit_and_install_nothing() -> None:
    files = {
        "requirements/base.txt": b"-c limits.txt\nnumpy\n",
        "requirements/limits.txt": b"numpy==1.26.4\nscipy==1.0\n",
    }
    flat = flatten(sorted(files), files)
    assert [line.name for line in flat.lines] == ["numpy"]
    assert [(line.name, line.specifier, line.line) for line in flat.constraints] == [
        ("numpy", "==1.26.4", 1),
        ("scipy", "==1.0", 2),
    ]


@pytest.mark.parametrize(
    "text", ["-i https://example.org", "--no-binary :all:", "-e .", ".", "./part[extra]", "--pre"]
)
def test_lines_that_list_nothing(text: str) -> None:
    assert one(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "./wheels/a-1.0-py3-none-any.whl",
        "-e ../outside",
        "/opt/package",
        "a @ file:///opt/a.whl",
        "https://example.org/a-1.0.tar.gz",
        "git+https://example.org/a",
        "root:x:0:0:root:/root:/bin/bash",
        "numpy==1.0 nonsense",
        "numpy=1.0",
        "@ https://example.org",
        "x" * (MAX_LINE + 1),
        "<script>alert(1)</script>",
    ],
)
def test_lines_that_are_no_requirement_are_said(text: str) -> None:
    assert isinstance(one(text), str)


@pytest.mark.parametrize(
    ("text", "fed"),
    [
        ("numpy (>=1.0)", "numpy (>=1.0)"),
        ('numpy[a,b] == 1.0 ; python_version > "3.8"', 'numpy[a,b] == 1.0 ; python_version > "3.8"'),
        ("numpy --config-settings=a=b", "numpy"),
        ("zope.interface~=5.0", "zope.interface~=5.0"),
        (
            f"numpy==1.0 --hash=sha256:{B} --hash=sha256:{A}",
            f"numpy==1.0 --hash=sha256:{A} --hash=sha256:{B}",
        ),
    ],
)
def test_lines_that_are_requirements(text: str, fed: str) -> None:
    line = one(text)
    assert isinstance(line, Line)
    assert line.text == fed


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_byte_order_marks_decide_the_encoding(encoding: str) -> None:
    assert decode("numpy # ü".encode(encoding)) == "numpy # ü"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_an_exception(data: bytes) -> None:
    flat = flatten(["requirements.txt"], {"requirements.txt": data})
    assert flat.feed().count(b"\n") == len(flat.lines)


_WORDS = st.sampled_from(
    [
        "-r ",
        "-c ",
        "--requirement=",
        "../",
        "/",
        "a",
        ".txt",
        "\\\n",
        "\n",
        "#",
        " ",
        "==1",
        "@",
        "[x]",
        ";",
        "--hash=sha256:",
        A,
        "\u2028",
        "\x85",
    ]
)


@given(st.lists(_WORDS, max_size=25).map("".join))
def test_a_feed_has_one_line_per_requirement_and_no_option_but_a_digest(text: str) -> None:
    flat = flatten(["a/requirements.txt"], {"a/requirements.txt": text.encode()})
    fed = flat.feed().decode().splitlines()
    assert len(fed) == len(flat.lines)
    assert not [line for line in fed if line.startswith("-")]
    assert not [
        word for line in fed for word in line.split() if word.startswith("-") and "--hash=" not in word
    ]


@given(st.text(max_size=60), st.text(max_size=60))
def test_an_include_never_resolves_to_a_place_outside(including: str, target: str) -> None:
    resolved = resolve(including.strip("/"), target)
    if resolved is not None:
        assert not resolved.startswith("/")
        assert ".." not in resolved.split("/")
