"""Commands of the shell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.shell import find
from tests.discover.searching import COMMIT, applied, ids, only


@pytest.mark.parametrize(
    ("command", "loader", "repo_id"),
    [
        ("hf download acme/ner", "hf-download", "acme/ner"),
        ("huggingface-cli download --resume-download acme/ner --local-dir x", "hf-download", "acme/ner"),
        ("vllm serve acme/ner --port 80", "vllm-serve", "acme/ner"),
        ("python3 -m vllm.entrypoints.openai.api_server --model acme/ner", "vllm-server", "acme/ner"),
        ("text-generation-launcher --model-id=acme/ner", "text-generation-inference", "acme/ner"),
        ("text-embeddings-router --model-id acme/ner", "text-embeddings-inference", "acme/ner"),
        (
            "docker run --rm ghcr.io/huggingface/text-generation-inference:3 --model-id acme/ner",
            "text-generation-inference",
            "acme/ner",
        ),
        ("docker run vllm/vllm-openai:latest --model acme/ner", "vllm-image", "acme/ner"),
        ("python -m sglang.launch_server --model-path acme/ner", "sglang-server", "acme/ner"),
        ("./build/bin/llama-server -hf acme/ner-GGUF:Q4_K_M -c 0", "llama.cpp", "acme/ner-GGUF"),
        ("ollama run hf.co/acme/ner-GGUF:Q8_0", "ollama", "acme/ner-GGUF"),
        ("git lfs clone https://huggingface.co/acme/ner dir", "git-clone", "acme/ner"),
        ("lm_eval --model hf --model_args pretrained=acme/ner,dtype=float", "model-arguments", "acme/ner"),
        ("accelerate launch t.py --model_name_or_path acme/ner", "model-name-or-path", "acme/ner"),
        ("python t.py --model acme/ner", "flag", "acme/ner"),
        ("python t.py model.name=acme/ner", "name-beside", "acme/ner"),
        ("optimum-cli export onnx --model acme/ner out/", "optimum-export", "acme/ner"),
        ("python convert.py mistralai/Mistral-7B-v0.1", "script-argument", "mistralai/Mistral-7B-v0.1"),
        ("docker run -e MODEL_ID=acme/ner image", "model-id", "acme/ner"),
        ("bash -c 'vllm serve acme/ner'", "vllm-serve", "acme/ner"),
        ('$env:MODEL_ID = "acme/ner"', "model-id", "acme/ner"),
        ("set MODEL_ID=acme/ner", "model-id", "acme/ner"),
        ("HF_MODEL_ID ?= acme/ner", "model-id", "acme/ner"),
        ("x=$(hf download acme/ner config.json)", "hf-download", "acme/ner"),
    ],
)
def test_commands(command: str, loader: str, repo_id: str) -> None:
    found = only(find(f"# first\n{command}\n", "run.sh").mentions, repo_id)
    assert (found.loader, found.line) == (loader, 2)


@pytest.mark.parametrize(
    "command",
    [
        "docker pull acme/image",
        "git clone https://github.com/acme/code",
        "gh repo clone acme/code",
        "python t.py --model ./out/best --output_dir acme/out",
        "python t.py --model outputs/checkpoint-10",
        "python t.py --model openai/gpt-4o",
        "python t.py --model $MODEL",
        "vllm serve /models/x --served-model-name acme/alias",
        "# hf download acme/ner",
        "echo hf download acme/ner",
        "python t.py --output_dir x-llama-run --hub_model_id acme/mine",
        "modelscope download --model acme/ner",
        "huggingface-cli login",
    ],
)
def test_no_reference(command: str) -> None:
    assert [one.repo_id for one in find(command, "run.sh").mentions if one.repo_id] == []


def test_variables_stand_where_they_are_set() -> None:
    text = (
        'MODEL="${1:-acme/ner}"\nORG=acme\nfor size in small large; do\n'
        '  vllm serve $ORG/m-$size\ndone\nvllm serve "$MODEL"\n'
    )
    found = find(text, "run.sh").mentions
    assert ids(found) == [(1, "acme/ner"), (4, "acme/m-large"), (4, "acme/m-small")]
    assert (found[0].loader, found[0].call_line) == ("vllm-serve", 6)


def test_what_is_not_known_is_unresolved_in_a_strong_place_only() -> None:
    (found,) = find("vllm serve $MODEL\npython t.py --model $MODEL\n", "run.sh").mentions
    assert (found.repo_id, found.expression, found.line) == (None, "$MODEL", 1)


def test_flags() -> None:
    text = "vllm serve acme/ner \\\n  --tokenizer acme/tok \\\n  --revision v1 --trust-remote-code\n"
    found = find(text, "run.sh").mentions
    ner, tok = only(found, "acme/ner"), only(found, "acme/tok")
    assert (ner.revision, ner.revision_state, ner.trust_remote_code) == ("v1", "literal", True)
    assert (ner.line, ner.call_line, ner.call_end_line) == (1, 1, 3)
    assert (tok.line, tok.revision_state) == (2, "absent")
    data = only(
        find("hf download acme/data1 a.csv --repo-type dataset --include '*.csv'", "x").mentions, "acme/data1"
    )
    assert (data.repo_type, data.files) == ("dataset", ["*.csv", "a.csv"])
    gguf = only(find("llama-cli -hf acme/q-GGUF -hff q.gguf", "x").mentions, "acme/q-GGUF")
    assert (gguf.revision_state, gguf.pin, gguf.files) == ("impossible", None, ["q.gguf"])
    path = find("text-generation-launcher --model-id /data/m", "x").mentions[0]
    assert path.local


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hf download acme/ner x\n", f"hf download acme/ner x --revision {COMMIT}\n"),
        ("vllm serve 'acme/ner' --revision main\n", f"vllm serve 'acme/ner' --revision {COMMIT}\n"),
        (
            "vllm serve acme/ner \\\n  --port 80 | tee x\n",
            f"vllm serve acme/ner \\\n  --port 80 --revision {COMMIT} | tee x\n",
        ),
        (
            "lm_eval --model_args pretrained=acme/ner\n",
            f"lm_eval --model_args pretrained=acme/ner,revision={COMMIT}\n",
        ),
        ("M=acme/ner\r\nvllm serve $M\r\n", f"M=acme/ner\r\nvllm serve $M --revision {COMMIT}\r\n"),
    ],
)
def test_pins(text: str, expected: str) -> None:
    fixed = applied(text, only(find(text, "run.sh").mentions, "acme/ner").pin)
    assert fixed == expected
    assert only(find(fixed, "run.sh").mentions, "acme/ner").revision == COMMIT


def test_programs_inside() -> None:
    text = (
        "python - <<'EOF'\nfrom transformers import AutoModel\nAutoModel.from_pretrained('acme/py')\nEOF\n"
        "cat > values.yaml <<EOF\nmodel_id: acme/yaml\nEOF\n"
        "python -c \"from transformers import AutoModel; AutoModel.from_pretrained('acme/inline')\"\n"
    )
    found = find(text, "run.sh").mentions
    assert ids(found) == [(3, "acme/py"), (6, "acme/yaml"), (8, "acme/inline")]
    fixed = applied(text, only(found, "acme/inline").pin)
    assert f"AutoModel.from_pretrained('acme/inline', revision='{COMMIT}')\"" in fixed


@given(st.text() | st.text(alphabet="$(){}[]<>'\"\\`\n =#-ab/|&;", max_size=200))
def test_never_raises(text: str) -> None:
    for found in find(text + "\nvllm serve acme/ner " + text, "run.sh").mentions:
        assert found.line >= 1


@pytest.mark.parametrize(
    "text",
    ["'" * 100_000, '"\\"' * 100_000, "${" * 100_000, "$(" * 50_000, "a=$a\n" * 20_000, "<<A\n" * 5000],
)
def test_hostile_texts_end(text: str) -> None:
    assert find(text, "run.sh").unsafe == []
