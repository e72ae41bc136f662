"""The command line: arguments in, exit status out; every command loads only what it needs.

Exit status: 0 pass or warn, 1 fail, 2 wrong usage or configuration, 3 incomplete, 4 internal error,
130 interrupted, 141 nobody reads the output any more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from scanner import __version__
from scanner import cli_options as options
from scanner import cli_wish as wishes
from scanner.cli_sbom import sbom as sbom_commands
from scanner.cli_stop import INCOMPLETE, INTERNAL, INTERRUPTED, UNREAD, USAGE, stop
from scanner.collect.wish import Asked, Wish
from scanner.outlet import OutputClosed, Program
from scanner.settings import DEFAULT_OUTPUT, syft_binary, unsupported_system

if TYPE_CHECKING:
    from scanner.domain import Report


def main() -> NoReturn:
    """Run the program and exit."""
    why = unsupported_system()
    if why:
        stop(why, USAGE)
    try:
        program.main(prog_name="modelward", standalone_mode=False)
        sys.exit(0)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (KeyboardInterrupt, click.Abort):
        stop("interrupted; no report was written", INTERRUPTED)
    except OutputClosed:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is still buffered has no reader either
        sys.exit(UNREAD)
    except OSError as error:
        subject = f"{error.filename}: " if error.filename else ""
        stop(f"{subject}{error.strerror or error}; free or repair it, then run again", INTERNAL)


@click.group(cls=Program, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="modelward")
def program() -> None:
    """Dependency review for machine-learning models."""


program.add_command(sbom_commands)


@program.command()
@options.repository
@options.base
@options.head
@options.whole
@click.option("--staged", is_flag=True, help="Look at the index, compared with HEAD.")
@click.option(
    "--output", type=options.FOLDER, default=DEFAULT_OUTPUT, show_default=True, help="The report directory."
)
@options.sbom
@options.config
@options.offline
def run(
    repo: Path,
    base: str | None,
    head: str,
    whole: bool,
    staged: bool,
    output: Path,
    sbom: wishes.Sbom,
    config: Path | None,
    offline: bool,
) -> None:
    """Look at a change of a git repository and judge it."""
    _judge(wishes.at_desk(repo, base, head, whole, staged, config, offline, sbom), output)


@program.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--output", type=options.FOLDER, help="Keep the report directory here.")
@click.option("--json", "as_json", is_flag=True, help="Print report.json.")
@options.sbom
@options.config
def inspect(
    paths: tuple[str, ...], output: Path | None, as_json: bool, sbom: wishes.Sbom, config: Path | None
) -> None:
    """Judge single model files, all files of a directory, or hf://ORG/NAME[@REV], without git."""
    from tempfile import TemporaryDirectory

    from scanner.collect.desk import HF, hub_name, hub_of, osv_of
    from scanner.collect.errors import CollectError

    try:
        names = tuple(hub_name(path) for path in paths if path.startswith(HF))
        hub, osv = hub_of(os.environ), osv_of(os.environ)
    except CollectError as error:
        stop(str(error), USAGE)
    files = tuple(Path(path) for path in paths if not path.startswith(HF))
    wish = Wish(
        mode="files",
        config=config,
        offline=not names,
        files=files,
        names=names,
        hub=hub,
        osv=osv,
        asked=Asked(inputs=sbom),
    )
    if output is not None:
        _judge(wish, output, as_json)
    else:
        with TemporaryDirectory(prefix="modelward-report-") as folder:
            _judge(wish, Path(folder), as_json)


@program.command()
@options.repository
@options.base
@options.head
@options.whole
@options.sbom
@options.config
@options.offline
@options.evidence
@click.option("--requests", type=options.FILE, help="Answer these requests of scan, into existing evidence.")
def collect(
    repo: Path,
    base: str | None,
    head: str,
    whole: bool,
    sbom: wishes.Sbom,
    config: Path | None,
    offline: bool,
    evidence: Path,
    requests: Path | None,
) -> None:
    """Gather evidence of a change; parse none of it.

    On a runner the event says what to gather, and it is fetched; --repo reads a clone instead.
    """
    from pydantic import ValidationError

    from scanner.collect.collector import Collector
    from scanner.collect.errors import CollectError
    from scanner.event import EventError
    from scanner.evidence import Evidence
    from scanner.exchange import Requests
    from scanner.inputs import InputError

    try:
        wish = wishes.of_runner(repo, base, head, whole, config, offline, sbom)
        wish = wish or wishes.at_desk(repo, base, head, whole, False, config, offline, sbom)
        evidence.mkdir(parents=True, exist_ok=True)
        with Collector(evidence, wish) as collector:
            if requests is None:
                collector.collect()
                return
            manifest = Evidence.open(evidence).manifest
            collector.resume(manifest)
            collector.answer(manifest, Requests.model_validate_json(requests.read_bytes()).requests)
    except (CollectError, EventError, InputError) as error:
        stop(str(error), USAGE)
    except ValidationError as error:
        stop(f"{requests or evidence}: not valid: {_first(error)}", USAGE)


@program.command()
@options.evidence
@click.option("--output", type=options.FOLDER, required=True, help="The report directory.")
def scan(evidence: Path, output: Path) -> None:
    """Decide: from evidence to a report, and to requests for what is missing."""
    from pydantic import ValidationError

    from scanner.policy.load import ConfigError
    from scanner.scan.scan import scan as scan_evidence
    from scanner.scan.work import TASK
    from scanner.worker import Crew

    try:
        with Crew(TASK) as crew:
            scan_evidence(evidence, output, crew, syft=syft_binary())
    except ConfigError as error:
        stop(str(error), USAGE)
    except ValidationError as error:
        stop(f"{evidence}: this is not valid evidence: {_first(error)}", USAGE)


@program.command()
@options.report
@click.option("--dry-run", is_flag=True, help="Print the comment, change nothing.")
def publish(folder: Path, dry_run: bool) -> None:
    """Speak: render a validated report for the runner."""
    from scanner.publish.publish import PublishError
    from scanner.publish.publish import publish as publish_report

    try:
        publish_report(folder, os.environ, dry_run, sys.stdout)
    except PublishError as error:
        stop(str(error), INCOMPLETE)


@program.command()
@options.report
@click.option("--head", metavar="SHA", help="The commit that the report must be of.")
def gate(folder: Path, head: str | None) -> None:
    """Turn a report into an exit status; no report is a failure. On a runner the event says the head."""
    from scanner.event import EventError, read_event
    from scanner.policy.apply import exit_status

    report = _load(folder)
    try:
        event = read_event(os.environ)
    except EventError as error:
        stop(str(error), USAGE)
    head = head or (event.head if event else None)
    if head is not None and report.change.head != head:
        stop(f"{folder}: the report is of {report.change.head}, not of {head}; run again", INCOMPLETE)
    _say_reasons(report)
    sys.exit(exit_status(report.verdict))


@program.command()
@options.repository
@click.option("--check", is_flag=True, help="Only say whether the file is up to date; 1 when it is not.")
def lock(repo: Path, check: bool) -> None:
    """Write modelward.lock: which Hub repositories HEAD names, and what they are today."""
    from tempfile import TemporaryDirectory

    from scanner import locking

    with TemporaryDirectory(prefix="modelward-report-") as folder:
        report = _run(wishes.at_desk(repo, None, "HEAD", True, False, None, False, {}), Path(folder))
    try:
        outcome = locking.write(repo, report, check=check)
    except locking.LockingError as error:
        stop(str(error), INCOMPLETE)
    for line in outcome.lines:
        click.echo(line)
    sys.exit(1 if check and outcome.changed else 0)


@program.command()
@click.option(
    "--output",
    type=options.FOLDER,
    default=Path("modelward-demo"),
    show_default=True,
    help="Where to build it.",
)
def demo(output: Path) -> None:
    """Build a small repository with a good and a bad change, and run on both."""
    from scanner.demo.demo import DemoError
    from scanner.demo.demo import demo as play
    from scanner.report.console import show

    try:
        sys.exit(play(output, _run, lambda report: show(report, sys.stdout), sys.stdout))
    except DemoError as error:
        stop(str(error), USAGE)


def _judge(wish: Wish, folder: Path, as_json: bool = False) -> NoReturn:
    """Run the rounds, show the report, exit with its verdict; leave a whole report also where that fails."""
    report = _run(wish, folder)
    from scanner.policy.apply import exit_status  # loaded late: the child should start first

    if as_json:
        sys.stdout.write((folder / "report.json").read_text())
    else:
        from scanner.report.console import show

        show(report, sys.stdout)
    sys.stdout.flush()
    sys.exit(exit_status(report.verdict))


def _run(wish: Wish, folder: Path) -> Report:
    from scanner import rounds
    from scanner.collect.errors import CollectError

    try:
        with _progress() as progress:
            return rounds.run(wish, folder, syft=syft_binary(), progress=progress)
    except (CollectError, rounds.ConfigurationError) as error:
        _refuse(folder, str(error))
        stop(str(error), USAGE)
    except rounds.ScanFailed as error:
        _refuse(folder, str(error))
        stop(str(error), INTERNAL)


def _refuse(folder: Path, message: str) -> None:
    """Leave a report that says why there is no other; where even that fails, no report is left."""
    from scanner.scan.scan import write_refusal

    try:
        write_refusal(folder, message)
    except OSError as error:
        click.echo(f"modelward: {folder}: no report could be written: {error.strerror}", err=True)


def _progress() -> Any:
    """A context that gives a function to tell progress to: a line on a terminal, nothing elsewhere."""
    from contextlib import nullcontext

    if not sys.stderr.isatty():
        return nullcontext(lambda *_: None)
    from scanner.report.console import progress

    return progress(sys.stderr)


def _load(folder: Path) -> Report:
    """A validated report, or the end of the program: what cannot be read is not known to be clean."""
    from scanner.publish.publish import PublishError, read_report

    try:
        return read_report(folder)
    except PublishError as error:
        stop(str(error), INCOMPLETE)


def _say_reasons(report: Report) -> None:
    from scanner.report.plain import log_line

    say: Callable[[str], None] = click.echo
    say(f"verdict: {report.verdict.value}")
    for reason in report.reasons:
        say(log_line(f"  {reason}"))


def _first(error: Any) -> str:
    """The first problem of a pydantic error, with its place."""
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in problem["loc"])
    return f"{place}: {problem['msg']}" if place else str(problem["msg"])
