"""Explicit addresses in any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.addresses import find_addresses
from scanner.discover.interface import Mention
from tests.discover.searching import COMMIT, applied, ids, only


def one(text: str) -> Mention:
    found = find_addresses(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "kind", "repo_id", "revision", "files"),
    [
        ("https://huggingface.co/acme/ner", "model", "acme/ner", None, []),
        ("(see https://huggingface.co/acme/ner).", "model", "acme/ner", None, []),
        ("[ner](https://huggingface.co/acme/ner), and more", "model", "acme/ner", None, []),
        ('<a href="https://huggingface.co/acme/ner">', "model", "acme/ner", None, []),
        ("<b>huggingface.co/acme/ner</b>", "model", "acme/ner", None, []),
        ("**https://hf.co/acme/ner**", "model", "acme/ner", None, []),
        ("https://huggingface.co/acme/ner/tree/main", "model", "acme/ner", "main", []),
        ("https://huggingface.co/acme/ner/tree/v1/onnx", "model", "acme/ner", "v1", ["onnx/*"]),
        (
            "https://huggingface.co/acme/ner/resolve/main/a%20b.bin?download=true",
            "model",
            "acme/ner",
            "main",
            ["a b.bin"],
        ),
        ("https://hf-mirror.com/acme/ner/blob/v1/x/y.py#L3", "model", "acme/ner", "v1", ["x/y.py"]),
        ("https://huggingface.co/acme/ner/resolve/refs%2Fpr%2F4/x", "model", "acme/ner", "refs/pr/4", ["x"]),
        ("https://huggingface.co/acme/ner/resolve/refs/pr/4/x", "model", "acme/ner", "refs/pr/4", ["x"]),
        ("https://huggingface.co/datasets/acme/corpus", "dataset", "acme/corpus", None, []),
        ("https://huggingface.co/datasets/squad/viewer", "dataset", "squad", None, []),
        ("https://huggingface.co/spaces/acme/demo", "space", "acme/demo", None, []),
        ("https://huggingface.co/kernels/acme/norm", "kernel", "acme/norm", None, []),
        ("https://huggingface.co/api/models/acme/ner/tree/main", "model", "acme/ner", "main", []),
        ("https://api-inference.huggingface.co/models/acme/ner", "model", "acme/ner", None, []),
        ("https://huggingface.co/gpt2", "model", "gpt2", None, []),
        (
            "https://huggingface.co/bert-base-uncased/resolve/main/v.txt",
            "model",
            "bert-base-uncased",
            "main",
            ["v.txt"],
        ),
        ("git+https://huggingface.co/acme/pkg@v2", "model", "acme/pkg", "v2", []),
        ("git@hf.co:acme/ner.git", "model", "acme/ner", None, []),
        ("ollama run hf.co/acme/q-GGUF:Q4_K_M", "model", "acme/q-GGUF", None, []),
        ("hf://acme/ner", "model", "acme/ner", None, []),
        ("hf://datasets/acme/corpus@v1/a/b.csv", "dataset", "acme/corpus", "v1", ["a/b.csv"]),
        ("storageUri: hf://acme/ner:v3", "model", "acme/ner", "v3", []),
        ("HF://acme/ner-MLC", "model", "acme/ner-MLC", None, []),
        ("hf-hub:timm/vit.in1k@abc", "model", "timm/vit.in1k", "abc", []),
    ],
)
def test_forms(text: str, kind: str, repo_id: str, revision: str | None, files: list[str]) -> None:
    found = one(text)
    assert (found.repo_type, found.repo_id, found.revision, found.files) == (kind, repo_id, revision, files)


@pytest.mark.parametrize(
    "text",
    [
        "https://huggingface.co/google",
        "https://huggingface.co/docs/transformers/main",
        "https://huggingface.co/blog/acme/post",
        "https://huggingface.co/papers/1706.03762",
        "https://huggingface.co/collections/acme/best-66f",
        "https://huggingface.co/acme/models",
        "https://huggingface.co/settings/tokens",
        "https://huggingface.co/models?library=timm",
        "https://discuss.huggingface.co/t/some-thread/12",
        "https://cdn-lfs.huggingface.co/repos/aa/bb",
        "https://huggingface.co/{model_id}",
        "https://huggingface.co/acme/ner-{size}",
        "https://huggingface.co/acme/${NAME}",
        "https://huggingface.co/acme/<model>",
        "https://huggingface.co/$ORG/x",
        "https://huggingface.co/your-org/your-model",
        "https://huggingface.co/<org>/<name>",
        "hf://{repo}/x",
        "https://notmyhuggingface.co/acme/ner",
        "https://github.com/huggingface/transformers",
    ],
)
def test_no_repository(text: str) -> None:
    assert find_addresses(text) == []


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("s3://bucket/models/ner", "s3"),
        ("gs://bucket/run/checkpoint-100/", "gcs"),
        ("abfss://c@acct/x/weights.pt", "azure"),
        ("models:/ranker/Production", "mlflow"),
        ("kaggle://acme/model-x", "kaggle"),
        ("https://example.org/dl/best.safetensors", "url"),
    ],
)
def test_other_stores(text: str, store: str) -> None:
    found = one(text)
    assert (found.repo_type, found.store, found.repo_id) == ("other", store, None)
    assert found.expression == text.rstrip("/") or found.expression == text


@pytest.mark.parametrize("text", ["s3://bucket/data.csv", "https://example.org/a.zip", "runs the models: /x"])
def test_other_addresses_are_no_models(text: str) -> None:
    assert find_addresses(text) == []


def test_a_password_is_not_shown() -> None:
    found = one("git clone https://user:hunter2@huggingface.co/acme/ner")
    assert found.repo_id == "acme/ner"
    assert "hunter2" not in found.expression


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "é https://huggingface.co/acme/ner/resolve/main/x",
            f"é https://huggingface.co/acme/ner/resolve/{COMMIT}/x",
        ),
        ("x\nhf://acme/ner/config.json", f"x\nhf://acme/ner@{COMMIT}/config.json"),
        ("hf-hub:acme/ner", f"hf-hub:acme/ner@{COMMIT}"),
    ],
)
def test_pins(text: str, expected: str) -> None:
    fixed = applied(text, one(text).pin)
    assert fixed == expected
    assert one(fixed).revision == COMMIT
    assert one(fixed).revision_state == "literal"


def test_a_page_takes_no_revision() -> None:
    found = one("https://huggingface.co/acme/ner")
    assert found.revision_state == "impossible"
    assert found.pin is None


def test_lines_are_those_of_git() -> None:
    text = "a\x0bb\x0c\u2028\u0085\r\nhf://acme/one\r\n\rhf://acme/two\n"
    assert ids(find_addresses(text)) == [(2, "acme/one"), (3, "acme/two")]
    assert ids(find_addresses(text, 10)) == [(12, "acme/one"), (13, "acme/two")]
    assert only(find_addresses(text, 10), "acme/two").call_line == 13


@given(st.text() | st.text(alphabet="hf.co:/-@%{}<>$ \n~acme\\\"'", max_size=300))
def test_never_raises(text: str) -> None:
    for found in find_addresses(text + " https://huggingface.co/acme/" + text):
        assert found.repo_id or found.store
        assert 1 <= found.line <= 2 * text.count("\n") + 1


@pytest.mark.parametrize(
    "text", ["%" * 300_000, "hf.co/" * 60_000, "a@" * 200_000 + "hf.co/a/b", "hf://" * 60_000]
)
def test_hostile_texts_end(text: str) -> None:
    assert len(find_addresses(text)) < 30_000
