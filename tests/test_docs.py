"""The documents of the policy and of the rules say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from scanner.inspect.engines import versions
from scanner.policy.config import Config, Exemption, Lists
from scanner.policy.load import ConfigError, load
from scanner.rules import RULES, Rule
from scripts.weaknesses import atlas, cwe, owasp

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CONFIGURATION = (DOCS / "configuration.md").read_text("utf-8")
ENGINES = (DOCS / "engines.md").read_text("utf-8")
RULES_PAGES = {page.name: page.read_text("utf-8") for page in (ROOT / "docs" / "rules").iterdir()}
OUR_OWN_AFFAIR = frozenset(
    {
        *("denied-digest", "denied-license", "denied-publisher", "denied-repository"),
        *("license-changed", "license-missing", "lock-changed", "policy-changed", "unresolved-reference"),
    }
)
"""Rules about a policy, a licence or a note: no weakness of a catalogue."""
EXAMPLES = re.findall(r"```yaml\n(.*?)```", CONFIGURATION, re.DOTALL)


def test_the_documents_are_those_of_the_code() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)


def test_every_rule_has_a_page_under_its_address() -> None:
    assert RULES_PAGES.keys() == {"README.md", *(f"{rule}.md" for rule in RULES)}
    index = re.findall(r"^\| \[`(.+?)`\]\((.+?)\) \|", RULES_PAGES["README.md"], re.MULTILINE)
    assert index == [(rule, f"{rule}.md") for rule in RULES]
    for rule in RULES.values():
        assert rule.url.endswith(f"/docs/rules/{rule.id}.md")
        page = RULES_PAGES[f"{rule.id}.md"]
        said = (rule.title, rule.severity, rule.example.strip(), rule.why, rule.remediation)
        for text in (*said, *rule.cwe, *rule.owasp, *rule.atlas):
            assert text in page, (rule.id, text)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_has_an_example_and_is_found_in_the_catalogues(rule: Rule) -> None:
    assert rule.example.strip()
    assert rule.example.count("```") in (0, 2)
    if rule.id in OUR_OWN_AFFAIR:
        return
    assert rule.cwe
    assert rule.atlas


def test_an_identifier_without_a_name_is_refused() -> None:
    for link in (cwe, owasp, atlas):
        with pytest.raises(KeyError):
            link("CWE-0")


def test_every_key_is_documented_with_its_meaning() -> None:
    for model in (Config, Lists, Exemption):
        for name, field in model.model_fields.items():
            assert field.description, name
            assert f"| `{field.alias or name}` |" in CONFIGURATION
            assert field.description in CONFIGURATION


def test_the_rules_that_can_be_turned_off_can_be_turned_off_as_written() -> None:
    for rule in RULES:
        (written,) = re.findall(r"To turn it off: `(.+?)`", RULES_PAGES[f"{rule}.md"])
        assert load(written.encode(), "x").rules == {rule: "off"}


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
    pages = {DOCS / "configuration.md": CONFIGURATION, DOCS / "engines.md": ENGINES}
    pages |= {page: page.read_text("utf-8") for page in (DOCS / "sbom.md", ROOT / "README.md")}
    pages |= {DOCS / "rules" / name: text for name, text in RULES_PAGES.items()}
    for page, text in pages.items():
        for target, anchor in re.findall(r"\]\(((?!https?:)[\w./-]*)(?:#([\w-]+))?\)", text):
            lead = (page.parent / target).read_text("utf-8") if target.endswith(".md") else text
            assert (page.parent / target).exists(), (page.name, target)
            headings = re.findall(r"^##+ (.+)$", lead, re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}
            assert not anchor or anchor in anchors, (page.name, target, anchor)


def test_every_engine_is_described_with_its_version() -> None:
    for name, version in versions():
        assert f"| {name} | {version} |" in ENGINES
