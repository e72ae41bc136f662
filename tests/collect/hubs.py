"""The embedded Hub, what collect is told of it, and what became of the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from scanner.collect.hub.hub import Hub
from scanner.collect.objects import ObjectStore
from scanner.collect.wish import Hub as Wish
from scanner.collect.wish import Patience
from scanner.demo.hub.content import Content, sparse
from scanner.demo.hub.server import EmbeddedHub
from scanner.demo.hub.state import Repository
from scanner.evidence import HubSpent, StoredObject, edges
from scanner.exchange import Answer, Extent, HubFileRequest, HubRecordRequest, Request

PATIENCE = Patience(connect=5, silence=5, attempts=2, pause=0, longest_pause=1)
MIB = 1 << 20


@dataclass
class Desk:
    """A server, and one run's client for it; ``answers`` are all that were given."""

    server: EmbeddedHub
    root: Path
    wish: Wish
    hub: Hub
    store: ObjectStore
    answers: list[Answer] = field(default_factory=list)

    def ask(self, *requests: HubRecordRequest | HubFileRequest) -> list[Answer]:
        given = self.hub.answer_all(requests)
        self.answers += given
        return given

    def record(self, repo_id: str = "acme/tiny", revision: str | None = None) -> Answer:
        """The answer to a request for a model's record."""
        (answer,) = self.ask(HubRecordRequest(repo_type="model", repo_id=repo_id, revision=revision))
        return answer

    def document(self, answer: Answer, role: str) -> bytes:
        return self.store.path(answer.documents[role]).read_bytes()

    def file(
        self,
        path: str,
        extents: list[Extent] | None = None,
        *,
        edge: bool = False,
        repo_id: str = "acme/tiny",
    ) -> HubFileRequest:
        """A request for a file of the main branch, as the tree declares it."""
        repository = self.server.state.repositories["model", repo_id]
        commit = repository.commits[repository.branches["main"]]
        content = commit.files[path]
        return HubFileRequest(
            repo_type="model",
            repo_id=repo_id,
            commit=commit.id,
            path=path,
            size=content.size,
            oid=content.oid,
            sha256=content.sha256 if content.large else None,
            extents=edges(content.size) if edge else extents,
        )

    def served(self, *requests: HubFileRequest) -> list[StoredObject]:
        """What is stored after these requests were served."""
        for answer in self.ask(*requests):
            assert answer.served, answer
        found = [self.store.get(request.key) for request in requests]
        return [stored for stored in found if stored is not None]

    def bytes_of(self, request: Request) -> bytes:
        assert isinstance(request, HubFileRequest)
        return self.store.path(request.key).read_bytes()


@contextmanager
def desk(root: Path, files: Mapping[str, bytes | Content] | None = None, **options: object) -> Iterator[Desk]:
    """A desk with ``acme/tiny`` on the Hub; ``options`` are fields of the wish."""
    with EmbeddedHub() as server:
        repository = server.state.add(Repository("acme/tiny", card={"license": "mit"}))
        repository.commit({"README.md": b"# tiny\n"}, "initial commit")
        if files:
            repository.commit(files)
        server.state.tokens["secret"] = frozenset()
        wish = replace(Wish(endpoint=server.endpoint, patience=PATIENCE), **options)  # type: ignore[arg-type]
        store = ObjectStore(root)
        with Hub(wish, store, HubSpent(), []) as hub:
            yield Desk(server, root, wish, hub, store)


@contextmanager
def known(root: Path, files: Mapping[str, bytes | Content], **options: object) -> Iterator[Desk]:
    """A desk whose repository's record was fetched already, and the log of the server emptied."""
    with desk(root, files, **options) as made:
        assert made.record().served
        made.server.log.clear()
        yield made


def big(size: int = 64 * MIB, seed: int = 0) -> Content:
    """A large file whose bytes tell where they are from."""
    marks = {
        offset: b"at %d of %d" % (offset, seed) for offset in range(0, size - 64, max(4096, size // 500))
    }
    return sparse(size, marks)


def rows(answers: list[Answer]) -> list[tuple[bool, str | None, str | None]]:
    """Served, cause and refusal of each."""
    return [(each.served, each.cause and each.cause.value, each.refusal) for each in answers]
