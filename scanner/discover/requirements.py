"""Packages that are installed from the Hub: wheels and archives by address, ``git+https://huggingface.co/…``."""

from __future__ import annotations

from dataclasses import replace

from scanner.discover.addresses import find_addresses
from scanner.discover.interface import Found


def find(text: str, path: str) -> Found:  # noqa: ARG001 - the signature that all finders have
    """The addresses of a requirements file; what they name is installed, so it is code."""
    mentions = []
    for one in find_addresses(text):
        if one.loader == "address" and one.repo_id:
            state = (
                "absent" if one.expression.startswith("git+") and one.revision is None else one.revision_state
            )
            one = replace(one, loader="requirement", revision_state=state)
        mentions.append(one)
    return Found(mentions=mentions)
