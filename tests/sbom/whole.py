"""Whole documents made of parts, and what tests look up in them."""

from __future__ import annotations

import json
from typing import Any

from scanner.domain import Artifact, Change, EngineRef
from scanner.sbom import document, validate
from scanner.sbom.cyclonedx import Component
from scanner.sbom.described import describe
from scanner.sbom.part import Part
from tests.sbom.samples import CHANGE, HEAD

ROOT = f"pkg:github/acme/demo@{HEAD}"
ENGINES = [EngineRef(name="modelscan", version="0.8.8")]
UNKNOWN = "modelward:unknown"


def about(**more: Any) -> document.About:
    given_: dict[str, Any] = {"change": CHANGE, "time": 1_700_000_000, "version": "1.2.3", "tools": ENGINES}
    return document.About(**{**given_, **more})


def written(*parts: Part, **more: Any) -> dict[str, Any]:
    """The document of these parts, which has to be valid."""
    data = document.serialise(document.build(about(**more), parts))
    assert validate.check(data) == []
    parsed = json.loads(data)
    assert isinstance(parsed, dict)
    return parsed


def files(*artifacts: Artifact) -> Part:
    return describe(Change(mode="all"), artifacts, [], [])


def component(data: dict[str, Any], ref: str) -> dict[str, Any]:
    (found,) = [each for each in data["components"] if each["bom-ref"] == ref]
    assert isinstance(found, dict)
    return found


def properties(node: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in node["properties"] if each["name"] != UNKNOWN}


def said(node: dict[str, Any], name: str) -> list[str]:
    return [each["value"] for each in node.get("properties", ()) if each["name"] == name]


def composed(data: dict[str, Any], kind: str) -> dict[str, str]:
    """Aggregate by reference."""
    return {ref: entry["aggregate"] for entry in data["compositions"] for ref in entry.get(kind, ())}


def edges(data: dict[str, Any]) -> dict[str, list[str]]:
    return {entry["ref"]: entry["dependsOn"] for entry in data["dependencies"]}


def package(name: str, **more: Any) -> Component:
    return Component(type="library", bom_ref=name, name=name, **more)
