"""What a modified model imports and calls that it did not before."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.inspect import limits
from scanner.inspect.interface import Gap, Look, Part
from scanner.scan.coverage import layers_of
from scanner.scan.drift import drift

GAP = Gap("unreadable", "it breaks", "review it")


def look(imports: list[str] | None, calls: list[str] | None = None, **given: Any) -> Look:
    made = Look(format="pickle", coverage="full", **given)
    if imports is not None:
        made.facts["imports"] = imports
    if calls is not None:
        made.facts["calls"] = calls
    return made


def test_what_is_new_and_what_is_gone_is_named() -> None:
    before = look(["a.b", "c.d"], ["a.b(1)"])
    after = look(["c.d", "os.system", "a.z"], ["os.system('id')"])
    assert drift(before, after) == {
        "imports_added": ["a.z", "os.system"],
        "imports_removed": ["a.b"],
        "calls_added": ["os.system('id')"],
        "calls_removed": ["a.b(1)"],
    }
    assert not any(drift(before, before).values())


def test_a_format_without_imports_imports_nothing() -> None:
    assert drift(look(None), look(["os.system"]))["imports_added"] == ["os.system"]
    assert drift(look(["os.system"]), look(None))["imports_removed"] == ["os.system"]


@pytest.mark.parametrize("partial", [{"gaps": [GAP]}, {"need": "whole"}])
def test_nothing_is_said_to_be_missing_from_what_was_not_read_whole(partial: dict[str, Any]) -> None:
    half, whole = look(["a.b"], **partial), look(["c.d"])
    assert drift(half, whole) == {
        "imports_added": [],
        "imports_removed": ["a.b"],
        "calls_added": [],
        "calls_removed": [],
    }
    assert drift(whole, half)["imports_removed"] == []
    assert drift(whole, half)["imports_added"] == ["a.b"]


def test_of_lists_that_were_cut_only_what_comes_before_the_cut_is_compared() -> None:
    names = [f"m.f{number:04}" for number in range(limits.FACT_ITEMS + 10)]
    first, second = names[: limits.FACT_ITEMS], ["m.a", *names[: limits.FACT_ITEMS - 1]]
    assert drift(look(first), look(second))["imports_added"] == ["m.a"]
    assert drift(look(first), look(second))["imports_removed"] == []


def test_a_file_that_is_its_only_layer_does_not_list_it() -> None:
    alone = look(None, parts=[Part(None, "pickle", 10, "full", ["modelward"])], part_count=1)
    assert layers_of(alone) == {"layers": [], "layer_count": 1}
    inside = [Part(None, "zip", 99, "full"), Part("data.pkl", "pickle", 10, "partial", ["modelscan"])]
    listed = layers_of(look(None, parts=inside, part_count=250))
    assert listed["layer_count"] == 250
    layers = listed["layers"]
    assert isinstance(layers, list)
    assert [(one.member, one.format, one.size, one.read, one.engines) for one in layers] == [
        (None, "zip", 99, "full", []),
        ("data.pkl", "pickle", 10, "partial", ["modelscan"]),
    ]
