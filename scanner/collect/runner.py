"""From the event and the inputs of the action to what collect is to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from scanner.collect.desk import checked_endpoint, osv_server
from scanner.collect.errors import CollectError
from scanner.collect.wish import Asked, Central, Hub, Remote, Wish
from scanner.event import Event
from scanner.inputs import ActionInputs

_CENTRAL = re.compile(
    r"(?P<repository>[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100})/(?P<path>[^@\s?#%\\]{1,500})@(?P<ref>[^@\s]{1,250})"
)


def wish_of(
    event: Event,
    inputs: ActionInputs,
    *,
    workspace: Path | None = None,
    base: str | None = None,
    head: str | None = None,
    whole: bool = False,
    config: Path | None = None,
    offline: bool = False,
    sbom: Mapping[str, str | bool | None] | None = None,
) -> Wish:
    """What a run is about. The keyword arguments are what the caller said itself: they win.

    ``workspace`` is a clone to read instead of fetching from the server; ``sbom`` says how the SBOM is to be
    written, under the names of the manifest's inputs.

    Raises:
        CollectError: this event brings nothing to collect, or an input cannot be used.
    """
    if event.name == "workflow_run":
        raise CollectError(
            "the event workflow_run brings nothing to collect: "
            "collect and scan in the workflow that it follows, and only publish here"
        )
    if base is not None and whole:
        raise CollectError("--all looks at the whole tree: it does not go with --base")
    # a snapshot replaces the one before it, so that it has to be of everything
    snapshot = inputs.dependency_snapshot and event.on_default_branch and base is None
    return Wish(
        repository=workspace or Path(),
        base=None if whole or snapshot else base or event.base,
        head=head or event.head or "HEAD",
        mode="all" if whole or snapshot or (event.whole and base is None) else "change",
        config=config,
        offline=offline or inputs.offline,
        remote=None if workspace is not None else remote_of(event, inputs),
        default_base=event.name == "push" and base is None,
        central=_central(event, inputs) if config is None else None,
        hub=hub_of(event, inputs),
        osv=osv_server(inputs.osv_url, "input osv-url"),
        name=event.repository,
        asked=Asked(
            event={"name": event.name, "pull_request": event.pull_request, "fork": event.fork},
            inputs={
                "fail_on_severity": inputs.fail_on_severity,
                "fail_on_incomplete": inputs.fail_on_incomplete,
                "fail_on_vulnerability": inputs.fail_on_vulnerability,
                "sbom": inputs.sbom,
                "sbom_version": inputs.sbom_version,
                "sbom_author": inputs.sbom_author or None,
                "spdx": inputs.spdx,
                **(sbom or {}),
            },
        ),
    )


def remote_of(event: Event, inputs: ActionInputs) -> Remote:
    """The base repository of the event on its server."""
    return Remote(
        server_url=event.server_url,
        api_url=event.api_url,
        repository=event.repository,
        token=inputs.github_token,
        pull_request=event.pull_request,
        lfs_budget=inputs.lfs_budget,
    )


def hub_of(event: Event, inputs: ActionInputs) -> Hub:
    """The Hub as the inputs say. Who proposes a change from a fork does not get to see what a token shows."""
    return Hub(
        endpoint=checked_endpoint(inputs.hub_endpoint, "input hub-endpoint"),
        token="" if event.fork else inputs.hub_token,
        bytes=inputs.hub_budget,
    )


def _central(event: Event, inputs: ActionInputs) -> Central | None:
    """The input ``config-file``, taken apart; without a token of its own it is read with the run's."""
    if not inputs.config_file:
        return None
    match = _CENTRAL.fullmatch(inputs.config_file)
    if match is None or any(part in ("", ".", "..") for part in match["path"].split("/")):
        raise CollectError(
            f"input config-file: {inputs.config_file!r} is not OWNER/REPO/PATH@REF; "
            "name a repository, a file in it, and a branch, tag or commit"
        )
    token = inputs.config_token or inputs.github_token
    return Central(event.api_url, match["repository"], match["path"], match["ref"], token)
