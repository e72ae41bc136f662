"""ONNX: every node, function and tensor record, through subgraphs; the numbers of tensors are stepped over.

An ONNX graph holds no code. What acts is outside of it: libraries that bring the operators of custom domains,
and files that tensors name as the place of their data. Source of the field numbers: ``onnx.proto``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from scanner.inspect import limits
from scanner.inspect.needs import ask_for_whole, ask_further
from scanner.inspect.protobuf import Field, Outline
from scanner.inspect.readers.metadata_text import judge_text
from scanner.inspect.readers.operator_names import FOREIGN, is_shipped_domain, says_that_it_acts
from scanner.inspect.readers.paths import outside
from scanner.inspect.readers.reading import Reading, Unreadable
from scanner.inspect.stream import NotCollected, Stream

_DOMAINS = frozenset(
    {"", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training"}
)
_PYTHON_OPERATORS = frozenset({"PyOp", "PythonOp", "PythonOpGrad"})
"""Operators that ONNX Runtime hands to Python: a module and a function that their attributes name."""
_MOST = limits.GAPS
_MOST_FOREIGN = 10_000
"""Different operators of foreign domains, and functions, that are told apart."""
_MOST_NAMED = 20
_PATH = 4096
_FILE = re.compile(r"[\w)]\.\w{1,12}\Z")
"""What ends like the name of a file."""


def read_onnx(stream: Stream) -> Reading:
    """Walk the whole model.

    Raises:
        NotCollected: bytes are missing; asks for what follows the tensor just passed when tensors are large
            and few are left, else for everything.
        Unreadable: it is no such message, cut short, or beyond a cap.
    """
    walk = _Walk(stream)
    try:
        walk.model()
    except NotCollected as missing:
        _ask(walk, stream, missing)
    return walk.finish()


def _ask(walk: _Walk, stream: Stream, missing: NotCollected) -> None:
    """Ask for the better of a range and the whole: every tensor left is one more time of asking."""
    place = min(offset for offset, _ in missing.extents) - stream.base
    each = place // max(1, walk.large)
    if each < limits.ONNX_LARGE or stream.size - place > each * len(limits.FURTHER_STEPS):
        ask_for_whole()
    ask_further(stream, [(place, limits.HEAD_BYTES)])


class _Walk:
    """What was met so far."""

    def __init__(self, stream: Stream) -> None:
        self.tensors = 0
        self.large = 0
        """Tensors that it pays to step over."""
        self._outline = Outline(stream)
        self._reading = Reading()
        self._nodes = 0
        self._graphs = 0
        self._domains: set[str] = set()
        self._operators: set[str] = set()
        self._elsewhere: set[str] = set()
        self._python: set[str] = set()
        self._telling: set[str] = set()
        """Names of operators of ONNX' own domains that say that they act: ONNX has none of these."""
        self._foreign: set[tuple[str, str]] = set()
        """Domain and name of the operators that no framework ships."""
        self._functions: set[tuple[str, str]] = set()
        """Domain and name of the functions that the model itself defines."""
        self._named: dict[int, str] = {}
        """Of the node or function that is being read: its texts by the number of their field."""

    def model(self) -> None:
        for field in self._outline.fields(self._outline.root):
            if field.number == 1:
                self._reading.facts["ir_version"] = field.value
            elif field.number == 2:
                self._reading.facts["producer"] = self._outline.text(field)
            elif field.number == 7:
                self._graphs += 1
                self._each(field, _GRAPH, 0)
            elif field.number == 8:
                self._operator_set(field)
            elif field.number == 20:
                self._each(field, _TRAINING, 0)
            elif field.number == 25:
                self.function(field, 0)
            elif field.number in (6, 14):
                self.metadata(field, 0)

    def finish(self) -> Reading:
        reading = self._reading
        if self._graphs != 1:
            reading.malformed(f"the model holds {self._graphs} graphs")
        for name in sorted(self._python):
            evidence = f"the operator {name} calls a Python function that its attributes name"
            reading.saw("onnx-python-operator", name, evidence)
        self._foreign_operators()
        for name in sorted(self._telling)[:_MOST_NAMED]:
            evidence = f"the operator {name} in ONNX' own domain, which has none of this name: {FOREIGN}"
            reading.saw("custom-operator", name, evidence)
        reading.facts |= {
            "node_count": self._nodes,
            "tensor_count": self.tensors,
            "operator_sets": sorted(self._operators),
            "custom_domains": sorted(self._domains),
            "external_data": sorted(self._elsewhere),
        }
        return reading

    def _foreign_operators(self) -> None:
        """What no framework ships and the model does not define itself; a domain alone may be left over."""
        used: dict[str, list[str]] = {}
        for domain, name in sorted(self._foreign - self._functions):
            used.setdefault(domain, []).append(name)
        for domain, names in list(used.items())[:_MOST_NAMED]:
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            evidence = f"the operator {', '.join(names[:3])}{more} of the domain {domain}, {FOREIGN}"
            self._reading.saw("custom-operator", domain, evidence)
        defined = {domain for domain, _ in self._functions}
        idle = [name for name in self._domains - defined - used.keys() if not is_shipped_domain(name)]
        for domain in sorted(idle)[:_MOST_NAMED]:
            evidence = f"it imports the domain {domain}, {FOREIGN}; no node uses it"
            self._reading.saw("custom-operator", domain, evidence, severity="low")
        if len(self._foreign) >= _MOST_FOREIGN or len(self._functions) >= _MOST_FOREIGN:
            self._reading.left_open("too many different operators of foreign domains", "hostile")

    def _each(self, message: Field, parts: Mapping[int, _Part], depth: int) -> None:
        """Look at the fields of a message that hold anything of interest."""
        if depth > limits.ONNX_DEPTH:
            raise Unreadable(f"graphs nested more than {limits.ONNX_DEPTH} deep", "hostile")
        for field in self._outline.fields(message):
            part = parts.get(field.number)
            if part is not None:
                part(self, field, depth)

    def graph(self, field: Field, depth: int) -> None:
        self._each(field, _GRAPH, depth + 1)

    def node(self, field: Field, depth: int) -> None:
        self._nodes += 1
        domain, name = self._read_named(field, _NODE, depth, (7, 4))
        own = domain in _DOMAINS
        if name in _PYTHON_OPERATORS:
            self._python.add(name)
        elif own and len(self._telling) < _MOST and says_that_it_acts(name):
            self._telling.add(name)
        elif not own and not is_shipped_domain(domain) and len(self._foreign) < _MOST_FOREIGN:
            self._foreign.add((domain, name))

    def function(self, field: Field, depth: int) -> None:
        """A function that stands in the model: nothing else has to bring it."""
        domain, name = self._read_named(field, _FUNCTION, depth, (10, 1))
        if len(self._functions) < _MOST_FOREIGN:
            self._functions.add((domain, name))

    def _read_named(
        self, field: Field, parts: Mapping[int, _Part], depth: int, numbers: tuple[int, int]
    ) -> tuple[str, str]:
        """Read a message with a domain and a name, whose fields have these numbers; nodes nest in graphs."""
        outer, self._named = self._named, {}
        self._each(field, parts, depth)
        named, self._named = self._named, outer
        return named.get(numbers[0], ""), named.get(numbers[1], "")

    def name(self, field: Field, _depth: int) -> None:
        self._named[field.number] = self._outline.text(field)

    def attribute(self, field: Field, depth: int) -> None:
        self._each(field, _ATTRIBUTE, depth)

    def words(self, field: Field, _depth: int) -> None:
        """The text of an attribute: a runtime opens what some of them name, such as a compiled context."""
        text = self._outline.text(field) if field.length < _PATH else ""
        if _FILE.search(text) and outside(text) and text not in self._elsewhere:
            self._elsewhere.add(text)
            self._reading.saw("path-outside-model", text[:200], f"an attribute names a file: {outside(text)}")

    def sparse(self, field: Field, depth: int) -> None:
        self._each(field, _SPARSE, depth)

    def domain(self, field: Field, _depth: int) -> None:
        self._named[field.number] = domain = self._outline.text(field)
        if domain not in _DOMAINS and len(self._domains) < _MOST:
            self._domains.add(domain)

    def metadata(self, field: Field, _depth: int) -> None:
        """A pair of texts, or one text."""
        if field.number == 6:
            judge_text(self._reading, "the description", self._outline.text(field))
            return
        entry = {
            part.number: self._outline.text(part) for part in self._outline.fields(field) if part.number < 3
        }
        judge_text(self._reading, entry.get(1, "metadata"), entry.get(2, ""))

    def tensor(self, field: Field, _depth: int) -> None:
        """A tensor's record; of its fields only the place of external data is read."""
        self.tensors += 1
        self.large += field.length > limits.RANGES_GAP
        for part in self._outline.fields(field):
            if part.number == 13:
                self._external(part)

    def _external(self, field: Field) -> None:
        entry = {part.number: self._outline.text(part) for part in self._outline.fields(field)}
        place = entry.get(2, "")
        if entry.get(1) != "location" or place in self._elsewhere:
            return
        if len(self._elsewhere) < _MOST:
            self._elsewhere.add(place)
        why = outside(place)
        if why:
            self._reading.saw("path-outside-model", place[:200], f"a tensor takes its data from there: {why}")

    def _operator_set(self, field: Field) -> None:
        domain, version = "", 0
        for part in self._outline.fields(field):
            if part.number == 1:
                domain = self._outline.text(part)
            elif part.number == 2:
                version = part.value
        if len(self._operators) < _MOST:
            self._operators.add(f"{domain or 'ai.onnx'} {version}")
        if domain not in _DOMAINS and len(self._domains) < _MOST:
            self._domains.add(domain)


_Part = Callable[[_Walk, Field, int], None]
_GRAPH: Mapping[int, _Part] = MappingProxyType(
    {1: _Walk.node, 5: _Walk.tensor, 15: _Walk.sparse, 16: _Walk.metadata}
)
_NODE: Mapping[int, _Part] = MappingProxyType({4: _Walk.name, 5: _Walk.attribute, 7: _Walk.domain})
_ATTRIBUTE: Mapping[int, _Part] = MappingProxyType(
    {
        5: _Walk.tensor,
        4: _Walk.words,
        6: _Walk.graph,
        10: _Walk.tensor,
        11: _Walk.graph,
        22: _Walk.sparse,
        23: _Walk.sparse,
    }
)
_SPARSE: Mapping[int, _Part] = MappingProxyType({1: _Walk.tensor, 2: _Walk.tensor})
_TRAINING: Mapping[int, _Part] = MappingProxyType({1: _Walk.graph, 2: _Walk.graph})
_FUNCTION: Mapping[int, _Part] = MappingProxyType(
    {1: _Walk.name, 7: _Walk.node, 10: _Walk.domain, 11: _Walk.attribute}
)
"""The fields of each message that are followed, by number."""
