"""SECURITY.md says which test shows what; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support import ROOT


def test_what_the_table_names_exists() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) > 10
    for file, test in named:
        assert f"\ndef {test}(" in Path(__file__).with_name(file).read_text("utf-8"), (file, test)
