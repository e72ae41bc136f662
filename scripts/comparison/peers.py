"""What Modelward says of the other scanners' own test files: ``scripts/compare-engines --peers DIR``.

``DIR`` holds their repositories, checked out by whoever asks, as ``picklescan``, ``modelscan`` and
``modelaudit``. Whether a file is hostile is what the project's own tests expect of it. Nothing is copied.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from scripts.comparison.engines import ask_modelward

_ASSETS = "tests/assets"
_SAMPLES = f"{_ASSETS}/samples"
EXPECTED: tuple[tuple[str, str, bool | None], ...] = (
    ("picklescan", "tests/data*/benign_password_protected.zip", None),
    ("picklescan", "tests/data*/bad_pytorch.pt", None),
    ("picklescan", "tests/data*/not_a_pickle.bin", None),
    ("picklescan", "tests/data*/benign*", False),
    ("picklescan", "tests/data*/*pytorch_model.bin", False),
    ("picklescan", "tests/data*/int_array*", False),
    ("picklescan", "tests/data*/object_array*", False),
    ("picklescan", "tests/data*/*", True),
    ("modelscan", "tests/data/unsafe*", True),
    ("modelaudit", f"{_ASSETS}/exploits/*.pkl", True),
    ("modelaudit", f"{_ASSETS}/pickles/*.pkl", True),
    ("modelaudit", f"{_SAMPLES}/archives/path_traversal.zip", True),
    ("modelaudit", f"{_SAMPLES}/archives/safe_model.zip", False),
    ("modelaudit", f"{_SAMPLES}/jinja2/benign*", False),
    ("modelaudit", f"{_SAMPLES}/jinja2/standalone/*benign*", False),
    ("modelaudit", f"{_SAMPLES}/jinja2/yaml/model_config.yaml", False),
    ("modelaudit", f"{_SAMPLES}/jinja2/edge_cases/*", None),
    ("modelaudit", f"{_SAMPLES}/jinja2/*", True),
    ("modelaudit", f"{_SAMPLES}/keras/malicious*", True),
    ("modelaudit", f"{_SAMPLES}/pickles/s*", False),
    ("modelaudit", f"{_SAMPLES}/pickles/*", True),
    ("modelaudit", f"{_SAMPLES}/pytorch/malicious*", True),
    ("modelaudit", f"{_SAMPLES}/safetensors/safe_*", False),
    ("modelaudit", f"{_SAMPLES}/safetensors/*", True),
    ("modelaudit", f"{_SAMPLES}/tensorflow/malicious*/*", True),
    ("modelaudit", f"{_SAMPLES}/*/safe_*", False),
    ("modelaudit", f"{_SAMPLES}/pipeline.skops", False),
    ("modelaudit", f"{_ASSETS}/scenarios/security_scenarios/*/model.pkl", True),
    ("modelaudit", f"{_ASSETS}/scenarios/license_scenarios/*/*.pkl", False),
    ("modelaudit", f"{_ASSETS}/scenarios/license_scenarios/*/*.npy", False),
)
"""Project, pattern of a path, and whether its tests expect an alarm; the first that fits counts.

Null where it is neither: what cannot be read, and what is no model.
"""
_PROSE = (".py", ".md")
_ABOVE_LOW = ("medium", "high", "critical")


def expected(project: str, path: str) -> bool | None:
    """Whether the project expects an alarm for its file; null where it says nothing."""
    if path.endswith(_PROSE):
        return None
    fits = (hostile for name, pattern, hostile in EXPECTED if name == project and fnmatch(path, pattern))
    return next(fits, None)


def ask_of_fixtures(checked_out: Path, folder: Path) -> dict[str, int]:
    """Print each miss and each false alarm; the counts."""
    chosen = list(_chosen(checked_out))
    paths = []
    for number, (project, path, _) in enumerate(chosen):
        target = folder / f"{number:04}"
        target.mkdir()
        paths.append(target / Path(path).name)
        shutil.copyfile(checked_out / project / path, paths[-1])
    counts = dict.fromkeys(("hostile", "high", "silent", "honest", "above_low"), 0)
    for (project, path, hostile), answer in zip(chosen, ask_modelward(folder, paths), strict=True):
        above = answer["severity"] in _ABOVE_LOW
        counts["hostile" if hostile else "honest"] += 1
        if hostile:
            counts["high"] += answer["answer"] == "high"
            counts["silent"] += answer["answer"] == "silent"
        else:
            counts["above_low"] += above
        if above is not hostile:
            kind = "miss" if hostile else "false alarm"
            print(f"{kind}: {project}/{path}: {answer['severity'] or answer['answer']}")
    print(", ".join(f"{word} {count}" for word, count in counts.items()))
    return counts


def _chosen(checked_out: Path) -> Iterator[tuple[str, str, bool]]:
    for project in dict.fromkeys(name for name, _, _ in EXPECTED):
        root = checked_out / project
        for path in sorted(root.rglob("*")):
            inner = path.relative_to(root).as_posix()
            hostile = expected(project, inner)
            if path.is_file() and hostile is not None:
                yield project, inner, hostile
