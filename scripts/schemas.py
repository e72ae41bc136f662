"""Write the JSON Schemas of the four formats to docs/schemas/, or check them with ``--check``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scanner.domain import Noun, Report  # noqa: E402 - a script finds the program beside itself
from scanner.evidence import Manifest  # noqa: E402
from scanner.exchange import Requests  # noqa: E402
from scanner.hub.lock import Lock  # noqa: E402

FOLDER = ROOT / "docs" / "schemas"
MODELS: dict[str, type[Noun]] = {
    "report": Report,
    "evidence": Manifest,
    "requests": Requests,
    "lock": Lock,
}


def schemas() -> dict[Path, str]:
    """The text of each schema by its path."""
    return {FOLDER / f"{name}.schema.json": _schema(model) for name, model in MODELS.items()}


def _schema(model: type[Noun]) -> str:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(mode="validation"),
    }
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Write, or with ``--check`` compare; 1 when a file differs."""
    wrong = 0
    for path, text in schemas().items():
        if arguments == ["--check"]:
            if not path.is_file() or path.read_text("utf-8") != text:
                print(f"{path.relative_to(ROOT)} is not what the code says: run scripts/dev docs")
                wrong = 1
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
