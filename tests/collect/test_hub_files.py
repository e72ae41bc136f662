"""Bytes of files: what is asked for, how often, and what is in the store afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from scanner.collect.hub.files import bridged, is_path, within, without
from scanner.collect.limits import HUB_GAP
from scanner.demo.hub.content import sparse
from scanner.demo.hub.state import Fault, Repository
from scanner.evidence import EDGE, merge_extents
from tests.collect.hubs import MIB, big, known, rows

CONFIG = b'{"architectures": ["Tiny"]}'
WEIGHTS = bytes(range(256)) * 40_000


def test_a_gigabyte_in_four_requests(tmp_path: Path) -> None:
    size = 1 << 30
    content = big(size)
    with known(tmp_path, {"pytorch_model.bin": content}) as made:
        (stored,) = made.served(made.file("pytorch_model.bin", edge=True))
        assert stored.extents == [(0, EDGE), (size - EDGE, EDGE)]
        (stored,) = made.served(made.file("pytorch_model.bin", [(500 * MIB, 70_000)]))
        assert stored.extents == [(0, EDGE), (500 * MIB, 70_000), (size - EDGE, EDGE)]
        assert (stored.size, stored.sha256) == (size, content.sha256)
        assert (stored.digest_origin, stored.declared_by) == ("declared", "the Hub")
        assert [(each.origin, each.method) for each in made.server.log] == [("hub", "HEAD")] + 3 * [
            ("storage", "GET")
        ]
        with open(made.store.path(stored.key), "rb") as got:
            for offset, length in stored.extents:
                got.seek(offset)
                assert got.read(length) == content.read(offset, length)
        assert made.hub.spent.bytes < 300_000


def test_a_small_file_takes_one_request_and_is_whole(tmp_path: Path) -> None:
    with known(tmp_path, {"config.json": CONFIG}) as made:
        request = made.file("config.json", edge=True)
        (stored,) = made.served(request)
        assert made.bytes_of(request) == CONFIG
        assert (stored.whole, stored.digest_origin) == (True, "computed")
        assert stored.sha256 == hashlib.sha256(CONFIG).hexdigest()
        assert [each.method for each in made.server.log] == ["GET"]
        assert made.ask(made.file("config.json", [(0, 5)]))[0].served
        assert len(made.server.log) == 1, "what is here already is not asked for again"


def test_small_files_by_way_of_the_cache_of_the_hub(tmp_path: Path) -> None:
    with known(tmp_path, {"a b/config.json": CONFIG}) as made:
        made.server.state.cached_small_files = True
        request = made.file("a b/config.json")
        made.served(request)
        assert made.bytes_of(request) == CONFIG
        assert [each.path.split("/")[1] for each in made.server.log] == ["acme", "api"]


def test_a_whole_large_file_has_its_digest_computed(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": WEIGHTS, "empty.bin": b"", "empty.txt": b""}) as made:
        weights, *empty = (made.file(path) for path in ("w.bin", "empty.bin", "empty.txt"))
        stored = made.served(weights, *empty)
        assert made.bytes_of(weights) == WEIGHTS
        assert [each.digest_origin for each in stored] == ["computed"] * 3
        assert stored[0].sha512 == hashlib.sha512(WEIGHTS).hexdigest()
        assert len(made.server.log) == 2, "nothing is asked for where there is nothing"


def test_ranges_that_become_the_whole_file_are_verified(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": WEIGHTS}) as made:
        half = len(WEIGHTS) // 2
        made.served(made.file("w.bin", [(0, half)]))
        (stored,) = made.served(made.file("w.bin", [(half, half)]))
        assert (stored.whole, stored.digest_origin) == (True, "computed")
        (stored,) = made.served(made.file("w.bin", [(1, 2)]))
        assert [each.headers.get("range") for each in made.server.asked(origin="storage")] == [
            f"bytes=0-{half - 1}",
            f"bytes={half}-{len(WEIGHTS) - 1}",
        ]


def test_a_range_of_a_file_that_git_holds(tmp_path: Path) -> None:
    data = b"v" * (3 * MIB)
    with known(tmp_path, {"vocabulary.txt": data}) as made:
        (stored,) = made.served(made.file("vocabulary.txt", edge=True))
        assert (stored.sha256, stored.digest_origin) == (None, None)
        assert {each.headers["range"] for each in made.server.log} == {
            f"bytes=0-{EDGE - 1}",
            f"bytes={3 * MIB - EDGE}-{3 * MIB - 1}",
        }
        (stored,) = made.served(made.file("vocabulary.txt"))
        assert stored.sha256 == hashlib.sha256(data).hexdigest()


def test_only_what_is_missing_is_asked_for(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big()}) as made:
        made.served(made.file("w.bin", edge=True))
        made.server.log.clear()
        (stored,) = made.served(made.file("w.bin", [(10, 20), (EDGE - 5, 15), (MIB, 10), (MIB + 500, 10)]))
        assert sorted(each.headers["range"] for each in made.server.log) == [
            f"bytes={MIB}-{MIB + 509}",
            f"bytes={EDGE}-{EDGE + 9}",
        ]
        assert stored.extents[0] == (0, EDGE + 10)


def test_a_hundred_shards_of_five_gigabytes(tmp_path: Path) -> None:
    size, count = 5_000_000_000, 100
    shards = {
        f"model-{number:05}.safetensors": sparse(size, {0: b"shard %d" % number, size - 3: b"end"})
        for number in range(count)
    }
    with known(tmp_path, shards) as made:
        requests = [made.file(path, edge=True) for path in shards]
        before = made.hub.spent
        stored = made.served(*requests)
        assert [sum(length for _, length in each.extents) for each in stored] == [2 * EDGE] * count
        assert len(made.server.log) == 3 * count
        assert made.hub.spent.bytes - before.bytes == count * 2 * EDGE
        with open(made.store.path(requests[7].key), "rb") as got:
            assert got.read(7) == b"shard 7"
            got.seek(size - 3)
            assert got.read() == b"end"


def test_an_address_that_has_expired_is_asked_for_anew(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big()}) as made:
        made.served(made.file("w.bin", edge=True))
        made.server.state.signatures += 1
        made.served(made.file("w.bin", [(20 * MIB, 10), (30 * MIB, 10)]))
        heads = [each for each in made.server.log if each.method == "HEAD"]
        assert len(heads) == 2


def test_a_mirror_that_serves_large_files_itself(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big()}, token="secret") as made:
        made.server.state.serves_large_files = True
        made.served(made.file("w.bin", edge=True))
        assert [each.origin for each in made.server.log] == ["hub"] * 3
        made.server.state.misbehave(Fault("other-digest", method="GET"))
        (answer,) = made.ask(made.file("w.bin", [(20 * MIB, 10)]))
        assert "has another digest" in answer.detail


def test_two_repositories_with_the_same_file(tmp_path: Path) -> None:
    with known(tmp_path, {"w.bin": big()}) as made:
        copy = made.server.state.add(Repository("acme/copy", gated="auto"))
        copy.commit({"other.bin": big()})
        made.record("acme/copy")
        gated = made.file("other.bin", edge=True, repo_id="acme/copy")
        answers = made.ask(gated, made.file("w.bin", edge=True))
        assert gated.key == made.file("w.bin").key
        assert rows(answers) == [(False, "access", "gated"), (True, None, None)]


def test_only_files_of_a_commit_that_a_record_names(tmp_path: Path) -> None:
    with known(tmp_path, {"config.json": CONFIG}) as made:
        request = made.file("config.json")
        others = [
            request.model_copy(update={"commit": "0" * 40}),
            request.model_copy(update={"repo_id": "acme/other"}),
            request.model_copy(update={"repo_type": "dataset"}),
            *(
                request.model_copy(update={"path": path})
                for path in ("../x", "/etc/passwd", "a\\b", "a\nb", "a//b")
            ),
        ]
        answers = made.ask(*others)
        assert rows(answers) == [(False, "access", None)] * len(others)
        assert made.server.log == []


def test_what_the_hub_does_not_serve(tmp_path: Path) -> None:
    with known(tmp_path, {"config.json": CONFIG, "w.bin": WEIGHTS}) as made:
        made.server.state.add(Repository("acme/gated", gated="auto")).commit({"w.bin": big(), "a.txt": b"a"})
        made.record("acme/gated")
        gone = made.file("config.json").model_copy(update={"path": "gone.json"})
        answers = made.ask(
            made.file("w.bin", repo_id="acme/gated"), made.file("a.txt", repo_id="acme/gated"), gone
        )
        assert rows(answers) == [
            (False, "access", "gated"),
            (False, "access", "gated"),
            (False, "access", "entry-not-found"),
        ]
        assert all(answer.detail and answer.action for answer in answers)


def test_paths_of_repositories() -> None:
    assert all(is_path(path) for path in ("a", "a/b.c", "ä b/ü", ".gitattributes", "a/..b", "x?y#z%2e"))
    assert not any(
        is_path(path) for path in ("", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "a\0", "a\x7f")
    )


def test_a_path_with_every_sign_that_an_address_treats_apart(tmp_path: Path) -> None:
    path = "a?b#c%2e/ü &+;=d.json"
    with known(tmp_path, {path: CONFIG}) as made:
        request = made.file(path)
        made.served(request)
        assert made.bytes_of(request) == CONFIG


RANGES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=6).map(merge_extents)


def positions(extents: list[tuple[int, int]]) -> set[int]:
    return {position for offset, length in extents for position in range(offset, offset + length)}


@given(RANGES, RANGES, st.integers(0, 70))
def test_ranges_are_sets_of_positions(
    asked: list[tuple[int, int]], held: list[tuple[int, int]], size: int
) -> None:
    assert positions(without(asked, held)) == positions(asked) - positions(held)
    assert positions(within(asked, size)) == positions(asked) & set(range(size))


def test_near_ranges_are_one() -> None:
    assert bridged([(0, 10), (10 + HUB_GAP, 5), (15 + 2 * HUB_GAP + 1, 5)]) == [
        (0, 15 + HUB_GAP),
        (16 + 2 * HUB_GAP, 5),
    ]
    assert bridged([]) == []
