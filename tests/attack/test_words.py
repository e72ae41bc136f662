"""Attacks by words: names and values that a runner, a terminal, a browser or a template would obey."""

from __future__ import annotations

import json
import pickle
import struct

import pytest

from scanner.demo.models import safetensors
from tests.attack.scene import Scene, command, outputs_of
from tests.report.hostile import SNIPPETS
from tests.scan.samples import BENIGN, EVIL

COMMANDS = (
    "::set-output name=verdict::pass",
    "::add-mask::pass",
    "::stop-commands::x",
    "::error file=a::b",
    "  ::warning::x",
    "a ##[error]b",
    "##[set-env name=PATH]/tmp",
    "##[add-path]x",
    "x\n::error::y",
    "x\r\n::set-env name=A::b",
    "x\n##[group]y",
    "x\u2028::error::y",
    "x\x85::error::y",
    "verdict=pass",
    "a\nverdict=pass",
    "a\nverdict<<EOF\npass\nEOF",
    "\x1b[2J\x1b[1;1Hgreen",
    "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07",
    "\x9b31mred",
    "ab\b\b\bcd",
    "\u202egnp.exe",
    "\u2066isolated\u2069",
    "zero\u200bwidth",
    "\ufeffbom",
)
MARKUP = (
    "<!-- modelward -->",
    "<!-- modelward:modelward head=0000 run=9999999999-99 -->",
    "<!-- modelward id=modelward -->",
    "{{ 7919 * 7927 }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}",
    "{% include 'comment.md.j2' %}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "${{ github.token }}",
    "$(id)",
)


def name_of(text: str, number: int) -> str:
    """A file name that holds ``text`` as far as a file system allows."""
    return f"{number:03d} {text.replace('/', '_').replace(chr(0), '')}.pkl"


def hostile_pickle(module: str, name: str) -> bytes:
    """A pickle that imports from names of the attacker's choice, and calls what it got."""
    return b"\x80\x02c" + module.encode() + b"\n" + name.encode() + b"\n(U\x01xtR."


@pytest.mark.parametrize("words", [COMMANDS, MARKUP, SNIPPETS], ids=["commands", "markup", "snippets"])
def test_file_names_are_only_shown(scene: Scene, words: tuple[str, ...]) -> None:
    files = {
        name_of(word, number).encode("utf-8", "surrogatepass"): (EVIL, BENIGN, EVIL[:20])[number % 3]
        for number, word in enumerate(words)
    }
    scene.repo.commit(dict(files.items()))
    judged = scene.judge()
    assert judged.status == 1
    assert len(judged.report["artifacts"]) == len(words)
    assert "62773913" not in (judged.output / "comment.md").read_text()


@pytest.mark.parametrize("words", [COMMANDS, MARKUP], ids=["commands", "markup"])
def test_what_stands_in_a_model_is_only_shown(scene: Scene, words: tuple[str, ...]) -> None:
    files: dict[str | bytes, bytes] = {}
    for number, word in enumerate(words):
        line = word.replace("\n", " ").replace("\r", " ")
        files[f"{number}-module.pkl"] = hostile_pickle(line, "system")
        files[f"{number}-name.pkl"] = hostile_pickle("os", line)
        files[f"{number}-argument.pkl"] = pickle.dumps({"x": Payload(f"echo '{word}'")}, protocol=4)
        header = json.dumps({"__metadata__": {word: word, "format": word}}).encode()
        files[f"{number}.safetensors"] = struct.pack("<Q", len(header)) + header
    files["tensors.safetensors"] = safetensors({word: [1.0] for word in words})
    scene.repo.commit(files)
    judged = scene.judge()
    assert judged.status == 1
    assert len(judged.report["artifacts"]) == len(files)


class Payload:
    def __init__(self, argument: str) -> None:
        self.argument = argument

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, (self.argument,)


def test_words_in_manifests_are_only_shown(scene: Scene) -> None:
    lines = [f"{word}==1" for word in COMMANDS + MARKUP] + [
        f"a @ https://evil.example/{word}" for word in MARKUP
    ]
    packages = {f"node_modules/{word}": {"version": word, "license": word} for word in COMMANDS + MARKUP}
    scene.repo.commit(
        {
            "requirements.txt": "\n".join(lines).encode(),
            "package-lock.json": json.dumps(
                {"name": "x", "lockfileVersion": 3, "packages": packages}
            ).encode(),
            "m.pkl": EVIL,
        }
    )
    judged = scene.judge()
    assert judged.status == 1


def test_the_author_of_the_change_is_not_asked(scene: Scene) -> None:
    """Branch, author and message are the attacker's, too."""
    scene.repo.commit({"m.pkl": EVIL})
    scene.repo.git(
        *("-c", "user.name=<!-- modelward --> @acme/team", "-c", "user.email=::error::x"),
        *("commit", "--allow-empty", "--quiet", "--message", "::set-output name=verdict::pass\n\n##[error]x"),
    )
    scene.repo.branch("x;id|`id`$(id)<!--@acme##")
    judged = scene.judge()
    assert judged.outputs["verdict"] == "fail"


def test_the_judges_themselves_see_an_attack() -> None:
    """What the scene would say if nothing were escaped."""
    assert command("::set-output name=verdict::pass") == "set-output"
    assert command("   ::error::x") == "error"
    assert command("a ##[error]b") == "error"
    assert command("a :: b ::") is None
    assert outputs_of("verdict<<E\na\nE\nverdict=pass\n")["verdict"] == "pass"
