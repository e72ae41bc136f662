"""How the command line ends when it cannot go on."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

USAGE, INCOMPLETE, INTERNAL, INTERRUPTED, UNREAD = 2, 3, 4, 130, 141
"""Exit statuses; see the documentation of :mod:`scanner.cli`."""


def stop(message: str, status: int = USAGE) -> NoReturn:
    """Say why, harmlessly for a terminal, and end the program."""
    from scanner.report.plain import log_line

    for line in message.splitlines():
        click.echo(log_line(f"modelward: {line}"), err=True)
    sys.exit(status)
