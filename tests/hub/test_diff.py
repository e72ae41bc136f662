"""What lies between two commits."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.hub.diff import compare, license_change
from scanner.hub.interface import Record
from tests.hub.makers import HEAD, OID, OTHER_OID, PARENT, ROOT, a_record, commits, hub_file


def test_a_move_of_the_revision() -> None:
    old = a_record(
        commit=ROOT,
        license="apache-2.0",
        base_models=["org/a"],
        auto_map=["m.Old"],
        files=[hub_file("a.py"), hub_file("b.py"), hub_file("model.bin"), hub_file("same")],
    )
    new = a_record(
        license="other",
        license_name="cc-by-nc",
        base_models=["org/b"],
        auto_map=["m.New"],
        files=[hub_file("a.py", OTHER_OID), hub_file("c.py"), hub_file("evil.pkl"), hub_file("same")],
        commits=commits(HEAD, PARENT, ROOT),
    )
    made = compare(old, new)
    assert (made.from_revision, made.to_revision, made.commits) == (ROOT, HEAD, 2)
    assert made.files == ["a.py", "b.py", "c.py", "evil.pkl", "model.bin"]
    assert (made.added, made.removed) == (["c.py", "evil.pkl"], ["b.py", "model.bin"])
    assert made.license == "apache-2.0 → cc-by-nc"
    assert made.base_models == ["+org/b", "-org/a"]
    assert made.remote_code == ["+m.New", "-m.Old", "+c.py", "-b.py", "±a.py"]


def test_nothing_between_a_commit_and_itself() -> None:
    made = compare(a_record(), a_record())
    assert (made.files, made.license, made.base_models, made.remote_code, made.commits) == (
        [],
        None,
        [],
        [],
        0,
    )


def test_commits_in_either_direction() -> None:
    old, new = a_record(commit=ROOT), a_record(commits=commits(HEAD, PARENT, ROOT))
    assert compare(old, new).commits == 2
    assert compare(new, old).commits == 2
    assert compare(old, a_record(commits=commits(HEAD))).commits is None


def test_what_an_incomplete_list_lacks_is_not_called_added_or_removed() -> None:
    part = a_record(files=[hub_file("b")], files_complete=False)
    whole = a_record(commit=ROOT, files=[hub_file("a"), hub_file("b", OTHER_OID)])
    made = compare(part, whole)
    assert (made.added, made.removed, made.files) == ([], [], ["b"])
    made = compare(whole, part)
    assert (made.added, made.removed, made.files) == ([], [], ["b"])


def test_licences_do_not_differ_by_case() -> None:
    def licensed(name: str | None, own: str | None = None) -> Record:
        return a_record(license=name, license_name=own)

    assert license_change(licensed("MIT"), licensed("mit")) is None
    assert license_change(licensed("mit"), licensed(None)) == "mit → none stated"
    assert license_change(licensed(None), licensed(None)) is None
    assert license_change(licensed("other", "llama2"), licensed("other", "llama3")) == "llama2 → llama3"


FILES = st.dictionaries(st.sampled_from(["a.py", "b", "c/d.py", "e"]), st.sampled_from([OID, OTHER_OID]))


@given(FILES, FILES)
def test_old_with_the_difference_applied_is_new(before: dict[str, str], after: dict[str, str]) -> None:
    old = a_record(commit=ROOT, files=[hub_file(*each) for each in before.items()])
    new = a_record(files=[hub_file(*each) for each in after.items()])
    made, back = compare(old, new), compare(new, old)
    changed = {*made.files} - {*made.added} - {*made.removed}
    kept = {path: oid for path, oid in before.items() if path not in made.files}
    assert {**kept, **{path: after[path] for path in {*made.added, *changed}}} == after
    assert changed == {path for path in before.keys() & after.keys() if before[path] != after[path]}
    assert (back.added, back.removed, back.files) == (made.removed, made.added, made.files)
