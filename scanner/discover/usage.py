"""Commands that comments and docstrings of a Python source show: how it is called, and with which models."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from textwrap import dedent

from scanner.discover.interface import Mention

_WORDS = (
    "python ", "python3 ", "torchrun ", "accelerate launch ", "deepspeed ", "vllm ", "hf ",
    "huggingface-cli ", "uv run ", "uvx ", "sglang ", "lm_eval ", "lm-eval ", "trl ", "axolotl ",
    "llamafactory-cli ", "litgpt ", "tune ", "optimum-cli ", "text-generation-launcher ", "mlx_lm.",
    "llama-cli ", "llama-server ", "ollama ", "lmdeploy ", "sbatch ", "srun ", "bash ",
)  # fmt: skip
"""How commands begin that may load something. No statement of Python does: where a line begins so, it is a
part of a string or of a comment, whatever is around it."""

_FIRST = re.compile(r"\w+")
_BEFORE = re.compile(r"[ \t]*(?:#+[ \t]*)?(?:[$>!%][ \t]*)?(?:[A-Z_0-9]+=\S+[ \t]+)*\Z")
_COMMAND = re.compile(r"[\w.-]+[ \t]+[\w./-](?:[^\n\\]|\\\\?\n|\\[^\n]){0,8000}")
_WORTH = re.compile(r"--?\w[\w-]*[ =]|\b(?:serve|download|pull|run)\b|\.py ")
_ID = re.compile(r"[\w.-]/[\w.-]")
_MOST = 200
_INDENT = 300
"""Characters that may stand before a command on its line."""


def find_usage(text: str, path: str, words: Set[str], line_offset: int = 0) -> list[Mention]:
    """What such commands name, without edits. ``words`` are those of the text, whose lines end in ``\\n``."""
    found: list[Mention] = []
    end = 0
    for start in sorted(_starts(text, words))[:_MOST]:
        match = _COMMAND.match(text, start)
        if start < end or match is None:
            continue
        end = match.end()
        if _ID.search(match[0]) and _WORTH.search(match[0]):
            found += _of_command(_bare(match[0]), path, text.count("\n", 0, start) + line_offset)
    return found


def _starts(text: str, words: Set[str]) -> Iterator[int]:
    """Where commands begin: first on their line, save marks of comments, prompts and variables."""
    for word in _WORDS:
        if _FIRST.match(word)[0] not in words:  # type: ignore[index]
            continue
        at = text.find(word)
        while at >= 0:
            line = text.rfind("\n", max(0, at - _INDENT), at) + 1
            if (line or at < _INDENT) and _BEFORE.match(text, line, at):
                yield at
            at = text.find(word, at + len(word))


def _bare(command: str) -> str:
    """The command without the marks of a comment, its lines joined by one backslash each."""
    rows = [row.lstrip(" \t#") for row in command.split("\n")]
    return "\n".join(row.replace("\\\\", "\\") if row.endswith("\\\\") else row for row in rows) + "\n"


def _of_command(command: str, path: str, line: int) -> Iterator[Mention]:
    from scanner.discover import shell

    for one in shell.find(command, path, line).mentions:
        if one.repo_id is not None and not one.local and one.loader not in _ADDRESSES:
            one.pin = None
            yield one


def examples(text: str) -> str | None:
    """The text with nothing but its examples: of the interactive interpreter, and literal blocks.

    Null without one; every line stands where it stood, without its indentation.
    """
    spans: list[tuple[int, int, str]] = []
    if ">>> " in text:
        spans += [(match.start(), match.end(), match[1]) for match in _PROMPT.finditer(text)]
    if "::\n" in text or ":: python\n" in text:
        spans += [
            (match.start(2), match.end(2), dedent(match[2]))
            for match in _LITERAL.finditer(text)
            if ">>> " not in match[2]
        ]
    if not spans:
        return None
    kept: list[str] = []
    end = 0
    for start, stop, code in sorted(spans):
        if start >= end:
            kept += ("\n" * text.count("\n", end, start), code)
            end = stop
    return "".join(kept) + "\n"


_LITERAL = re.compile(r"(?m)^([ \t]*)[^\n]*::(?:[ \t]*python)?[ \t]*\n((?:[ \t]*\n|\1[ \t]+[^\n]*\n)+)")
_PROMPT = re.compile(r"(?m)^[ \t]*(?:#+[ \t]*)?(?:>>>|\.\.\.) (.*)")

_ADDRESSES = frozenset(("address", "hf-uri", "hf-hub", "other-store"))
"""Loaders of what is searched for in every text."""
