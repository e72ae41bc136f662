"""A streaming walk over the opcodes of one pickle: counted, split, and with what it imports and where.

The stream is read in blocks and every opcode is one call of its step, without an object for it; so a walk of
any length takes bounded memory. Every opcode that the standard unpickler would refuse here (unknown,
truncated, not enough on the stack) ends the walk as broken, since nothing after it runs.
"""

from __future__ import annotations

import struct

from scanner.inspect import limits
from scanner.inspect.joblib_arrays import array_extent
from scanner.inspect.pickle_machine import ArrayFollows, Machine, Observer, Stopped, Walk
from scanner.inspect.pickle_steps import PADDING, STEPS
from scanner.inspect.pickle_values import Broken
from scanner.inspect.stream import NotCollected, Stream

MEMO_TWICE = "an entry of the memo is set twice"
_BLOCK = 1 << 16
_NESTING = 8


class Walker:
    """A walk over one pickle; :attr:`walk` says how far it came, also when bytes were missing."""

    def __init__(self, stream: Stream, start: int, observer: Observer | None = None, depth: int = 0) -> None:
        self.stream = stream
        self.walk = Walk(start, end=start)
        self._observer = observer
        self._machine = Machine(self.walk, stream, observer)
        self._missing: NotCollected | None = None
        self._known = 0
        """Where the bytes end before those that are missing."""
        self._depth = depth
        self._piece = start

    def run(self, max_opcodes: int) -> Walk:
        """Walk to STOP, to where it breaks, or to ``max_opcodes``.

        Raises:
            NotCollected: the walk reached bytes that are not there.
        """
        state = self.walk
        position: int | None = state.start
        try:
            while position is not None:
                position = self._run(position, max_opcodes)
        except Broken as broken:
            state.broken = str(broken)
        except (ValueError, struct.error, OverflowError, TypeError) as error:
            state.broken = f"an argument cannot be read ({type(error).__name__})"
        self._note_memo()
        state.pieces.append((self._piece, state.end - self._piece))
        return state

    def _note_memo(self) -> None:
        memo = self._machine.memo
        if memo.overwritten:
            self._machine.odd(MEMO_TWICE, self.walk.start)
        if memo.full:
            self._machine.odd(
                f"more than {limits.PICKLE_MEMO:,} entries of the memo out of order", self.walk.start
            )

    def _run(self, position: int, max_opcodes: int) -> int | None:
        """Walk from ``position`` to the end, or to where a raw array was stepped over."""
        # The hot loop: a hundred million turns in the worst case, so it stays flat.
        state, machine, kinds, steps = self.walk, self._machine, self.walk.seen, STEPS
        done = state.opcodes
        block, at = b"", 0
        base, limit = position, 0
        try:
            for done in range(state.opcodes, max_opcodes):  # noqa: B007 - read when the loop is left
                if at >= limit:
                    base += at
                    block = self._block(base)
                    at, limit = 0, machine.limit
                code = block[at]
                try:
                    at = steps[code](machine, block, at)
                except IndexError:
                    at = self._again(code, block, at)
                kinds[code] = 1
            else:
                # One more may stand there; where the stream just ends, that is what is wrong.
                done = max(done + 1, state.opcodes) if max_opcodes > state.opcodes else state.opcodes
                if at >= limit:
                    self._block(base + at)
                state.limited = True
                return None
        except Stopped:
            kinds[code] = 1
            done, at = done + 1, at + 1
            return None
        except ArrayFollows:
            kinds[code] = 1
            done, at = done + 1, at + 1
        finally:
            state.opcodes = done
            state.end = min(base + at, self.stream.size)
        return self._skip_array(state.end, max_opcodes)

    def _again(self, code: int, block: bytes, at: int) -> int:
        """An opcode that found too little on the stack, once more with the deep part of it."""
        if not self._machine.thaw():
            raise Broken("not enough on the stack")
        try:
            return STEPS[code](self._machine, block, at)
        except IndexError:
            raise Broken("not enough on the stack") from None

    def _block(self, position: int) -> bytes:
        """The next bytes with some padding behind; how many count is the machine's ``limit``.

        Opcodes are whole within that, unless the stream ends or bytes were not collected.
        """
        machine, size = self._machine, self.stream.size
        if position >= size:
            raise Broken(f"the stream ends {'inside an opcode' if position > size else 'before STOP'}")
        if self._missing is not None and position >= self._known:
            raise self._missing
        machine.settle(position)
        self.stream.seek(position)
        data = self.stream.read1(_BLOCK)
        ends = not data
        while len(data) <= len(PADDING) and position + len(data) < size and not ends:
            try:
                more = self.stream.read1(_BLOCK)
            except NotCollected as missing:
                self._missing, self._known = missing, position + len(data)
                break
            data += more
            ends = not more  # packed data may hold less than it declares
        if not data:
            raise Broken("the stream ends before STOP")
        machine.base = position
        ends |= position + len(data) == size or self._missing is not None
        machine.limit = len(data) if ends else len(data) - len(PADDING)
        return data + PADDING

    def _skip_array(self, position: int, max_opcodes: int) -> int:
        """Step over the raw array, or the nested pickle, behind a joblib wrapper; the new position."""
        state, wrapper = self.walk, self._machine.wrapper
        assert wrapper is not None
        self._machine.wrapper = None
        state.pieces.append((self._piece, position - self._piece))
        self._piece = state.end = position
        extent = array_extent(wrapper, self.stream, position)
        if extent is None:
            position = self._nested(position, max_opcodes)
        else:
            position += extent
        if position > self.stream.size:
            raise Broken("a raw array reaches beyond the end of the stream")
        self._piece = state.end = position
        return position

    def _nested(self, position: int, max_opcodes: int) -> int:
        if self._depth >= _NESTING:
            raise Broken("pickles nested too deeply")
        walker = Walker(self.stream, position, self._observer, self._depth + 1)
        nested = walker.run(max_opcodes - self.walk.opcodes)
        self.walk.nested.append(nested)
        self.walk.opcodes += nested.opcodes
        self.walk.limited |= nested.limited
        if not nested.stopped:
            raise Broken("a nested pickle is broken")
        return nested.end
