"""Credentials in text: what they are and where, never what they say.

Every pattern begins with what its issuer puts in front of its tokens, or with a name that says what it is, so
digests, ids and words of a vocabulary are no alarm. Sources: the issuers' own pages, named below.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_START = r"(?<![A-Za-z0-9_\-])"
_END = r"(?![A-Za-z0-9_\-])"
_SHORT = 16
"""A secret with fewer characters would be half told by its ends."""
_ENTROPY = 3.0
"""Bits a character: less is a placeholder such as ``xxxxxxxx`` or a run of one word."""
_PLACEHOLDER = re.compile(
    r"(?i)\A(?:pass(?:word|wd)?|pwd|secret|token|user(?:name)?|my_?\w*|your\w*|example\w*|test|x+|\*+|\.+|[<{$%\[].*)\Z"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """One credential: what it is, how it may be shown, and from where to where it stands in the text."""

    kind: str
    masked: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How one kind is found: a text that must be there at all, an expression, and a test of its group 1."""

    kind: str
    marker: str
    expression: re.Pattern[str]
    test: Callable[[str], bool]


def _various(value: str) -> bool:
    """Whether the characters vary as those of a token do."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) >= _ENTROPY


def _mixed(value: str) -> bool:
    """Whether it is no word: letters and digits, and varied."""
    return any(map(str.isdigit, value)) and any(map(str.isalpha, value)) and _various(value)


def _is_no_placeholder(value: str) -> bool:
    return not _PLACEHOLDER.match(value)


def _is_jwt(value: str) -> bool:
    """Whether the first part is a header of RFC 7515: an object that names its algorithm."""
    head = value.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and "alg" in header


def _always(_: str) -> bool:
    return True


def _token(kind: str, marker: str, body: str, test: Callable[[str], bool] = _various) -> _Pattern:
    return _Pattern(kind, marker, re.compile(f"{_START}({body}){_END}"), test)


def _named(kind: str, marker: str, names: str, body: str) -> _Pattern:
    """A value without a mark of its own, behind its name."""
    text = rf"(?i)(?:{names})[\"']?\s{{0,8}}[:=]\s{{0,8}}[\"']?({body})(?![A-Za-z0-9/+_=.\-])"
    return _Pattern(kind, marker, re.compile(text), _mixed)


_PATTERNS: tuple[_Pattern, ...] = (
    # https://huggingface.co/docs/hub/security-tokens
    _token("a Hugging Face token", "hf_", r"hf_[A-Za-z0-9]{30,40}"),
    _token("a Hugging Face organisation token", "api_org_", r"api_org_[A-Za-z0-9]{30,40}"),
    # https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    _token("a GitHub token", "gh", r"gh[opsur]_[A-Za-z0-9]{36,255}"),
    _token("a GitHub token", "github_pat_", r"github_pat_[A-Za-z0-9_]{60,255}"),
    # https://docs.gitlab.com/security/tokens/#token-prefixes
    _token("a GitLab token", "glpat-", r"glpat-[A-Za-z0-9_\-.]{20,300}"),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    _token("an AWS access key", "A", r"(?:AKIA|ASIA)[A-Z0-9]{16}"),
    _named("an AWS secret key", "ecret", r"aws_?secret_?access_?key|SecretAccessKey", r"[A-Za-z0-9/+]{40}"),
    # https://api.slack.com/concepts/token-types
    _token("a Slack token", "xox", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9\-]{10,250}"),
    _token("a Slack token", "xapp-", r"xapp-\d-[A-Za-z0-9\-]{20,250}"),
    _Pattern(
        "a Slack webhook",
        "hooks.slack.com/",
        re.compile(r"(hooks\.slack\.com/services/T[A-Z0-9]{6,14}/B[A-Z0-9]{6,14}/[A-Za-z0-9]{16,30})"),
        _always,
    ),
    _Pattern(
        "a Discord webhook",
        "/api/webhooks/",
        re.compile(r"(discord(?:app)?\.com/api/webhooks/\d{15,22}/[A-Za-z0-9_\-]{50,90})"),
        _always,
    ),
    # https://platform.openai.com/docs/api-reference/authentication, https://docs.anthropic.com/en/api
    _token(
        "an API key of OpenAI or Anthropic",
        "sk-",
        r"sk-(?:proj|svcacct|admin|ant|or|lf)-[A-Za-z0-9_\-]{20,250}",
    ),
    _token("an API key of OpenAI", "sk-", r"sk-[A-Za-z0-9]{32,64}", _mixed),
    # https://cloud.google.com/docs/authentication/api-keys
    _token("a Google API key", "AIza", r"AIza[A-Za-z0-9_\-]{35}"),
    _token("a Google client secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_\-]{28}"),
    _token("a Google access token", "ya29.", r"ya29\.[A-Za-z0-9_\-]{20,400}"),
    # https://docs.stripe.com/keys
    _token("a Stripe key", "k_", r"[rs]k_(?:live|test)_[A-Za-z0-9]{16,250}"),
    # the token formats that both registries document
    _token("a PyPI token", "pypi-", r"pypi-AgE[A-Za-z0-9_\-]{50,300}"),
    _token("an npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("a SendGrid key", "SG.", r"SG\.[A-Za-z0-9_\-]{16,32}\.[A-Za-z0-9_\-]{32,64}"),
    _token("a Databricks token", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    _token("a Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _token("a Groq key", "gsk_", r"gsk_[A-Za-z0-9]{52}"),
    _token("a Telegram bot token", ":AA", r"\d{8,10}:AA[A-Za-z0-9_\-]{33}"),
    _Pattern(
        "an Azure storage key",
        "AccountKey=",
        re.compile(r"AccountKey=([A-Za-z0-9+/]{86}==)"),
        _various,
    ),
    _Pattern(
        "a private key",  # RFC 7468, and what OpenSSH and PGP write
        "-----BEGIN ",
        re.compile(
            r"(-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
            r"[A-Za-z0-9+/=:,\\\s\-]{16,20000})"
        ),
        _always,
    ),
    _token(
        "a JSON web token",
        "eyJ",
        r"eyJ[A-Za-z0-9_\-]{10,2000}\.eyJ[A-Za-z0-9_\-]{10,4000}\.[A-Za-z0-9_\-]{10,2000}",
        _is_jwt,
    ),
    _Pattern(
        "a password in an address",  # RFC 3986, section 3.2.1
        "://",
        re.compile(
            r"(?<![A-Za-z0-9+.\-])[A-Za-z][A-Za-z0-9+.\-]{1,20}://[^\s:/@\"'<>\\{}]{0,64}:([^\s/@\"'<>\\]{3,128})@[A-Za-z0-9\[]"
        ),
        _is_no_placeholder,
    ),
    _named(
        "a secret by its name",
        "",
        r"api[_\-]?key|secret[_\-]?key|client[_\-]?secret|password|passwd|auth[_\-]?token|access[_\-]?token|"
        r"private[_\-]?token",
        r"[A-Za-z0-9+/_\-.=]{20,200}",
    ),
)


def secrets_in(text: str) -> Iterator[Secret]:
    """Every credential in a text, by its place; nothing of what overlaps an earlier one."""
    found: list[Secret] = []
    for pattern in _PATTERNS:
        if pattern.marker not in text:
            continue
        for match in pattern.expression.finditer(text):
            value = match[1]
            if pattern.test(value):
                found.append(Secret(pattern.kind, _mask(pattern.kind, value), match.start(1), match.end(1)))
    end = 0
    for secret in sorted(found, key=lambda one: (one.start, -one.end)):
        if secret.start >= end:
            end = secret.end
            yield secret


def without_secrets(text: str) -> str:
    """The text with every credential in it masked."""
    parts, position = [], 0
    for secret in secrets_in(text):
        parts += [text[position : secret.start], secret.masked]
        position = secret.end
    return "".join([*parts, text[position:]]) if parts else text


def _mask(kind: str, value: str) -> str:
    """The ends of a token, by which its owner knows it; of a key, a password or a short one still less."""
    if kind == "a private key":
        return "-----BEGIN…"
    if len(value) < _SHORT or kind in ("a password in an address", "a secret by its name"):
        return f"{value[:1]}…"
    return f"{value[:4]}…{value[-2:]}"
