"""What speaks against a reference."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.domain import Severity
from scanner.hub.lock import LockEntry
from scanner.hub.provenance import Judged, judge
from scanner.rules import RULES
from tests.hub.makers import HEAD, PARENT, ROOT, a_record, hub_file, judged


def told(subject: Judged) -> dict[str, tuple[str, str, str]]:
    """Rule → symbol, evidence and severity; each rule at most once, and its message can be written."""
    found = {}
    for one in judge(subject):
        rule = RULES[one.rule]
        assert one.rule not in found
        assert rule.message.format(path="p", member="", symbol=one.symbol, evidence=one.evidence)
        found[one.rule] = (one.symbol, one.evidence, str(one.severity or Severity(rule.severity)))
    return found


def pins(subject: Judged) -> list[str]:
    return [one.rule for one in judge(subject) if one.pin]


def test_a_pinned_reference_to_a_decent_repository() -> None:
    assert judge(judged()) == []


@pytest.mark.parametrize(
    "changes",
    [{"resolution": "local"}, {"repo_type": "other"}],
)
def test_what_is_not_on_the_hub_is_not_judged(changes: dict[str, Any]) -> None:
    assert judge(judged(None, reference=changes)) == []
    assert judge(judged(None, named="")) == []


CODE = [hub_file("model.safetensors"), hub_file("modeling.py")]


class TestUnpinned:
    def test_alone_it_is_low(self) -> None:
        assert told(judged(None)) == {"unpinned-reference": ("acme/ranker", "", "low")}
        assert pins(judged(None)) == ["unpinned-reference"]

    def test_pickle_weights_make_it_medium(self) -> None:
        found = told(judged(None, pickles=["b.bin", "a.bin"]))
        evidence = ", and its weights are a pickle: a.bin and 1 other"
        assert found == {"unpinned-reference": ("acme/ranker", evidence, "medium")}

    def test_pickle_weights_that_the_reference_does_not_load_do_not(self) -> None:
        subject = judged(None, reference={"files": ["*.safetensors"]}, pickles=["a.bin"])
        assert told(subject) == {"unpinned-reference": ("acme/ranker", "", "low")}
        named = judged(None, reference={"files": ["a.*"]}, pickles=["a.bin"], safetensors=["a.safetensors"])
        assert told(named)["unpinned-reference"][2] == "medium"

    def test_safetensors_in_the_same_folder_are_what_loaders_prefer(self) -> None:
        subject = judged(None, pickles=["x/a.bin"], safetensors=["x/a.safetensors"])
        assert told(subject)["unpinned-reference"] == ("acme/ranker", "", "low")
        elsewhere = judged(None, pickles=["x/a.bin"], safetensors=["a.safetensors"])
        assert told(elsewhere)["unpinned-reference"][2] == "medium"

    def test_remote_code_makes_it_high(self) -> None:
        trusting = {"trust_remote_code": True}
        subject = judged(None, reference=trusting, record=a_record(files=CODE), pickles=["a.bin"])
        found = told(subject)["unpinned-reference"]
        assert found == ("acme/ranker", ", and its code may run: modeling.py", "high")
        mapped = judged(None, reference=trusting, record=a_record(auto_map=["o/r--m.C"]))
        assert told(mapped)["unpinned-reference"][2] == "high"
        assert told(judged(None, reference=trusting))["unpinned-reference"][2] == "low"
        unknown = judged(None, reference=trusting, record=None)
        assert told(unknown)["unpinned-reference"] == ("acme/ranker", ", and its code may run", "medium")
        untrusting = judged(None, record=a_record(files=CODE))
        assert told(untrusting)["unpinned-reference"][2] == "low"

    def test_a_kernel_is_code(self) -> None:
        record = a_record(repo_type="kernel", files=CODE)
        found = told(judged(None, reference={"repo_type": "kernel"}, record=record))
        assert found["unpinned-reference"][2] == "high"

    def test_a_loader_that_takes_no_revision_has_no_fix(self) -> None:
        subject = judged(None, revision_state="impossible")
        assert told(subject)["unpinned-reference"] == ("acme/ranker", "; this loader takes none", "low")
        assert pins(subject) == []

    def test_a_revision_that_cannot_be_told_is_no_finding(self) -> None:
        assert told(judged(None, revision_state="unresolved")) == {}

    def test_an_address_that_nothing_loads_needs_no_pin(self) -> None:
        assert told(judged(None, loads=False, record=a_record(license=None))) == {}

    def test_tests_and_documents_are_one_step_milder(self) -> None:
        assert told(judged(None, side=True))["unpinned-reference"][2] == "info"
        assert told(judged(None, side=True, pickles=["a.bin"]))["unpinned-reference"][2] == "low"


REFS = a_record(
    branches={"main": HEAD, "deadbeef": HEAD, "a1" * 20: PARENT}, tags={"v1": HEAD, "20240501": HEAD}
)


class TestRevision:
    @pytest.mark.parametrize(
        ("revision", "evidence"),
        [
            ("main", "the branch main"),
            ("v1", "the tag v1"),
            ("20240501", "the tag 20240501"),
            ("refs/heads/main", "the branch refs/heads/main"),
            ("refs/tags/v1", "the tag refs/tags/v1"),
            ("x", "the name x"),
        ],
    )
    def test_a_branch_or_a_tag(self, revision: str, evidence: str) -> None:
        subject = judged(revision, record=REFS)
        assert told(subject) == {"mutable-revision": ("acme/ranker", evidence, "low")}
        assert pins(subject) == ["mutable-revision"]

    def test_it_grows_with_what_can_be_swapped(self) -> None:
        evidence = "the branch main (its weights are a pickle: a.bin)"
        found = told(judged("main", record=REFS, pickles=["a.bin"]))
        assert found == {"mutable-revision": ("acme/ranker", evidence, "medium")}

    def test_without_the_hub_a_name_is_a_name(self) -> None:
        found = told(judged("main", record=None))
        assert found == {"mutable-revision": ("acme/ranker", "the name main", "low")}
        assert pins(judged("main", record=None)) == []

    def test_a_pull_request(self) -> None:
        evidence = "refs/pr/7, a pull request that its author can change"
        assert told(judged("refs/pr/7")) == {"mutable-revision": ("acme/ranker", evidence, "medium")}

    @pytest.mark.parametrize(
        ("revision", "evidence", "severity"),
        [
            ("deadbeef", "the name of a branch", "high"),
            ("a1" * 20, "the name of a branch", "high"),
            ("b2" * 20, f"a name that leads to the commit {HEAD[:12]}", "high"),
            (HEAD[:8], "only 8 of its 40 digits", "medium"),
            ("cafe123", f"a name that leads to the commit {HEAD[:12]}", "high"),
        ],
    )
    def test_what_only_looks_like_a_commit(self, revision: str, evidence: str, severity: str) -> None:
        subject = judged(revision, record=REFS)
        assert told(subject) == {"commit-like-name": ("acme/ranker", evidence, severity)}
        assert pins(subject) == ["commit-like-name"]

    def test_without_the_hub_a_full_commit_is_believed_and_a_short_one_is_short(self) -> None:
        assert told(judged(HEAD, record=None)) == {}
        assert told(judged("abcdef0", record=None))["commit-like-name"][1] == "only 7 of its 40 digits"

    def test_a_commit_that_nobody_accepted(self) -> None:
        record = a_record(reachable=False)
        assert told(judged(record=record)) == {"unreachable-commit": (HEAD, "acme/ranker", "high")}
        assert told(judged(record=a_record(reachable=None))) == {}
        assert "unreachable-commit" not in told(judged("refs/pr/7", record=record))


class TestAbsent:
    def test_a_repository_that_is_not_there(self) -> None:
        subject = judged(None, record=None, refusal="not-found")
        assert told(subject) == {"repository-not-found": ("acme/ranker", "", "medium")}

    def test_a_typing_error(self) -> None:
        subject = judged(None, named="goggle/gemma-2b", record=None, refusal="not-found")
        assert list(told(subject)) == ["repository-not-found", "similar-name"]

    def test_a_revision_that_is_not_there(self) -> None:
        subject = judged("v9", record=None, refusal="revision-not-found")
        assert told(subject) == {"revision-not-found": ("acme/ranker", "v9", "medium")}

    @pytest.mark.parametrize("refusal", ["gated", "unauthorized", "disabled", "unreachable"])
    def test_what_is_refused_is_still_judged_by_what_the_source_says(self, refusal: str) -> None:
        assert list(told(judged(None, record=None, refusal=refusal))) == ["unpinned-reference"]


class TestIdentity:
    def test_renamed(self) -> None:
        found = told(judged(named="old/ranker"))
        assert found == {"repository-renamed": ("old/ranker", "acme/ranker", "low")}
        assert told(judged(named="Acme/Ranker")) == {}
        assert told(judged(named="ranker")) == {}

    def test_recreated(self) -> None:
        entry = LockEntry(type="model", id="acme/ranker", identity="id0", first_commit=PARENT)
        found = told(judged(locked=entry))
        evidence = (
            f"the Hub's id of the repository was id0 and is id1; the first commit was {PARENT} and is {ROOT}"
        )
        assert found == {"repository-recreated": ("acme/ranker", evidence, "high")}
        assert told(judged(locked=LockEntry(type="model", id="acme/ranker", identity="id1"))) == {}

    def test_similar_to_a_famous_one_or_to_a_neighbour(self) -> None:
        record = a_record(repo_id="goggle/gemma-2b")
        found = told(judged(named="goggle/gemma-2b", record=record))
        assert found == {"similar-name": ("goggle/gemma-2b", "google/gemma-2b", "high")}
        assert "similar-name" in told(judged(others=["acne/ranker"]))
        redirected = judged(named="goggle/gemma-2b", record=a_record())
        assert told(redirected)["similar-name"][0] == "goggle/gemma-2b"

    def test_pickle_beside_safetensors(self) -> None:
        weights: dict[str, Any] = {
            "pickles": ["z.bin", "pytorch_model.bin"],
            "safetensors": ["model.safetensors"],
        }
        found = told(judged(**weights))
        assert found == {"pickle-beside-safetensors": ("pytorch_model.bin", "model.safetensors", "info")}
        named = told(judged(reference={"files": ["z.bin"]}, **weights))
        assert named == {"pickle-beside-safetensors": ("z.bin", "model.safetensors", "low")}
        assert told(judged(reference={"files": ["*.safetensors"]}, **weights)) == {}
        assert told(judged(pickles=["z.bin"])) == {}
        assert told(judged(pickles=["x/z.bin"], safetensors=["model.safetensors"])) == {}


class TestLicence:
    def test_missing(self) -> None:
        for stated in (None, "unknown"):
            found = told(judged(record=a_record(license=stated)))
            assert found == {"license-missing": ("acme/ranker", "", "low")}

    @pytest.mark.parametrize(
        "changes",
        [
            {"license_name": "own"},
            {"license_link": "LICENSE"},
            {"files": [hub_file("LICENSE.txt")]},
            {"files_complete": False},
            {"repo_type": "space"},
            {"commit": ""},
        ],
    )
    def test_not_missing_or_not_known(self, changes: dict[str, Any]) -> None:
        assert told(judged(record=a_record(license=None, **changes))) == {}

    def test_changed(self) -> None:
        found = told(judged(previous=a_record(license="apache-2.0", commit=ROOT)))
        assert found == {"license-changed": ("acme/ranker", "apache-2.0 → mit", "medium")}
        gone = told(judged(record=a_record(license=None), previous=a_record()))
        assert gone == {"license-changed": ("acme/ranker", "mit → none stated", "medium")}
        assert told(judged(previous=a_record())) == {}
        assert told(judged(previous=a_record(commit="", license=None))) == {}


class TestPublisher:
    @pytest.mark.parametrize(
        ("created", "young"),
        [
            ("2026-06-14T00:00:00.000Z", True),
            ("2026-05-17T00:00:00.000Z", True),
            ("2026-05-16T00:00:00.000Z", False),
            ("2026-07-01T00:00:00.000Z", True),
            ("2026-99-99T00:00:00.000Z", False),
            (None, False),
        ],
    )
    def test_a_young_account(self, created: str | None, young: bool) -> None:
        record = a_record(author_kind="user", author_created=created)
        evidence = f"the account acme exists since {(created or '')[:10]}"
        expected = {"publisher-unknown": ("acme/ranker", evidence, "low")} if young else {}
        assert told(judged(record=record)) == expected

    def test_an_account_of_which_the_hub_says_nothing(self) -> None:
        found = told(judged(record=a_record(author_kind=None)))
        evidence = "the Hub says nothing of the account acme"
        assert found == {"publisher-unknown": ("acme/ranker", evidence, "info")}

    def test_who_is_verified_or_famous_is_known(self) -> None:
        created = {"author_created": "2026-06-14T00:00:00Z"}
        assert told(judged(record=a_record(author_verified=True, **created))) == {}
        famous = a_record(repo_id="openai/whisper-tiny", author="openai", author_kind=None)
        assert told(judged(named="openai/whisper-tiny", record=famous)) == {}
