"""What the card and the configuration of a Hub repository say, read in workers."""

from __future__ import annotations

from scanner.evidence import Evidence
from scanner.exchange import HubFileRequest
from scanner.hub.card import CARD_BYTES
from scanner.hub.config import CONFIG, CONFIG_BYTES
from scanner.hub.describe import FilesRead
from scanner.scan.looking import Looker
from scanner.scan.remote_files import CARD, request_for
from scanner.scan.subject import Subject
from scanner.scan.workshop import Job, Workshop

_NOTHING: dict[str, object] = {"sections": [], "texts": {}, "papers": []}


def read(subject: Subject, evidence: Evidence, looker: Looker, workshop: Workshop) -> FilesRead:
    """The card, which is asked for with the other files; the configuration only where its bytes are here."""
    if not subject.wanted:
        return FilesRead()
    card, config = _request(subject, CARD, CARD_BYTES), _request(subject, CONFIG, CONFIG_BYTES)
    if card is not None and evidence.object(card.key) is None:
        looker.asking.ask(card)
    read = FilesRead(config=_config(config, evidence, workshop))
    if card is None or not _is_here(card, evidence):
        return read
    location = str(evidence.location(card.key).absolute())
    (said,) = workshop.results([Job("card", {"path": location}, (card.key,))], lambda _: _NOTHING)
    return FilesRead(said["sections"], said["texts"], said["papers"], read.config)


def _request(subject: Subject, path: str, most: int) -> HubFileRequest | None:
    file = next((file for file in subject.record.files if file.path == path), None)
    request = request_for(subject.record, file) if file else None
    return request if request is not None and request.size <= most else None


def _is_here(request: HubFileRequest, evidence: Evidence) -> bool:
    stored = evidence.object(request.key)
    return stored is not None and stored.whole


def _config(request: HubFileRequest | None, evidence: Evidence, workshop: Workshop) -> dict[str, str]:
    if request is None or not _is_here(request, evidence):
        return {}
    location = str(evidence.location(request.key).absolute())
    (found,) = workshop.results([Job("config", {"path": location}, (request.key,))], lambda _: {})
    return {str(name): str(value) for name, value in found.items()}
