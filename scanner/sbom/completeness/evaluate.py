"""A document held against the profiles and the mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scanner.domain import FieldResult, FieldState, ProfileResult
from scanner.sbom.completeness.fields import FIELDS
from scanner.sbom.completeness.mapping import MAPPINGS
from scanner.sbom.completeness.profiles import PROFILES, Profile
from scanner.sbom.completeness.saying import UNKNOWN
from scanner.sbom.foreign import Context, Node, properties

_NAMED = 5
"""So many components that lack a field are named."""


def profiles(document: Mapping[str, Any]) -> list[ProfileResult]:
    """What a CycloneDX document of any origin has of each profile, and what it offers to each mapping."""
    context = Context(dict(document))
    asked = {*_asked(PROFILES.values()), *_asked(MAPPINGS.values())}
    states = {name: list(_states(name, context)) for name in asked}
    results = [_result("profile", name, each, states) for name, each in PROFILES.items()]
    return results + [_result("mapping", name, each, states) for name, each in MAPPINGS.items()]


def unstated(document: Mapping[str, Any], named: Sequence[str]) -> Iterator[tuple[Node, str]]:
    """Each object of the document that passes a field of these profiles over in silence, with its id.

    The object is the component itself, or the document's ``metadata``.
    """
    context = Context(dict(document))
    for name in sorted({_field(each) for each in _asked(PROFILES[each] for each in named)}):
        for node, state in _states(name, context):
            if state == "absent":
                yield (context.document["metadata"] if node is context.document else node), name


def _asked(listed: Iterable[Profile]) -> set[str]:
    return {name for each in listed for group in each.groups.values() for name in group}


def _field(asked: str) -> str:
    """The id of the field, without of whom it is asked."""
    return asked.rpartition("/")[2]


def _states(asked: str, context: Context) -> Iterator[tuple[Node, FieldState]]:
    """Every object of which the field is asked, and what it says."""
    name = _field(asked)
    field = FIELDS[name]
    if field.of == "document":
        metadata = context.document.get("metadata")
        marked = properties(metadata, UNKNOWN) if isinstance(metadata, dict) else []
        state = field.state(context.document, context)
        yield context.document, "unknown" if state == "absent" and name in marked else state
        return
    for node in context.models if asked != name else getattr(context, field.of):
        state = field.state(node, context)
        yield node, "unknown" if state == "absent" and name in properties(node, UNKNOWN) else state


def _result(
    kind: str, name: str, profile: Profile, states: Mapping[str, list[tuple[Node, FieldState]]]
) -> ProfileResult:
    return ProfileResult.model_validate(
        {
            "kind": kind,
            "profile": name,
            "title": profile.title,
            "version": profile.version,
            "fields": [
                _of_field(group, each, states[each])
                for group, listed in profile.groups.items()
                for each in listed
            ],
        }
    )


def _of_field(group: str, asked: str, states: list[tuple[Node, FieldState]]) -> FieldResult:
    present = sum(state == "present" for _, state in states)
    silent = [node for node, state in states if state == "absent"]
    if not states:
        overall: FieldState = "not-applicable"
    elif silent:
        overall = "absent"
    else:
        overall = "present" if present == len(states) else "unknown"
    return FieldResult(
        field=_field(asked),
        title=FIELDS[_field(asked)].title,
        group=group,
        state=overall,
        present=present,
        of=len(states),
        missing=[str(node.get("name") or "the document")[:200] for node in silent[:_NAMED]],
    )
