"""Programs in disguise: what an operating system would run, under the name of a model or within one.

Only the beginning is looked at: that it is a program is all there is to say. Sources: the ELF, PE/COFF and
Mach-O specifications; Cosmopolitan's "Actually Portable Executable", the form of llamafiles.
"""

from __future__ import annotations

import re

_MACOS = "a macOS program or library"
_APE = "a program for many systems (llamafile)"
_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"MZqFpD='", 0, _APE),
    (b"jartsr='", 0, _APE),
    (b"\x7fELF", 52, "an ELF program or library"),
    (b"\xfe\xed\xfa\xce", 28, _MACOS),
    (b"\xfe\xed\xfa\xcf", 28, _MACOS),
    (b"\xce\xfa\xed\xfe", 28, _MACOS),
    (b"\xcf\xfa\xed\xfe", 28, _MACOS),
    (b"\xca\xfe\xba\xbe", 28, "a macOS program or a Java class"),
    (b"\0asm\x01\0\0\0", 0, "a WebAssembly program"),
    (b"dex\n03", 0, "an Android program"),
    (b"!<arch>\n", 0, "a static library or a Debian package"),
    (b"\xed\xab\xee\xdb", 0, "an RPM package"),
    (b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0", 0, "a Windows shortcut"),
    (b"<?php", 0, "a script in PHP"),
)
"""How it begins, how large it is at least, and what it is."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The beginning of Windows installers, and of old documents."""
_SHEBANG = re.compile(rb"#! ?/[\w./ -]{2,100}[\r\n]")
_BATCH = re.compile(rb"@echo off\r?\n", re.IGNORECASE)
_BYTE_CODE = re.compile(rb"[\x00-\xff][\x0b-\x0e]\r\n[\x00-\x03]\0\0\0.{8}[\xe3\x63]", re.DOTALL)
"""What lies in ``__pycache__``: number, flags, time or hash, and the mark of a code object."""
_RUN_BY_NAME = (
    *(".bat", ".cmd", ".ps1", ".psm1", ".vbs", ".vbe", ".wsf", ".hta", ".jse", ".scpt", ".command", ".lnk"),
    *(".scr", ".pif", ".reg"),
)
"""Endings by which a desktop runs a text, whatever is in it."""
PROGRAM_BYTES = 4096
"""So much of the beginning tells a program."""
_SCRIPT_NAMES = (
    *_RUN_BY_NAME,
    ".php",
    ".sh",
    ".bash",
    ".zsh",
    ".py",
    ".pl",
    ".rb",
    ".js",
    ".mjs",
    ".bat",
    ".cmd",
    ".ps1",
    ".r",
    ".lua",
)
_PROGRAM_NAMES = (
    *(
        ".exe",
        ".dll",
        ".so",
        ".dylib",
        ".pyd",
        ".o",
        ".a",
        ".wasm",
        ".node",
        ".pyc",
        ".pyo",
        ".class",
        ".dex",
    ),
    *(".com", ".msi", ".deb", ".rpm", ".elf", ".ko", ".out", ".app"),
)


def kind_of_program(head: bytes, size: int, basename: str = "") -> str | None:
    """What a stream with this beginning, or of this name, is to who runs programs, in words."""
    name = basename.lower()
    for magic, least, kind in _MAGIC:
        if head.startswith(magic) and size >= least:
            return kind
    if head.startswith(b"MZ") and _is_pe(head, size):
        return "a Windows program or library"
    if _BYTE_CODE.match(head):
        return "Python byte code"
    if head.startswith(_OLE) and name.endswith(".msi"):
        return "a Windows installer"
    if _SHEBANG.match(head):
        return "a script: " + head[2:100].splitlines()[0].decode("ascii", "replace").strip()
    if _BATCH.match(head):
        return "a script for cmd.exe"
    ending = next((one for one in _RUN_BY_NAME if name.endswith(one)), None)
    return f"a script, by its name {ending}" if ending else None


def is_named_as_program(basename: str) -> bool:
    """Whether the name says that the file is a program or a script, so that nothing is disguised."""
    name = basename.lower()
    return name.endswith((*_SCRIPT_NAMES, *_PROGRAM_NAMES)) or ".so." in name


def is_script(kind: str) -> bool:
    """Whether a kind of program is a script, which may have its own name within an archive."""
    return kind.startswith("a script")


def _is_pe(head: bytes, size: int) -> bool:
    """The DOS header leads to ``PE``; an older program says so by its sizes."""
    place = int.from_bytes(head[60:64], "little")
    if len(head) < 64:
        return False
    if place + 4 <= len(head):
        return head[place : place + 4] == b"PE\0\0" or b"This program" in head[:512]
    return place < size
