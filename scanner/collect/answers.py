"""Answers to requests: each is validated first, then served, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.collect.blobs import Blobs
from scanner.collect.clone import Clone
from scanner.collect.errors import CollectError, Unserved
from scanner.collect.files import opened, read_at
from scanner.collect.lfs import Lfs
from scanner.collect.limits import LARGEST, REQUESTS, TOTAL
from scanner.collect.objects import ObjectStore, file_chunks
from scanner.collect.repository import Repository
from scanner.domain import Cause
from scanner.evidence import Manifest
from scanner.exchange import (
    Answer,
    BlobRequest,
    FileRequest,
    HubFileRequest,
    HubRecordRequest,
    LfsRequest,
    OsvAdvisoriesRequest,
    OsvQueryRequest,
    Request,
    request_id,
)

if TYPE_CHECKING:
    from scanner.collect.hub.hub import Hub
    from scanner.collect.osv import Osv

_BIGGER_BUDGET = "review the file by hand, or accept its digest in the configuration"
_DEFECT = "none: this is a defect"
_NAME_ONE = "run again without --offline, or name a local one in MODELWARD_OSV_DATABASE"


class Answers:
    """Serves the requests of one round out of a clone, local files, and what the others fetch.

    ``hub`` gives the Hub when something is asked of it; null when it is not to be asked.
    """

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        store: ObjectStore,
        repository: Repository | None,
        blobs: Blobs | None,
        files: dict[str, Path],
        clone: Clone | None,
        lfs: Lfs | None,
        hub: Callable[[], Hub] | None,
        osv: Callable[[], Osv] | None = None,
    ) -> None:
        self._store, self._repository, self._blobs, self._files = store, repository, blobs, files
        self._clone, self._remote_lfs, self._hub, self._osv = clone, lfs, hub, osv
        self._unfetched: dict[str, Unserved] = {}
        self._listings = [
            (root / "trees" / tree.file).read_bytes()
            for tree in (manifest.base_tree, manifest.head_tree)
            if tree
        ]
        self._asked = {request_id(answer.request) for answer in manifest.answers}
        self._taken = sum(length for stored in manifest.objects for _, length in stored.extents)

    def answer_all(self, requests: Sequence[Request]) -> list[Answer]:
        """Answer what was not answered before; what has to be fetched is fetched at once."""
        admitted = list(self._admissible(requests))
        if self._clone is not None and self._repository is not None:
            oids = [item.oid for item in admitted if isinstance(item, BlobRequest) and self._listed(item.oid)]
            self._unfetched = self._clone.blobs(self._repository.missing(oids))
        if self._remote_lfs is not None:
            self._remote_lfs.locate([item for item in admitted if isinstance(item, LfsRequest)])
        asked = self._ask_hub(admitted) | self._ask_osv(admitted)
        return [asked.get(request_id(request)) or self._answer(request) for request in admitted]

    def _ask_hub(self, admitted: Sequence[Request]) -> dict[str, Answer]:
        """The answers of the Hub, by request; it is not loaded where nothing is asked of it."""
        wanted = [item for item in admitted if isinstance(item, HubRecordRequest | HubFileRequest)]
        if self._hub is None or not wanted:
            return {}
        return {request_id(answer.request): answer for answer in self._hub().answer_all(wanted)}

    def _ask_osv(self, admitted: Sequence[Request]) -> dict[str, Answer]:
        """The answers of the vulnerability database, by request."""
        wanted = [item for item in admitted if isinstance(item, OsvQueryRequest | OsvAdvisoriesRequest)]
        if self._osv is None or not wanted:
            return {}
        return {request_id(answer.request): answer for answer in self._osv().answer_all(wanted)}

    def _admissible(self, requests: Sequence[Request]) -> Iterator[Request]:
        """The requests that were not answered before, up to the number one round may hold."""
        for request in requests[:REQUESTS]:
            if request_id(request) not in self._asked:
                self._asked.add(request_id(request))
                yield request

    def _answer(self, request: Request) -> Answer:
        """Serve one request, or say why not; never raises for what is asked."""
        try:
            if isinstance(request, BlobRequest):
                self._blob(request)
            elif isinstance(request, LfsRequest):
                self._lfs(request)
            elif isinstance(request, FileRequest):
                self._file(request)
            elif isinstance(request, OsvQueryRequest | OsvAdvisoriesRequest):
                raise Unserved(Cause.OFFLINE, "no vulnerability database is asked", _NAME_ONE)
            else:
                raise Unserved(Cause.OFFLINE, "the Hub is not asked", "run again without --offline")
        except Unserved as error:
            return refused(request, error)
        except (OSError, EOFError, CollectError) as error:
            detail, action = f"reading it failed: {error}", "repair the repository, then run again"
            return refused(request, Unserved(Cause.UNREADABLE, detail, action))
        return Answer(request=request, served=True)

    def _listed(self, oid: str) -> bool:
        needle = f" {oid} ".encode("ascii")
        return any(needle in listing for listing in self._listings)

    def _blob(self, request: BlobRequest) -> None:
        if not self._listed(request.oid):
            raise Unserved(Cause.ACCESS, "it belongs to neither the base nor the head tree", _DEFECT)
        if request.oid in self._unfetched:
            raise self._unfetched[request.oid]
        key = f"git:{request.oid}"
        opened_blob = self._blobs.open(request.oid) if self._blobs else None
        if opened_blob is None:
            raise Unserved(
                Cause.ACCESS, "the object store of this clone does not have it", "fetch it, then run again"
            )
        size, chunks = opened_blob
        extents = _within(request.extents, size)
        try:
            self._afford(extents)
            if not self._store.holds(key, extents):
                known = self._store.get(key)
                self._store.put(
                    key, size, chunks, extents, digest="skip" if known and known.sha256 else "compute"
                )
        finally:
            for _ in chunks:  # the next answer begins where this one ends
                pass

    def _lfs(self, request: LfsRequest) -> None:
        """A Git LFS object from the server, or out of the clone's own store."""
        if self._remote_lfs is not None:
            extents = _within(request.extents, request.size)
            if not self._store.holds(f"lfs:{request.sha256}", extents):
                self._afford(extents)
                self._remote_lfs.fetch(request, extents)
            return
        if self._repository is None:
            raise Unserved(Cause.ACCESS, "there is no repository to take it from", "name the file itself")
        digest = request.sha256
        path = self._repository.common_dir / "lfs/objects" / digest[:2] / digest[2:4] / digest
        if not path.is_file():
            raise Unserved(
                Cause.ACCESS, "its bytes are not in this clone", "run 'git lfs pull', then run again"
            )
        self._whole(request, path, f"lfs:{digest}", digest)

    def _file(self, request: FileRequest) -> None:
        path = self._files.get(f"file:{request.sha256}")
        if path is None:
            raise Unserved(Cause.ACCESS, "no such file was named", _DEFECT)
        self._whole(request, path, f"file:{request.sha256}", request.sha256)

    def _whole(self, request: LfsRequest | FileRequest, path: Path, key: str, sha256: str) -> None:
        """Bytes of a local file whose digest must be ``sha256``; ranges of a known file are read in place."""
        with opened(path, follow=True) as (descriptor, size):
            extents = _within(request.extents, size)
            self._afford(extents)
            if request.extents is not None and self._store.get(key):
                self._store.put_extents(key, partial(read_at, descriptor), extents)
            elif self._store.put(key, size, file_chunks(descriptor), extents).sha256 != sha256:
                self._store.discard(key)
                raise Unserved(
                    Cause.UNREADABLE,
                    "its bytes do not have the declared SHA-256",
                    "fetch it again, then run again",
                )

    def _afford(self, extents: list[tuple[int, int]]) -> None:
        amount = sum(length for _, length in extents)
        if amount > LARGEST:
            detail = f"{amount} bytes are more than the {LARGEST} that one file may take"
            raise Unserved(Cause.BUDGET, detail, _BIGGER_BUDGET)
        if self._taken + amount > TOTAL:
            detail = f"the budget of {TOTAL} bytes for one run is used up"
            raise Unserved(Cause.BUDGET, detail, _BIGGER_BUDGET)
        self._taken += amount


def _within(extents: list[tuple[int, int]] | None, size: int) -> list[tuple[int, int]]:
    """Requested ranges cut to the object; all of it when none are named."""
    if extents is None:
        return [(0, size)] if size else []
    return [(offset, min(length, size - offset)) for offset, length in extents if offset < size]


def refused(request: Request, why: Unserved) -> Answer:
    """The answer to a request that is not served."""
    return Answer(request=request, served=False, cause=why.cause, detail=why.detail, action=why.action)
