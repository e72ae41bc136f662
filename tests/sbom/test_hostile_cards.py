"""Whatever strangers write into cards, the document is valid and leads nowhere else."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from scanner.domain import Change
from scanner.sbom.datasets import DataFile
from scanner.sbom.described import describe
from tests.sbom.hub_samples import COMMIT, checked, reference, repository

TOPICS = ("bias", "description", "environmental", "intended-use", "limitations", "personal-data", "users")
ODD = (
    "](javascript:alert(1))", "<img src=x onerror=alert(1)>", "\u202e", "/etc/passwd", "C:\\x", "file:///x",
    "a/b", "a/b/c",
)  # fmt: skip
TEXT = st.text(max_size=30) | st.sampled_from(ODD)
TEXTS = st.lists(TEXT, max_size=4)


@settings(max_examples=25, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    st.fixed_dictionaries(
        {
            "id": TEXT,
            "type": st.sampled_from(["model", "dataset", "space", "kernel"]),
            "revision": st.none() | st.just(COMMIT),
            "author": st.none() | TEXT,
            "license": st.none() | TEXT,
            "license_name": st.none() | TEXT,
            "license_link": st.none() | TEXT,
            "task": st.none() | TEXT,
            "languages": TEXTS,
            "base_models": TEXTS,
            "base_model_relation": st.none() | TEXT,
            "datasets": TEXTS,
            "remote_code": TEXTS,
            "hub_scans": st.dictionaries(TEXT, TEXT, max_size=2),
        }
    ),
    st.fixed_dictionaries(
        {
            "license_files": TEXTS,
            "tags": TEXTS,
            "papers": TEXTS,
            "texts": st.dictionaries(st.sampled_from(TOPICS), TEXT, max_size=4),
            "emissions": st.dictionaries(TEXT, TEXT, max_size=2),
            "config": st.dictionaries(
                st.sampled_from(["model_type", "architecture"]) | TEXT, TEXT, max_size=3
            ),
            "dataset": st.dictionaries(TEXT, TEXTS, max_size=3),
        }
    ),
    TEXT,
)
def test_no_text_of_a_stranger_makes_a_bad_document(
    fields: dict[str, Any], card: dict[str, Any], path: str
) -> None:
    strange = repository(**{**fields, "card": card})
    file = DataFile(path or "x", "added", None, "6" * 40, None)
    place = reference(path or "x", path=path or "x", resolution="gated")
    made = describe(Change(mode="all"), [], [place], [strange], [file])
    document = checked(made)
    links = [link for one in document["components"] for link in one.get("externalReferences", ())]
    assert all(link["url"].startswith("https://huggingface.co/") for link in links)
