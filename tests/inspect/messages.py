"""Protocol buffers for the tests of ``inspect``, written field by field."""

from __future__ import annotations


def field(number: int, data: bytes | int) -> bytes:
    """One field of a protocol buffer."""

    def varint(value: int) -> bytes:
        out = bytearray()
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        return bytes((*out, value))

    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data
