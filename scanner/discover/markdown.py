"""References in Markdown and reStructuredText: front matter, blocks of code by their language, addresses."""

from __future__ import annotations

import ast
import re

from scanner.discover import config, languages
from scanner.discover.addresses import find_addresses
from scanner.discover.blocks import Block, size
from scanner.discover.commands import match_command
from scanner.discover.interface import Found, Mention
from scanner.discover.marks import Lines, merge
from scanner.discover.shell import find_in
from scanner.discover.shellwords import split

LONGEST = 2_000_000
_PYTHON = frozenset({"python", "py", "python3", "pycon", "ipython", "py3"})
_MENDED = 12
"""Lines of one block that may be blanked out for the rest of it to parse."""
_SPAN = re.compile(r"(?<!`)`([^`\n]{8,300})`(?!`)")
_OPTION = re.compile(r" --?[a-z][\w-]*(?: |=)")
MOST = 2_000
"""Blocks of code that are read of one file."""

_FENCE = re.compile(
    r"^(?P<lead>[ \t>]*(?:[-*+]|\d+[.)])?[ \t]*)(?P<mark>`{3,}|~{3,})[ \t]*(?P<info>[^`\n]*)$"
)
_DIRECTIVE = re.compile(
    r"^(?P<lead>[ \t]*)\.\.[ \t]+(?:code-block|code|sourcecode|tab-code)::[ \t]*(?P<info>\S*)"
)
_LANGUAGE = re.compile(r"[\{.]*(?:code-block\}|code-cell\}|code\})?[ \t]*([A-Za-z][\w+#-]*)")
_PROMPT = re.compile(r"^[ \t]*(?:\([\w.-]+\)[ \t]*)?(?:[\w.@~-]*[$%#>]|PS[^>\n]*>)[ \t]+")
_PYTHON_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In \[\d+\]:)(?: |$)")
_PYTHON_LOOK = re.compile(r"^\s*(?:from [\w.]+ import |import \w|>>> )", re.M)
_SHELL_LOOK = re.compile(
    r"^\s*\$?\s*(?:python3?|pip|git|hf|huggingface-cli|docker|vllm|bash|sh|\./|accelerate|torchrun|curl|wget|export|ollama|"
    r"llama-|CUDA_VISIBLE_DEVICES|deepspeed|[A-Z_]+=\S+ )",
    re.M,
)
_PROMPTED = re.compile(r"^[ \t]*>>> ", re.M)
_UNSAID = frozenset({"", "text", "txt", "plaintext", "none", "code", "output", "plain", "diff"})
_SHELL_FIRST = re.compile(
    r"\s*\$?\s*(?:python3? \S|pip3? install|hf (?:download|repo)|huggingface-cli |docker run|"
    r"vllm (?:serve|bench)|accelerate launch|torchrun |CUDA_VISIBLE_DEVICES=\S* \w|bash \S|git clone|curl -)"
)


def find(text: str, path: str) -> Found:
    """The references of a document; a block of code is searched as its language's files are."""
    found = Found(mentions=find_addresses(text))
    if len(text) > LONGEST:
        found.gaps.append(f"{path}: longer than {LONGEST} characters; only its addresses were searched")
        return found
    rows = text.split("\n")
    start = 0
    mentions = []
    if rows[0].rstrip("\r") == "---" and not path.lower().endswith(".rst"):
        close = next((n for n in range(1, min(len(rows), 3000)) if rows[n].rstrip() == "---"), None)
        if close:
            front = config.find("\n".join(rows[1:close]), "front.yaml", 1, card=True)
            mentions += front.mentions
            start = close + 1
    for language, block in _blocks(rows, start, rst=path.lower().endswith((".rst", ".rest"))):
        inner = block.restore(languages.find(block.text, path, language, block.first))
        mentions += inner.mentions
        found.unsafe += inner.unsafe
        # A fragment in prose that is no whole program is nothing to report.
    mentions += _spans(text, path)
    found.mentions = merge([*mentions, *found.mentions])
    return found


def _spans(text: str, path: str) -> list[Mention]:
    """What commands in a line of prose name: `vllm serve …` between backticks."""
    lines, found = Lines(text), []
    for count, match in enumerate(_SPAN.finditer(text)):
        if count == MOST:
            break
        if "/" not in match[1] or " " not in match[1]:
            continue
        commands = split(text, match.start(1), match.end(1))
        if not any(match_command(command.words)[0] or _OPTION.search(match[1]) for command in commands):
            continue
        for one in find_in(lines, path, commands, lambda _: None).mentions:
            if one.repo_id and one.loader != "script-argument":
                one.pin = None
                found.append(one)
    return found


def _blocks(rows: list[str], start: int, *, rst: bool) -> list[tuple[str, Block]]:
    blocks: list[tuple[str, Block]] = []
    at = start
    while at < len(rows) and len(blocks) < MOST:
        row = rows[at].rstrip("\r")
        match = (_DIRECTIVE if rst else _FENCE).match(row) if len(row) < 1000 else None
        at += 1
        if match is None:
            continue
        first = at
        if rst:
            at = _rst_end(rows, at, len(match["lead"]))
        else:
            close = re.compile(rf"^[ \t>]*{match['mark'][0]}{{{len(match['mark'])},}}[ \t]*\r?$")
            while at < len(rows) and not close.match(rows[at]):
                at += 1
        block = _block(match["info"], first, rows[first:at])
        if block:
            blocks.append(block)
        at += 0 if rst else 1
    return blocks


def _rst_end(rows: list[str], at: int, indent: int) -> int:
    while at < len(rows):
        row = rows[at]
        if row.strip() and len(row) - len(row.lstrip()) <= indent:
            break
        at += 1
    return at


def _block(info: str, first: int, rows: list[str]) -> tuple[str, Block] | None:
    name = _LANGUAGE.match(info.strip())
    language = name[1].lower() if name else ""
    if language == "diff":
        rows = [" " + row[1:] if row[:1] == "+" else "" if row[:1] == "-" else row for row in rows]
    text = "\n".join(rows)
    language = _guessed(language, text)
    if not language or not text.strip():
        return None
    prompted = bool(_PROMPTED.search(text))
    block = Block(first, [], [])
    lead = _common(rows)
    for row in rows:
        kept = row[len(lead) :] if row.startswith(lead) else row.lstrip()
        if prompted:
            prompt = _PYTHON_PROMPT.match(kept)
            kept = kept[prompt.end() :] if prompt else ""
        elif language in {"sh", "bash", "shell", "console", "shell-session", "terminal", "zsh", "powershell"}:
            prompt = _PROMPT.match(kept)
            kept = kept[prompt.end() :] if prompt and not kept.lstrip().startswith("# ") else kept
        block.rows.append(kept)
        block.removed.append(size(row) - size(kept) if kept else 0)
    if language == "python":
        block.rows = [
            re.sub(r"^(\s*)[!%](?=\w)", r"\1#", row) if re.match(r"\s*[!%]\w", row) else row
            for row in block.rows
        ]
        _mend(block)
    return language, block


def _guessed(language: str, text: str) -> str:
    """The language of a block: as its fence says, unless that says nothing or the text says otherwise."""
    if _PROMPTED.search(text):
        return "python"
    if language in _UNSAID:
        if _PYTHON_LOOK.search(text) or "from_pretrained" in text:
            return "python"
        return "sh" if _SHELL_LOOK.search(text) else ""
    if language in _PYTHON:
        return "sh" if _SHELL_FIRST.match(text) else "python"
    return language


def _mend(block: Block) -> None:
    """Blank out lines at which a fragment stops being Python: an ellipsis, output, a placeholder."""
    for _ in range(_MENDED):
        try:
            ast.parse(block.text)
        except SyntaxError as error:
            row = (error.lineno or 0) - 1
            if not 0 <= row < len(block.rows):
                return
            if not block.rows[row].strip():
                row = next(
                    (n for n in range(min(row, len(block.rows) - 1), -1, -1) if block.rows[n].strip()), -1
                )
            if row < 0:
                return
            kept = block.rows[row]
            lead = kept[: len(kept) - len(kept.lstrip())]
            block.rows[row] = f"{lead}pass" if kept.strip() != "pass" else ""
        except (ValueError, RecursionError, MemoryError):
            return
        else:
            return


def _common(rows: list[str]) -> str:
    """The blanks and quotation marks that begin every line that is not empty."""
    filled = [row for row in rows if row.strip(" \t\r>")]
    if not filled:
        return ""
    first = filled[0]
    lead = (
        first[: len(first) - len(first.lstrip(" \t>"))]
        if not first.lstrip().startswith(">>>")
        else first[: len(first) - len(first.lstrip())]
    )
    for row in filled[1:]:
        while lead and not row.startswith(lead):
            lead = lead[:-1]
    return lead
