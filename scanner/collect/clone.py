"""A partial clone of our own, inside the evidence directory: commits and trees first, then the blobs needed.

It is bare and has no checkout. It only ever fetches, by object id, from the server of the base repository;
it is read through :class:`scanner.collect.repository.Repository` like any clone, so that what it lacks is
lacking and is never fetched in passing.
"""

from __future__ import annotations

import base64
import os
import re
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from scanner.collect.errors import CollectError, Unserved
from scanner.collect.limits import FETCHED, FETCHES
from scanner.collect.neutral import bound, environment, find_git, own_config
from scanner.collect.wish import Remote
from scanner.domain import Cause

FOLDER = ".clone"
"""Its name in the evidence directory; later rounds use it again."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+@=-]{0,249}")
_OPTIONS = (
    "--quiet",
    "--filter=blob:none",
    "--no-tags",
    "--no-write-fetch-head",
    "--no-recurse-submodules",
    "--no-auto-maintenance",
    "--stdin",
)
_ABSENT = ("not our ref", "couldn't find remote ref", "unadvertised object")
_DENIED = ("authentication failed", "could not read username", "error: 401", "error: 403", "not found")
_FORWARDED = (
    "all_proxy",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "GIT_SSL_CAINFO",
    "SSL_CERT_FILE",
)
"""How this machine reaches the network; everything else around us stays out."""

_BIGGER = "take the file out of the change, or review it by hand"


class Absent(Exception):
    """The server has no such commit."""


class TooLarge(Exception):
    """What was asked for does not fit into the allowed number of bytes."""


class Clone:
    """Fetches from ``remote`` into ``folder``, which is made when it is not there.

    Raises:
        CollectError: git is missing, or the server's address is not one that is fetched from.
    """

    def __init__(self, folder: Path, remote: Remote, *, sha256: bool = False, limit: int = FETCHED) -> None:
        self.path, self._remote, self._limit = folder.absolute(), remote, limit
        self._git = find_git()
        self._protocol = remote.server_url.partition("://")[0]
        if self._protocol not in ("http", "https"):
            raise CollectError(f"{remote.server_url} is not an address that is fetched from: use https")
        self._config = own_config(sha256=sha256 or self._is_sha256())
        for name in ("objects/info", "objects/pack", "refs"):
            (self.path / name).mkdir(parents=True, exist_ok=True)
        (self.path / "HEAD").write_text("ref: refs/heads/none\n")
        self._settle()

    def commits(self, oids: Iterable[str]) -> None:
        """Fetch commits with their trees, all at once.

        Raises:
            Absent: the server lacks at least one of them.
            CollectError: fetching failed.
        """
        self._fetch(sorted(set(oids)), depth=True)

    def named(self, name: str) -> str:
        """Fetch the commit of a branch, a tag or 'HEAD' with its trees; returns its object id.

        Raises:
            Absent: the server has no such name.
            CollectError: it is no name, or fetching failed.
        """
        if not _NAME.fullmatch(name) or ".." in name:
            raise CollectError(f"{name!r} is no name of a commit; give an object id, a branch or a tag")
        self._fetch([f"+{name}:refs/asked"], depth=True)
        return (self.path / "refs/asked").read_text("ascii").strip()

    def pull_request(self, head: str) -> None:
        """Fetch the head of the pull request by its reference, where the server serves no object ids.

        Raises:
            Absent: the pull request's head is another commit by now.
            CollectError: fetching failed.
        """
        number = self._remote.pull_request
        if number is None or self.named(f"refs/pull/{number}/head") != head:
            raise Absent

    def blobs(self, oids: Iterable[str]) -> dict[str, Unserved]:
        """Fetch blobs, all at once if they fit; returns what could not be fetched, and why."""
        failed: dict[str, Unserved] = {}
        waiting, fetches = [sorted(set(oids))], 0
        while waiting:
            some = waiting.pop()
            if not some:
                continue
            fetches += 1
            try:
                if fetches > FETCHES:
                    raise TooLarge
                self._fetch(some)
            except TooLarge:
                if len(some) > 1 and fetches < FETCHES:
                    waiting += [some[len(some) // 2 :], some[: len(some) // 2]]
                else:
                    detail = f"fetching it would take more than {self._limit} bytes"
                    failed |= dict.fromkeys(some, Unserved(Cause.BUDGET, detail, _BIGGER))
            except Absent:
                detail = "the server does not serve it by its object id"
                action = "run on a checkout (--repo), or allow the server to serve any object id"
                failed |= dict.fromkeys(some, Unserved(Cause.ACCESS, detail, action))
            except CollectError as error:
                failed |= dict.fromkeys(some, Unserved(Cause.RATE, str(error), "run again"))
        return failed

    def _fetch(self, refspecs: Sequence[str], *, depth: bool = False) -> None:
        """One 'git fetch'; objects that have arrived whole stay, whatever happens."""
        process = subprocess.Popen(
            [self._git, "fetch", *_OPTIONS, *(["--depth=1"] if depth else []), "base"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=self._environment(),
            cwd=self.path,
            start_new_session=True,
        )
        seconds = self._remote.patience.fetch
        try:
            with process:
                try:
                    # the process that writes the pack starts later and inherits the limit
                    bound(process.pid, resource.RLIMIT_FSIZE, self._limit)
                    question = "".join(f"{refspec}\n" for refspec in refspecs).encode("ascii")
                    _, said = process.communicate(question, timeout=seconds)
                except BaseException:
                    os.killpg(process.pid, signal.SIGKILL)
                    raise
        except subprocess.TimeoutExpired:
            raise CollectError(
                f"{self._remote.git_url} did not send within {seconds:g} seconds; run again"
            ) from None
        finally:
            too_large = self._settle()
        if process.returncode:
            self._complain(said.decode("utf-8", "replace"), too_large=too_large)

    def _complain(self, said: str, *, too_large: bool) -> None:
        if too_large:
            raise TooLarge
        lowered = said.lower()
        if any(phrase in lowered for phrase in _ABSENT):
            raise Absent
        if any(phrase in lowered for phrase in _DENIED):
            raise CollectError(
                f"{self._remote.git_url} cannot be read: give the job 'permissions: contents: read', "
                "and check the input github-token"
            )
        line = next(
            (line for line in said.splitlines() if line.startswith(("fatal:", "error:"))), "no reason given"
        )
        raise CollectError(f"fetching from {self._remote.git_url} failed: {line[:200]}; run again")

    def _environment(self) -> dict[str, str]:
        """Surroundings of a fetch: one remote, one protocol, and the token for that server alone."""
        remote, server = self._remote, self._remote.server_url
        settings = {
            "remote.base.url": remote.git_url,
            "remote.base.promisor": "true",
            "fetch.negotiationAlgorithm": "noop",
            "http.followRedirects": "false",
            "http.lowSpeedLimit": "1",
            "http.lowSpeedTime": f"{remote.patience.silence:.0f}",
            "credential.helper": "",
        }
        if remote.token:
            settings[f"http.{server}/.extraHeader"] = f"Authorization: {basic(remote.token)}"
        names = {name: os.environ[name] for name in _FORWARDED if name in os.environ}
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            numbered |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return environment(self.path) | names | numbered | {"GIT_ALLOW_PROTOCOL": self._protocol}

    def _settle(self) -> bool:
        """Bring the configuration back to ours (git notes the remote in it), and remove what arrived half.

        Returns whether something was cut off because it was too large.
        """
        (self.path / "config").write_text(self._config)
        half = list((self.path / "objects/pack").glob("tmp_*"))
        too_large = any(path.stat().st_size >= self._limit for path in half)
        for path in half:
            path.unlink()
        shutil.rmtree(self.path / "logs", ignore_errors=True)
        return too_large

    def _is_sha256(self) -> bool:
        config = self.path / "config"
        return config.is_file() and "objectFormat = sha256" in config.read_text()


def basic(token: str) -> str:
    """The value of an Authorization header, as git and Git LFS send a token."""
    return "Basic " + base64.b64encode(f"x-access-token:{token}".encode()).decode("ascii")
