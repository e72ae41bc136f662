"""One pass over an evidence directory: from manifest to report directory."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scanner import __version__, worker
from scanner.domain import Artifact, Cause, EngineRef, Incomplete, Report, Tool, Verdict
from scanner.evidence import ChangedPath, Evidence, Side
from scanner.exchange import Request
from scanner.inspect import engines
from scanner.inspect.interface import Sighting
from scanner.policy.apply import judge
from scanner.policy.config import Config
from scanner.policy.globs import matcher
from scanner.policy.load import ConfigError, load
from scanner.policy.material import Material
from scanner.scan import bill as bills
from scanner.scan import output, source_review
from scanner.scan.artifacts import Gathered, gather, is_model, skipped, subjects
from scanner.scan.asking import Asking
from scanner.scan.bundled import imported
from scanner.scan.documents import files
from scanner.scan.findings import finding
from scanner.scan.kept import FOLDER, Kept
from scanner.scan.looking import Looker
from scanner.scan.policy_changes import changes_of_policy
from scanner.scan.timings import Timings
from scanner.scan.workshop import Workshop

CONFIG_LIMIT = 1 << 20
_MOST_UNCHANGED = 5_000


@dataclass(frozen=True)
class Scanned:
    """The outcome of one pass; ``requests`` is empty when the report is final."""

    report: Report
    requests: list[Request]


def scan(
    evidence_folder: Path,
    folder: Path,
    crew: worker.Crew,
    *,
    syft: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Scanned:
    """Read evidence, decide, and write the report directory.

    ``crew`` does :data:`scanner.scan.work.TASK`. ``progress`` is called with the number of files that
    were looked at, and of all that have to be.

    Raises:
        ConfigError: the configuration is wrong; a report that says so was written.
        OSError, pydantic.ValidationError: there is no valid evidence, or the report cannot be written.
    """
    timings = Timings()
    evidence = Evidence.open(evidence_folder)
    output.prepare(folder)
    try:
        config = _config(evidence)
    except ConfigError as error:
        output.write(folder, files(refusal(str(error), evidence), {}, [], timings))
        raise
    kept = Kept(folder / FOLDER)
    asking = Asking(evidence.manifest)
    workshop = Workshop(kept, crew, progress)
    looker = Looker(evidence, workshop, asking)
    looked, left = _chosen(evidence, config)
    with timings.phase("look"):
        gathered = _look(evidence, looker, looked, left)
        warnings = _warnings(evidence, looker, gathered)
    with timings.phase("source"):
        source = source_review.review(evidence, looker, workshop, looked, gathered.artifacts)
        reviewed = source.reviewed
    material = Material(
        findings=gathered.findings + reviewed.findings,
        incomplete=gathered.incomplete + reviewed.incomplete,
        artifacts=sorted(
            gathered.artifacts + reviewed.artifacts, key=lambda artifact: (artifact.path, artifact.id)
        ),
        references=reviewed.references,
        repositories=reviewed.repositories,
        has_base=evidence.manifest.change.merge_base is not None,
    )
    with timings.phase("software"):
        bill = bills.gather(evidence, asking, workshop, kept, config, material, syft)
        if bill.assessed or bill.unassessed:
            known = bill.assessed.vulnerabilities if bill.assessed else []
            material = replace(material, vulnerabilities=known, assessment=bill.assessment)
    with timings.phase("judge"):
        judgement = judge(
            config,
            material,
            today=evidence.manifest.policy_date,
            inputs=evidence.manifest.inputs,
            source=evidence.manifest.config,
        )
    with timings.phase("sbom"):
        used = _engines(material)
        summary, documents = bills.write(evidence, asking, looker, looked, material, judgement, bill, used)
    report = Report(
        tool=Tool(version=__version__, engines=used),
        change=evidence.manifest.change,
        verdict=judgement.verdict,
        reasons=judgement.reasons,
        warnings=[*warnings, *source.warnings, *judgement.warnings, *summary.warnings],
        policy=judgement.policy,
        artifacts=list(material.artifacts),
        references=list(material.references),
        repositories=list(material.repositories),
        findings=judgement.findings,
        incomplete=judgement.incomplete,
        vulnerabilities=judgement.vulnerabilities,
        sbom=summary,
        totals=judgement.totals,
    )
    requests = asking.requests
    with timings.phase("render"):
        rendered = files(report, documents, requests, timings)
    output.write(folder, rendered)
    if not requests:
        shutil.rmtree(folder / FOLDER, ignore_errors=True)
    return Scanned(report, requests)


def _engines(material: Material) -> list[EngineRef]:
    """The engines that looked at something."""
    named = {name for artifact in material.artifacts for name in artifact.engines}
    if not named:
        return []
    return [EngineRef(name=name, version=version) for name, version in engines.versions() if name in named]


def refusal(message: str, evidence: Evidence | None = None) -> Report:
    """The report of a run that could not look at anything: incomplete, with the reason."""
    change = evidence.manifest.change.model_dump() if evidence else {"mode": "change"}
    return Report.model_validate(
        {
            "tool": {"version": __version__},
            "change": change,
            "verdict": Verdict.INCOMPLETE,
            "reasons": message.splitlines(),
            "incomplete": [
                {
                    "subject": "this run",
                    "cause": Cause.UNREADABLE,
                    "detail": message,
                    "action": "correct it, then run again",
                }
            ],
        }
    )


def write_refusal(folder: Path, message: str) -> None:
    """Write the report directory of a run that could not look at anything.

    Raises:
        OSError: the directory cannot be written.
    """
    output.prepare(folder)
    output.write(folder, files(refusal(message), {}, [], Timings()))


def _config(evidence: Evidence) -> Config:
    """The configuration in force; one that cannot be read is an error, never a default."""
    where = evidence.manifest.config
    if where.key is None:
        return Config()
    data = evidence.read(where.key, CONFIG_LIMIT)
    if data is None:
        raise ConfigError(where.path, 1, 1, f"the file is larger than {CONFIG_LIMIT} bytes")
    return load(data, where.path)


def _chosen(evidence: Evidence, config: Config) -> tuple[list[ChangedPath], list[ChangedPath]]:
    """The changed paths that the configuration selects, and those that it leaves out."""
    chosen, ignored = matcher(config.paths), matcher(config.paths_ignore)
    looked: list[ChangedPath] = []
    left: list[ChangedPath] = []
    for path in evidence.manifest.paths:
        wanted = (not config.paths or chosen(path.path)) and not ignored(path.path)
        (looked if wanted else left).append(path)
    return looked, left


def _look(evidence: Evidence, looker: Looker, looked: list[ChangedPath], left: list[ChangedPath]) -> Gathered:
    """Look at what is selected; models that are left out are listed as skipped."""
    manifest = evidence.manifest
    uncommitted = {(item.key, posixpath.basename(item.path)) for item in manifest.uncommitted}
    looker.prepare({pair for path in looked for pair in subjects(path)} | uncommitted)
    looker.look_as_imported(imported(looker, looked))
    gathered = gather(evidence, looker, looked, compared=manifest.change.merge_base is not None)
    for path in left:
        if path.new is not None and is_model(path.path, path.new.mode):
            gathered.artifacts.append(skipped(path.path, path.new, path.change))
    for changed in changes_of_policy(evidence):
        gathered.findings.append(finding(Sighting("policy-changed", "modelward"), changed, None, True))
    if manifest.base_missing:
        action = (
            "merge or rebase onto the base branch, then run again"
            if manifest.event.name
            else "fetch the base commit (fetch-depth: 0), then run again"
        )
        gathered.incomplete.append(
            Incomplete(
                subject="the base commit", cause=Cause.ACCESS, detail=manifest.base_missing, action=action
            )
        )
    return gathered


def _warnings(evidence: Evidence, looker: Looker, gathered: Gathered) -> list[str]:
    """What a reader has to know besides findings; adds the models of head that the change leaves alone."""
    manifest = evidence.manifest
    warnings = list(manifest.warnings)
    alone = _unchanged(evidence) if gathered.artifacts else []
    gathered.artifacts += alone[:_MOST_UNCHANGED]
    if len(alone) > _MOST_UNCHANGED:
        warnings.append(
            f"{len(alone) - _MOST_UNCHANGED} more models that the change does not touch are not listed"
        )
    if gathered.links:
        warnings.append(f"symbolic links that were not followed: {gathered.links}")
    models = [
        item.path
        for item in manifest.uncommitted
        if looker.glance(item.key, posixpath.basename(item.path)).format not in (None, "empty")
    ]
    if models:
        shown = ", ".join(models[:5]) + (", …" if len(models) > 5 else "")
        warnings.append(
            f"uncommitted model files, which were not judged: {len(models)} ({shown}); commit or --staged"
        )
    if manifest.uncommitted_more:
        seen = len(manifest.uncommitted)
        warnings.append(f"{manifest.uncommitted_more} uncommitted files beyond {seen} were not looked at")
    if manifest.change.merge_base and not manifest.paths:
        warnings.append("nothing changed between the base and the head; --all looks at the whole tree")
    return warnings


def _unchanged(evidence: Evidence) -> list[Artifact]:
    """Models of head, by name, that the change does not touch."""
    manifest = evidence.manifest
    if manifest.change.merge_base is None:
        return []
    changed = {path.path for path in manifest.paths}
    return [
        skipped(entry.path, Side(mode=entry.mode, oid=entry.oid, size=entry.size), "unchanged")
        for entry in evidence.tree(manifest.head_tree)
        if entry.path not in changed and is_model(entry.path, entry.mode)
    ]
