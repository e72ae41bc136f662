"""Configurations in, errors with a line out."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scanner.policy.config import MAX_EXCEPTIONS, MAX_GLOBS, Config
from scanner.policy.load import MAX_BYTES, MAX_PROBLEMS, ConfigError, load
from scanner.policy.nodes import NodeError, compose

DIGEST = "0123456789abcdef" * 4
COMMIT = "0123456789" * 4

FULL = f"""\
# policy of the company
fail-on-severity: medium
fail-on-incomplete: no
sbom: always
paths: [models/, "**/*.pkl"]
paths-ignore:
  - tests/fixtures
rules:
  keras-lambda-layer: off
  malformed-model: critical
allow:
  publishers: [Acme, no]
  digests:
    - {DIGEST.upper()}
deny:
  publishers:
  repositories:
    - pkg:huggingface/Evil/Model
    - datasets/evil/data@{COMMIT}
  licenses: [CC-BY-NC-4.0]
exceptions:
  - rule: pickle-dangerous-import
    sha256: {DIGEST}
    reason: "known: reviewed"
    owner: "@security"
    expires: 2030-01-31
  - rule: denied-license
    repository: evil/model@{COMMIT}
    reason: bought
    owner: legal
    expires: "2030-02-28"
"""


def refused(text: str | bytes) -> ConfigError:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(ConfigError) as caught:
        load(data, "modelward.yml")
    return caught.value


def test_everything_that_may_be_said() -> None:
    config = load(FULL.encode(), "modelward.yml")
    assert (config.fail_on_severity, config.fail_on_incomplete, config.sbom) == ("medium", False, "always")
    assert config.paths == ["models/", "**/*.pkl"]
    assert config.paths_ignore == ["tests/fixtures"]
    assert config.rules == {"keras-lambda-layer": "off", "malformed-model": "critical"}
    assert config.allow.publishers == ["acme", "no"]
    assert config.allow.digests == [DIGEST]
    assert config.deny.publishers == []
    assert config.deny.repositories == ["evil/model", f"datasets/evil/data@{COMMIT}"]
    assert config.deny.licenses == ["cc-by-nc-4.0"]
    first, second = config.exceptions
    assert (first.sha256, first.reason, first.owner) == (DIGEST, "known: reviewed", "@security")
    assert first.expires == date(2030, 1, 31)
    assert (second.repository, second.expires) == (f"evil/model@{COMMIT}", date(2030, 2, 28))


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "~\n", "\ufeff# mark\n", "{}"])
def test_an_empty_file_means_the_defaults(text: str) -> None:
    assert load(text.encode(), "x") == Config()


@pytest.mark.parametrize("word", ["off", "OFF"])
def test_the_booleans_of_yaml_are_words_here(word: str) -> None:
    if word == "off":
        assert load(b"rules: {malformed-model: off}", "x").rules == {"malformed-model": "off"}
    else:
        assert 'did you mean "off"?' in str(refused("rules: {malformed-model: OFF}"))


# What is wrong, where, and what is said of it.
REFUSED = {
    "not UTF-8": (b"sbom: auto\nx: \xff", 2, 4, "not UTF-8: save the file as UTF-8"),
    "UTF-16": ("sbom: auto".encode("utf-16"), 1, 1, "not UTF-8"),
    "a control character": (b"sbom: auto\n\nx: a\x01", 3, 5, "the character U+0001 is not allowed"),
    "a tab": ("rules:\n\tx: off", 2, 1, "indent with spaces, not tabs"),
    "YAML syntax": ("sbom: auto\nrules: [\n", 3, 1, "not valid YAML: while parsing a flow node"),
    "an unclosed quote": ("sbom: 'auto\n", 2, 1, "not valid YAML: while scanning a quoted scalar"),
    "two documents": ("sbom: auto\n---\nsbom: never\n", 2, 1, "several YAML documents"),
    "an escape out of range": ('sbom: "\\UFFFFFFFF"', 1, 10, "an escape or a number is out of range"),
    "an anchor": ("allow: &a {}\n", 1, 8, "anchors are not allowed"),
    "an alias": ("sbom: auto\nallow: *a\n", 2, 8, "aliases are not allowed"),
    "a merge key": ("sbom: auto\n<<: {sbom: never}\n", 2, 1, "merge keys are not allowed"),
    "a tag that constructs": ("sbom: !!python/object/apply:os.system [id]\n", 1, 7, "tags are not allowed"),
    "a tag of one's own": ("sbom: auto\nrules: !x {}\n", 2, 8, "tags are not allowed"),
    "a duplicate key": ("sbom: auto\nrules: {}\nsbom: never\n", 3, 1, "already set in line 1"),
    "a duplicate key inside": ("deny:\n  digests: []\n  digests: []\n", 3, 3, "already set in line 2"),
    "a key that is a list": ("? [a]\n: b\n", 1, 3, "a key must be a single value"),
    "too deep": ("rules: [[[[[[[[[[\n", 1, 15, "nested too deeply"),
    "no mapping": ("\n- sbom\n", 2, 1, "the file must be a mapping of keys"),
    "an unknown key": ("sbom: auto\nfail_on_severity: low\n", 2, 1, 'did you mean "fail-on-severity"?'),
    "an unknown key far from all": ("sbom: auto\nzzz: low\n", 2, 1, "valid are fail-on-severity, "),
    "an unknown key in a section": (
        "deny:\n  digest: []\n",
        2,
        3,
        'unknown key "digest" in "deny"; did you mean "digests"?',
    ),
    "an unknown key in an exception": (
        "exceptions:\n- rule: denied-digest\n  sha: 1\n  owner: a\n  reason: b\n  expires: 2030-01-01\n",
        3,
        3,
        'unknown key "sha" in "exceptions[1]"',
    ),
    "a severity": ("fail-on-severity: hihg\n", 1, 19, 'did you mean "high"?'),
    "a severity in capitals": ("\nfail-on-severity: CRITICAL\n", 2, 19, 'did you mean "critical"?'),
    "a truth": ("fail-on-incomplete: perhaps\n", 1, 21, '"perhaps" must be true or false'),
    "an SBOM mode": ("sbom: alway\n", 1, 7, 'did you mean "always"?'),
    "no value": ("fail-on-severity:\nsbom: auto\n", 1, 18, '"fail-on-severity" has no value'),
    "a list for a value": ("sbom: [auto]\n", 1, 7, "must be a single value"),
    "a value for a list": ("paths: models\n", 1, 8, '"paths" must be a list'),
    "a list for a mapping": ("rules: [a]\n", 1, 8, '"rules" must be a mapping'),
    "a value for a section": ("allow: all\n", 1, 8, '"allow" must be a mapping'),
    "an unknown rule": (
        "rules:\n  malformed-model: off\n  malformed-modle: off\n",
        3,
        3,
        'is not a rule; did you mean "malformed-model"?',
    ),
    "a rule unlike any": ("rules: {x: off}\n", 1, 9, "docs/rules/README.md lists them all"),
    "a severity of a rule": ("rules: {malformed-model: loud}\n", 1, 26, "valid are info, low, "),
    "a digest": ("deny:\n  digests: [abc]\n", 2, 13, "it has 3 characters, wanted are 64"),
    "a digest of other letters": (f"deny:\n  digests: [{'g' * 64}]\n", 2, 13, "is not a SHA-256 digest"),
    "a publisher": ("deny:\n  publishers:\n  - ok\n  - org/name\n", 4, 5, 'the part of "org/name" before'),
    "a repository": ("deny: {repositories: [a/b/c]}\n", 1, 23, "is not a repository"),
    "a branch": ("deny: {repositories: [a/b@main]}\n", 1, 23, "40 hexadecimal digits, not a branch"),
    "an empty entry": ("deny:\n  licenses:\n  -\n", 3, 4, '"deny.licenses[1]" has no value'),
    "an empty text": ("deny: {licenses: ['  ']}\n", 1, 19, "must not be empty"),
    "a long text": (f"deny: {{licenses: [{'x' * 501}]}}\n", 1, 19, "must not be longer than 500"),
    "a negated glob": ("paths: ['!a']\n", 1, 9, 'use "paths" and "paths-ignore" together'),
    "a glob with a backslash": ("paths: ['a\\b']\n", 1, 9, 'directories are separated by "/"'),
    "a glob that leaves": ("paths-ignore: [../x]\n", 1, 16, "it starts at the root of the repository"),
}


@pytest.mark.parametrize(("text", "line", "column", "message"), REFUSED.values(), ids=REFUSED)
def test_each_error_names_its_place(text: str | bytes, line: int, column: int, message: str) -> None:
    error = refused(text)
    assert (error.line, error.column) == (line, column)
    assert message in error.message
    assert str(error).splitlines()[0] == f"modelward.yml:{line}:{column}: {error.message}"


EXCEPTION = {
    "rule": "denied-digest",
    "sha256": DIGEST,
    "reason": "known",
    "owner": "me",
    "expires": "2030-01-01",
}


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        ({"expires": None}, 2, 'has no "expires": it is required'),
        ({"owner": None}, 2, 'has no "owner": it is required'),
        ({"reason": None}, 2, 'has no "reason": it is required'),
        ({"rule": None}, 2, 'has neither "rule" nor "vulnerability": one of them is required'),
        ({"vulnerability": "CVE-2026-1"}, 2, 'must name "vulnerability" alone'),
        ({"rule": None, "sha256": None, "vulnerability": "jinja2"}, 5, "is not the id of a vulnerability"),
        ({"sha256": None}, 2, 'must name either "sha256" or "repository", and not both'),
        ({"repository": f"a/b@{COMMIT}"}, 2, 'must name either "sha256" or "repository", and not both'),
        ({"sha256": None, "repository": "a/b"}, 6, 'must name one commit: "org/name@"'),
        ({"rule": "denied-digests"}, 2, 'did you mean "denied-digest"?'),
        ({"reason": "''"}, 4, "must not be empty"),
        ({"owner": "' '"}, 5, "must not be empty"),
        ({"expires": "2030-02-30"}, 6, "is not a date: write it as YYYY-MM-DD"),
        ({"expires": "20300101"}, 6, "is not a date"),
        ({"expires": "1893456000"}, 6, "is not a date"),
        ({"expires": "2030-01-01T00:00:00Z"}, 6, "is not a date"),
        ({"expires": "never"}, 6, "is not a date"),
    ],
)
def test_exceptions_are_complete(change: dict[str, str | None], line: int, message: str) -> None:
    fields = {key: value for key, value in {**EXCEPTION, **change}.items() if value is not None}
    entry = "\n    ".join(f"{key}: {value}" for key, value in fields.items())
    error = refused(f"exceptions:\n  - {entry}\n")
    assert error.line == line
    assert error.message.startswith('"exceptions[1]')
    assert message in error.message


def test_several_errors_are_told_at_once_in_order_of_lines() -> None:
    error = refused("zzz: 1\nrules:\n  nothing: off\nsbom: x\nfail-on-severity: high\n")
    assert [(problem.line, problem.column) for problem in error.problems] == [(1, 1), (3, 3), (4, 7)]
    assert len(str(error).splitlines()) == 3


def test_very_many_errors_are_counted() -> None:
    error = refused("\n".join(f"key{number}: 1" for number in range(100)))
    assert len(error.problems) == 100
    assert str(error).splitlines()[-1] == f"modelward.yml: and {100 - MAX_PROBLEMS} more"


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    line = b"# a comment of some length, repeated\n"
    fitting = line * (MAX_BYTES // len(line))
    assert load(fitting, "x") == Config()
    error = refused(fitting + line)
    assert (
        error.message
        == f"the file has {len(fitting) + len(line)} bytes; a configuration may have {MAX_BYTES}"
    )


def test_lists_are_bounded() -> None:
    globs = "\n".join("- a" for _ in range(MAX_GLOBS + 1))
    assert f"must not have more than {MAX_GLOBS} entries" in str(refused(f"paths:\n{globs}"))
    exceptions = "\n".join("- " + str(EXCEPTION) for _ in range(MAX_EXCEPTIONS + 1))
    assert f"must not have more than {MAX_EXCEPTIONS} entries" in str(refused(f"exceptions:\n{exceptions}"))


def test_a_yaml_bomb_stops_at_its_first_anchor() -> None:
    levels = (f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 30))
    error = refused("\n".join(['a0: &a0 ["lol"]', *levels]))
    assert (error.line, error.column) == (1, 5)
    assert "anchors are not allowed" in error.message


@pytest.mark.parametrize("text", ["[" * 200_000, "- " * 100_000, "? " * 100_000, "{a: " * 60_000])
def test_depth_is_bounded_before_it_recurses(text: str) -> None:
    assert "nested too deeply" in refused(text).message


def test_what_is_shown_cannot_steer_a_terminal() -> None:
    error = refused('"\\e[31m\\u202e\\ud800\\n::error::x": 1\n')
    assert len(str(error).splitlines()) == 1
    assert str(error).isprintable()


def test_yaml_is_not_loaded_before_there_is_a_configuration() -> None:
    code = "import sys, scanner.policy.load, scanner.policy.apply; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def total(data: bytes) -> None:
    """Load, and let nothing pass but a configuration or an error with a place."""
    try:
        load(data, "modelward.yml")
    except ConfigError as refusal:
        error = refusal
    else:
        return
    assert error.line >= 1
    assert error.column >= 1
    assert len(str(error).splitlines()) == min(len(error.problems), MAX_PROBLEMS + 1)


@given(st.binary(max_size=400))
@example(b"%YAML 1." + b"9" * 5000 + b"\n---\n{}")
@example(b'"\\UFFFFFFFF"')
@example(b"\xef\xbb\xbf\xef\xbb\xbf{}")
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    total(data)


WORDS = [
    *("a", "&a", "*a", "[", "]", "{", "}", ",", "!!int", "!", "|", "|2", ">", ">+", "'", '"', "#", "%", "?"),
    *(
        "<<",
        "~",
        "\\x",
        "1",
        "=",
        "é",
        "off",
        "---",
        "...",
        "2030-01-01",
        "rules",
        "deny",
        "digests",
        "allow",
    ),
    *("exceptions", ": ", "- ", "\n", "  ", "\t", "\r", "\x85", "\u2028"),
]
YAMLISH = st.lists(st.sampled_from(WORDS), max_size=40).map("".join)


@given(YAMLISH)
@settings(max_examples=400)
def test_no_yaml_raises_anything_else(text: str) -> None:
    total(text.encode())


@given(st.integers(0, len(FULL)), st.integers(0, 12), YAMLISH)
@settings(max_examples=100)
def test_no_mutation_raises_anything_else(start: int, length: int, middle: str) -> None:
    total((FULL[:start] + middle + FULL[start + length :]).encode())


VALUES = st.recursive(
    st.sampled_from(["off", "high", "~", "''", "1", "2030-01-01", "a/b", DIGEST, "true"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["rule", "digests", "a", "expires", "[b]"]), inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([field.alias or "" for field in Config.model_fields.values()]), VALUES)
)
def test_no_shape_raises_anything_else(sections: dict[str, str]) -> None:
    total("\n".join(f"{key}: {value}" for key, value in sections.items()).encode())


def texts(value: object) -> object:
    """What YAML's own reader of texts says where nothing is written."""
    if isinstance(value, dict):
        return {key: texts(item) for key, item in value.items()}
    if isinstance(value, list):
        return [texts(item) for item in value]
    return "~" if value is None else value


@given(VALUES)
@example(FULL.replace("  publishers:\n", "  publishers: ~\n"))
def test_a_document_means_what_the_library_says(text: str) -> None:
    if "[b]" in text:
        with pytest.raises(NodeError, match="a key must be a single value"):
            compose(text, 20)
        return
    node = compose(text, 20)
    assert texts(node.plain() if node else None) == yaml.load(text, Loader=yaml.BaseLoader)
