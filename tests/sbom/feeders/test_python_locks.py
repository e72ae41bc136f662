"""uv.lock and pylock.toml: as the real uv writes them, and as nobody should."""

from __future__ import annotations

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sbom.feeders import lock_packages, pylock, uv_lock
from scanner.sbom.feeders.lock_packages import LockProblem
from scanner.sbom.software import Software, collect
from tests.sbom.index import PACKAGES, locks
from tests.sbom.samples import A, B, by_name, properties


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return locks(tmp_path_factory.mktemp("uv"))


@pytest.fixture(scope="module")
def by_uv(real: dict[str, bytes]) -> Software:
    return collect({"app/uv.lock": real["uv.lock"]}, None)


def names(found: Software) -> set[tuple[str, str | None]]:
    return {(component.name, component.version) for component in found.components}


def edges(found: Software) -> dict[str, list[str]]:
    """Edges by name."""
    called = {component.bom_ref: component.name for component in found.components}
    return {called[edge.ref]: [called[ref] for ref in edge.depends_on] for edge in found.dependencies}


def test_the_lock_of_uv_is_read_in_full_and_own_code_is_no_package(by_uv: Software) -> None:
    assert by_uv.complete, by_uv.warnings
    assert names(by_uv) == {(name, version) for name, (version, _) in PACKAGES.items()}


def test_edges_are_all_known_and_what_own_code_needs_is_direct(by_uv: Software) -> None:
    assert edges(by_uv) == {
        "certs": [],
        "checks": [],
        "frames": ["certs"],
        "socks": [],
        "web": ["certs", "socks"],
    }
    assert set(by_uv.resolved) == {component.bom_ref for component in by_uv.components}
    direct = {component.name for component in by_uv.components if component.bom_ref in by_uv.direct}
    assert direct == {"web", "certs", "frames", "checks"}


def test_groups_extras_markers_and_lines_are_kept(by_uv: Software, real: dict[str, bytes]) -> None:
    assert properties(by_name(by_uv, "frames"))["modelward:lock:extra"] == ["gpu"]
    assert properties(by_name(by_uv, "checks"))["modelward:lock:group"] == ["dev"]
    assert properties(by_name(by_uv, "web"))["modelward:lock:marker"] == ["sys_platform != 'win32'"]
    scopes = {component.name: component.scope for component in by_uv.components}
    assert scopes == {"web": None, "socks": None, "certs": None, "frames": "optional", "checks": "optional"}
    rows = real["uv.lock"].decode().split("\n")
    for component in by_uv.components:
        assert component.evidence
        ((location, line),) = [(each.location, each.line) for each in component.evidence.occurrences or ()]
        assert location == "app/uv.lock"
        assert line
        assert rows[line - 1 : line + 1] == ["[[package]]", f'name = "{component.name}"']


def test_the_digests_of_all_files_stand_under_one_address(by_uv: Software, real: dict[str, bytes]) -> None:
    (locked,) = [each for each in tomllib.loads(real["uv.lock"].decode())["package"] if each["name"] == "web"]
    [reference] = by_name(by_uv, "web").external_references or []
    assert reference.url == f"{locked['source']['registry']}/web/"
    digests = [f"sha256:{each.content}" for each in reference.hashes or ()]
    assert digests == [locked["wheels"][0]["hash"]]


def test_pylock_names_the_same_packages_and_no_edges(real: dict[str, bytes], by_uv: Software) -> None:
    found = collect({"pylock.toml": real["pylock.toml"]}, None)
    assert found.complete, found.warnings
    assert {each.purl for each in found.components} == {each.purl for each in by_uv.components}
    assert found.resolved == ()
    assert not any(edge.depends_on for edge in found.dependencies)
    assert properties(by_name(found, "socks"))["modelward:lock:marker"] == ['sys_platform != "win32"']
    assert [(tool.name, bool(tool.version)) for tool in found.tools] == [("packaging", True)]


def test_both_locks_together_are_one_list(real: dict[str, bytes], by_uv: Software) -> None:
    found = collect(real, None)
    assert [each.bom_ref for each in found.components] == [each.bom_ref for each in by_uv.components]
    assert found.dependencies == by_uv.dependencies
    assert properties(by_name(found, "web"))["modelward:software:source"] == ["modelward", "packaging"]


SOURCES = f"""\
version = 1
[[package]]
name = "demo"
source = {{ editable = "." }}
dependencies = [{{ name = "forked", version = "1" }}, {{ name = "fetched" }}, {{ name = "cloned" }}]
[[package]]
name = "forked"
version = "1"
source = {{ registry = "https://user:secret@packages.example.org/simple" }}
[[package]]
name = "forked"
version = "2"
source = {{ registry = "https://packages.example.org/simple" }}
dependencies = [{{ name = "lost" }}]
[[package]]
name = "fetched"
version = "1"
source = {{ url = "https://files.example.org/fetched-1.tar.gz" }}
sdist = {{ hash = "sha256:{A}" }}
[[package]]
name = "cloned"
version = "1"
source = {{ git = "https://user:secret@git.example.org/c?rev=main#{"a" * 40}" }}
[[package]]
name = "flat"
version = "3"
source = {{ registry = "../wheels" }}
[[package]]
name = "local"
version = "1"
source = {{ path = "wheels/local-1-py3-none-any.whl" }}
[[package]]
name = "outside"
source = {{ directory = "../../elsewhere" }}
[[package]]
name = "two-sources"
source = {{ registry = "https://packages.example.org/simple", path = "x" }}
"""


def test_every_kind_of_source_is_told_apart_and_what_is_left_out_is_said() -> None:
    found = collect({"app/uv.lock": SOURCES.encode()}, None)
    assert [component.purl for component in found.components] == [
        f"pkg:pypi/cloned@1?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Fc%40{'a' * 40}",
        "pkg:pypi/fetched@1?download_url=https:%2F%2Ffiles.example.org%2Ffetched-1.tar.gz",
        "pkg:pypi/flat@3",
        "pkg:pypi/forked@1?repository_url=https:%2F%2Fpackages.example.org%2Fsimple",
        "pkg:pypi/forked@2?repository_url=https:%2F%2Fpackages.example.org%2Fsimple",
    ]
    assert found.warnings == (
        "app/uv.lock takes local, outside from a local path, which was left out",
        "app/uv.lock: 1 entries were not understood and left out",
    )
    assert found.components[-2].bom_ref in found.direct
    assert found.components[-1].bom_ref not in (*found.direct, *found.resolved)


PYLOCK = f"""\
lock-version = "1.0"
created-by = "a test"
[[packages]]
name = "own"
directory = {{ path = ".", editable = true }}
dependencies = [{{ name = "a" }}]
[[packages]]
name = "a"
version = "1"
dependencies = [{{ name = "b" }}]
wheels = [{{ name = "a-1-py3-none-any.whl", path = "w/a-1-py3-none-any.whl", hashes = {{ sha256 = "{A}" }} }}]
[[packages]]
name = "b"
vcs = {{ type = "git", url = "https://git.example.org/b", commit-id = "{"b" * 40}" }}
[[packages]]
name = "c"
archive = {{ path = "c.tar.gz", hashes = {{ sha256 = "{B}" }} }}
"""


def test_edges_of_a_pylock_count_where_it_has_them() -> None:
    found = collect({"pylock.dev.toml": PYLOCK.encode()}, None)
    assert edges(found) == {"a": ["b"], "b": []}
    a, b = found.components
    assert (found.resolved, found.direct) == ((a.bom_ref,), (a.bom_ref,))
    assert b.purl == f"pkg:pypi/b?vcs_url=git%2Bhttps:%2F%2Fgit.example.org%2Fb%40{'b' * 40}"
    assert found.warnings == ("pylock.dev.toml takes c from a local path, which was left out",)
    [reference] = a.external_references or []
    assert (reference.url, [each.content for each in reference.hashes or ()]) == ("pkg:pypi/a@1", [A])


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("uv.lock", b"\xff", "it is not TOML"),
        ("uv.lock", b"a = ", "it is not TOML"),
        ("uv.lock", b"a = " + b"[" * 100_000, "it is not TOML"),
        ("uv.lock", b"version = 2\n", "it is no uv.lock of a version that is known"),
        ("uv.lock", b"version = 1\npackage = 3\n", "it is no uv.lock, or lists more than 20000 packages"),
        ("pylock.toml", b"", "it is no valid pylock.toml"),
        (
            "pylock.toml",
            PYLOCK.replace('"1.0"', '"9.0"').encode(),
            "it is a version of pylock.toml that is not known",
        ),
        ("pylock.toml", PYLOCK.encode() + b"marker = 'nonsense'", "it is no valid pylock.toml"),
    ],
)
def test_a_lock_that_cannot_be_read_is_a_warning(path: str, data: bytes, reason: str) -> None:
    found = collect({path: data, "requirements.txt": b"numpy==1.26.4\n"}, None)
    assert next(warning for warning in found.warnings if path in warning).endswith(
        f"gave no answer for {path}: {reason}"
    )
    assert by_name(found, "numpy").version == "1.26.4"


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (".", True),
        ("part", True),
        ("..", True),
        ("../..", False),
        ("/etc", False),
        ("C:\\x", False),
        ("~", False),
    ],
)
def test_what_lies_in_the_repository(target: str, expected: bool) -> None:
    assert lock_packages.inside("app/uv.lock", target) is expected


_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
_KEYS = (
    "name",
    "version",
    "source",
    "dependencies",
    "optional-dependencies",
    "dev-dependencies",
    "sdist",
    "wheels",
)
_ENTRIES = st.dictionaries(st.sampled_from(_KEYS), _VALUES) | _VALUES


@given(st.lists(_ENTRIES, max_size=5), st.lists(st.sampled_from("ab"), max_size=5))
def test_no_value_breaks_the_reader(entries: list[object], good: list[str]) -> None:
    well = [{"name": name, "source": {"virtual": "."}, "dependencies": entries} for name in good]
    content = {"version": 1, "package": [*entries, *well], "lock-version": "1.0", "packages": entries}
    lock_packages.document(uv_lock.read(content, "uv.lock"), [])
    with suppress(LockProblem):
        lock_packages.document(pylock.read({**content, "created-by": "x"}, "pylock.toml"), [])
