"""The tiers of names: what acts is dangerous, what real writers emit is known; the data's own order."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.inspect.names import category, reviewed, tier, why
from scanner.inspect.names.tables import table_of, tables
from scanner.inspect.names.words import WORDS
from tests.inspect.names_rows import CATEGORIES, DANGEROUS, KNOWN, pairs

DATA = Path(__file__).parents[2] / "scanner" / "inspect" / "names" / "data"
FILES = sorted(path.name for path in DATA.iterdir())
LARGEST = 1_500_000
"""Bytes of all the data together."""


@pytest.mark.parametrize(("module", "name"), pairs(DANGEROUS), ids=str)
def test_what_acts_is_dangerous(module: str, name: str) -> None:
    assert tier(module, name) == "dangerous"
    assert why(module, name)


@pytest.mark.parametrize(("module", "name"), pairs(KNOWN), ids=str)
def test_what_rebuilds_is_known(module: str, name: str) -> None:
    assert (tier(module, name), why(module, name)) == ("known", "")


@pytest.mark.parametrize("row", CATEGORIES.splitlines())
def test_the_category_is_the_worst(row: str) -> None:
    dotted, expected = row.split()
    module, _, name = dotted.rpartition(":" if ":" in dotted else ".")
    assert category(module, name) == expected


def test_the_tables_are_long_enough() -> None:
    assert len(set(pairs(DANGEROUS))) >= 250
    assert len(set(pairs(KNOWN))) >= 150


@pytest.mark.parametrize("file", FILES)
def test_lines_and_names_are_sorted_and_once(file: str) -> None:
    origin, script, *lines = (DATA / file).read_text("utf-8").splitlines()
    assert origin.startswith("# ")
    assert "scripts/name-tiers" in script
    fields = [line.split("\t") for line in lines]
    keys = [row[:-1] for row in fields]
    assert keys == sorted(keys)
    assert len({tuple(key) for key in keys}) == len(keys)
    for row in fields:
        names = row[-1].split(" ")
        assert names == sorted(set(names))
        assert all(names)
        if file.endswith(".dangerous"):
            assert row[1] in WORDS


@pytest.mark.parametrize("top", sorted(tables()))
def test_no_known_name_is_dangerous(top: str) -> None:
    table = table_of(top) if top != "stdlib" else table_of("os")
    assert table is not None
    both = {
        f"{module}.{name}"
        for module, names in table.known.items()
        for name in names
        if name in table.dangerous.get(module, {}) or tier(top if module == "*" else module, name) != "known"
    }
    assert not both


def test_the_data_is_small() -> None:
    assert sum((DATA / file).stat().st_size for file in FILES) < LARGEST


def test_every_compiled_module_of_this_interpreter_has_its_table() -> None:
    """What no source shows must have been classified by hand."""
    from scripts.name_tiers.natives import NATIVE

    private = {"_frozen_importlib", "_frozen_importlib_external", "_testmultiphase", "_testsinglephase"}
    missing = set(sys.builtin_module_names) - set(NATIVE) - private
    assert not missing


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("collections", "OrderedDict.__init__.__globals__"),
        ("builtins", "len.__self__"),
        ("never.heard.of.it", "Thing.__class__.__base__.__subclasses__"),
        ("logging", "__builtins__"),
        ("numpy", "__loader__"),
        ("datetime", "datetime.__reduce_ex__"),
    ],
)
def test_doors_are_dangerous_wherever_they_are(module: str, name: str) -> None:
    assert category(module, name) == "attribute"


@pytest.mark.parametrize("name", ["fickling.hook.remove_hook", "modelscan.settings.x", "saferpickle.y"])
def test_a_model_has_no_business_with_a_scanner(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert category(module, attribute) == "state"


@pytest.mark.parametrize(
    "name", ["os.system", "sys.modules", "subprocess.Popen", "_os.system", "builtins.eval"]
)
def test_a_module_of_an_unwalked_package_is_a_door(name: str) -> None:
    assert tier("never.heard.of", name) == "dangerous"


@pytest.mark.parametrize(
    ("module", "name"),
    [("never.heard.of", "Thing"), ("__main__", "Net"), ("model", "os"), ("", ""), ("os", "")],
)
def test_what_nobody_reviewed_is_not_known(module: str, name: str) -> None:
    assert tier(module, name) != "known"


def test_reviewed_tells_walked_packages() -> None:
    assert reviewed("os")
    assert reviewed("torch.nn")
    assert reviewed("__builtin__")
    assert not reviewed("never.heard.of")
    assert not reviewed("__main__")
    assert not reviewed("../../etc/passwd")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_has_a_tier(module: str, name: str) -> None:
    found = tier(module, name)
    assert found in ("dangerous", "known", "unreviewed")
    assert bool(why(module, name)) == (found == "dangerous")


@given(st.sampled_from(pairs(DANGEROUS)), st.sampled_from(["__globals__", "__class__", "f_back", "__dict__"]))
def test_a_door_behind_anything_is_dangerous(pair: tuple[str, str], door: str) -> None:
    module, name = pair
    assert tier(module, f"{name}.{door}") == "dangerous"


def test_a_name_of_any_length_is_answered() -> None:
    assert tier("os", "a." * 1_000_000) == "dangerous"
    assert tier("never." * 100_000, "x") == "unreviewed"


def test_nothing_is_read_before_it_is_asked_for() -> None:
    program = (
        "import scanner.inspect.names as names\n"
        "from scanner.inspect.names import tables\n"
        "assert tables._read.cache_info().currsize == 0\n"
        "names.tier('torch', 'Size')\n"
        "assert tables._read.cache_info().currsize == 1\n"
        "import sys\n"
        "assert not {'pydantic', 'numpy', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=DATA.parents[3])
