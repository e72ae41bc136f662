"""Feeds become one list: nothing named is lost, nothing is named twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.sbom.cyclonedx import (
    Component,
    Dependency,
    Evidence,
    ExternalReference,
    Hash,
    License,
    LicenseChoice,
    Occurrence,
)
from scanner.sbom.feeders.interface import Feed
from scanner.sbom.merge import merge
from tests.sbom.samples import A, B


def package(
    ref: str, purl: str | None, path: str = "lock", line: int | None = None, **more: object
) -> Component:
    evidence = Evidence(occurrences=[Occurrence(location=path, line=line)])
    given: dict[str, object] = {"name": "p", "version": "1", **more}
    return Component.model_validate(
        {"type": "library", "bom_ref": ref, "purl": purl, "evidence": evidence, **given}, by_name=True
    )


def test_names_of_python_projects_are_compared_as_pip_does() -> None:
    first = Feed(components=(package("1", "pkg:pypi/zope.interface@1"),))
    second = Feed(components=(package("2", "pkg:pypi/zope-interface@1"),))
    merged = merge([("a", first), ("b", second)])
    assert [component.purl for component in merged.components] == ["pkg:pypi/zope-interface@1"]


def test_versions_and_ecosystems_are_kept_apart() -> None:
    purls = ["pkg:npm/p@1", "pkg:pypi/p", "pkg:pypi/p@1", "pkg:pypi/p@2"]
    merged = merge([("a", Feed(components=tuple(package(purl, purl) for purl in purls)))])
    assert [component.purl for component in merged.components] == purls


def test_a_plain_package_joins_the_qualified_one_of_the_same_file_alone() -> None:
    qualified = package("1", "pkg:pypi/p@1?vcs_url=git%2Bhttps:%2F%2Fexample.org%2Fp", "a/poetry.lock")
    here = merge(
        [
            ("x", Feed(components=(qualified,))),
            ("y", Feed(components=(package("2", "pkg:pypi/p@1", "a/poetry.lock"),))),
        ]
    )
    assert len(here.components) == 1
    there = merge(
        [
            ("x", Feed(components=(qualified,))),
            ("y", Feed(components=(package("2", "pkg:pypi/p@1", "b.txt"),))),
        ]
    )
    assert len(there.components) == 2


def test_what_the_feeders_know_is_added_up() -> None:
    first = package(
        "1",
        "pkg:pypi/p@1",
        "requirements.txt",
        3,
        licenses=[LicenseChoice(license=License(id="MIT"))],
        external_references=[
            ExternalReference(
                type="distribution", url="https://example.org/p", hashes=[Hash(alg="SHA-256", content=A)]
            )
        ],
    )
    second = package(
        "2",
        "pkg:pypi/p@1",
        "requirements.txt",
        licenses=[LicenseChoice(license=License(name="own"))],
        external_references=[
            ExternalReference(
                type="distribution", url="https://example.org/p", hashes=[Hash(alg="SHA-256", content=B)]
            )
        ],
    )
    (component,) = merge([("a", Feed(components=(first,))), ("b", Feed(components=(second,)))]).components
    assert component.evidence == Evidence(occurrences=[Occurrence(location="requirements.txt", line=3)])
    assert component.licenses == [
        LicenseChoice(license=License(id="MIT")),
        LicenseChoice(license=License(name="own")),
    ]
    assert component.external_references
    (reference,) = component.external_references
    assert [found.content for found in reference.hashes or ()] == [A, B]


def test_an_expression_stands_alone() -> None:
    first = package("1", "pkg:pypi/p@1", licenses=[LicenseChoice(expression="MIT OR Apache-2.0")])
    second = package("2", "pkg:pypi/p@1", licenses=[LicenseChoice(license=License(id="MIT"))])
    (component,) = merge([("a", Feed(components=(first,))), ("b", Feed(components=(second,)))]).components
    assert [choice.expression for choice in component.licenses or ()] == ["MIT OR Apache-2.0"]


def test_packages_without_an_address_are_kept_by_name() -> None:
    merged = merge(
        [("a", Feed(components=(package("1", None, name="own"), package("2", None, name="other"))))]
    )
    assert [component.bom_ref for component in merged.components] == ["software:/other@1", "software:/own@1"]


_NAMES = st.sampled_from(["a", "b", "c-d", "c.d", "C_D"])
_PURLS = st.builds(
    "pkg:pypi/{}@{}{}".format, _NAMES, st.sampled_from("12"), st.sampled_from(["", "?repository_url=x"])
)
_EDGES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8)


@st.composite
def _feeds(draw: st.DrawFn) -> Feed:
    purls = draw(st.lists(_PURLS, min_size=1, max_size=6))
    paths = draw(st.lists(st.sampled_from(["x.lock", "y.lock"]), min_size=len(purls), max_size=len(purls)))
    # Every feeder numbers from 1, so references of different feeds collide.
    names = draw(st.lists(_NAMES, min_size=len(purls), max_size=len(purls)))
    components = [
        package(f"L{number}", purl, path, name=name)
        for number, (purl, path, name) in enumerate(zip(purls, paths, names, strict=True))
    ]
    edges: dict[str, list[str]] = {}
    for source, target in draw(_EDGES):
        edges.setdefault(f"L{source}", []).append(f"L{target}")
    return Feed(
        components=tuple(components),
        dependencies=tuple(Dependency(ref=ref, depends_on=targets) for ref, targets in edges.items()),
        direct=("L0",),
        resolved=tuple(draw(st.sets(st.sampled_from([component.bom_ref or "" for component in components])))),
    )


def _plain(purl: str | None) -> str:
    assert purl
    return purl.partition("?")[0].lower().replace(".", "-").replace("_", "-")


@given(st.lists(st.tuples(st.sampled_from("xyz"), _feeds()), max_size=4))
def test_no_package_place_or_edge_is_lost(feeds: list[tuple[str, Feed]]) -> None:
    merged = merge(feeds)
    refs = [component.bom_ref for component in merged.components]
    assert len(set(refs)) == len(refs)
    assert [edge.ref for edge in merged.dependencies] == refs
    assert all(set(edge.depends_on) <= set(refs) - {edge.ref} for edge in merged.dependencies)

    given_places = {
        (_plain(component.purl), occurrence.location)
        for _, feed in feeds
        for component in feed.components
        for occurrence in (component.evidence and component.evidence.occurrences) or ()
    }
    kept_places = {
        (_plain(component.purl), occurrence.location)
        for component in merged.components
        for occurrence in (component.evidence and component.evidence.occurrences) or ()
    }
    assert kept_places == given_places

    given_edges = set()
    for _, feed in feeds:
        purls = {component.bom_ref: _plain(component.purl) for component in feed.components}
        for edge in feed.dependencies:
            given_edges |= {
                (purls[edge.ref], purls[ref]) for ref in edge.depends_on if edge.ref in purls and ref in purls
            }
    given_names = {_plain(component.purl) for _, feed in feeds for component in feed.components}
    assert {_plain(ref) for ref in refs} == given_names
    assert set(merged.direct) | set(merged.resolved) <= set(refs)
    assert {_plain(ref) for ref in merged.resolved} == {
        _plain(component.purl)
        for _, feed in feeds
        for component in feed.components
        if component.bom_ref in feed.resolved
    }
    assert {_plain(ref) for ref in merged.direct} == {
        _plain(feed.components[0].purl) for _, feed in feeds if feed.components
    }
    kept_edges = {(_plain(edge.ref), _plain(ref)) for edge in merged.dependencies for ref in edge.depends_on}
    assert {edge for edge in given_edges if edge[0] != edge[1]} <= kept_edges <= given_edges


@given(st.lists(st.tuples(st.sampled_from("xyz"), _feeds()), max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_feeds_does_not_matter(feeds: list[tuple[str, Feed]], random: object) -> None:
    shuffled = list(feeds)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled) == merge(feeds)


@given(st.lists(st.tuples(st.sampled_from("xyz"), _feeds()), max_size=4))
def test_what_is_merged_once_stays_as_it_is(feeds: list[tuple[str, Feed]]) -> None:
    once = merge(feeds)
    again = Feed(once.components, once.dependencies, once.direct, once.resolved)
    assert merge([("modelward", again)]) == once
    assert merge([("modelward", again), ("modelward", again)]) == once


@given(_feeds(), _feeds())
def test_merging_step_by_step_finds_the_same_packages(first: Feed, second: Feed) -> None:
    step = merge([("x", first)])
    carried = Feed(step.components, step.dependencies, step.direct, step.resolved)
    stepwise, at_once = merge([("w", carried), ("y", second)]), merge([("x", first), ("y", second)])
    assert {_plain(each.purl) for each in stepwise.components} == {
        _plain(each.purl) for each in at_once.components
    }
    edges = [
        {(_plain(edge.ref), _plain(ref)) for edge in merged.dependencies for ref in edge.depends_on}
        for merged in (stepwise, at_once)
    ]
    assert edges[0] == edges[1]
