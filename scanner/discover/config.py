"""References in configuration files: YAML, JSON, TOML, INI, ``.env`` and properties, by the table of keys."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from scanner.discover.addresses import find_addresses
from scanner.discover.configwalk import Walk
from scanner.discover.flat import read_flat
from scanner.discover.interface import Found
from scanner.discover.keywords import MANIFESTS
from scanner.discover.marks import Lines, merge
from scanner.discover.trees import Node, read_json
from scanner.discover.yamltree import read_yaml

LONGEST = 1_000_000
"""Characters of a file whose keys are read; a longer one is data, searched for addresses only."""

_JSON = frozenset({".json", ".jsonc", ".json5", ".webmanifest", ".code-workspace"})
_YAML = frozenset({".yaml", ".yml", ".tpl"})
_TEMPLATES = (
    ".j2",
    ".jinja",
    ".jinja2",
    ".tmpl",
    ".template",
    ".example",
    ".sample",
    ".dist",
    ".in",
    ".gotmpl",
)
_FLAT = frozenset({".ini", ".cfg", ".conf", ".properties", ".env"})


def find(text: str, path: str, line_offset: int = 0, *, card: bool = False) -> Found:
    """The references of a configuration file; ``card``: it is the front matter of a card on the Hub."""
    found = Found(mentions=find_addresses(text, line_offset))
    name = PurePosixPath(path).name.lower()
    if name in MANIFESTS or name.endswith((".jsonl", ".ndjson", ".tsbuildinfo", ".lock")):
        return found
    if len(text) > LONGEST:
        found.gaps.append(f"{path}: longer than {LONGEST} characters; only its addresses were searched")
        return found
    roots, flat = _read(text, name)
    walk = Walk(Lines(text, line_offset), path, card=card, flat=flat)
    walk.roots(roots)
    found.mentions = merge([*walk.found.mentions, *found.mentions])
    found.unsafe += walk.found.unsafe
    found.lack_as(walk.found)
    return found


def _read(text: str, name: str) -> tuple[list[Node], str | None]:
    """The trees of the file, and how a pair is written where it is no YAML or JSON."""
    for ending in _TEMPLATES:
        name = name.removesuffix(ending)
    ending = PurePosixPath(name).suffix
    if ending in _JSON:
        return read_json(text), None
    if ending == ".toml":
        return read_flat(text, toml=True), "toml"
    if ending in _FLAT or re.match(r"(?:.*[._-])?env(?:[._-].*)?$", name):
        return read_flat(text, toml=False), "env"
    if ending in _YAML or not ending:
        nodes, whole = read_yaml(text)
        # What no parser reads is read line by line.
        return (nodes if whole else nodes + read_flat(text, toml=False)), None
    return [], None
