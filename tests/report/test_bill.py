from __future__ import annotations

from scanner.domain import BillChange, Report, SbomSummary, Verdict
from scanner.report.bill import bill, sentence
from scanner.report.console import lines
from scanner.report.render import comment, summary
from tests.report import samples
from tests.report.markup import Page

TITLE = "What this changes in the bill of materials"


def of(sbom: SbomSummary) -> Report:
    return samples.report(Verdict.PASS, sbom=sbom)


def packages(number: int, count: int | None = None) -> SbomSummary:
    """That many packages added."""
    changes = [
        BillChange(kind="package", change="added", name=f"p{each}", after="1") for each in range(number)
    ]
    return SbomSummary(
        written=True, reason="valid", components=number, changes=changes, changes_count=count or number
    )


def test_each_change_is_a_row_with_its_versions_and_what_became_of_the_licence() -> None:
    rows = [
        line
        for line in comment(of(samples.billed())).splitlines()
        if line.startswith(("| added", "| removed", "| updated"))
    ]
    assert rows == [
        "| updated | model | `acme/ner` | `a1b2c3d` → `e4f5a6b` | `apache-2.0` → `CC-BY-NC-4.0` |",
        "| added | model | `models/ranker.bin` | `0f0f0f0` |  |",
        "| removed | model | `models/gone.bin` |  |  |",
        "| added | data set | `acme/news` | `1f1f1f1` | `CC-BY-4.0` |",
        "| updated | package | `torch` | `2.6.0` → `2.7.0` |  |",
        "| updated | package | `left-pad` | `1.3.0` | `MIT` → `unknown` |",
    ]


def test_the_same_in_sentences() -> None:
    assert [sentence(each) for each in samples.billed().changes] == [
        "updated model acme/ner a1b2c3d → e4f5a6b (licence apache-2.0 → CC-BY-NC-4.0)",
        "added model models/ranker.bin 0f0f0f0",
        "removed model models/gone.bin",
        "added data set acme/news 1f1f1f1 (CC-BY-4.0)",
        "updated package torch 2.6.0 → 2.7.0",
        "updated package left-pad 1.3.0 (licence MIT → unknown)",
    ]


def test_nothing_is_said_where_nothing_changes_or_no_document_was_written() -> None:
    refused = samples.billed().model_copy(update={"written": False})
    for sbom in (packages(0), refused):
        text = comment(of(sbom)) + summary(of(sbom)) + "\n".join(lines(of(sbom)))
        assert TITLE not in text
        assert "bill of materials" not in text
        assert "A list of an agency" not in text
    assert bill(None) == bill(refused)


def test_the_console_counts_the_changes_on_one_line() -> None:
    assert (
        "bill of materials: 1 model added, 1 model removed, 1 model updated, 1 data set added, "
        "2 packages updated, 2 licences changed"
    ) in list(lines(of(samples.billed())))
    assert "bill of materials: 1,234 changes" in list(lines(of(packages(3, count=1_234))))


def test_what_has_no_room_is_counted_and_what_the_report_leaves_out_too() -> None:
    text = comment(of(packages(400, count=1_000)), limit=6_000)
    shown = text.count("\n| added |")
    assert f"<summary>{TITLE} (1,000)</summary>" in text
    assert 0 < shown < 400
    assert f"{400 - shown} further changes in `report.json`." in text
    assert "600 changes beyond those that `report.json` lists" in text
    assert comment(of(packages(400)), limit=60_000).count("\n| added |") == 400


def test_the_summary_says_which_fields_are_absent_and_folds_the_mapping() -> None:
    text = summary(of(samples.billed()))
    assert "| A list of an agency, 1.0 | 1 | 1 | 2 | Digest (8 of 9 have it); Date |" in text
    assert "| Component | Name: present; Licence: present 4 of 9 times, else stated unknown; Digest:" in text
    assert "| Datasets | Digest of data: not applicable |" in text
    page = Page(text)
    assert page.tags["details"] == 2  # changes, and the mapping
    assert "no claim of conformity" in page.text
    assert "A list of an agency" not in comment(of(samples.billed()))


def test_a_name_of_a_component_stays_a_name() -> None:
    name = "</details><img src=x>|`@acme\n| a | b |"
    change = BillChange(kind="model", change="added", name=name, after=name, license_after=name)
    sbom = packages(0).model_copy(update={"changes": [change], "changes_count": 1})
    for text in (comment(of(sbom)), summary(of(sbom))):
        page = Page(text)
        assert "img" not in page.tags
        assert page.tags["details"] == page.ends["details"] == 1
        assert "</details><img" in page.code
