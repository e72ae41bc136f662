"""Write what the documents take from the code, or check with ``--check`` that they are current.

``docs/rules/``, ``docs/formats/``, ``docs/formats.md`` and ``docs/loaders.md`` are generated whole; in
README.md and ``docs/configuration.md`` the tables of keys, between two markers.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scanner.policy.config import Config, Exemption, Lists  # noqa: E402 - it finds the program beside itself
from scripts.format_pages import format_pages  # noqa: E402
from scripts.formats_page import formats_page  # noqa: E402
from scripts.inputs_tables import inputs_tables  # noqa: E402
from scripts.loaders_page import loaders_page  # noqa: E402
from scripts.rules_pages import rules_pages  # noqa: E402

ACTION = ROOT / "action.yml"
FORMATS_PAGE = ROOT / "docs" / "formats.md"
LOADERS_PAGE = ROOT / "docs" / "loaders.md"
README = ROOT / "README.md"
FORMAT_PAGES = ROOT / "docs" / "formats"
RULES_PAGES = ROOT / "docs" / "rules"
CONFIGURATION_PAGE = ROOT / "docs" / "configuration.md"

_TABLES: tuple[tuple[str, type[BaseModel]], ...] = (
    ("", Config),
    ("`allow` and `deny` hold:", Lists),
    ("Each entry of `exceptions` holds:", Exemption),
)


def documents() -> dict[Path, str]:
    """The text of each document by its path."""
    return {
        **{RULES_PAGES / name: text for name, text in rules_pages().items()},
        **{FORMAT_PAGES / name: text for name, text in format_pages().items()},
        CONFIGURATION_PAGE: between(CONFIGURATION_PAGE, "keys", _keys()),
        FORMATS_PAGE: formats_page(),
        LOADERS_PAGE: loaders_page(),
        README: between(README, "inputs", inputs_tables(yaml.safe_load(ACTION.read_text("utf-8")))),
    }


def between(page: Path, name: str, written: str) -> str:
    """The text of ``page`` with ``written`` between its two markers of that name.

    Raises:
        ValueError: the markers are not there, once each and in order.
    """
    first, last = f"<!-- begin: {name}, written by scripts/docs.py -->", f"<!-- end: {name} -->"
    before, begin, rest = page.read_text("utf-8").partition(first)
    _, end, after = rest.partition(last)
    if not begin or not end or first in rest or last in after:
        raise ValueError(f"{page.name}: {first} and {last} must be there once each")
    return f"{before}{first}\n{written}{last}{after}"


def _keys() -> str:
    return "\n".join("".join(_table(lead, model)) for lead, model in _TABLES)


def _table(lead: str, model: type[BaseModel]) -> Iterator[str]:
    if lead:
        yield f"{lead}\n\n"
    yield "| key | default | meaning |\n|---|---|---|\n"
    for name, field in model.model_fields.items():
        yield f"| `{field.alias or name}` | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`" if isinstance(default, str) else "none"


def main(arguments: list[str]) -> int:
    """Write, or with ``--check`` compare; 1 when a document differs, or is about what is gone."""
    check = arguments == ["--check"]
    wrong = []
    written = documents()
    for path, text in written.items():
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        elif not path.is_file() or path.read_text("utf-8") != text:
            wrong.append(path)
    for path in sorted({*RULES_PAGES.glob("*"), *FORMAT_PAGES.glob("*")} - written.keys()):
        if not check:
            path.unlink()
        else:
            wrong.append(path)
    for path in wrong:
        print(f"{path.relative_to(ROOT)} is not what the code says: run scripts/dev docs")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
