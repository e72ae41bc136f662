"""The lock file: what it says, what is refused, and what contradicts it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.hub.describe import describe
from scanner.hub.lock import (
    Lock,
    LockedFile,
    LockEntry,
    LockError,
    check,
    compare,
    dump,
    from_repositories,
    parse,
)
from tests.hub.makers import HEAD, OID, OTHER_OID, PARENT, ROOT, a_record, hub_file

SHA = "07" * 32
DATE = "2022-03-02T23:29:04.000Z"


def an_entry(**changes: Any) -> LockEntry:
    values: dict[str, Any] = {
        "type": "model",
        "id": "acme/ranker",
        "identity": "id1",
        "first_commit": ROOT,
        "author": "acme",
        "author_created": DATE,
        "commits": {HEAD: {"model.safetensors": LockedFile(digest=f"git:{OID}", size=12)}},
    }
    return LockEntry(**{**values, **changes})


def test_the_file_as_it_is_written() -> None:
    files = [hub_file("b/model.bin", sha256=SHA, size=7), hub_file('a "b".py')]
    locked = from_repositories(
        [describe(a_record(files=files)), describe(a_record(repo_id="a/first", files=[]))]
    )
    assert dump(locked).decode() == (
        "{\n"
        '  "schema_version": "1",\n'
        '  "repositories": [\n'
        "    {\n"
        '      "type": "model",\n'
        '      "id": "a/first",\n'
        '      "identity": "id1",\n'
        f'      "first_commit": "{ROOT}",\n'
        '      "author": "acme",\n'
        '      "commits": {\n'
        f'        "{HEAD}": {{}}\n'
        "      }\n"
        "    },\n"
        "    {\n"
        '      "type": "model",\n'
        '      "id": "acme/ranker",\n'
        '      "identity": "id1",\n'
        f'      "first_commit": "{ROOT}",\n'
        '      "author": "acme",\n'
        '      "commits": {\n'
        f'        "{HEAD}": {{\n'
        f'          "a \\"b\\".py": {{"digest": "git:{OID}", "size": 12}},\n'
        f'          "b/model.bin": {{"digest": "sha256:{SHA}", "size": 7}}\n'
        "        }\n"
        "      }\n"
        "    }\n"
        "  ]\n"
        "}\n"
    )


def test_an_empty_lock() -> None:
    assert json.loads(dump(Lock())) == {"schema_version": "1", "repositories": []}
    assert parse(dump(Lock())) == Lock()


def hexadecimal(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=digits, max_size=digits)


PRINTABLE = st.text(min_size=1, max_size=20).filter(str.isprintable)
FILES = st.dictionaries(
    PRINTABLE,
    st.builds(
        LockedFile,
        digest=hexadecimal(64).map("sha256:{}".format) | hexadecimal(40).map("git:{}".format),
        size=st.integers(0, 1 << 53),
    ),
    max_size=3,
)
ENTRIES = st.builds(
    LockEntry,
    type=st.sampled_from(["model", "dataset", "space", "kernel"]),
    id=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,8})?", fullmatch=True),
    identity=st.none() | st.just("621ffdc0"),
    first_commit=st.none() | hexadecimal(40),
    commits=st.dictionaries(hexadecimal(40), FILES, max_size=2),
)


def ordered(entries: list[LockEntry]) -> list[LockEntry]:
    return sorted(entries, key=lambda entry: (entry.type, entry.id.casefold()))


@given(st.lists(ENTRIES, max_size=4, unique_by=lambda entry: (entry.type, entry.id.casefold())), st.randoms())
def test_what_is_written_is_read_again_and_written_the_same(entries: list[LockEntry], random: Any) -> None:
    lock = Lock(repositories=entries)
    data = dump(lock)
    assert data.endswith(b"}\n")
    assert parse(data).repositories == ordered(entries)
    assert compare(lock, parse(data)) == []
    random.shuffle(entries)
    assert dump(Lock(repositories=entries)) == data == dump(parse(data))


def a_document(**changes: Any) -> dict[str, Any]:
    entry = an_entry().model_dump()
    return {"schema_version": "1", "repositories": [{**entry, **changes}]}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "it is not JSON"),
        (b"[]", "it does not have the form of a lock file"),
        (b"[" * 100_000, "it is nested too deeply"),
        (b"\xff", "it is not UTF-8"),
        (b'{"schema_version": "1", "schema_version": "1"}', "it has a key twice"),
        (b'{"schema_version": "2"}', "it does not have the form of a lock file at 'schema_version'"),
        (b" " * ((16 << 20) + 1), "it is larger than 16 MiB"),
        (a_document(id="no such/id"), "it does not have the form of a lock file at 'repositories.0.id'"),
        (
            a_document(identity="a\nb"),
            "it does not have the form of a lock file at 'repositories.0.identity'",
        ),
        (
            a_document(first_commit="a1"),
            "it does not have the form of a lock file at 'repositories.0.first_commit'",
        ),
        (a_document(more=1), "it does not have the form of a lock file at 'repositories.0.more'"),
        (
            a_document(commits={"x\u202e\n": {}}),
            "it does not have the form of a lock file at 'repositories.0.commits'",
        ),
        (
            a_document(commits={HEAD: {"a": {"digest": f"git:{OID}", "size": "12"}}}),
            "it does not have the form of a lock file at 'repositories.0.commits'",
        ),
        (
            a_document(commits={HEAD: {"a\nb": {"digest": f"git:{OID}", "size": 1}}}),
            "it names a file that cannot be printed",
        ),
        (
            {"repositories": [an_entry().model_dump(), an_entry(id="ACME/Ranker").model_dump()]},
            "it names a repository twice",
        ),
    ],
)
def test_what_is_no_lock_file_is_refused_in_one_line(data: Any, why: str) -> None:
    with pytest.raises(LockError) as caught:
        parse(data if isinstance(data, bytes) else json.dumps(data).encode())
    assert str(caught.value) == why


@given(
    st.binary(max_size=40)
    | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(lambda v: json.dumps(v).encode())
)
def test_nothing_else_is_raised(data: bytes) -> None:
    with pytest.raises(LockError):
        parse(data)


def test_commits_of_one_repository_share_an_entry() -> None:
    older = describe(a_record(commit=PARENT, first_commit=None))
    locked = from_repositories(
        [describe(a_record()), older, describe(a_record(commit="", repo_id="a/unread"))]
    )
    (entry,) = locked.repositories
    assert set(entry.commits) == {HEAD, PARENT}
    assert entry.first_commit == ROOT
    assert locked.entry("model", "ACME/ranker") == entry
    assert locked.entry("dataset", "acme/ranker") is None


def test_two_repositories_of_one_name_cannot_be_locked() -> None:
    two = [describe(a_record()), describe(a_record(commit=PARENT, identity="id2"))]
    with pytest.raises(
        LockError, match="acme/ranker was answered by two different repositories; run it again"
    ):
        from_repositories(two)


class TestCheck:
    def test_nothing_contradicts_what_was_locked(self) -> None:
        record = a_record(author="ACME", author_created=DATE)
        (entry,) = from_repositories([describe(record)]).repositories
        assert check(entry, record) == []
        assert check(an_entry(), a_record(commit=PARENT, files=[hub_file("other")])) == []

    def test_what_is_not_known_contradicts_nothing(self) -> None:
        unknown = {"identity": None, "first_commit": None, "author": None, "author_created": None}
        assert check(an_entry(), a_record(**unknown)) == []
        assert check(an_entry(**unknown), a_record(author_created=DATE)) == []

    def test_another_repository_of_the_same_name(self) -> None:
        record = a_record(
            identity="id2", first_commit=PARENT, author="other", author_created="2026-01-01T00:00:00Z"
        )
        assert check(an_entry(), record) == [
            "the Hub's id of the repository was id1 and is id2",
            f"the first commit was {ROOT} and is {PARENT}",
            "the account was acme and is other",
            f"the date on which the account was created was {DATE} and is 2026-01-01T00:00:00Z",
        ]

    def test_files_that_are_not_what_they_were(self) -> None:
        locked = {name: LockedFile(digest=f"git:{OID}", size=12) for name in "abcdef"}
        files = [hub_file("a", OTHER_OID), hub_file("b", size=13), hub_file("c"), hub_file("new")]
        record = a_record(files=files)
        assert check(an_entry(commits={HEAD: locked}), record) == [
            f"a, b has another content at the commit {HEAD[:12]}",
            f"d, e, f is not there at the commit {HEAD[:12]}",
        ]
        record.files_complete = False
        assert not [
            told for told in check(an_entry(commits={HEAD: locked}), record) if "is not there" in told
        ]


def test_what_an_edit_changes() -> None:
    base = Lock(
        repositories=[
            an_entry(),
            an_entry(id="a/gone"),
            an_entry(type="dataset", commits={HEAD: {}, PARENT: {}}),
        ]
    )
    head = Lock(
        repositories=[
            an_entry(identity="id2", first_commit=None, commits={HEAD: {}}),
            an_entry(id="z/new"),
            an_entry(type="dataset", commits={HEAD: {}, ROOT: {}}),
        ]
    )
    assert compare(base, head) == [
        f"acme/ranker: removes the commit {PARENT[:12]}",
        f"acme/ranker: adds the commit {ROOT[:12]}",
        "removes a/gone",
        "acme/ranker: identity id1 → id2",
        f"acme/ranker: first_commit {ROOT} → unknown",
        f"acme/ranker: changes the files of the commit {HEAD[:12]}",
        "adds z/new",
    ]
    assert compare(base, base) == []
    many = Lock(repositories=[an_entry(id=f"org/n{number}") for number in range(60)])
    assert compare(Lock(), many)[50:] == ["and 10 further changes"]
