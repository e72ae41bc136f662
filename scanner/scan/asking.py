"""What scan has asked for, what became of it, and what it asks for now."""

from __future__ import annotations

from scanner.evidence import Manifest
from scanner.exchange import Answer, LfsRequest, Request, request_id


class Asking:
    """Requests of this pass, and the answers to those of earlier ones."""

    def __init__(self, manifest: Manifest) -> None:
        self._answers = {request_id(answer.request): answer for answer in manifest.answers}
        self._open: dict[str, Request] = {}
        self._lfs = {
            answer.request.sha256: answer
            for answer in manifest.answers
            if isinstance(answer.request, LfsRequest) and not answer.served
        }

    @property
    def requests(self) -> list[Request]:
        """What is asked for now, in a fixed order."""
        return [self._open[identity] for identity in sorted(self._open)]

    def ask(self, request: Request) -> Answer | None:
        """Note a request; returns its answer when there is one already."""
        identity = request_id(request)
        if identity not in self._answers:
            self._open[identity] = request
        return self._answers.get(identity)

    def answer(self, request: Request) -> Answer | None:
        """The answer to a request, if there is one; nothing is asked for."""
        return self._answers.get(request_id(request))

    def refused_lfs(self, sha256: str) -> Answer | None:
        """Why an LFS object was not served, whichever bytes of it were asked for."""
        return self._lfs.get(sha256)
