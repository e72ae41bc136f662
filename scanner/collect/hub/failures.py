"""Why the Hub does not serve something, told apart by the library's own classes of errors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scanner.collect.errors import Unserved
from scanner.collect.hub.library import load
from scanner.domain import Cause
from scanner.exchange import HubRefusal

if TYPE_CHECKING:
    from httpx2 import Response

_TOLD = frozenset({"x-error-code", "x-error-message"})
_WRONG_TOKEN = "Invalid credentials in Authorization header"  # noqa: S105 - what the Hub says of a wrong one

_ABSENT = "correct the name; for a private repository give a token that may read it, then run again"
_REVISION = "name a branch, tag or commit that the repository has, then run again"
_GATE = "accept the terms on the Hub with the account of the token and give that token, then run again"
_TOKEN = "give a valid token with read access, or none; then run again"  # noqa: S105 - an advice
_DISABLED = "do not rely on this repository: the Hub has disabled it"
_LATER = "run again later"


class HubUnserved(Unserved):
    """One thing that the Hub does not serve, with the word for it."""

    def __init__(self, cause: Cause, detail: str, action: str, refusal: HubRefusal | None = None) -> None:
        super().__init__(cause, detail, action)
        self.refusal = refusal


def unreachable(where: str, why: str) -> HubUnserved:
    """Nobody answers at this origin."""
    return HubUnserved(
        Cause.ACCESS,
        f"the Hub at {where} cannot be reached ({why})",
        "check the network, or run with --offline",
        "unreachable",
    )


def of_status(response: Response, where: str) -> Unserved:
    """What an answer that is neither a success nor to be asked again means; its body is not read."""
    import httpx2

    hub = load()
    told = {name: value for name, value in response.headers.items() if name in _TOLD}
    bare = httpx2.Response(response.status_code, headers=told, request=response.request, content=b"")
    try:
        hub.utils.hf_raise_for_status(bare)
    except hub.errors.GatedRepoError:
        return HubUnserved(Cause.ACCESS, "the repository is gated", _GATE, "gated")
    except hub.errors.DisabledRepoError:
        return HubUnserved(Cause.ACCESS, "the Hub has disabled the repository", _DISABLED, "disabled")
    except hub.errors.RevisionNotFoundError:
        return HubUnserved(
            Cause.ACCESS, "the repository has no such revision", _REVISION, "revision-not-found"
        )
    except hub.errors.EntryNotFoundError:
        return HubUnserved(
            Cause.ACCESS, "the repository has no such file at this commit", _REVISION, "entry-not-found"
        )
    except hub.errors.RepositoryNotFoundError:
        return _absent()
    except hub.errors.HfHubHTTPError:
        return _other(response, where)
    return Unserved(
        Cause.UNREADABLE,
        f"{where} answered with status {response.status_code}, which means nothing here",
        _LATER,
    )


def _other(response: Response, where: str) -> Unserved:
    status = response.status_code
    if status == 401 and response.headers.get("x-error-message") != _WRONG_TOKEN:
        return _absent()
    if status in (401, 403):
        return HubUnserved(
            Cause.ACCESS, f"{where} does not allow it (status {status})", _TOKEN, "unauthorized"
        )
    if status in (404, 410):
        return HubUnserved(Cause.ACCESS, f"{where} has no such thing (status {status})", _ABSENT, "not-found")
    return Unserved(Cause.UNREADABLE, f"{where} answered with status {status}", _LATER)


def _absent() -> HubUnserved:
    """Private repositories are said to be absent, too, to whoever may not see them."""
    detail = "there is no such repository on the Hub, or it is private"
    return HubUnserved(Cause.ACCESS, detail, _ABSENT, "not-found")
