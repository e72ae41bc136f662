"""Git over smart HTTP, as a forge serves it: 'git http-backend' itself, behind a token."""

from __future__ import annotations

import base64
import gzip
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.servers.loopback import Asked, Given, Loopback

TOKEN = "ghs_test"
BASIC = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
_WANT = re.compile(rb"want ([0-9a-f]+)")
_BATCH = "/info/lfs/objects/batch"
_SETTINGS = {"uploadpack.allowFilter": "true", "uploadpack.allowAnySHA1InWant": "true", "safe.directory": "*"}


class GitServer(Loopback):
    """Serves the repositories below ``root`` to those who bring the token; ``batch`` answers for Git LFS."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self._root = root
        self.settings = dict(_SETTINGS)
        self.token = BASIC
        self.redirect: str | None = None
        self.stalls = False
        self.old = False
        """Speak protocol version 0, where only what is advertised can be asked for."""
        self.batch: Callable[[Asked], Given] | None = None

    def publish(self, name: str, git_dir: Path) -> None:
        """Serve the repository at ``git_dir`` as ``name`` (``OWNER/NAME``)."""
        place = self._root / f"{name}.git"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(git_dir)

    @property
    def fetches(self) -> list[list[str]]:
        """The object ids that each transfer asked for, sorted."""
        found = []
        for asked in self.asked:
            zipped = asked.headers.get("content-encoding") == "gzip"
            body = gzip.decompress(asked.body) if zipped else asked.body
            wants = sorted(want.decode() for want in _WANT.findall(body))
            if asked.target.endswith("/git-upload-pack") and wants:
                found.append(wants)
        return found

    def answer(self, asked: Asked) -> Given:
        if self.stalls:
            return self.stall()
        if self.redirect:
            return Given(302, headers={"Location": self.redirect + asked.target})
        if asked.headers.get("authorization") != self.token:
            return Given(401, headers={"WWW-Authenticate": 'Basic realm="git"'})
        if asked.target.endswith(_BATCH) and self.batch:
            return self.batch(asked)
        return self._backend(asked)

    def _backend(self, asked: Asked) -> Given:
        path, _, query = asked.target.partition("?")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "GIT_PROJECT_ROOT": str(self._root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": asked.method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": asked.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(asked.body)),
            "HTTP_CONTENT_ENCODING": asked.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": "" if self.old else asked.headers.get("git-protocol", ""),
            "GIT_CONFIG_COUNT": str(len(self.settings)),
        }
        for number, (key, value) in enumerate(self.settings.items()):
            environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        done = subprocess.run(
            ["git", "http-backend"], input=asked.body, env=environment, capture_output=True, check=False
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split()[0])
        return Given(status, body, headers)
