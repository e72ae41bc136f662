"""The page ``docs/formats.md``, written from the table of formats and the table of caps."""

from __future__ import annotations

from scanner.inspect import limits
from scanner.inspect.format_rows import Format
from scanner.inspect.formats import FORMATS

_INTRO = """\
# Formats

<!-- Written by scripts/docs.py from scanner/inspect/format_rows*.py. -->

A file is recognised by its **content**, in the order in which loaders try; its name only breaks ties and is
compared with the content afterwards. A name that promises something else is a finding:
[`safe-name-unsafe-content`](rules/safe-name-unsafe-content.md) when the content can run code and the name
says it cannot, else [`name-contradicts-content`](rules/name-contradicts-content.md). Names such as `.bin`,
`.dat`, `.data`, `.model`, `.weights` and `.ckpt`, or no ending at all, promise nothing.

*Coverage* is `full` when the whole file was there and every byte that can act was read, as the table says
for each format; `structural` when only parts of it were fetched, or only some of it could be read; `none`
when nobody looked. Where the table says "none yet", the file is reported as incomplete: review it by hand, or
accept it by its digest in the configuration.

Of a large file the first and last 64 KiB are fetched first (of one up to 1 MiB everything). The column *by
range* says what is asked for then, in as few requests as can be:

| by range | what is asked for |
|---|---|
| `header` | the header, whose length is known |
| `growing` | more and more of the beginning, until it holds everything that can act |
| `members` | the directory, then every member that can act; raw tensors never |
| `metadata` | the tables and records between the numbers, as far as they can be foreseen |
| `whole` | the whole file |
| `nothing` | nothing: the format is not read, or there is nothing to read |

A layout that no known writer makes is always asked for whole, and so is a file of up to 4 MiB or one of
which half would be needed: then its digest is checked, too. What was read by range never counts as a verified
digest.
"""

_CAPS_INTRO = """\
## Caps

Counts come first, so that the same file always gives the same answer; time and memory limits of the worker
only stop what slips through. What is over a cap is reported as incomplete, never as clean.
"""

_CAPS = (
    ("opcodes walked in one file", f"{limits.PICKLE_OPCODES:,}"),
    ("one pickle shown to further engines", f"{limits.WITNESS_BYTES >> 20} MiB"),
    ("opcodes of one pickle shown to further engines", f"{limits.WITNESS_OPCODES:,}"),
    ("pickles in a row", f"{limits.PICKLE_STREAMS:,}"),
    ("archives within archives", str(limits.CONTAINER_DEPTH)),
    ("members of all archives in one file", f"{limits.CONTAINER_MEMBERS:,}"),
    ("one member after unpacking", f"{limits.EXPANDED_MEMBER >> 20} MiB"),
    ("everything unpacked of one file", f"{limits.EXPANDED_TOTAL >> 20} MiB"),
    (
        "unpacked to packed bytes",
        f"{limits.EXPANDED_RATIO} to 1, beyond {limits.EXPANDED_FREE >> 20} MiB, but for models read in full",
    ),
    (
        "places tried for a pickle behind other bytes",
        f"{limits.BURIED_PICKLES} in the first 64 KiB, then {limits.BURIED_FURTHER:,} up to "
        f"{limits.BURIED_BYTES >> 20} MiB",
    ),
    ("directory of a zip or 7z archive", f"{limits.CONTAINER_DIRECTORY >> 20} MiB"),
    ("safetensors header", f"{limits.SAFETENSORS_HEADER:,} bytes"),
    ("GGUF header", f"{limits.GGUF_STEPS[-1] >> 20} MiB"),
    ("JSON of a configuration", f"{limits.JSON_BYTES >> 20} MiB, {limits.JSON_DEPTH} levels"),
    ("objects in an HDF5 file", f"{limits.HDF5_OBJECTS:,}"),
)


def formats_page() -> str:
    """``docs/formats.md`` as text."""
    head = (
        "format",
        "names",
        "recognised by",
        "what can act",
        "looked at by",
        "read in full means",
        "by range",
    )
    rows = [_cells(row) for row in FORMATS.values()]
    caps = _table(("what", "cap"), list(_CAPS))
    return "\n".join((_INTRO, "## Table\n", _table(head, rows), _CAPS_INTRO, caps))


def _cells(row: Format) -> tuple[str, ...]:
    names = " ".join(f"`{name}`" for name in row.names) or "any"
    return (
        f"[`{row.id}`](formats/{row.id}.md): {row.title}",
        names,
        row.recognised,
        row.acts,
        row.reader,
        row.full,
        row.asks,
    )


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
