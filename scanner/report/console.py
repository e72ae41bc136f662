"""The report at a desk: a table on a terminal, plain lines everywhere else.

Nothing in it can steer the terminal or be taken for a workflow command: each line and each cell goes through
:func:`scanner.report.plain.log_line`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from scanner.domain import Report, Severity, Verdict
from scanner.report.known import Entry
from scanner.report.mentioned import Mentioned
from scanner.report.plain import brief, log_line
from scanner.report.view import Drift, Row, Said, View, view
from scanner.words import counted

if TYPE_CHECKING:
    from rich.text import Text

MAX_ROWS = 200
"""Models shown; report.json holds all of them."""
MAX_ENTRIES = 20
"""Names, warnings and reasons shown of each kind."""

_NAME_LIMIT, _NAME_TAIL, _TEXT_LIMIT = 160, 60, 400
_UNREAD = "not read"
_STYLES = {
    Severity.CRITICAL.value: "bold red",
    Severity.HIGH.value: "red",
    Severity.MEDIUM.value: "yellow",
    Severity.LOW.value: "yellow",
    Severity.INFO.value: "blue",
    _UNREAD: "dim",
}
_VERDICT_STYLES = {
    Verdict.PASS: "bold green",
    Verdict.WARN: "bold yellow",
    Verdict.FAIL: "bold red",
    Verdict.INCOMPLETE: "bold magenta",
}


def show(report: Report, stream: TextIO, colour: bool | None = None) -> None:
    """Print ``report`` to ``stream``: with ``colour`` as for a terminal; null: as the stream is."""
    if colour is None:
        colour = stream.isatty()
    if colour:
        _show_terminal(report, stream)
    else:
        for line in lines(report):
            stream.write(_encodable(line, stream) + "\n")


def lines(report: Report) -> Iterator[str]:
    """The report as plain lines, each harmless in a terminal and in the log of a runner."""
    shown = view(report)
    yield log_line(brief(shown.headline, _TEXT_LIMIT))
    for row in shown.rows[:MAX_ROWS]:
        yield ""
        yield log_line(f"{_word(row).upper()}  {_names(row)}")
        yield from (log_line(f"    {text}") for text in _what(row))
        yield from (log_line(f"    do: {_text(step)}") for step in row.todo[:MAX_ENTRIES])
    yield from _closing(report, shown)


@contextmanager
def progress(stream: TextIO) -> Iterator[Callable[[str, int, int], None]]:
    """A function to tell what is being done, how much of it is done, and of how much (0: not known).

    It keeps one line of a terminal up to date, which is gone at the end.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

    console = Console(file=stream, force_terminal=True)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(*columns, console=console, transient=True) as line:
        task = line.add_task("", total=None)

        def tell(what: str, done: int, total: int) -> None:
            line.update(task, description=log_line(what), completed=done, total=total or None)

        yield tell


def _show_terminal(report: Report, stream: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    shown = view(report)
    console = Console(file=stream, force_terminal=True, markup=False, highlight=False, emoji=False)
    console.print(_cell(brief(shown.headline, _TEXT_LIMIT), _VERDICT_STYLES[report.verdict]))
    if shown.rows:
        table = Table(box=box.SIMPLE_HEAD, show_lines=False, pad_edge=False)
        table.add_column("", no_wrap=True)
        for title in ("model", "what", "do"):
            table.add_column(title, overflow="fold")
        for row in shown.rows[:MAX_ROWS]:
            word = _word(row)
            cells = (
                _names(row),
                *("\n".join(texts) for texts in (_what(row), map(_text, row.todo[:MAX_ENTRIES]))),
            )
            table.add_row(_cell(word, _STYLES[word]), *(_cell(text) for text in cells))
        console.print(table)
    for line in _closing(report, shown):
        console.print(_cell(line, "dim"))


def _closing(report: Report, shown: View) -> Iterator[str]:
    """What is said after the models: cuts, notes, warnings, counts."""
    if len(shown.rows) > MAX_ROWS:
        yield ""
        yield f"{counted(len(shown.rows) - MAX_ROWS, 'row')} left out here; report.json holds everything."
    reasons = report.reasons if report.verdict is not Verdict.PASS else []
    sections = (
        (
            "below the gate, in tests, examples and docs",
            (_line(row) for row in shown.folded),
            len(shown.folded),
        ),
        ("worth knowing", (_line(row) for row in shown.notes), len(shown.notes)),
        ("not looked at", (_line(row) for row in shown.aside), len(shown.aside)),
        ("other imports and calls than before", map(_drifted, shown.drifted), len(shown.drifted)),
        ("reference", map(_mentioned, shown.mentioned), len(shown.mentioned)),
        ("known vulnerability", map(_vulnerable, shown.known.entries), len(shown.known.entries)),
        ("removed", (_name(name) for name in shown.removed), len(shown.removed)),
        ("warning", (_text(warning) for warning in report.warnings), len(report.warnings)),
        ("reason", (_text(reason) for reason in reasons), len(reasons)),
    )
    for title, entries, number in sections:
        if number:
            yield ""
        for _, entry in zip(range(MAX_ENTRIES), entries, strict=False):
            yield log_line(f"{title}: {entry}")
        if number > MAX_ENTRIES:
            yield f"{title}: {number - MAX_ENTRIES} more in report.json"
    if shown.bill.told:
        yield ""
        yield log_line(f"bill of materials: {shown.bill.told}")
    if not shown.nothing:
        yield ""
        yield ", ".join(_counts(report, shown))


def _counts(report: Report, shown: View) -> Iterator[str]:
    yield f"Read {shown.read:,} of {shown.of:,}"
    if shown.references:
        yield counted(shown.references, "reference") + (
            f" ({shown.unchecked} not checked)" if shown.unchecked else ""
        )
    if shown.older:
        yield counted(shown.older, "older finding")
    if shown.accepted:
        yield counted(len(shown.accepted), "accepted finding")
    if shown.known.told:
        yield shown.known.told + (f" ({_text(shown.known.reason)})" if shown.known.assessed else "")
    if report.sbom and report.sbom.written:
        yield f"SBOM of {counted(report.sbom.components, 'component')}" + (
            "" if report.sbom.complete else " (incomplete)"
        )


def _word(row: Row) -> str:
    return row.severity.value if row.severity else _UNREAD


def _line(row: Row) -> str:
    return "; ".join((_names(row), *_what(row)))


def _names(row: Row) -> str:
    shown = ", ".join(_name(name) for name in row.names[:MAX_ENTRIES])
    if len(row.names) > MAX_ENTRIES:
        shown += f" and {len(row.names) - MAX_ENTRIES} more"
    if row.was:
        shown += f", formerly {_name(row.was)}"
    revisions = [_name(revision) for revision in (row.before, row.after) if revision]
    if revisions:
        shown += f" at {' -> '.join(revisions)}"
    if row.places:
        shown += f" ({', '.join(_name(place) for place in row.places[:MAX_ENTRIES])})"
    return shown


def _what(row: Row) -> list[str]:
    gaps = (
        f"not read: {_text(gap.why)}" + (f" ({_text(gap.waived)})" if gap.waived else "")
        for gap in row.unread
    )
    changes = [f"between the two: {_text(row.changes)}"] if row.changes else []
    drifts = [_drift(drift.what, drift.names) for drift in row.drifts]
    return [*map(_said, row.said), *gaps, *changes, *drifts][:MAX_ENTRIES]


def _drifted(model: tuple[str, tuple[Drift, ...]]) -> str:
    path, drifts = model
    return f"{_name(path)}: {'; '.join(_drift(drift.what, drift.names) for drift in drifts)}"


def _drift(what: str, names: tuple[str, ...]) -> str:
    shown = ", ".join(_name(name) for name in names[:MAX_ENTRIES])
    more = f" and {len(names) - MAX_ENTRIES} more" if len(names) > MAX_ENTRIES else ""
    return f"{what} {shown}{more}"


def _said(said: Said) -> str:
    parts: Iterable[str | None] = (
        _text(said.text) + (f": {_text(said.evidence)}" if said.evidence else ""),
        said.file and f"in {_name(said.file)}",
        said.member and f"in {_name(said.member)}",
        None if said.offset is None else f"offset {said.offset}",
        f"{said.more} more like it" if said.more else None,
    )
    return ", ".join(part for part in parts if part)


def _mentioned(one: Mentioned) -> str:
    moved = f"{_name(one.before)} -> " if one.before else ""
    revision = f" at {moved}{_name(one.revision or 'no revision')}"
    changes = f" ({_text(one.changes)})" if one.changes else ""
    return f"{_name(one.name)}{revision}{changes}, {_name(one.place)}: {one.state}"


def _vulnerable(one: Entry) -> str:
    words = [one.severity, *([one.state] if one.state else []), _name(one.package), _name(one.name)]
    told = f": {_text(one.summary)}" if one.summary else ""
    fixed = f"; fixed in {_name(one.fixed)}" if one.fixed else ""
    return f"{' '.join(words)}{told}{fixed}"


def _name(text: str) -> str:
    return brief(text, _NAME_LIMIT, _NAME_TAIL)


def _text(text: str) -> str:
    return brief(text, _TEXT_LIMIT)


def _cell(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text("\n".join(log_line(line) for line in text.split("\n")), style=style)


def _encodable(line: str, stream: TextIO) -> str:
    """``line`` without what the stream's encoding lacks, so that an ASCII log does not end the program."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)
