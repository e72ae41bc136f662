"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(path_type=Path)

_MOST_AUTHOR = 200
"""Characters; as of the input ``sbom-author`` of the action."""

repository = click.option(
    "--repo", type=FOLDER, default=Path(), help="A folder of the git repository.  [default: this folder]"
)
base = click.option(
    "--base", metavar="REV", help="What to compare with.  [default: the upstream default branch]"
)
head = click.option("--head", metavar="REV", default="HEAD", show_default=True, help="What to look at.")
whole = click.option("--all", "whole", is_flag=True, help="Look at the whole tree of the head.")
config = click.option("--config", type=FILE, help="A configuration file to use instead of the base's.")
offline = click.option("--offline", is_flag=True, help="Ask nothing of the network.")
evidence = click.option("--evidence", type=FOLDER, required=True, help="The evidence directory.")
report = click.option("--report", "folder", type=FOLDER, required=True, help="The report directory.")


def _author(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and len(value) > _MOST_AUTHOR:
        raise click.BadParameter(f"write at most {_MOST_AUTHOR} characters", context, parameter)
    return value


def sbom(command: Callable[..., Any]) -> Callable[..., Any]:
    """How the SBOM is written: ``--sbom-version``, ``--sbom-author`` and ``--spdx``.

    The command gets them as ``sbom``: those that were given, under their names in the manifest's inputs.
    """

    @functools.wraps(command)
    def gathered(
        *arguments: Any, sbom_version: str | None, sbom_author: str | None, spdx: bool, **others: Any
    ) -> Any:
        asked = {"sbom_version": sbom_version, "sbom_author": sbom_author, "spdx": spdx}
        return command(*arguments, sbom={name: value for name, value in asked.items() if value}, **others)

    for option in (
        click.option("--spdx", is_flag=True, help="Write the SBOM as SPDX 2.3, too."),
        click.option(
            "--sbom-author",
            metavar="TEXT",
            callback=_author,
            help="Who answers for the SBOM: a name, an e-mail address or a URL.",
        ),
        click.option(
            "--sbom-version",
            type=click.Choice(["1.6", "1.7"]),
            help="Version of CycloneDX to write.  [default: 1.6]",
        ),
    ):
        gathered = option(gathered)
    return gathered
