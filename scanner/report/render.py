"""The pull-request comment and the step summary: a view, put into the templates, within a budget.

Templates come from this package only, run in Jinja's immutable sandbox, and must name nothing that does not
exist. Each value is escaped as it is printed (:func:`scanner.report.escape.finalize`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import scanner
from scanner.domain import Finding, Report, Severity
from scanner.report import escape
from scanner.report.accept import exceptions
from scanner.report.view import Row, view
from scanner.words import CONFIG_PATH, counted

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

COMMENT_LIMIT = 65_536
"""Characters of a comment on GitHub."""
SUMMARY_LIMIT = 1_000_000
"""Bytes of a step summary; GitHub drops the whole of one above 1 MiB."""
CHECK_LIMIT = 65_535
"""Characters of the summary of a check run."""
REVIEW_FINDINGS = 8
"""Findings that one review comment spells out."""
RESERVE = 1_000
"""Kept free for what the publisher adds: a marker, a line about a missing permission."""

_BLANK_LINES = re.compile(r"\n{3,}")

CIRCLES = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🟡",
    Severity.INFO: "🔵",
    None: "⚪",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of the platform that a reader can follow; never taken from a report.

    Raises ValueError for an address that is not http(s) or holds what Markdown would read.
    """

    sbom: str | None = None
    report: str | None = None
    run: str | None = None
    docs: str | None = None
    comment: str | None = None
    """Where all of it is said already."""

    def __post_init__(self) -> None:
        for each in fields(self):
            url = getattr(self, each.name)
            if url is not None:
                escape.address(url)


@dataclass(frozen=True, slots=True)
class Level:
    """How much is shown: rows of the table, things said per row, names per row, entries of each fold."""

    rows: int
    said: int
    names: int
    fold: int


LEVELS = (
    Level(rows=5_000, said=5, names=12, fold=5_000),
    Level(rows=400, said=4, names=6, fold=50),
    Level(rows=100, said=3, names=4, fold=20),
    Level(rows=30, said=2, names=3, fold=8),
    Level(rows=10, said=1, names=2, fold=3),
    Level(rows=0, said=1, names=1, fold=0),
)
"""From everything to the verdict and the counts alone."""


def comment(report: Report, links: Links | None = None, limit: int = COMMENT_LIMIT) -> str:
    """The comment, of at most ``limit`` characters less :data:`RESERVE`; ValueError if nothing fits."""
    return _within("comment.md.j2", report, links or Links(), limit, len)


def summary(report: Report, links: Links | None = None, limit: int = SUMMARY_LIMIT) -> str:
    """The step summary, of at most ``limit`` bytes less :data:`RESERVE`; ValueError if nothing fits."""
    return _within("summary.md.j2", report, links or Links(), limit, lambda text: len(text.encode()))


def check(report: Report, links: Links | None = None, limit: int = CHECK_LIMIT, left_out: int = 0) -> str:
    """The summary of a check run, of at most ``limit`` characters less :data:`RESERVE`.

    Short where ``links.comment`` says the rest. ``left_out`` counts the annotations that have no room.
    ValueError if nothing fits.
    """
    return _within("check.md.j2", report, links or Links(), limit, len, left_out=left_out)


def review(findings: Sequence[Finding], suggested: str | None = None) -> str:
    """A review comment that says ``findings`` of one place, and suggests to put ``suggested`` there.

    Raises ValueError for a suggestion with characters that cannot be seen.
    """
    suggestion = None if suggested is None else escape.suggestion(suggested)
    filled = (
        _environment()
        .get_template("review.md.j2")
        .render(findings=findings, suggestion=suggestion, limit=REVIEW_FINDINGS)
    )
    return _tidy(filled)


def headline(report: Report) -> str:
    """The verdict in one line of plain text; it is not escaped for Markdown."""
    return view(report).headline


def _within(
    name: str, report: Report, links: Links, limit: int, size: Callable[[str], int], left_out: int = 0
) -> str:
    template = _environment().get_template(name)
    shown = view(report)
    for level in LEVELS:
        text = _tidy(
            template.render(
                view=shown,
                report=report,
                links=links,
                level=level,
                config_path=CONFIG_PATH,
                left_out=left_out,
            )
        )
        if size(text) <= limit - RESERVE:
            return text
    raise ValueError(f"{name}: the shortest text is longer than {limit} less {RESERVE}; allow more")


def _tidy(text: str) -> str:
    return _BLANK_LINES.sub("\n\n", text).strip("\n") + "\n"


def templates() -> Path:
    """Where the templates lie: inside the installed package, or beside it in a checkout."""
    package = Path(scanner.__file__).parent
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _circle(row: Row) -> str:
    return CIRCLES[row.severity]


def _beyond(items: Sequence[object], limit: int) -> int:
    return max(0, len(items) - limit)


def warm() -> None:
    """Load Jinja and the templates ahead of their use."""
    for name in _environment().list_templates():
        _environment().get_template(name)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates()),
        undefined=StrictUndefined,
        finalize=escape.finalize,
        autoescape=False,  # that is HTML's; the output is Markdown, and finalize escapes it
        auto_reload=False,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters = {
        "beyond": _beyond,
        "circle": _circle,
        "code": escape.code,
        "counted": counted,
        "exceptions": exceptions,
        "fence": escape.fence,
        "length": len,
        "link": escape.link,
        "number": "{:,}".format,
        "prose": escape.prose,
    }
    return environment
