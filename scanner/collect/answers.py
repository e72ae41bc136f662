"""Answers to requests: each is validated first, then served, or refused with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from scanner.collect.blobs import Blobs
from scanner.collect.errors import CollectError
from scanner.collect.files import opened, read_at
from scanner.collect.limits import LARGEST, REQUESTS, TOTAL
from scanner.collect.objects import ObjectStore, file_chunks
from scanner.collect.repository import Repository
from scanner.domain import Cause
from scanner.evidence import Answer, BlobRequest, FileRequest, LfsRequest, Manifest, Request, request_id

_BIGGER_BUDGET = "review the file by hand, or accept its digest in the configuration"


class Answers:
    """Serves the requests of one round out of a workspace; it fetches nothing from anywhere else."""

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        store: ObjectStore,
        repository: Repository | None,
        blobs: Blobs | None,
        files: dict[str, Path],
    ) -> None:
        self._store, self._repository, self._blobs, self._files = store, repository, blobs, files
        self._listings = [
            (root / "trees" / tree.file).read_bytes()
            for tree in (manifest.base_tree, manifest.head_tree)
            if tree
        ]
        self._asked = {request_id(answer.request) for answer in manifest.answers}
        self._taken = sum(length for stored in manifest.objects for _, length in stored.extents)

    def admissible(self, requests: Sequence[Request]) -> Iterator[Request]:
        """The requests that were not answered before, up to the number one round may hold."""
        for request in requests[:REQUESTS]:
            if request_id(request) not in self._asked:
                self._asked.add(request_id(request))
                yield request

    def answer(self, request: Request) -> Answer:
        """Serve one request, or say why not; never raises for what is asked."""
        try:
            if isinstance(request, BlobRequest):
                return self._blob(request)
            if isinstance(request, LfsRequest):
                return self._lfs(request)
            return self._file(request)
        except (OSError, EOFError, CollectError) as error:
            return _refused(
                request,
                Cause.UNREADABLE,
                f"reading it failed: {error}",
                "repair the repository, then run again",
            )

    def _blob(self, request: BlobRequest) -> Answer:
        needle = f" {request.oid} ".encode("ascii")
        if not any(needle in listing for listing in self._listings):
            return _refused(
                request,
                Cause.ACCESS,
                "it belongs to neither the base nor the head tree",
                "none: this is a defect",
            )
        key = f"git:{request.oid}"
        opened_blob = self._blobs.open(request.oid) if self._blobs else None
        if opened_blob is None:
            return _refused(
                request,
                Cause.ACCESS,
                "the object store of this clone does not have it",
                "fetch it, then run again",
            )
        size, chunks = opened_blob
        extents = _within(request.extents, size)
        refusal = self._over_budget(request, extents)
        if refusal or self._store.holds(key, extents):
            for _ in chunks:
                pass
            return refusal or Answer(request=request, served=True)
        known = self._store.get(key)
        self._store.put(key, size, chunks, extents, digest="skip" if known and known.sha256 else "compute")
        return Answer(request=request, served=True)

    def _lfs(self, request: LfsRequest) -> Answer:
        """A Git LFS object out of the clone's own store; it counts only if its digest is the declared one."""
        if self._repository is None:
            return _refused(
                request, Cause.ACCESS, "there is no repository to take it from", "name the file itself"
            )
        path = (
            self._repository.common_dir
            / "lfs/objects"
            / request.sha256[:2]
            / request.sha256[2:4]
            / request.sha256
        )
        if not path.is_file():
            return _refused(
                request, Cause.ACCESS, "its bytes are not in this clone", "run 'git lfs pull', then run again"
            )
        return self._whole(request, path, f"lfs:{request.sha256}", request.sha256)

    def _file(self, request: FileRequest) -> Answer:
        path = self._files.get(f"file:{request.sha256}")
        if path is None:
            return _refused(request, Cause.ACCESS, "no such file was named", "none: this is a defect")
        return self._whole(request, path, f"file:{request.sha256}", request.sha256)

    def _whole(self, request: LfsRequest | FileRequest, path: Path, key: str, sha256: str) -> Answer:
        """Bytes of a local file whose digest must be ``sha256``; ranges of a known file are read in place."""
        with opened(path, follow=True) as (descriptor, size):
            extents = _within(request.extents, size)
            refusal = self._over_budget(request, extents)
            if refusal:
                return refusal
            if request.extents is not None and self._store.get(key):
                self._store.put_extents(key, partial(read_at, descriptor), extents)
            elif self._store.put(key, size, file_chunks(descriptor), extents).sha256 != sha256:
                self._store.discard(key)
                return _refused(
                    request,
                    Cause.UNREADABLE,
                    "its bytes do not have the declared SHA-256",
                    "fetch it again, then run again",
                )
        return Answer(request=request, served=True)

    def _over_budget(self, request: Request, extents: list[tuple[int, int]]) -> Answer | None:
        amount = sum(length for _, length in extents)
        if amount > LARGEST:
            return _refused(
                request,
                Cause.BUDGET,
                f"{amount} bytes are more than the {LARGEST} that one file may take",
                _BIGGER_BUDGET,
            )
        if self._taken + amount > TOTAL:
            return _refused(
                request, Cause.BUDGET, f"the budget of {TOTAL} bytes for one run is used up", _BIGGER_BUDGET
            )
        self._taken += amount
        return None


def _within(extents: list[tuple[int, int]] | None, size: int) -> list[tuple[int, int]]:
    """Requested ranges cut to the object; all of it when none are named."""
    if extents is None:
        return [(0, size)] if size else []
    return [(offset, min(length, size - offset)) for offset, length in extents if offset < size]


def _refused(request: Request, cause: Cause, detail: str, action: str) -> Answer:
    return Answer(request=request, served=False, cause=cause, detail=detail, action=action)
