"""What ``.github/modelward.yml`` may say: every key, every default and every check of a single value.

The classes know nothing of YAML: :mod:`scanner.policy.load` hands them plain mappings, lists and text, and
turns what they refuse into errors with a line. The table of keys in ``docs/configuration.md`` is generated
from the descriptions here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from scanner.domain import Noun, Severity
from scanner.policy.globs import refusal
from scanner.rules import RULES

Gate = Literal["info", "low", "medium", "high", "critical", "never"]
SbomMode = Literal["auto", "always", "never"]
Level = Literal["info", "low", "medium", "high", "critical", "off"]

SEVERITIES = tuple(severity.value for severity in Severity)
MAX_EXCEPTIONS = 500
MAX_GLOBS = 200
MAX_TEXT = 500
"""Characters of one name, reason or owner."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_PUBLISHER = re.compile(_NAME)
_REPOSITORY = re.compile(rf"(?:(?:datasets|spaces)/)?(?:{_NAME}/)?{_NAME}")
_VULNERABILITY = re.compile(r"[A-Za-z][A-Za-z0-9]*-[A-Za-z0-9._:-]{1,90}")
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Wrong(ValueError):
    """A value that is refused: what is wrong with it and, where there are few, the values that are right."""

    def __init__(self, message: str, given: str = "", valid: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.given = given
        self.valid = valid


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise Wrong(
            "must be a single value, not a list or a mapping" if value is not None else "has no value"
        )
    if not value.strip():
        raise Wrong("must not be empty")
    if len(value) > MAX_TEXT:
        raise Wrong(f"must not be longer than {MAX_TEXT} characters")
    return value.strip()


def _one_of(valid: tuple[str, ...]) -> BeforeValidator:
    def check(value: Any) -> str:
        text = _text(value)
        if text not in valid:
            raise Wrong("is not a valid value here", text, valid)
        return text

    return BeforeValidator(check)


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    text = _text(value)
    if text.lower() not in _TRUTH:
        raise Wrong("must be true or false", text, ("true", "false"))
    return _TRUTH[text.lower()]


def _rule(value: Any) -> str:
    text = _text(value)
    if text not in RULES:
        raise Wrong("is not a rule", text, tuple(RULES))
    return text


def _sha256(value: Any) -> str:
    text = _text(value).lower()
    if not _SHA256.fullmatch(text):
        raise Wrong(
            f"is not a SHA-256 digest: it has {len(text)} characters, wanted are 64 hexadecimal digits"
        )
    return text


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = _text(value)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Wrong("is not a date: write it as YYYY-MM-DD")


def _publisher(value: Any) -> str:
    text = _text(value)
    if not _PUBLISHER.fullmatch(text):
        raise Wrong('is not the name of a publisher: the part of "org/name" before the slash is wanted')
    return text.casefold()


def _repository(value: Any) -> str:
    text = _text(value).removeprefix("pkg:huggingface/")
    name, at, commit = text.partition("@")
    if not _REPOSITORY.fullmatch(name):
        raise Wrong('is not a repository: write "org/name", "datasets/org/name" or a purl')
    if at and not _COMMIT.fullmatch(commit.lower()):
        raise Wrong('must name a commit after the "@": 40 hexadecimal digits, not a branch or a tag')
    return name.casefold() + at + commit.lower()


def _repository_at_commit(value: Any) -> str:
    text = _repository(value)
    if "@" not in text:
        raise Wrong('must name one commit: "org/name@" and 40 hexadecimal digits')
    return text


def _vulnerability(value: Any) -> str:
    text = _text(value)
    if not _VULNERABILITY.fullmatch(text):
        raise Wrong("is not the id of a vulnerability: GHSA-…, CVE-… or another database's own is wanted")
    return text.casefold()


def _glob(value: Any) -> str:
    text = _text(value)
    if why := refusal(text):
        raise Wrong(why)
    return text


def _or_empty(empty: type[list[Any]] | type[dict[Any, Any]]) -> BeforeValidator:
    """A section whose lines are all commented out is an empty section."""
    return BeforeValidator(lambda value: empty() if value is None else value)


_list = _or_empty(list)
_dict = _or_empty(dict)

GateValue = Annotated[Gate, _one_of((*SEVERITIES, "never"))]
SbomValue = Annotated[SbomMode, _one_of(("auto", "always", "never"))]
LevelValue = Annotated[Level, _one_of((*SEVERITIES, "off"))]
Truth = Annotated[bool, BeforeValidator(_truth)]
RuleId = Annotated[str, BeforeValidator(_rule)]
Digest = Annotated[str, BeforeValidator(_sha256)]
Day = Annotated[date, BeforeValidator(_date)]
Text = Annotated[str, BeforeValidator(_text)]
Publisher = Annotated[str, BeforeValidator(_publisher)]
License = Annotated[str, BeforeValidator(lambda value: _text(value).casefold())]
RepositoryName = Annotated[str, BeforeValidator(_repository)]
RepositoryAtCommit = Annotated[str, BeforeValidator(_repository_at_commit)]
VulnerabilityId = Annotated[str, BeforeValidator(_vulnerability)]
Globs = Annotated[list[Annotated[str, BeforeValidator(_glob)]], Field(max_length=MAX_GLOBS), _list]


class _Section(Noun):
    model_config = ConfigDict(alias_generator=lambda name: name.replace("_", "-"), populate_by_name=True)


class Lists(_Section):
    """What is allowed, or what is denied. Names are compared without regard to case."""

    publishers: Annotated[list[Publisher], _list] = Field(
        default=[], description="Users and organisations of the Hub: the part of `org/name` before the slash."
    )
    repositories: Annotated[list[RepositoryName], _list] = Field(
        default=[],
        description="`org/name`, `datasets/org/name`, `spaces/org/name` or a purl, "
        "`pkg:huggingface/org/name`; with `@` and 40 hexadecimal digits only that commit is meant.",
    )
    digests: Annotated[list[Digest], _list] = Field(default=[], description="SHA-256 digests of files.")
    licenses: Annotated[list[License], _list] = Field(
        default=[], description="Licences as the model card writes them, for example `apache-2.0`."
    )


class Exemption(_Section):
    """One accepted risk: a rule and the very bytes or commit, or a vulnerability; who, why, until when."""

    rule: RuleId | None = Field(None, description="The rule whose findings are accepted.")
    sha256: Digest | None = Field(
        None, description="Digest of the file it is accepted for; only one computed from its bytes counts."
    )
    repository: RepositoryAtCommit | None = Field(
        None, description="Or the Hub repository at one commit: `org/name@` and 40 hexadecimal digits."
    )
    vulnerability: VulnerabilityId | None = Field(
        None,
        description="Instead of a rule, a known vulnerability of a package by its id or an alias: `GHSA-…`, "
        "`CVE-…`.",
    )
    reason: Text = Field(description="Why it is accepted.")
    owner: Text = Field(description="Who answers for it.")
    expires: Day = Field(description="Last day on which it holds, `YYYY-MM-DD`.")

    @model_validator(mode="after")
    def _one_subject(self) -> Exemption:
        of_rule = (self.sha256, self.repository)
        if self.vulnerability is not None:
            if any(each is not None for each in (self.rule, *of_rule)):
                raise Wrong('must name "vulnerability" alone: "rule" and its subject are another exception')
        elif self.rule is None:
            raise Wrong('has neither "rule" nor "vulnerability": one of them is required')
        elif (self.sha256 is None) == (self.repository is None):
            raise Wrong('must name either "sha256" or "repository", and not both')
        return self

    @property
    def subject(self) -> str:
        """What is accepted, in words."""
        if self.vulnerability is not None:
            return self.vulnerability.upper()
        return f"{self.rule} on {self.sha256 or self.repository}"


class Config(_Section):
    """The policy in force. Every default of the program's policy is here and nowhere else."""

    fail_on_severity: GateValue = Field(
        "high", description="The verdict is `fail` from this severity on; `never` reports without failing."
    )
    fail_on_incomplete: Truth = Field(
        True, description="What could not be read makes the verdict `incomplete`; `false` makes it `warn`."
    )
    fail_on_vulnerability: GateValue = Field(
        "never",
        description="The verdict is `fail` from this severity of a known vulnerability on, where the change "
        "brings it in.",
    )
    sbom: SbomValue = Field(
        "auto",
        description="When the SBOM is written: `auto` when the change touches a model, a reference, a "
        "dependency manifest or a file that names container images.",
    )
    paths: Globs = Field(default=[], description="Look at these paths only; empty means all.")
    paths_ignore: Globs = Field(
        default=[], description="Do not look at these paths; they are listed as skipped."
    )
    rules: Annotated[dict[RuleId, LevelValue], _dict] = Field(
        default={}, description="Another severity for a rule, or `off`."
    )
    allow: Annotated[Lists, _dict] = Field(
        default_factory=Lists,
        description="Where `publishers`, `repositories` or `licenses` name anything, the rest is denied. "
        "A file on `digests` is trusted.",
    )
    deny: Annotated[Lists, _dict] = Field(default_factory=Lists, description="What must not be used.")
    exceptions: Annotated[list[Exemption], Field(max_length=MAX_EXCEPTIONS), _list] = Field(
        default=[], description="Accepted risks."
    )
