"""The software a repository depends on: feeders run side by side over its manifests, their answers merged."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.domain import EngineRef
from scanner.sbom import manifests
from scanner.sbom.cyclonedx import Component, Dependency, plain, relative, text
from scanner.sbom.feeders import cyclonedx_py, python_locks
from scanner.sbom.feeders import syft as syft_feeder
from scanner.sbom.feeders.interface import Feed, Job
from scanner.sbom.feeders.process import GO_TOOL, ToolError, run
from scanner.sbom.merge import merge
from scanner.sbom.requirements import Requirements, flatten
from scanner.worker import Limits

MAX_PROJECTS = 16
"""Python projects with a lock file; each is a run of its own."""

_MAX_WARNINGS = 50
_NO_SYFT = (
    "syft was not found, so lock files were read only in part: put it on PATH, or name it in MODELWARD_SYFT"
)


@dataclass(frozen=True, slots=True)
class Software:
    """The packages of a repository; ``complete`` only when every manifest was read by one that knows it."""

    components: tuple[Component, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    direct: tuple[str, ...] = ()
    """References of packages that a manifest names as the repository's own dependency."""
    resolved: tuple[str, ...] = ()
    """References of packages whose dependencies are all known."""
    complete: bool = True
    warnings: tuple[str, ...] = ()
    missing_includes: tuple[str, ...] = ()
    """Repository paths that requirements files include and whose bytes were not given."""
    tools: tuple[EngineRef, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON values from which :meth:`from_json` makes an equal object."""
        return {
            "components": [plain(component) for component in self.components],
            "dependencies": [plain(dependency) for dependency in self.dependencies],
            "direct": list(self.direct),
            "resolved": list(self.resolved),
            "complete": self.complete,
            "warnings": list(self.warnings),
            "missing_includes": list(self.missing_includes),
            "tools": [tool.model_dump() for tool in self.tools],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Software:
        """The object that :meth:`to_json` described.

        Raises:
            KeyError, pydantic.ValidationError: it is not such a description.
        """
        return cls(
            components=tuple(Component.model_validate(each) for each in value["components"]),
            dependencies=tuple(Dependency.model_validate(each) for each in value["dependencies"]),
            direct=tuple(value["direct"]),
            resolved=tuple(value["resolved"]),
            complete=value["complete"],
            warnings=tuple(value["warnings"]),
            missing_includes=tuple(value["missing_includes"]),
            tools=tuple(EngineRef.model_validate(each) for each in value["tools"]),
        )


def missing_includes(files: Mapping[str, bytes]) -> list[str]:
    """Repository paths that requirements files include and that ``files`` lacks; runs no tool."""
    return list(flatten(_of_role(files, "requirements"), files).missing)


@dataclass(frozen=True, slots=True)
class Side:
    """The manifests of one commit.

    Attributes:
        files: repository path to bytes: what :func:`scanner.sbom.manifests.wanted` names, and what
            requirements files include.
        gaps: what is known beforehand to be missing (:func:`scanner.sbom.manifests.gaps`).
    """

    files: Mapping[str, bytes]
    gaps: Sequence[str] = ()


def collect(
    files: Mapping[str, bytes],
    syft: str | None,
    *,
    gaps: Sequence[str] = (),
    syft_limits: Limits = GO_TOOL,
) -> Software:
    """The software of one commit: see :func:`collect_all`."""
    return collect_all([Side(files, gaps)], syft, syft_limits=syft_limits)[0]


def collect_all(
    sides: Sequence[Side], syft: str | None, *, parallel: int | None = None, syft_limits: Limits = GO_TOOL
) -> list[Software]:
    """Run every feeder that the sides call for, all side by side, and merge the answers of each side.

    Never raises for what the files hold.

    Args:
        sides: the manifests of each commit.
        syft: the syft binary, or ``None`` when there is none.
        parallel: how many tools run at once; by default as many as there are cores.
        syft_limits: what one run of syft may use.
    """
    with tempfile.TemporaryDirectory(prefix="modelward-manifests-") as scratch:
        plans = [
            _plan(side, syft, Path(scratch, f"side{number}"), syft_limits)
            for number, side in enumerate(sides)
        ]
        outputs = iter(run([job.command for plan in plans for job in plan.jobs], parallel=parallel))
        return [_read(plan, [next(outputs) for _ in plan.jobs]) for plan in plans]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be run for one side, and what is known to be missing before."""

    files: Mapping[str, bytes]
    jobs: list[Job]
    warnings: list[str]
    missing: tuple[str, ...]


def _plan(side: Side, syft: str | None, scratch: Path, syft_limits: Limits) -> _Plan:
    kept, warnings = _within_bounds(side.files)
    flat = flatten(_of_role(kept, "requirements"), kept)
    scratch.mkdir()
    jobs, uncovered = _jobs(kept, flat, syft, scratch, syft_limits)
    return _Plan(kept, jobs, [*warnings, *side.gaps, *flat.warnings, *uncovered], flat.missing)


def _read(plan: _Plan, outputs: Sequence[bytes | ToolError]) -> Software:
    feeds = []
    warnings = list(plan.warnings)
    for job, output in zip(plan.jobs, outputs, strict=True):
        try:
            feeds.append((job.feeder, _feed(job, output)))
        except ToolError as error:
            warnings.append(f"{job.feeder} gave no answer for {job.subject}: {error}")
    warnings += [gap for _, feed in feeds for gap in feed.gaps]
    merged = merge(feeds)
    if any(feeder == syft_feeder.NAME for feeder, _ in feeds):
        warnings += _silent(plan.files, merged.components)
    return Software(
        components=merged.components,
        dependencies=merged.dependencies,
        direct=merged.direct,
        resolved=merged.resolved,
        complete=not warnings,
        warnings=_bounded(warnings),
        missing_includes=plan.missing,
        tools=tuple(
            sorted({tool for _, feed in feeds for tool in feed.tools}, key=lambda t: (t.name, t.version))
        ),
    )


def _feed(job: Job, output: bytes | ToolError) -> Feed:
    if isinstance(output, ToolError):
        raise output
    return job.read(output)


def _jobs(
    files: Mapping[str, bytes], flat: Requirements, syft: str | None, scratch: Path, syft_limits: Limits
) -> tuple[list[Job], list[str]]:
    """The runs that the files call for, with copies under ``scratch``; and what no run will cover."""
    jobs = []
    warnings = []
    given = {path: data for path, data in files.items() if (row := manifests.row(path)) and row.syft}
    if given and syft is None:
        warnings.append(_NO_SYFT)
    elif given and syft is not None:
        jobs.append(syft_feeder.job(syft, given, scratch / "syft", syft_limits))
    if flat.lines:
        jobs.append(cyclonedx_py.requirements(flat))
    projects = sorted(
        path
        for path in files
        if path.rpartition("/")[2] in ("poetry.lock", "Pipfile.lock") or python_locks.reads(path)
    )
    for number, path in enumerate(projects[:MAX_PROJECTS]):
        folder = scratch / str(number)
        if python_locks.reads(path):
            jobs.append(python_locks.job(path, files[path]))
        elif path.endswith("Pipfile.lock"):
            jobs.append(cyclonedx_py.pipenv(path, files, folder))
        elif path[: -len("poetry.lock")] + "pyproject.toml" in files:
            jobs.append(cyclonedx_py.poetry(path, files, folder))
        else:
            warnings.append(f"{path} has no pyproject.toml beside it, so what depends on what is not known")
    if len(projects) > MAX_PROJECTS:
        warnings.append(
            f"of {len(projects)} Python projects with a lock file only {MAX_PROJECTS} were read in full"
        )
    return jobs, warnings


def _of_role(files: Mapping[str, bytes], role: manifests.Role) -> list[str]:
    return sorted(path for path in files if (row := manifests.row(path)) and row.role == role)


def _within_bounds(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[str]]:
    """The files that are small enough, alone and together; and what was left out."""
    kept: dict[str, bytes] = {}
    warnings = []
    totals = {True: 0, False: 0}
    for path in sorted(files):
        size = len(files[path])
        row = manifests.row(path)
        is_pips = row is None or row.role == "requirements"
        alone = manifests.MAX_REQUIREMENTS_BYTES if is_pips else manifests.MAX_FILE_BYTES
        together = manifests.MAX_TOTAL_REQUIREMENTS_BYTES if is_pips else manifests.MAX_TOTAL_BYTES
        if size > alone or totals[is_pips] + size > together:
            warnings.append(f"{path} was left out: it holds {size} bytes, more than is read")
            continue
        totals[is_pips] += size
        kept[path] = files[path]
    return kept, warnings


def _silent(files: Mapping[str, bytes], components: Sequence[Component]) -> list[str]:
    """A lock file in which no feeder found a package was most likely not understood."""
    spoken = {
        occurrence.location
        for component in components
        if component.evidence
        for occurrence in component.evidence.occurrences or ()
    }
    return [
        f"no package was found in {path}: it names none, or this version of syft does not read such files; "
        "another one can be named in MODELWARD_SYFT"
        for path in _of_role(files, "lock")
        if not python_locks.reads(path) and relative(path) not in spoken
    ]


def _bounded(warnings: Sequence[str]) -> tuple[str, ...]:
    unique = [text(warning, 512) for warning in dict.fromkeys(warnings)]
    more = len(unique) - _MAX_WARNINGS
    return tuple(unique[:_MAX_WARNINGS]) + ((f"and {more} more of this kind",) if more > 0 else ())
