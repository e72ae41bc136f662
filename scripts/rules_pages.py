"""``docs/rules/``: one page a rule, written from the table of rules, and a page that lists them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.rules import RULES, Rule
from scripts.weaknesses import atlas, cwe, owasp

INDEX = "README.md"

_WRITTEN = "<!-- Written by scripts/docs.py from scanner/rules/. -->"
_INTRODUCTION = f"""\
# Rules

{_WRITTEN}

What Modelward can find wrong, one page a rule. The severity is the default one; a
[configuration](../configuration.md#rules) can change it or turn the rule off, and can
[accept a finding](../configuration.md#accept-a-risk) on one file or commit until a date.

| rule | severity | what |
|---|---|---|
"""


def rules_pages() -> dict[str, str]:
    """Each page by its file name."""
    rows = (f"| [`{rule.id}`]({rule.id}.md) | {rule.severity} | {rule.title} |\n" for rule in RULES.values())
    return {INDEX: _INTRODUCTION + "".join(rows)} | {
        f"{rule.id}.md": "\n".join(_page(rule)) for rule in RULES.values()
    }


def _page(rule: Rule) -> Iterator[str]:
    yield f"# {rule.id}\n"
    yield f"{_WRITTEN}\n"
    yield f"**{rule.title}.** Severity: {rule.severity}.\n"
    if rule.message != "{evidence}":
        yield f"It says: {_sentence(rule)}\n"
    if rule.example:
        yield f"## Example\n\n{rule.example.strip()}\n"
    yield f"## Why it matters\n\n{rule.why}\n"
    yield f"## What to do\n\n{rule.remediation}\n"
    known_as = [*map(cwe, rule.cwe), *map(owasp, rule.owasp), *map(atlas, rule.atlas)]
    if known_as:
        yield f"## Known as\n\n{_list(known_as)}"
    yield f"""\
## Turn it off, or accept it

To turn it off: `rules: {{{rule.id}: off}}`. To accept it on one file or commit:
[an exception](../configuration.md#accept-a-risk) with `rule: {rule.id}`. [All rules]({INDEX})
"""


def _sentence(rule: Rule) -> str:
    """The message, with a word in the place of each of its values."""
    said = rule.message.format(symbol="`…`", path="`path`", member="`member`", evidence="…")
    return said if said.endswith((".", "…")) else f"{said}."


def _list(items: Iterable[str]) -> str:
    return "".join(f"- {item}\n" for item in items)
