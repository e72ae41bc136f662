"""Credentials are named and never told; digests, placeholders and vocabularies are no credentials."""

from __future__ import annotations

import json
import random
import string
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect.secrets import Secret, secrets_in, without_secrets
from tests.inspect.looking import look_at, symbols

_LETTERS = random.Random(5)


def _random(length: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_LETTERS.choice(letters) for _ in range(length))


# Put together here, so that no scanner of sources takes one of them for a leak of ours.
SECRETS = {
    "a Hugging Face token": "hf_" + _random(34, string.ascii_letters),
    "a GitHub token": "ghp_" + _random(36),
    "a GitLab token": "glpat-" + _random(20),
    "an AWS access key": "AKIA" + _random(16, string.ascii_uppercase + string.digits),
    "a Slack token": "xoxb-" + _random(12, string.digits) + "-" + _random(24),
    "an API key of OpenAI or Anthropic": "sk-proj-" + _random(48),
    "an API key of OpenAI": "sk-" + _random(47) + "7",
    "a Google API key": "AIza" + _random(35),
    "a Stripe key": "sk_live_" + _random(24),
    "an npm token": "npm_" + _random(36),
    "a Databricks token": "dapi" + _random(32, string.hexdigits.lower()[:16]),
    "a private key": "-----BEGIN RSA PRIVATE KEY-----\n" + _random(64) + "\n-----END RSA PRIVATE KEY-----",
    "a JSON web token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + _random(43),
    "a password in an address": "correct7horse",
}
AROUND = {"a password in an address": "postgresql://owner:{}@db.example.com/models"}


@pytest.mark.parametrize(("kind", "value"), SECRETS.items())
def test_every_kind_is_found_and_masked(kind: str, value: str) -> None:
    text = "before " + AROUND.get(kind, "{}").format(value) + " behind"
    (secret,) = secrets_in(text)
    assert secret.kind == kind
    masked = without_secrets(text)
    assert value not in masked
    assert masked.startswith("before ")
    assert len(secret.masked) <= 11


@pytest.mark.parametrize(
    "text",
    [
        "sha256:" + "ab12" * 16,
        "d41d8cd98f00b204e9800998ecf8427e da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "hf_" + "x" * 34,
        "ghp_your_token_here",
        '"pad_token": "<|endoftext|>", "access_token": "<|access|>", "use_auth_token": true',
        "https://user:password@example.com/ https://${USER}:${PASSWORD}@example.com",
        "-----BEGIN PRIVATE KEY-----",
        "sk-learn sk-image task-1234567890123456789012345678901234567890",
        "eyJhbGciOiJIUzI1NiJ9",
        "model.layers.0.self_attn.q_proj.weight " * 20,
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert list(secrets_in(text)) == []
    assert without_secrets(text) == text


def test_a_secret_in_a_configuration_is_a_finding_that_does_not_tell_it(tmp_path: Path) -> None:
    token = SECRETS["a Hugging Face token"]
    config = {"model_type": "llama", "_name_or_path": "org/model", "hub": {"token": token}}
    found = look_at(tmp_path, "config.json", json.dumps(config).encode())
    (symbol,) = symbols(found, "secret-in-model")
    assert symbol == f"a Hugging Face token (hf_{token[3]}…{token[-2:]})"
    assert token not in repr(found)


@given(st.text(), st.sampled_from(sorted(SECRETS)), st.text())
def test_masking_loses_nothing_else_and_is_final(before: str, kind: str, after: str) -> None:
    text = f"{before} {SECRETS[kind]} {after}"
    found = list(secrets_in(text))
    assert all(first.end <= second.start for first, second in pairwise(found))
    masked = without_secrets(text)
    rest = "".join(text[start:end] for start, end in _between(found, len(text)))
    for secret in found:
        masked = masked.replace(secret.masked, "", 1)
    assert len(masked) == len(rest)


def _between(found: list[Secret], length: int) -> list[tuple[int, int]]:
    starts = [0, *(secret.end for secret in found)]
    ends = [*(secret.start for secret in found), length]
    return list(zip(starts, ends, strict=True))
