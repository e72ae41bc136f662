"""A streaming walk over the opcodes of one pickle: counted, split, and with what it imports and where.

Every opcode that the standard unpickler would refuse here (unknown, truncated, not enough on the stack) ends
the walk as broken, since nothing after it runs.
"""

from __future__ import annotations

import pickletools
import struct
from typing import Any

from scanner.inspect.joblib_arrays import array_extent
from scanner.inspect.pickle_arguments import Read, reader_of
from scanner.inspect.pickle_machine import Broken, Machine, Step, Walk, step_of
from scanner.inspect.stream import Stream

TORCH_MAGIC = 0x1950A86A20F9469CFC6C
"""``torch.serialization.MAGIC_NUMBER``, the first pickle of a legacy checkpoint."""

_HIGHEST_PROTOCOL = 5
_NESTING = 8
_PROTO = 0x80


class Walker:
    """A walk over one pickle; :attr:`walk` says how far it came, also when bytes were missing."""

    def __init__(self, stream: Stream, start: int, depth: int = 0) -> None:
        self.stream = stream
        self.walk = Walk(start, end=start)
        self._machine = Machine(self.walk)
        self._depth = depth
        self._piece = start

    def run(self, max_opcodes: int) -> Walk:
        """Walk to STOP, to where it breaks, or to ``max_opcodes``.

        Raises:
            NotCollected: the walk reached bytes that are not there.
        """
        state = self.walk
        self.stream.seek(state.start)
        try:
            self._run(max_opcodes)
        except Broken as broken:
            state.broken = str(broken)
        except (ValueError, struct.error, OverflowError, TypeError) as error:
            state.broken = f"an argument cannot be read ({type(error).__name__})"
        state.pieces.append((self._piece, state.end - self._piece))
        return state

    def _run(self, max_opcodes: int) -> None:
        # The hot loop: some four million turns in the worst case, so it stays flat.
        stream, state, machine = self.stream, self.walk, self._machine
        kinds, position = state.kinds, state.start
        while not state.stopped:
            code = stream.read(1)
            if not code:
                raise Broken("the stream ends before STOP")
            if state.opcodes >= max_opcodes:
                state.limited = True
                return
            entry = _OPCODES[code[0]]
            if entry is None:
                raise Broken(f"0x{code[0]:02x} is no opcode")
            read, step = entry
            if read is None:
                step(machine, None, position)
                position += 1
            else:
                argument = read(stream)
                self._notice(code[0], argument)
                step(machine, argument, position)
                position = stream.tell()
            kinds.add(code[0])
            state.end = position
            state.opcodes += 1
            if machine.wrapper is not None:
                position = self._skip_array(position, max_opcodes)

    def _notice(self, code: int, argument: Any) -> None:
        if code == _PROTO:
            if argument > _HIGHEST_PROTOCOL:
                raise Broken(f"protocol {argument} is not known")
            self.walk.protocol = argument
        elif argument == TORCH_MAGIC:
            self.walk.magic = True

    def _skip_array(self, position: int, max_opcodes: int) -> int:
        """Step over the raw array, or the nested pickle, behind a joblib wrapper; the new position."""
        state, wrapper = self.walk, self._machine.wrapper
        assert wrapper is not None and wrapper.state is not None
        self._machine.wrapper = None
        state.pieces.append((self._piece, position - self._piece))
        self._piece = state.end = position
        extent = array_extent(wrapper.state, self.stream, position)
        if extent is None:
            position = self._nested(position, max_opcodes)
        else:
            position += extent
        if position > self.stream.size:
            raise Broken("a raw array reaches beyond the end of the stream")
        self.stream.seek(position)
        self._piece = state.end = position
        return position

    def _nested(self, position: int, max_opcodes: int) -> int:
        if self._depth >= _NESTING:
            raise Broken("pickles nested too deeply")
        nested = Walker(self.stream, position, self._depth + 1).run(max_opcodes - self.walk.opcodes)
        self.walk.nested.append(nested)
        self.walk.opcodes += nested.opcodes
        self.walk.limited |= nested.limited
        if not nested.stopped:
            raise Broken("a nested pickle is broken")
        return nested.end


_OPCODES: list[tuple[Read | None, Step] | None] = [None] * 256
for _code in pickletools.opcodes:
    _OPCODES[ord(_code.code)] = (reader_of(_code), step_of(_code))
