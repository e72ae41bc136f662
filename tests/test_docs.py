"""The documents of the policy and of the rules say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scanner.policy.config import Config, Exemption, Lists
from scanner.policy.load import ConfigError, load
from scanner.rules import RULES

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text("utf-8")
RULES_PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", CONFIGURATION, re.DOTALL)


def test_the_documents_are_those_of_the_code() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_every_rule_has_a_section_under_its_address() -> None:
    headings = re.findall(r"^## (.+)$", RULES_PAGE, re.MULTILINE)
    assert headings == list(RULES)
    for rule in RULES.values():
        assert rule.url.endswith(f"docs/rules.md#{rule.id}")
        section = RULES_PAGE.partition(f"\n## {rule.id}\n")[2].partition("\n## ")[0]
        for said in (
            rule.title,
            rule.severity,
            rule.why,
            rule.remediation,
            *rule.cwe,
            *rule.owasp,
            *rule.atlas,
        ):
            assert said in section, (rule.id, said)


def test_every_key_is_documented_with_its_meaning() -> None:
    for model in (Config, Lists, Exemption):
        for name, field in model.model_fields.items():
            assert field.description, name
            assert f"| `{field.alias or name}` |" in CONFIGURATION
            assert field.description in CONFIGURATION


def test_the_rules_that_can_be_turned_off_can_be_turned_off_as_written() -> None:
    written = re.findall(r"To turn it off: `(.+?)`", RULES_PAGE)
    assert [load(line.encode(), "x").rules for line in written] == [{rule: "off"} for rule in RULES]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_valid(example: str) -> None:
    assert load(example.encode(), "example") != Config()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3
    assert any("exceptions" in yaml.safe_load(example) for example in EXAMPLES)


def test_the_shown_error_is_the_error() -> None:
    with pytest.raises(ConfigError) as caught:
        load(b"\nfail-on-severty: high\n", ".github/modelward.yml")
    assert f"```\n{caught.value}\n```" in CONFIGURATION


def test_links_between_the_documents_lead_somewhere() -> None:
    for page in (CONFIGURATION, RULES_PAGE):
        for target, anchor in re.findall(r"\]\(([a-z./]*)#([a-z-]+)\)", page):
            text = (ROOT / "docs" / target).read_text("utf-8") if target else page
            headings = {
                heading.lower().replace(" ", "-") for heading in re.findall(r"^##+ (.+)$", text, re.MULTILINE)
            }
            assert anchor in headings, (target, anchor)
