"""Dockerfiles and Modelfiles."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scanner.discover.docker import find
from tests.discover.searching import COMMIT, applied, ids, only

DOCKERFILE = """\
FROM ghcr.io/huggingface/text-generation-inference:3
ENV MODEL_ID=acme/env \\
    # why
    EMBED_MODEL="acme/embed"
ENV TOKENIZER_NAME acme/tok
ARG BASE_MODEL=acme/arg
LABEL maintainer=acme/me
RUN pip install x && \\
    hf download acme/run config.json
RUN python -c "from transformers import AutoModel; AutoModel.from_pretrained('acme/inline')"
RUN <<EOT
huggingface-cli download acme/heredoc
EOT
ADD https://huggingface.co/acme/added/resolve/main/w.bin /w.bin
CMD ["--model-id", "acme/cmd"]
"""


def test_dockerfile() -> None:
    assert ids(find(DOCKERFILE, "Dockerfile").mentions) == [
        (2, "acme/env"),
        (4, "acme/embed"),
        (5, "acme/tok"),
        (6, "acme/arg"),
        (9, "acme/run"),
        (10, "acme/inline"),
        (12, "acme/heredoc"),
        (14, "acme/added"),
        (15, "acme/cmd"),
    ]


def test_pins() -> None:
    for repo_id in ("acme/run", "acme/inline", "acme/heredoc", "acme/added", "acme/cmd"):
        fixed = applied(DOCKERFILE, only(find(DOCKERFILE, "Dockerfile").mentions, repo_id).pin)
        assert only(find(fixed, "Dockerfile").mentions, repo_id).revision == COMMIT
    last = applied(DOCKERFILE, only(find(DOCKERFILE, "Dockerfile").mentions, "acme/cmd").pin).splitlines()[-1]
    assert last == f'CMD ["--model-id", "acme/cmd", "--revision", "{COMMIT}"]'


def test_variables_reach_commands() -> None:
    text = "ARG M=acme/ner\nRUN vllm serve $M\nFROM nvidia/cuda:12\n"
    (found,) = find(text, "Dockerfile").mentions
    assert (found.line, found.call_line, found.loader) == (1, 2, "vllm-serve")


def test_modelfile() -> None:
    (found,) = find("FROM hf.co/acme/q-GGUF:Q4_K_M\nPARAMETER temperature 1\n", "Modelfile").mentions
    assert (found.loader, found.repo_id, found.revision_state) == ("modelfile", "acme/q-GGUF", "impossible")


@given(st.text() | st.text(alphabet="RUNCMDEVARG [\"',]\\\n<=a/b ", max_size=200))
def test_never_raises(text: str) -> None:
    for found in find("FROM x\nRUN " + text + "\nCMD " + text, "Dockerfile").mentions:
        assert found.line >= 1
