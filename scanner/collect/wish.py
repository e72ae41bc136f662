"""What a caller wants to know about; light, so that a program can say it before it loads what collects."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Patience:
    """How long and how often a server is asked; seconds."""

    connect: float = 10
    silence: float = 60
    """So long a server may send nothing."""
    fetch: float = 1_800
    """So long one transfer may take."""
    attempts: int = 3
    pause: float = 2
    """Before the second attempt, and twice as long before each further one."""
    longest_pause: float = 60
    """A server that asks for a longer pause is not asked again."""


@dataclass(frozen=True)
class Remote:
    """The base repository on its server, and the token that is for this server alone."""

    server_url: str
    api_url: str
    repository: str
    token: str = field(default="", repr=False)
    pull_request: int | None = None
    lfs_budget: int = 1 << 30
    """Bytes of Git LFS that all rounds together may fetch."""
    patience: Patience = Patience()

    @property
    def git_url(self) -> str:
        """Where git fetches from."""
        return f"{self.server_url}/{self.repository}.git"

    @property
    def lfs_url(self) -> str:
        """The batch interface of Git LFS; no file of the repository has a say in it."""
        return f"{self.git_url}/info/lfs/objects/batch"


@dataclass(frozen=True)
class Central:
    """A configuration that lives in another repository of the same server."""

    api_url: str
    repository: str
    path: str
    ref: str
    token: str = field(default="", repr=False)
    patience: Patience = Patience()


@dataclass(frozen=True)
class Hub:
    """The Hugging Face Hub: where it is, the token for it, and what one run may cost it."""

    endpoint: str = "https://huggingface.co"
    token: str = field(default="", repr=False)
    requests: int = 2_000
    bytes: int = 4 << 30
    seconds: float = 900
    patience: Patience = Patience(connect=10, silence=30)


@dataclass(frozen=True)
class Osv:
    """The vulnerability database: a server of the OSV API, or its export in a local folder."""

    url: str = "https://api.osv.dev"
    """Empty: nobody is asked."""
    database: Path | None = None
    """Folder of ``<ecosystem>/all.zip``, as OSV exports them; used instead of a server."""
    bytes: int = 256 << 20
    """So much one round may bring."""
    seconds: float = 300
    """So long one round may ask; what is not answered by then is said to be lacking."""
    patience: Patience = Patience(connect=5, silence=30, fetch=120, pause=1, longest_pause=30)


@dataclass(frozen=True)
class HubName:
    """One repository that the caller named: ``hf://org/name@rev``."""

    repo_type: Literal["model", "dataset", "space", "kernel"]
    repo_id: str
    revision: str | None = None


@dataclass(frozen=True)
class Asked:
    """What the event and the inputs of the action say; for the manifest, under the names it has there."""

    event: dict[str, str | int | bool | None] = field(default_factory=dict)
    inputs: dict[str, str | bool | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Wish:
    """A change, a whole tree, an index, or (with ``files`` and ``names``) single files and repositories.

    ``base`` null means the upstream default branch, ``config`` null the configuration of the base. With
    ``remote`` the objects are fetched from there; without it they are those of a clone at ``repository``.
    """

    repository: Path = Path()
    base: str | None = None
    head: str = "HEAD"
    mode: Literal["change", "all", "staged", "files"] = "change"
    config: Path | None = None
    offline: bool = False
    files: tuple[Path, ...] = ()
    names: tuple[HubName, ...] = ()
    hub: Hub = Hub()
    osv: Osv = Osv(url="")
    remote: Remote | None = None
    default_base: bool = False
    """Whether the remote's default branch stands in for a base that is not known, or not there any more."""
    central: Central | None = None
    name: str | None = None
    """``OWNER/NAME`` of the repository, for the report."""
    asked: Asked = Asked()
