"""``modelward sbom``: documents of any origin, checked and compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from scanner.cli_stop import stop

FILE = click.Path(path_type=Path)
WRONG = 1

_MARKS = {"present": "present", "unknown": "unknown", "absent": "absent", "not-applicable": "-"}


@click.group()
def sbom() -> None:
    """Look at bills of materials: CycloneDX JSON documents, also those that others made."""


@sbom.command()
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Say what is wrong with FILE, and which data fields that standards ask for it has.

    Exit status: 0 when it is valid, 1 when it is not, 2 when it is no CycloneDX JSON document.
    """
    answer = _read("check", file)
    if as_json:
        click.echo(json.dumps(answer, indent=2))
    else:
        _say(f"{file}: CycloneDX {answer['spec_version']}, {answer['components']} components")
        for defect in answer["defects"]:
            _say(f"  wrong: {defect}")
        if not answer["defects"]:
            _say("  valid: the strict schema and the checks of references, purls, licences and places agree")
        for profile in answer["profiles"]:
            _profile(profile)
        click.echo()
        _say("These are lists of data fields, no score; they claim no conformity.")
    raise SystemExit(WRONG if answer["defects"] else 0)


@sbom.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Say what NEW adds to OLD, removes from it and updates in it.

    Exit status: 0 whether they differ or not, 2 when one of them is no CycloneDX JSON document.
    """
    changes = _read("diff", old, new)["changes"]
    if as_json:
        click.echo(json.dumps(changes, indent=2))
        return
    if not changes:
        _say("no difference in models, data, packages, containers or their licences")
    from scanner.domain import BillChange
    from scanner.report.bill import sentence

    for change in changes:
        _say(sentence(BillChange.model_validate(change)))


def _read(kind: str, *paths: Path) -> dict[str, Any]:
    """The worker's answer, or the end of the program."""
    from scanner.sbom.task import TASK
    from scanner.worker import Crew, Died

    with Crew(TASK, parallel=1) as crew:
        (outcome,) = crew.run([{"kind": kind, "paths": [str(path.absolute()) for path in paths]}])
    if isinstance(outcome, Died):
        stop(f"{paths[0]}: reading it ended the worker: {outcome.reason}")
    answer: dict[str, Any] = outcome.value
    if "wrong" in answer:
        stop(answer["wrong"])
    return answer


def _profile(profile: dict[str, Any]) -> None:
    counts = [
        f"{sum(field['state'] == state for field in profile['fields'])} {word}"
        for state, word in (("present", "present"), ("unknown", "stated unknown"), ("absent", "absent"))
    ]
    kind = "" if profile["kind"] == "profile" else " (mapping)"
    click.echo()
    _say(f"{profile['title']}, {profile['version']}{kind}: {', '.join(counts)}")
    for field in profile["fields"]:
        count = f" ({field['present']} of {field['of']})" if field["of"] > 1 else ""
        missing = f": {', '.join(field['missing'])}" if field["missing"] else ""
        _say(f"  {_MARKS[field['state']]:8} {field['group']}: {field['title']}{count}{missing}")


def _say(line: str) -> None:
    from scanner.report.plain import log_line

    click.echo(log_line(line))
