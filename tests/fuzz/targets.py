"""Every parser that meets hostile bytes, one row each: how it is called, and what it may raise.

A target returns, or raises one of the errors that its parser documents. Everything else is a defect, and so
is a gap that only says that an unforeseen exception was caught: the catch-all is a net, not a way.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scanner.discover.find import find
from scanner.discover.languages import find as find_in_language
from scanner.hub import card
from scanner.hub import documents as hub_documents
from scanner.hub import lock as hub_lock
from scanner.inspect import expand, interface
from scanner.inspect.examination import Examination, Item
from scanner.inspect.look import HANDLERS, look
from scanner.inspect.needs import joined
from scanner.inspect.opcodes import Walker
from scanner.inspect.pickle_embedded import decoded
from scanner.inspect.protobuf import recognise as recognise_message
from scanner.inspect.readers import (
    exported_program,
    keras,
    mar,
    marshalled,
    metadata_text,
    skops,
    strict_json,
    torchscript,
    yaml_tree,
)
from scanner.inspect.readers.chat_template import read_chat_template
from scanner.inspect.readers.reading import Unreadable
from scanner.inspect.recognise import recognise
from scanner.inspect.secrets import secrets_in, without_secrets
from scanner.inspect.sevenz_header import read_header
from scanner.inspect.stream import memory
from scanner.inspect.tar_headers import read_members
from scanner.inspect.zip_carving import carve
from scanner.inspect.zip_directory import read_directories
from scanner.policy.load import ConfigError, load
from scanner.sbom.requirements import flatten
from tests.fuzz.guard import Subject, Violation, counted, guarded
from tests.inspect.assembler import judge

Run = Callable[[bytes], object]
_UNFORESEEN = re.compile(
    r"(?:(?<!argument )cannot be read|the look failed|the search failed) \((?!RuntimeError)"
)
"""An exception that a catch-all met; lz4 raises RuntimeError for whatever it does not like."""
_ANSWER = 4 << 20
"""Bytes that the answer of a look may have."""
_ROUNDS = 8
_OPCODES = 1_000_000
_NAMES = {
    "python": "modeling_x.py",
    "hf-config": "config.json",
    "shard-index": "model.safetensors.index.json",
    "mlmodel-yaml": "MLmodel",
    "yaml-config": "config.yaml",
}
"""What a file of the format is called, where its reader goes by the name."""
_ENDINGS = ("pkl", "pt", "zip", "npz", "keras", "h5", "nemo", "json", "bin", "onnx", "yaml", "joblib", "txt")
_LANGUAGES = {
    "python": "x.py",
    "notebook": "x.ipynb",
    "javascript": "x.ts",
    "requirements": "requirements.txt",
    "docker": "Dockerfile",
    "shell": "x.sh",
    "yaml": "x.yaml",
    "json": "x.json",
    "toml": "x.toml",
    "ini": "x.ini",
    "markdown": "x.md",
}
_SUBJECT = Subject()


@dataclass(frozen=True, slots=True)
class Target:
    """One parser. ``errors`` are those that it documents; ``kind`` says which seeds and mutations fit."""

    run: Run
    kind: str
    errors: tuple[type[Exception], ...] = ()


def check(target: Target, data: bytes) -> None:
    """Run one input.

    Raises:
        Violation: something was opened, run, or read without end, or an exception was caught by a catch-all.
        Exception: one that the parser does not document.
    """
    allowed = _SUBJECT.hold(data)
    with guarded(allowed):
        try:
            target.run(data)
        except target.errors:
            return


def unguarded(target: Target, data: bytes) -> None:
    """Run one input without a watch, so that everything it needs gets loaded.

    Raises:
        Exception: whatever the parser raises.
    """
    _SUBJECT.hold(data)
    target.run(data)


def _foreseen(gaps: list[Any]) -> None:
    for gap in gaps:
        text = gap if isinstance(gap, str) else gap["detail"]
        if _UNFORESEEN.search(text):
            raise Violation(text)


def _told(answer: Any) -> None:
    """An answer crosses JSON and UTF-8, and is of bounded length."""
    if len(json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()) > _ANSWER:
        raise Violation("the answer is too long")


def _as(format_id: str) -> Run:
    """What looks at a format, whatever recognition would make of the bytes."""
    name = _NAMES.get(format_id, "model.bin")

    def run(data: bytes) -> None:
        examination = Examination(HANDLERS)
        examination.handle(Item(format_id, counted(data), name))
        answer = asdict(examination.finish(format_id, len(data), whole=True))
        _foreseen(answer["gaps"])
        _told(answer)

    return run


def _look(data: bytes) -> None:
    """The worker's task; every name of a model in turn, by what the bytes are."""
    name = f"model.{_ENDINGS[zlib.crc32(data) % len(_ENDINGS)]}"
    job = asdict(interface.Subject(name, _SUBJECT.path, len(data), [(0, len(data))]))
    answer = look(job)
    _foreseen(answer["gaps"])
    _told(answer)
    if answer["need"] is not None:
        raise Violation("a whole file is asked for")


def _ranges(data: bytes) -> None:
    """The worker's task over parts of a file: it asks for what it lacks, and comes to an end."""
    size, pick = len(data), zlib.crc32(data)
    head, tail = size * (pick % 8) // 8, size * (pick // 8 % 8) // 8
    extents = joined([(0, head), (size - tail, tail)]) if size else []
    for _ in range(_ROUNDS):
        answer = look(asdict(interface.Subject("model.bin", _SUBJECT.path, size, extents)))
        _foreseen(answer["gaps"])
        need = answer["need"]
        if need is None:
            return
        extents = [(0, size)] if need == "whole" else sorted([*extents, *need])
    raise Violation(f"more was asked for {_ROUNDS} times")


def _recognise(data: bytes) -> None:
    for ending in _ENDINGS:
        recognise(counted(data), f"model.{ending}")


def _directory(data: bytes) -> None:
    stream = counted(data)
    for view in read_directories(stream).views:
        _told([list(map(str, row)) for row in view.content])


def _judge(data: bytes) -> None:
    _told([[one.severity, one.evidence] for one in judge(data)[1]])


def _unpack(data: bytes) -> None:
    for unpacker in (expand.unbzip2, expand.unxz, expand.unlzma, expand.unlz4, expand.unzstd):
        expanded = expand.Expanded(unpacker(counted(data)), Examination(HANDLERS))
        expanded.all()


def _secrets(data: bytes) -> None:
    text = _text(data)
    masked = without_secrets(text)
    for secret in secrets_in(text):
        if secret.kind != "" and len(secret.masked) > len(text) + 40:
            raise Violation("a mask longer than the text")
    _told(masked)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _found(language: str) -> Run:
    path = _LANGUAGES[language]

    def run(data: bytes) -> None:
        answer = find({"path": path, "data": _SUBJECT.path})
        _foreseen(answer["gaps"])
        _told(answer)

    return run


def _block(data: bytes) -> None:
    """A fenced block: the language stands in the first line."""
    language, _, body = _text(data).partition("\n")
    _told(asdict(find_in_language(body, "x.md", language[:20])))


def _requirements(data: bytes) -> None:
    flat = flatten(["requirements.txt"], {"requirements.txt": data, "other.txt": data[::-1]})
    flat.feed()


def _locked(data: bytes) -> None:
    lock = hub_lock.parse(data)
    if hub_lock.parse(hub_lock.dump(lock)) != lock:
        raise Violation("a lock that is written is not the one that was read")


_UNREADABLE = (Unreadable,)
_KINDS = {
    **dict.fromkeys(("pickle", "joblib", "torch-legacy", "buried-pickle"), "pickle"),
    **dict.fromkeys(("zip", "tar", "7z", "gzip", "bzip2", "xz", "lzma", "zlib", "lz4", "zstd"), "archive"),
    **dict.fromkeys(
        ("keras-json", "hf-config", "shard-index", "graph-text", "mxnet-symbol", "xgboost"), "text"
    ),
    **dict.fromkeys(("mlmodel-yaml", "yaml-config", "python", "pmml", "openvino", "lightgbm"), "text"),
    **dict.fromkeys(("lfs-pointer", "dvc-pointer"), "text"),
}

TARGETS: Mapping[str, Target] = {
    **{f"as-{name}": Target(_as(name), _KINDS.get(name, "binary")) for name in HANDLERS},
    **{f"find-{name}": Target(_found(name), "text") for name in _LANGUAGES},
    "look": Target(_look, "any"),
    "ranges": Target(_ranges, "any"),
    "recognise": Target(_recognise, "any"),
    "opcodes": Target(lambda data: Walker(counted(data), 0).run(_OPCODES), "pickle"),
    "judge": Target(_judge, "pickle"),
    "embedded": Target(lambda data: (decoded(data), decoded(data, text=True)), "any", _UNREADABLE),
    "zip-directory": Target(_directory, "archive", _UNREADABLE),
    "zip-carving": Target(lambda data: list(carve(counted(data), (0, len(data)))), "archive"),
    "tar-headers": Target(lambda data: list(read_members(counted(data), 0)), "archive", _UNREADABLE),
    "7z-header": Target(lambda data: read_header(data, zlib.crc32(data)), "archive", _UNREADABLE),
    "unpackers": Target(_unpack, "archive", _UNREADABLE),
    "message": Target(lambda data: recognise_message(counted(data)), "binary"),
    "exported-program": Target(
        lambda data: exported_program.read_exported_program(counted(data)), "text", _UNREADABLE
    ),
    "torchscript-code": Target(
        lambda data: torchscript.read_torchscript_code(counted(data)), "text", _UNREADABLE
    ),
    "torchscript-extra": Target(
        lambda data: torchscript.read_extra_text(counted(data), "extra/x.json"), "text", _UNREADABLE
    ),
    "skops-schema": Target(lambda data: skops.read_skops_schema(counted(data)), "text", _UNREADABLE),
    "mar-manifest": Target(lambda data: mar.read_mar_manifest(counted(data)), "text", _UNREADABLE),
    "keras-text": Target(lambda data: keras.read_keras_text(data), "text", _UNREADABLE),
    "byte-code": Target(lambda data: marshalled.names_in_code(_text(data)), "text"),
    "metadata": Target(lambda data: metadata_text.judge_values({"k": _text(data)}), "text"),
    "chat-template": Target(lambda data: read_chat_template(_text(data), "template"), "text", _UNREADABLE),
    "json": Target(
        lambda data: list(strict_json.walk_json(strict_json.parse_json(data, "x"))), "text", _UNREADABLE
    ),
    "yaml": Target(
        lambda data: list(yaml_tree.walk_yaml(yaml_tree.read_yaml(memory(data), "x"))), "text", _UNREADABLE
    ),
    "secrets": Target(_secrets, "text"),
    "code-block": Target(_block, "text"),
    "hub-card": Target(lambda data: card.sections(_text(data)), "text"),
    "hub-lock": Target(_locked, "text", (hub_lock.LockError,)),
    "hub-document": Target(hub_documents.parse, "text", (hub_documents.Unusable,)),
    "policy": Target(lambda data: load(data, "x"), "text", (ConfigError,)),
    "requirements": Target(_requirements, "text"),
}
"""Every target by its name."""
