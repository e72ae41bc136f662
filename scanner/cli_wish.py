"""From the options of a command to what collect is to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click
from click.core import ParameterSource

from scanner.cli_stop import stop
from scanner.collect.wish import Asked, Wish

Sbom = dict[str, str | bool | None]
"""How the SBOM is to be written, as far as the caller says (:func:`scanner.cli_options.sbom`)."""


def at_desk(
    repo: Path,
    base: str | None,
    head: str,
    whole: bool,
    staged: bool,
    config: Path | None,
    offline: bool,
    sbom: Sbom,
) -> Wish:
    """What a caller at a desk wants; contradictions of options end the program."""
    if whole and (staged or base):
        raise click.UsageError("--all looks at the whole tree: it goes with neither --staged nor --base")
    if staged and head != "HEAD":
        raise click.UsageError("--staged looks at the index: it does not go with --head")
    from scanner.collect.desk import hub_of, osv_of
    from scanner.collect.errors import CollectError

    mode: Literal["change", "all", "staged"] = "all" if whole else "staged" if staged else "change"
    try:
        hub, osv = hub_of(os.environ), osv_of(os.environ)
    except CollectError as error:
        stop(str(error))
    return Wish(repo, base, head, mode, config, offline, hub=hub, osv=osv, asked=Asked(inputs=sbom))


def of_runner(
    repo: Path,
    base: str | None,
    head: str,
    whole: bool,
    config: Path | None,
    offline: bool,
    sbom: Sbom,
) -> Wish | None:
    """What the event and the inputs of the action say, if there are any; options that were given win."""
    from scanner.collect.runner import wish_of
    from scanner.event import read_event
    from scanner.inputs import ActionInputs

    event = read_event(os.environ)
    if event is None:
        return None
    return wish_of(
        event,
        ActionInputs.read(os.environ),
        workspace=repo if _given("repo") else None,
        base=base,
        head=head if _given("head") else None,
        whole=whole,
        config=config,
        offline=offline,
        sbom=sbom,
    )


def _given(option: str) -> bool:
    """Whether the caller wrote this option, rather than its default."""
    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE
