"""A package index on this machine, and the lock files that the real uv makes of it."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PACKAGES: dict[str, tuple[str, list[str]]] = {
    "web": ("2.31.0", ["certs>=2020", "socks>=1; extra == 'socks'"]),
    "certs": ("2024.2.2", []),
    "socks": ("1.7.1", []),
    "frames": ("2.1.0", ["certs"]),
    "checks": ("8.0.0", []),
}
"""Name, version and requirements."""

PROJECT = """\
[project]
name = "demo"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["web[socks]; sys_platform != 'win32'", "part"]
[project.optional-dependencies]
gpu = ["frames"]
[dependency-groups]
dev = ["checks"]
[tool.uv]
package = false
[tool.uv.sources]
part = { path = "part" }
[[tool.uv.index]]
url = "%s"
default = true
"""
PART = '[project]\nname = "part"\nversion = "0.1.0"\ndependencies = ["certs"]\n[tool.uv]\npackage = false\n'


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name of the parent
        pass


def wheel(name: str, version: str, requirements: list[str]) -> bytes:
    """A wheel with nothing but its metadata."""
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    lines += [f"Requires-Dist: {each}" for each in requirements]
    lines += ["Provides-Extra: socks"] if name == "web" else []
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        folder = f"{name}-{version}.dist-info"
        archive.writestr(f"{folder}/METADATA", "\n".join(lines) + "\n")
        archive.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{folder}/RECORD", "")
    return out.getvalue()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of an index of :data:`PACKAGES`, for as long as the block lasts."""
    for name, (version, requirements) in PACKAGES.items():
        data = wheel(name, version, requirements)
        place = folder / "simple" / name
        place.mkdir(parents=True)
        file = f"{name}-{version}-py3-none-any.whl"
        (place / file).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        (place / "index.html").write_text(f'<a href="{file}#sha256={digest}">{file}</a>')
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/simple"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def locks(folder: Path) -> dict[str, bytes]:
    """``uv.lock`` and ``pylock.toml`` of one project, as uv writes them."""
    project = folder / "project"
    (project / "part").mkdir(parents=True)
    with served(folder / "index") as address:
        (project / "pyproject.toml").write_text(PROJECT % address)
        (project / "part" / "pyproject.toml").write_text(PART)
        _uv(["lock"], project, folder)
        words = ["export", "--format", "pylock.toml", "--all-groups", "--all-extras", "--no-emit-project"]
        _uv([*words, "--output-file", "pylock.toml"], project, folder)
    return {name: (project / name).read_bytes() for name in ("uv.lock", "pylock.toml")}


def _uv(words: list[str], project: Path, folder: Path) -> None:
    common = ["--cache-dir", str(folder / "cache"), "--python", sys.executable, "--quiet"]
    subprocess.run(
        [str(Path(sys.executable).with_name("uv")), *words, *common],
        cwd=project,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "UV_PYTHON_DOWNLOADS": "never"},
        check=True,
        capture_output=True,
    )
