"""A piece of text in a language, wherever it stands: which finder reads it."""

from __future__ import annotations

from scanner.discover.addresses import find_addresses
from scanner.discover.interface import Found

_SHELL = frozenset(
    [
        "sh",
        "bash",
        "shell",
        "zsh",
        "console",
        "shell-session",
        "shellsession",
        "terminal",
        "ps1",
        "powershell",
        "pwsh",
        "bat",
        "batch",
        "cmd",
        "makefile",
        "make",
        "fish",
        "ksh",
        "command",
        "commandline",
        "cli",
    ]
)
_PYTHON = frozenset(["python", "py", "python3", "ipython", "pycon", "python-repl", "py3", "pyi", "notebook"])
_SCRIPT = frozenset(
    ["javascript", "js", "jsx", "mjs", "cjs", "typescript", "ts", "tsx", "vue", "svelte", "html", "node"]
)
_CONFIG = {
    "yaml": ".yaml",
    "yml": ".yaml",
    "json": ".json",
    "jsonc": ".json",
    "json5": ".json",
    "jsonl": ".json",
    "toml": ".toml",
    "ini": ".ini",
    "env": ".env",
    "dotenv": ".env",
    "properties": ".properties",
}
_DOCKER = frozenset(["dockerfile", "docker", "containerfile"])


def find(text: str, path: str, language: str, line_offset: int = 0) -> Found:
    """What ``text``, written in ``language`` (as fenced blocks name it), names; addresses only if unknown."""
    language = language.lower()
    if language in _PYTHON:
        from scanner.discover import python

        return python.find(text, path, line_offset=line_offset)
    if language in _SHELL:
        from scanner.discover import shell

        return shell.find(text, path, line_offset)
    if language in _SCRIPT:
        from scanner.discover import javascript

        return javascript.find(
            text, f"block.{'tsx' if language in {'typescript', 'ts', 'tsx'} else 'js'}", line_offset
        )
    if language in _CONFIG:
        from scanner.discover import config

        return config.find(text, f"block{_CONFIG[language]}", line_offset)
    if language in _DOCKER:
        from scanner.discover import docker

        return docker.find(text, "Dockerfile", line_offset)
    return Found(mentions=find_addresses(text, line_offset))


def language_of(values: list[str], *, python: bool) -> str:
    """The language of the document that a command of the shell, made of these words, is given."""
    if python:
        return "python"
    for value in values:
        for ending in (".py", ".yaml", ".yml", ".json", ".toml", ".js", ".ts", ".env", ".sh"):
            if value.endswith(ending):
                return ending[1:]
    first = values[0] if values else ""
    if first in {"kubectl", "helm"}:
        return "yaml"
    if first in {"bash", "sh", "zsh", "ssh", "sudo"}:
        return "sh"
    if first in {"node", "deno", "bun"}:
        return "js"
    return "text"
