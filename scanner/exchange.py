"""What scan may ask of collect, and what it is told: ``requests.json`` and the answers in the manifest."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from scanner.domain import Cause, HubType, Noun

Key = Annotated[str, StringConstraints(pattern=r"^(git|lfs|file|hub|osv):([0-9a-f]{40}|[0-9a-f]{64})$")]
"""Content address of an object.

``git:<object id>``, ``lfs:<sha256>``, ``file:<sha256>``; ``hub:`` with the SHA-256 that the Hub declares of a
file in its large storage, with the git object id of any other file, or with the SHA-256 of an API document;
``osv:`` with the SHA-256 of a body of the vulnerability database.
"""

Oid = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{40}|[0-9a-f]{64})$")]
Commit = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
HexSha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ByteCount = Annotated[int, Field(ge=0, le=1 << 53)]
Extent = tuple[ByteCount, ByteCount]
"""Offset and length in bytes."""

HubId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,95})?$", max_length=193
    ),
]
"""``org/name``, or the Hub's oldest names, which have one segment."""

HubRevision = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x20\x7f?#\\]{1,250}$")]
"""A branch, a tag, ``refs/pr/1`` or a commit; quoted as a whole when it becomes part of an address."""

HubPath = Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class BlobRequest(Noun):
    """Bytes of a git blob of the base or head tree."""

    kind: Literal["blob"] = "blob"
    oid: Oid
    extents: list[Extent] | None = Field(None, description="null asks for the whole blob")


class LfsRequest(Noun):
    """Bytes of a Git LFS object, as a pointer in the change declares it."""

    kind: Literal["lfs"] = "lfs"
    sha256: HexSha256
    size: ByteCount
    extents: list[Extent] | None = None


class FileRequest(Noun):
    """Bytes of a local file that the caller named."""

    kind: Literal["file"] = "file"
    sha256: HexSha256
    extents: list[Extent] | None = None


class HubRecordRequest(Noun):
    """What the Hub says of one repository at one revision.

    The answer's ``documents`` hold the bodies of the Hub's own API, unread: ``info``, ``tree.0`` …,
    ``refs``, ``commits.0`` … (of the resolved commit, newest first), ``commits.last`` (its last page, where
    that is further away), ``main.0`` … (of the main branch, where the commit is not its head and not in
    ``commits``), and ``organization`` or ``user`` (the name space). ``lacking`` says why one is not there. An
    answer that is not served may still hold those that were had.
    """

    kind: Literal["hub-record"] = "hub-record"
    repo_type: HubType
    repo_id: HubId
    revision: HubRevision | None = Field(None, description="null asks for the default branch")


class HubFileRequest(Noun):
    """Bytes of a file of a Hub repository at a commit, as the Hub's tree declares it.

    ``sha256`` is that of a file in the large storage; of any other file ``oid`` is the git object id.
    """

    kind: Literal["hub-file"] = "hub-file"
    repo_type: HubType
    repo_id: HubId
    commit: Commit
    path: HubPath
    size: ByteCount
    oid: Commit
    sha256: HexSha256 | None = None
    extents: list[Extent] | None = Field(None, description="null asks for the whole file")

    @property
    def key(self) -> str:
        """Where the evidence keeps its bytes."""
        return f"hub:{self.sha256 or self.oid}"


PackagePurl = Annotated[str, StringConstraints(pattern=r"^pkg:[a-z0-9.+-]+/[\x21-\x7e]{1,480}$")]
"""A package URL with a version, as a vulnerability database is asked for it."""

AdvisoryId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{1,99}$")]


class OsvQuery(Noun):
    """One package, and which page of the answer.

    A server is told the package URL alone; ``ecosystem`` and ``name`` are for a local database: under them it
    keeps its advisories.
    """

    purl: PackagePurl
    ecosystem: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z.]{0,29}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=480)]
    page_token: str | None = Field(None, min_length=1, max_length=1024)


class OsvQueryRequest(Noun):
    """Which vulnerabilities these packages have (``POST /v1/querybatch`` of the OSV API).

    The answer's document ``batch`` is the body: a list of results in the order of the queries. A local
    database has no such answer: then the documents are the advisories that have the name of any of the
    packages in them, each under ``advisory:`` and its id, and ``lacking`` names the ecosystems that the
    database does not have.
    """

    kind: Literal["osv-query"] = "osv-query"
    queries: list[OsvQuery] = Field(min_length=1, max_length=1000)


class OsvAdvisoriesRequest(Noun):
    """What the database says of these vulnerabilities (``GET /v1/vulns/{id}``).

    The answer's documents are the bodies by id; ``lacking`` says why one could not be had.
    """

    kind: Literal["osv-advisories"] = "osv-advisories"
    ids: list[AdvisoryId] = Field(min_length=1, max_length=1000)


Request = Annotated[
    BlobRequest
    | LfsRequest
    | FileRequest
    | HubRecordRequest
    | HubFileRequest
    | OsvQueryRequest
    | OsvAdvisoriesRequest,
    Field(discriminator="kind"),
]


class Requests(Noun):
    """``requests.json``: what scan would like to have."""

    schema_version: Literal["1"] = "1"
    requests: list[Request] = []


HubRefusal = Literal[
    "not-found", "revision-not-found", "entry-not-found", "gated", "unauthorized", "disabled", "unreachable"
]
"""Why the Hub does not serve it. Private repositories are said to be absent, too: ``not-found``."""


class Answer(Noun):
    """What became of a request: served, or not served and why."""

    request: Request
    served: bool
    cause: Cause | None = None
    detail: str = ""
    action: str = ""
    refusal: HubRefusal | None = None
    documents: dict[str, Key] = Field({}, description="objects that answer it, by their role")
    lacking: dict[str, str] = Field({}, description="parts of the answer that could not be had, and why")


def request_id(request: Noun) -> str:
    """Canonical JSON of a request: two requests with the same id ask for the same."""
    return json.dumps(request.model_dump(mode="json"), sort_keys=True)
