"""The page ``docs/loaders.md``, written from the table of Python loaders and the tables of tools and keys."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.discover import keytable, scriptcalls, tools
from scanner.discover.loader import Argument, Loader
from scanner.discover.loaders import NAMED, PYTHON

_INTRO = """\
# Loaders

<!-- Written by scripts/docs.py from scanner/discover/loaders.py and scanner/discover/tools.py. -->

What counts as a reference to a model, a data set, a Space or a kernel. An explicit address
(`huggingface.co/…`, `hf://…`, `hf-hub:…`) counts wherever it stands in any text; a bare `org/name` counts
only where one of these calls, commands, flags or keys gives it meaning.

## Python

Calls are found in the syntax tree, through import aliases, `getattr` and `functools.partial`; arguments
through constants, registries, defaults of parameters, options, settings and environment variables, and
constants of modules beside the file. *Id* is the argument that names the repository: its position from
0, its keywords. *Revision* is where a commit can be named: nowhere means that the reference cannot be
pinned at the call. *Code* is the switch that lets code of the repository run. *Seen* says how sure the
call must be: `import`, its name must come from one of the packages; `name`, or nothing says where it
comes from; `anywhere`, its name is unmistakable.
"""

_NAMED = f"""
`{NAMED}` is no call: a string under a name that says what it is, such as `MODEL_ID = "org/name"`, an entry
`"repo_id": "org/name"`, or the default of `--model-name`, in a file where no call is seen that loads it.
"""


def loaders_page() -> str:
    """``docs/loaders.md`` as text."""
    head = ("loader", "library", "call", "id", "kind", "revision", "code", "seen")
    python = _table(head, [_cells(row) for row in PYTHON.values()])
    return "\n".join((_INTRO, python + _NAMED, *_tools()))


def _tools() -> list[str]:
    """Commands, keys, and calls of JavaScript."""
    commands = [
        (
            f"`{row.id}`",
            row.tool,
            f"`{' '.join(row.words)}`",
            ", ".join(
                [
                    *([f"word {row.position}"] if row.position is not None else []),
                    *(f"`{name}`" for flag in row.flags for name in flag.names),
                ]
            ),
            _names((*row.revision, *(name for flag in row.flags for name in flag.revision))),
            _names(row.remote_code),
        )
        for row in tools.COMMANDS
    ]
    keys = [
        (f"`{row.id}`", row.tool, row.strength, _names(row.names), row.kind, _names(row.revision))
        for row in keytable.KEYS
    ]
    calls = [
        (
            f"`{row.id}`",
            row.tool,
            _names(row.names),
            f"{row.position}" + (f", `{row.key}`" if row.key else ""),
            row.kind,
            "nowhere" if row.options is None else f"option of argument {row.options}",
        )
        for row in scriptcalls.SCRIPT_CALLS
    ]
    return [
        "## Commands\n\nThe words are patterns.\n",
        _table(("loader", "tool", "command", "id", "revision", "code"), commands),
        "## Keys\n\nConfiguration keys, environment variables and flags of scripts, in `snake_case`.\n",
        _table(("loader", "tool", "strength", "names", "kind", "revision"), keys),
        "## JavaScript and TypeScript\n",
        _table(("loader", "library", "call", "id", "kind", "revision"), calls),
    ]


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names)) or "nowhere"


def _cells(row: Loader) -> tuple[str, ...]:
    return (
        f"`{row.id}`",
        row.library,
        ", ".join(f"`{call}`" for call in _calls(row)),
        "; ".join(_argument(argument) for argument in row.ids),
        f"{row.repo_type} ({row.store})" if row.store else row.repo_type,
        _revisions(row),
        "always" if row.always_code else f"`{row.switch}`" if row.switch else "none",
        row.evidence,
    )


def _calls(row: Loader) -> list[str]:
    owners = row.owners or (("*",) if row.call.startswith("*.") else ())
    return [f"{owner}.{name}" for owner in owners for name in row.names] if owners else list(row.names)


def _argument(argument: Argument) -> str:
    place = [] if argument.position is None else [str(argument.position)]
    return ", ".join([*place, *(f"`{name}`" for name in argument.names)])


def _revisions(row: Loader) -> str:
    words = {f"`{name}`": None for argument in row.ids for name in argument.revision}
    if row.options and not words:
        words = {f"in `{option}`": None for option in row.options}
    if any(prefix.at_revision for prefix in row.prefixes):
        words["`@` in the id"] = None
    return ", ".join(words) or "nowhere"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n" for cells in lines
    )
