"""What becomes of the command line when nobody reads its output any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click


class OutputClosed(Exception):
    """Whoever read the output has gone, as ``head`` does when it has enough."""


class Program(click.Group):
    """Raises :class:`OutputClosed`: click itself would end with 1, which is a verdict here."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _watched():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _watched():
            return super().invoke(ctx)


@contextmanager
def _watched() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as error:
        raise OutputClosed from error
