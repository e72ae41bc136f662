"""Sample model files, written without a machine-learning library; nothing is ever loaded."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Mapping

_TORCH_MAGIC = 0x1950A86A20F9469CFC6C
_TORCH_PROTOCOL = 1001


class _Payload:
    """Pickles to a call of ``os.system``: the oldest trick there is."""

    def __init__(self, command: str) -> None:
        self._command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, (self._command,)


def safetensors(tensors: Mapping[str, list[float]]) -> bytes:
    """A safetensors file of one-dimensional float32 tensors."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, values in sorted(tensors.items()):
        packed = struct.pack(f"<{len(values)}f", *values)
        header[name] = {
            "dtype": "F32",
            "shape": [len(values)],
            "data_offsets": [len(data), len(data) + len(packed)],
        }
        data += packed
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def hostile_pickle(command: str) -> bytes:
    """A pickle whose loading runs ``command``."""
    return pickle.dumps({"weights": _Payload(command)}, protocol=4)


def hostile_torch_legacy(command: str) -> bytes:
    """A file as ``torch.save`` wrote it before 1.6, five pickles, with a payload in the fourth."""
    system = {
        "protocol_version": _TORCH_PROTOCOL,
        "little_endian": True,
        "type_sizes": {"short": 2, "int": 4, "long": 4},
    }
    parts: tuple[object, ...] = (
        _TORCH_MAGIC,
        _TORCH_PROTOCOL,
        system,
        {"layer.weight": _Payload(command)},
        [],
    )
    return b"".join(pickle.dumps(part, protocol=2) for part in parts)


def hostile_torch_zip(command: str) -> bytes:
    """A file as ``torch.save`` writes it since 1.6, a stored zip archive, with a payload in its pickle."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as members:
        for name, data in (
            ("data.pkl", hostile_pickle(command)),
            ("byteorder", b"little"),
            ("data/0", bytes(64)),
            ("version", b"3\n"),
        ):
            members.writestr(zipfile.ZipInfo(f"archive/{name}", (1980, 1, 1, 0, 0, 0)), data)
    return archive.getvalue()
