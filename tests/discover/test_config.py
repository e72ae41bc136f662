"""Configuration files."""

from __future__ import annotations

import json
import textwrap

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.config import find
from tests.discover.searching import COMMIT, applied, ids, only

COMPOSE = """\
services:
  tgi:
    image: ghcr.io/huggingface/text-generation-inference:3
    command: --model-id acme/tgi --port 80
    environment:
      - MODEL_ID=acme/list
      - NAME=acme/other
  api:
    image: acme/api
    environment:
      EMBEDDING_MODEL: acme/map
      OPENAI_MODEL: openai/gpt-4o
    entrypoint: ["vllm", "serve", "acme/words", "--trust-remote-code"]
"""
DEPLOYMENT = """\
spec:
  containers:
    - name: vllm
      args:
        - --model
        - acme/args
        - "--tokenizer=acme/tok"
      env:
        - name: HF_MODEL_ID
          value: acme/env
---
spec:
  predictor:
    model:
      storageUri: hf://acme/kserve:v1
"""
AXOLOTL = """\
base_model: acme/base
sequence_len: 512
trust_remote_code: true
datasets:
  - path: acme/corpus
    type: alpaca
  - path: data/local.jsonl
hub_model_id: acme/mine
output_dir: ./out
"""
WORKFLOW = """\
jobs:
  test:
    steps:
      - uses: actions/checkout
      - run: |
          hf download acme/step \\
            config.json
        env:
          MODEL_NAME: acme/stepenv
"""
HELM = """\
{{- if .Values.on }}
model:
  modelId: {{ .Values.model | quote }}
  tokenizer: acme/helm
{{- end }}
"""


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        (COMPOSE, "compose.yaml", [(4, "acme/tgi"), (6, "acme/list"), (11, "acme/map"), (13, "acme/words")]),
        (DEPLOYMENT, "d.yaml", [(6, "acme/args"), (7, "acme/tok"), (10, "acme/env"), (15, "acme/kserve")]),
        (AXOLOTL, "a.yml", [(1, "acme/base"), (5, "acme/corpus")]),
        (WORKFLOW, ".github/workflows/t.yml", [(6, "acme/step"), (9, "acme/stepenv")]),
        (HELM, "templates/x.yaml", [(3, None), (4, "acme/helm")]),
        ('{"model": {"name": "acme/ner"}, "author": "acme/me"}', "c.json", [(1, "acme/ner")]),
        ('{\n// c\n"model_id": "acme/ner",}', "c.jsonc", [(3, "acme/ner")]),
        ('{"auto_map": {"AutoModel": "acme/code--m.C"}}', "config.json", [(1, "acme/code")]),
        ('{"base_model_name_or_path": "acme/base"}', "adapter_config.json", [(1, "acme/base")]),
        ('[model]\nname = "acme/ner"\nids = [\n  "acme/no"\n]\n', "p.toml", [(2, "acme/ner")]),
        ('models = [\n  "acme/one",\n  "acme/two", # c\n]\n', "p.toml", [(2, "acme/one"), (3, "acme/two")]),
        ("# c\nexport MODEL_ID='acme/ner' # x\nURL=a/b\n", ".env.example", [(2, "acme/ner")]),
        ('MODELS=`[\n {"id": "acme/chat"}\n]`\n', ".env", [(2, "acme/chat")]),
        ("[llm]\nmodel: acme/ner\n", "x.ini", [(2, "acme/ner")]),
        ("providers:\n  - huggingface:text-generation:acme/ner\n", "promptfoo.yaml", [(2, "acme/ner")]),
        ("model_args: pretrained=acme/ner,dtype=float\n", "e.yaml", [(1, "acme/ner")]),
        ("defaults:\n  model:\n    default: acme/ner\n", "s.yaml", [(3, "acme/ner")]),
        ("model: gpt2\ntokenizer: bert-base-uncased\n", "s.yaml", [(1, "gpt2"), (2, "bert-base-uncased")]),
    ],
)
def test_files(text: str, path: str, expected: list[tuple[int, str | None]]) -> None:
    assert ids(find(text, path).mentions) == expected


@pytest.mark.parametrize(
    "text",
    [
        "image: acme/server",
        "image:\n  repository: acme/model\n  tag: v1",
        "model: openai/gpt-4o",
        "model: anthropic/claude-3",
        "model: mistral/mistral-large-latest",
        "model: ./out/x",
        "model: checkpoints/best",
        "model: models/best.pt",
        "model: application/json",
        "repository: acme/code",
        "name: acme/thing",
        "model: ${MODEL}",
        "hub_model_id: acme/mine",
        "model_id: your-org/your-model",
        "model_id: org/name",
        "model_id: username/thing",
        "uses: actions/checkout",
        "timezone: Europe/Paris",
        "model: acme/thing:latest",
        "choices: []\nobject: chat.completion\nmodel: acme/answered",
    ],
)
def test_no_reference(text: str) -> None:
    assert [one.repo_id for one in find(text, "x.yaml").mentions if one.repo_id] == []


def test_hosted_names_that_are_ids() -> None:
    text = (
        "a:\n- model: openai/whisper-large-v3\n- model: google/gemma-2b\n- model: mistralai/Mistral-7B-v0.1\n"
    )
    assert len(find(text, "x.yaml").mentions) == 3


def test_packages_are_no_models() -> None:
    assert find('{"model": "acme/ner"}', "package-lock.json").mentions == []
    assert ids(find('{"x": "https://huggingface.co/acme/ner"}', "package.json").mentions) == [(1, "acme/ner")]


def test_siblings() -> None:
    text = (
        "a:\n  model_name_or_path: acme/ner\n  model_revision: v1\n  trust_remote_code: true\n"
        "b:\n  model_id: acme/two\n"
    )
    found = find(text, "x.yaml").mentions
    ner, two = only(found, "acme/ner"), only(found, "acme/two")
    assert (ner.revision, ner.revision_state, ner.trust_remote_code) == ("v1", "literal", True)
    assert (two.revision_state, two.trust_remote_code, two.pin) == ("absent", False, None)
    assert find("model_id: /data/m", "x.yaml").mentions[0].local


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a:\n  - model_name_or_path: acme/ner # why\n    x: é\n", "x.yaml"),
        ("model_name_or_path: acme/ner\r\nx: 1\r\n", "x.yaml"),
        ("m: {model_name_or_path: acme/ner, x: 1}\n", "x.yaml"),
        ('{"é": 1, "model_name_or_path": "acme/ner"}', "x.json"),
        ('[a]\nmodel_name_or_path = "acme/ner"\n', "x.toml"),
        ("base_model: acme/ner\nsequence_len: 5\n", "x.yaml"),
        ('command: ["vllm", "serve", "acme/ner"]\n', "x.yaml"),
        ("command:\n  - vllm\n  - serve\n  - acme/ner\n", "x.yaml"),
        ("run: |\n  vllm serve acme/ner\n", "x.yaml"),
        ("model_id: acme/ner\nrevision: 'main'\n", "x.yaml"),
    ],
)
def test_pins(text: str, path: str) -> None:
    fixed = applied(text, only(find(text, path).mentions, "acme/ner").pin)
    found = only(find(fixed, path).mentions, "acme/ner")
    assert (found.revision, found.revision_state) == (COMMIT, "literal")
    if path.endswith(".yaml"):
        assert yaml.safe_load(fixed) != yaml.safe_load(text)
    elif path.endswith(".json"):
        assert json.loads(fixed)["model_revision"] == COMMIT


def test_lines_are_those_of_git() -> None:
    text = 'a: "x\u2028y"\nb: "\x85"\r\nmodel_id: acme/ner\n'
    assert ids(find(text, "x.yaml").mentions) == [(3, "acme/ner")]


def test_aliases_do_not_expand() -> None:
    laughs = "a0: &a0 [acme/lol]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    assert ids(find(laughs + "model_id: acme/ner\n", "x.yaml").mentions) == [(31, "acme/ner")]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("[" * 100_000, "x.yaml"),
        ("[" * 100_000, "x.json"),
        ('{"a":' * 100_000, "x.json"),
        ('"\\"' * 200_000, "x.json"),
        ("a = [" * 50_000, "x.toml"),
        ("- " * 50_000, "x.yaml"),
        ("{{ " * 100_000, "x.yaml"),
        ("x" * 900_000, "x.yaml"),
        ("A=`\n" * 20_000, ".env"),
    ],
)
def test_hostile_texts_end(text: str, path: str) -> None:
    assert find(text, path).mentions == []


def test_long_files_are_searched_for_addresses_and_say_so() -> None:
    found = find('{"model_id": "acme/ner", "x": "hf://acme/two"' + " " * 1_000_000 + "}", "x.json")
    assert ids(found.mentions) == [(1, "acme/two")]
    assert "x.json" in found.gaps[0]


@given(
    st.text() | st.text(alphabet="{}[]:-&*!|>'\"#%@, \n\tab/=", max_size=200),
    st.sampled_from(["x.yaml", "x.json", "x.toml", ".env", "x.ini"]),
)
def test_never_raises(text: str, path: str) -> None:
    for found in find(textwrap.dedent(text) + "\nmodel_id: acme/ner\n", path).mentions:
        assert found.line >= 1
