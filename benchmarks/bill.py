"""A bill of materials of many components: made, linted and validated, beside the validator alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Command, Row, run, side_by_side

ROOT = Path(__file__).resolve().parent.parent
COUNT = 5_000

_OURS = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from scanner.domain import Artifact, Change, Repository
from scanner.sbom import document, split, validate
from scanner.sbom.completeness.evaluate import profiles
from scanner.sbom.cyclonedx import Component, Dependency, License, LicenseChoice, plain
from scanner.sbom.described import describe
from scanner.sbom.packages import software_part
from scanner.sbom.software import Software

def package(number):
    purl = f"pkg:npm/module-{number}@{number}.0.0"
    return Component(
        type="library", bom_ref=purl, name=f"module-{number}", version=f"{number}.0.0", purl=purl,
        licenses=[LicenseChoice(license=License(id="MIT"))],
    )

def artifact(number):
    return Artifact(
        id=f"git:{number}", source="git", path=f"models/{number}.safetensors", change="unchanged",
        format="safetensors", size=number, sha256=f"{number:064x}", sha256_origin="computed",
        coverage="full", status="scanned", facts={"parameter_count": number, "dtypes": ["F32"]},
    )

count = int(sys.argv[3])
models = count // 50
packages = [package(number) for number in range(count - models)]
names = [each.bom_ref for each in packages]
edges = [Dependency(ref=ref, depends_on=names[number + 1:number + 4]) for number, ref in enumerate(names)]
software = Software(tuple(packages), tuple(edges), (names[0],), tuple(names))
change = Change(repository="acme/demo", mode="all", head="1" * 40)
parts = [describe(change, [artifact(number) for number in range(models)], [], []), software_part(software)]
bom = document.build(document.About(change, 0, "1"), parts)
found = split.documents(bom)
assert len(found) == 1 and len(bom.components) == count
assert profiles(plain(bom))
for data in found.values():
    defects = validate.check(data)
    assert not defects, defects
    Path(sys.argv[2]).write_bytes(data)
"""
_VALIDATOR = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = open(sys.argv[1]).read()
assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
"""


def rows(scratch: Path, runs: int) -> Iterator[Row]:
    """The row of the table."""
    written = scratch / "sbom.cdx.json"
    command: Command = [sys.executable, "-c", _OURS, ROOT, written, str(COUNT)]
    run(command, scratch)
    ours, other = side_by_side(command, [sys.executable, "-c", _VALIDATOR, written], scratch, runs)
    yield Row(
        what=f"a bill of {COUNT:,} components: built, linted, validated, held against the profiles",
        ours=ours.seconds,
        other_name="the strict validator on the same document, whole",
        other=other.seconds,
        ratio=f"{ours.seconds / other.seconds:.2f} times as long",
        target="at most 1.2",
        peak=ours.peak,
        peak_target="< 300 MB",
    )
