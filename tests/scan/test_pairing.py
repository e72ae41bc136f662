"""Which mention of the new side is which of the old one."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.interface import Mention
from scanner.scan.references import pair


def _mention(repo_id: str | None = "org/name", line: int = 1, **more: object) -> Mention:
    return Mention("transformers.from_pretrained", "model", line, line, repo_id, **more)  # type: ignore[arg-type]


def _changes(new: list[Mention], old: list[Mention]) -> list[tuple[str | None, str, str | None]]:
    return [
        (one.repo_id, change, before.revision if before else None) for one, change, before in pair(new, old)
    ]


def test_what_only_moved_to_another_line_is_unchanged() -> None:
    assert _changes([_mention(line=9)], [_mention(line=2)]) == [("org/name", "unchanged", None)]


def test_another_revision_is_a_modification_from_the_old_one() -> None:
    new, old = _mention(revision="b"), _mention(revision="a")
    assert _changes([new], [old]) == [("org/name", "modified", "a")]


def test_another_switch_for_remote_code_is_a_modification() -> None:
    assert [change for _, change, _ in pair([_mention(trust_remote_code=True)], [_mention()])] == ["modified"]


def test_a_swapped_id_is_a_modification_of_the_same_loader() -> None:
    ((new, change, old),) = pair([_mention("acme/new")], [_mention("acme/old")])
    assert (new.repo_id, change, old and old.repo_id) == ("acme/new", "modified", "acme/old")


def test_the_same_repository_is_preferred_to_the_order() -> None:
    new = [_mention("acme/b", revision="2"), _mention("acme/c")]
    old = [_mention("acme/a"), _mention("acme/b", revision="1")]
    told = {
        (one.repo_id, change, before.repo_id if before else None) for one, change, before in pair(new, old)
    }
    assert told == {("acme/b", "modified", "acme/b"), ("acme/c", "modified", "acme/a")}


def test_one_of_two_that_goes_away_is_removed() -> None:
    assert [change for _, change, _ in pair([_mention()], [_mention(), _mention(line=5)])] == [
        "unchanged",
        "removed",
    ]


_MENTIONS = st.lists(
    st.builds(
        lambda name, revision, line: _mention(name, line, revision=revision),
        st.sampled_from(["a/a", "b/b", None]),
        st.sampled_from([None, "1", "2"]),
        st.integers(1, 9),
    ),
    max_size=8,
)


@given(_MENTIONS, _MENTIONS)
def test_every_mention_is_told_once(new: list[Mention], old: list[Mention]) -> None:
    paired = pair(new, old)
    told = Counter(id(one) for one, _, _ in paired)
    before = Counter(id(one) for _, _, one in paired if one is not None)
    gone = Counter(id(one) for one, change, _ in paired if change == "removed")
    assert told == Counter(map(id, new)) + gone
    assert before + gone == Counter(map(id, old))
