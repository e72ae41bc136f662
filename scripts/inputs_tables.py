"""The two tables of the README: what the action takes and what it gives."""

from __future__ import annotations

import re
from typing import Any

from pydantic.fields import FieldInfo

from scanner.inputs import ActionInputs

_INPUTS = "| input | default | meaning |\n|---|---|---|\n"
_OUTPUTS = "\n| output | meaning |\n|---|---|\n"


def inputs_tables(action: dict[str, Any]) -> str:
    """The inputs of the program in its order, those of ``action.yml`` alone, and the outputs.

    Raises:
        ValueError: the program has an input that ``action.yml`` lacks.
    """
    given: dict[str, dict[str, Any]] = action["inputs"]
    fields = {field.alias or name: field for name, field in ActionInputs.model_fields.items()}
    if lacking := fields.keys() - given.keys():
        raise ValueError(f"action.yml lacks the inputs {', '.join(sorted(lacking))}")
    rows = [_row(name, _default(name, field), field.description or "") for name, field in fields.items()]
    rows += [
        _row(name, _code(entry.get("default")), entry["description"])
        for name, entry in given.items()
        if name not in fields
    ]
    outputs = "".join(
        f"| `{name}` | {_line(entry['description'])} |\n" for name, entry in action["outputs"].items()
    )
    return _INPUTS + "".join(rows) + _OUTPUTS + outputs


def _row(name: str, default: str, meaning: str) -> str:
    return f"| `{name}` | {default} | {_line(meaning)} |\n"


def _default(name: str, field: FieldInfo) -> str:
    if name == "github-token":
        return "the job's own"
    if field.default is None:
        return "the configuration's"
    if isinstance(field.default, bool):
        return f"`{str(field.default).lower()}`"
    return _code(field.default)


def _code(value: Any) -> str:
    return f"`{value}`" if value not in (None, "") else "none"


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")
