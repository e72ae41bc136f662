"""docs/sbom.md names every property that a document of ours can have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "sbom.md").read_text("utf-8")
CODE = ROOT / "scanner" / "sbom"

_OURS = re.compile(r"(?:modelward|huggingface):[a-z_:<>0-9]+")
_HOLE = "<>"


def documented() -> set[str]:
    """The names of the table; what differs is written ``<>``."""
    table = PAGE.partition("\n## Properties\n")[2]
    first = "\n".join(line.split(" | ")[0] for line in table.splitlines() if line.startswith("| `"))
    return {
        re.sub(r"<\w+>", _HOLE, name) for name in re.findall(r"`((?:modelward|huggingface):[^`]+)`", first)
    }


def is_in(name: str, names: set[str]) -> bool:
    """Whether a name, or its beginning, stands in the table; ``modelward:<fact>`` is for itself alone."""
    if {name, f"{name}:{_HOLE}"} & names:
        return True
    above = f"{name.rpartition(':')[0]}:{_HOLE}"
    return above in names and above != f"modelward:{_HOLE}"


def written() -> Iterator[tuple[str, str]]:
    """Every name that stands in the code, with the file."""
    for path in CODE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        inner = {
            id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values
        }
        for node in ast.walk(tree):
            text = ""
            if isinstance(node, ast.JoinedStr):
                parts = (part.value if isinstance(part, ast.Constant) else _HOLE for part in node.values)
                text = "".join(map(str, parts))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
                text = node.value
            if _OURS.fullmatch(text):
                yield text.removesuffix(":"), path.name


def test_every_property_of_the_code_is_in_the_table() -> None:
    names = documented()
    found = list(written())
    assert len(found) > 60
    lacking = {(name, file) for name, file in found if not is_in(name, names)}
    assert lacking == set()


def test_every_property_of_the_table_is_in_the_code() -> None:
    code = {name for name, _ in written()}
    gone = {name for name in documented() if not {name, name.removesuffix(f":{_HOLE}")} & code}
    assert gone == set()
