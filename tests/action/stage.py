"""Everything around one run of the action: a forge, a proxy to reach it by, a runner."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from tests.action.harness import Job, Runner
from tests.collect.forge import NAME, Forge, forge, pull_request
from tests.servers.github_state import Pull
from tests.servers.loopback import Asked, Given, Loopback
from tests.support import ROOT

HOST = "http://acme.ghe.com"
"""Takes artifacts, unlike GitHub Enterprise Server; nobody's, and reached through the proxy alone."""

MODELS = ROOT / "tests" / "inspect" / "fixtures"
HOSTILE = (MODELS / "torch-zip-payload.pt").read_bytes()
HARMLESS = (MODELS / "model.safetensors").read_bytes()


class Proxy(Loopback):
    """An HTTP proxy behind which ``HOST`` is the forge, its API included."""

    def __init__(self, served: Forge) -> None:
        super().__init__()
        self._served = served

    def answer(self, asked: Asked) -> Given:
        parts = urlsplit(asked.target)
        if f"{parts.scheme}://{parts.hostname}" != HOST:
            return Given(502)
        local = parts.path + (f"?{parts.query}" if parts.query else "")
        server = self._served.api if local.startswith("/api/") else self._served.git
        return server.answer(replace(asked, target=local))


@dataclass
class Stage:
    """A pull request of ``change`` into ``main``, and a runner that hears of it."""

    forge: Forge
    proxy: Proxy
    runner: Runner
    image: str = ""
    runs: int = 0

    @property
    def comments(self) -> list[str]:
        return [comment["body"] for comment in self.forge.api.state.comments.get(7, [])]

    def propose(self, files: Mapping[str | bytes, bytes]) -> tuple[str, str]:
        """A base, and the pull request with ``files``; returns both commits."""
        base = self.forge.repo.commit({"README.md": b"# x\n"})
        self.forge.repo.branch("change")
        return base, self.amend(base, files)

    def amend(self, base: str, files: Mapping[str | bytes, bytes], head_repository: str = NAME) -> str:
        """Push ``files`` to the pull request; returns its new head."""
        head = self.forge.repo.commit(files)
        self.forge.merge_base(base, head, base)
        shown: dict[str, set[int]] = {str(name): {1} for name in files}
        self.forge.api.state.pulls[7] = Pull(7, head, base, files=shown, head_repository=head_repository)
        return head

    def pull_request(
        self, base: str, head: str, inputs: Mapping[str, str] | None = None, head_repository: str = NAME
    ) -> Job:
        return self.run("pull_request", pull_request(base, head, head_repository), inputs, sha=head)

    def run(
        self,
        event: str,
        payload: Any,
        inputs: Mapping[str, str] | None = None,
        *,
        sha: str,
        again: tuple[int, int] | None = None,
    ) -> Job:
        """The action, once, in containers on the machine's own network.

        ``again`` is the id of an earlier run that is repeated, and the attempt that this is.
        """
        if again is None:
            self.runs += 1
        run_id, attempt = again or (self.runs, 1)
        given = {"image": self.image, "network": "host", **(inputs or {})}
        return self.runner.run(event, payload, given, sha=sha, run_id=run_id, attempt=attempt)

    def direct(self) -> None:
        """From now on the forge is a server of an address of its own: GitHub Enterprise Server."""
        self.runner.server_url, self.runner.api_url = self.forge.git.url, self.forge.api.api_url
        self.runner.env = {}


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """A stage with an empty repository; the runner's folder is one that every user can reach."""
    with forge(folder) as served, Proxy(served) as proxy, TemporaryDirectory() as reachable:
        place = Path(reachable)
        place.chmod(0o755)
        for name in ("action.yml", "run.sh"):
            shutil.copy(ROOT / name, place)
        runner = Runner(
            place / "runner",
            action=place,
            server_url=HOST,
            api_url=f"{HOST}/api/v3",
            repository=NAME,
            env={"http_proxy": proxy.url},
        )
        yield Stage(served, proxy, runner)


@contextmanager
def derived(image: str, folder: Path, program: str, files: Mapping[str, str] | None = None) -> Iterator[str]:
    """``image`` with another program at its entrance, for as long as the context lasts."""
    folder.mkdir()
    for name, text in {"entrance.py": program, **(files or {})}.items():
        (folder / name).write_text(text)
    copies = "".join(f"COPY --chown=0:0 {name} /{name}\n" for name in (files or {}))
    entrance = json.dumps(["/opt/modelward/venv/bin/python", "-I", "/entrance.py"])
    (folder / "Dockerfile").write_text(
        f"FROM {image}\nCOPY entrance.py /entrance.py\n{copies}ENTRYPOINT {entrance}\n"
    )
    for path in folder.iterdir():
        path.chmod(0o644)
    build = ["docker", "build", "--quiet", "--network", "none", str(folder)]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = done.stdout.strip()
    try:
        yield made
    finally:
        subprocess.run(["docker", "rmi", "--force", made], capture_output=True, check=False)


def owners(folder: Path) -> set[tuple[int, int]]:
    """Who owns the files below a folder, and the folder."""
    paths = [folder, *folder.rglob("*")]
    return {(path.lstat().st_uid, path.lstat().st_gid) for path in paths}


def runners() -> list[tuple[int, int] | None]:
    """Who a runner can be here: whoever runs the tests, and where that is root also somebody else."""
    return [None, (1234, 1234)] if os.getuid() == 0 else [None]
