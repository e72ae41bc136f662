"""The repository itself: dependencies and locks, versions, documents, the wheel, the scripts."""

from __future__ import annotations

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import scanner

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")
DEV = ROOT / "scripts" / "dev"

# In pieces, so that this file does not hold what it looks for.
REGISTRIES = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "ana" + "conda.org",
)
MACHINE = (
    "/wo" + "rk/main",
    "/wo" + "rk/shared",
    "/ro" + "ot/.",
    "../sha" + "red",
    "/tm" + "p/w/",
    "/op" + "t/py" + "pi",
)

HEAVY = {
    "cyclonedx", "cyclonedx_py", "github", "h5py", "huggingface_hub", "jinja2", "lxml", "modelscan", "numpy",
    "requests", "rich", "yaml",
}  # fmt: skip


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def declared() -> list[Requirement]:
    """Every requirement that pyproject.toml states, also those of extras and groups."""
    project = pyproject()["project"]
    lists = [
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *pyproject()["dependency-groups"].values(),
    ]
    return [Requirement(text) for requirements in lists for text in requirements]


@cache
def files() -> list[Path]:
    """What is or would be committed."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    return [path for name in listed.split(b"\0") if name and (path := ROOT / os.fsdecode(name)).is_file()]


def lock_entries(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Canonical name → requirement and hashes; raises for a line that is neither."""
    entries: dict[str, tuple[Requirement, list[str]]] = {}
    for entry in (ROOT / name).read_text().replace("\\\n", " ").splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", entry.strip())
        parsed = Requirement(requirement)
        entries[canonicalize_name(parsed.name)] = (parsed, hashes)
    return entries


def test_every_dependency_has_its_line_and_every_line_its_dependency() -> None:
    document = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \| (.+) \| ([\d.]+) \| ([\d.]+) \|$", document, re.MULTILINE)
    described = [(canonicalize_name(Requirement(row[0]).name), Requirement(row[0]).extras) for row in rows]
    assert sorted(described) == sorted((canonicalize_name(each.name), each.extras) for each in declared())
    assert all(float(total) >= float(own) > 0 for _, _, _, own, total in rows), (
        "run scripts/dependency-sizes.py"
    )


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_every_entry_with_hashes(name: str) -> None:
    for requirement, hashes in lock_entries(name).values():
        assert [specifier.operator for specifier in requirement.specifier] == ["=="], requirement
        assert requirement.url is None
        assert hashes, f"{requirement} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), requirement


def test_locks_agree_with_each_other_and_with_what_is_declared() -> None:
    runtime, everything = (lock_entries(name) for name in LOCKS)
    for name, (requirement, _) in runtime.items():
        assert requirement.specifier == everything[name][0].specifier
    for requirement in declared():
        (pin,) = everything[canonicalize_name(requirement.name)][0].specifier
        assert requirement.specifier.contains(pin.version), (
            f"{requirement} against {pin}: run scripts/dev lock"
        )


def test_environment_is_the_one_of_the_lock() -> None:
    """What the tests run with is what users get."""
    from importlib.metadata import version

    for name, (requirement, _) in lock_entries("requirements.lock").items():
        if requirement.marker is None:
            assert requirement.specifier.contains(version(name)), requirement


def test_version_is_stated_once_and_has_its_entry_in_the_changelog() -> None:
    assert pyproject()["project"]["dynamic"] == ["version"]
    assert pyproject()["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "scanner.__version__"}
    entries = re.findall(r"^## (\d+\.\d+\.\d+) - (?:unreleased|\d{4}-\d\d-\d\d)$", changelog(), re.MULTILINE)
    assert entries
    assert entries[0] == scanner.__version__
    assert entries == sorted(entries, key=lambda entry: tuple(map(int, entry.split("."))), reverse=True)


def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text()


def test_no_registry_host_and_no_path_of_a_machine_is_mentioned() -> None:
    hits = []
    for path in files():
        content = path.read_bytes()
        hits += [
            f"{path.relative_to(ROOT)}: {word}" for word in REGISTRIES + MACHINE if word.encode() in content
        ]
    assert not hits


def test_modules_are_small_and_say_what_they_are() -> None:
    python = [path for path in files() if path.suffix == ".py"]
    assert len(python) > 20
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in python}
    assert not {path: length for path, length in lengths.items() if length > 400}
    assert not [
        path
        for path in python
        if not path.is_relative_to(ROOT / "tests")
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]


def test_importing_the_program_loads_nothing_heavy() -> None:
    program = (
        "import importlib, pkgutil, sys, scanner\n"
        "for module in pkgutil.walk_packages(scanner.__path__, 'scanner.'):\n"
        "    importlib.import_module(module.name)\n"
        "print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    assert "scanner" in loaded
    assert not HEAVY & set(loaded)


def test_wheel_holds_the_program_and_its_templates(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("scanner", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    build = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, tmp_path], cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"modelward-{scanner.__version__}-py3-")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        entry_points = next(name for name in inside if name.endswith("/entry_points.txt"))
        assert "modelward = scanner.cli:main" in archive.read(entry_points).decode()
    expected = {f"scanner/{path.relative_to(ROOT / 'scanner')}" for path in (ROOT / "scanner").rglob("*.py")}
    templates = {
        f"scanner/templates/{path.name}" for path in (ROOT / "templates").iterdir() if path.is_file()
    }
    assert templates
    assert expected | templates <= inside
    assert not [name for name in inside if not name.startswith(("scanner/", "modelward-"))]


@pytest.mark.parametrize(
    "name",
    [
        "scripts/dev",
        "scripts/npm-packages",
        "scripts/lint-workflows",
        "scripts/lint-sboms",
        ".ci/run",
        "run.sh",
    ],
)
def test_scripts_can_be_executed_and_are_bash(name: str) -> None:
    assert (ROOT / name).stat().st_mode & stat.S_IXUSR
    subprocess.run(["bash", "-n", ROOT / name], check=True)


def dev(directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/dev in a copy of its own, in a directory with a space, called from elsewhere."""
    checkout = directory / "a checkout"
    (checkout / "scripts").mkdir(parents=True)
    shutil.copy(DEV, checkout / "scripts")
    (checkout / "requirements-dev.lock").touch()
    return subprocess.run(
        [checkout / "scripts" / "dev", *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_dev_explains_itself(tmp_path: Path) -> None:
    shown = dev(tmp_path, "help")
    assert shown.returncode == 0
    for verb in ("demo", "test", "lint", "bench", "docs", "lock", "setup", "python"):
        assert re.search(rf"^  {verb} |   {verb} ", shown.stdout, re.MULTILINE), verb


def fake_python(path: Path, version: str) -> str:
    """An interpreter of that version without ensurepip, as Debian installs it without its venv package."""
    path.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *) echo {version} ;; esac\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("version", "says"),
    [("3.12", "sudo apt-get install python3.12-venv"), ("3.13", "is not a Python 3.11 or 3.12")],
)
def test_dev_says_in_one_line_what_is_lacking(tmp_path: Path, version: str, says: str) -> None:
    ended = dev(tmp_path, "setup", PYTHON=fake_python(tmp_path / "python", version))
    assert ended.returncode == 2
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not (tmp_path / "a checkout" / ".venv").exists()
