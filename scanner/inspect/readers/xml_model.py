"""XML models (PMML, OpenVINO): entities and includes, found by expat without resolving any.

Source: XML 1.0, sections 2.8 and 4.2; XInclude 1.0. No exporter of models declares an entity.
"""

from __future__ import annotations

import re
from typing import Any

from scanner.inspect import limits
from scanner.inspect.pickle_words import looks_like_an_attack
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.stream import Stream

_CHUNK = 1 << 16
_RULE = "xml-entity"
_XINCLUDE = "http://www.w3.org/2001/XInclude"
_SCRIPTS = frozenset({"script", "Script", "SCRIPT"})
_REACHES = re.compile(
    r"\b(?:os|subprocess|posix|java\.lang\.(?:Runtime|ProcessBuilder|System|Class)|javax\.script|groovy|"
    r"org\.mozilla\.javascript|nashorn|ScriptEngine\w*)\.\w|(?i:\b(?:exec|eval|system|popen|shell|runtime\.exec)\b\s*\(?)\Z"
)
"""What evaluators in Python and Java would have to call to act."""
_MOST, _LONGEST = 1_000, 10_000
_OLD_PMML = ("http://www.dmg.org/", "https://www.dmg.org/", "pmml")


class _Stop(Exception):
    """Enough is known."""


def read_xml(stream: Stream) -> Reading:
    """Look at every declaration and every element.

    Raises:
        Unreadable: it is too large, nested too deeply, or no well-formed XML.
    """
    from xml.parsers import expat

    if stream.size > limits.XML_BYTES:
        raise Unreadable(f"the XML is larger than {limits.XML_BYTES >> 20} MiB", "budget", SPLIT)
    look = _Look()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = look.doctype
    parser.EntityDeclHandler = look.entity
    parser.StartElementHandler = look.start
    parser.EndElementHandler = look.end
    parser.CharacterDataHandler = look.text
    parser.ProcessingInstructionHandler = look.instruction
    stream.seek(0)
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except _Stop:
        look.reading.left_open("an XML entity is declared; what follows was not read", "hostile")
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable(f"it is no well-formed XML: {error!s:.100}") from error
    return look.finish()


class _Look:
    """What expat tells while it reads."""

    def __init__(self) -> None:
        self.reading = Reading()
        self.depth = 0
        self._inside: list[str] = []
        """The elements that are open and whose text an engine may take for a script."""
        self._defined: set[str] = set()
        self._called: dict[str, None] = {}

    def doctype(self, name: str, system: str | None, public: str | None, _: bool) -> None:
        """``<!DOCTYPE …>``: an external part is another document, which a parser may fetch."""
        if system or public:
            target = system or public or ""
            severity = "low" if target.lower().startswith(_OLD_PMML) else None
            self.reading.saw(_RULE, target, f"the document type {name} is external", severity=severity)

    def entity(
        self,
        name: str,
        parameter: bool,
        value: str | None,
        _: Any,
        system: str | None,
        public: str | None,
        *_rest: Any,
    ) -> None:
        """``<!ENTITY …>``: nothing is read on, or its expansion would begin."""
        mark = "%" if parameter else "&"
        target = system or public
        what = f"it stands for {target}" if target else f"it stands for {(value or '')[:80]!r}"
        self.reading.saw(_RULE, f"the entity {mark}{name};", what)
        raise _Stop

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element; only XInclude leads anywhere."""
        self.depth += 1
        if self.depth > limits.XML_DEPTH:
            raise Unreadable(f"the XML is nested more than {limits.XML_DEPTH} deep", "hostile")
        if name == f"{_XINCLUDE} include":
            self.reading.saw(_RULE, f"an include of {attributes.get('href', 'nothing')}", "XInclude")
        local = name.rpartition(" ")[2]
        if local in _SCRIPTS:
            self._acts(f"<{local}>", "an element that holds a script, which no model needs")
        if local in _SCRIPTS or local == "Extension":
            self._inside.append(name)
            for key in sorted(attributes):
                self._judge(f"{local} {key}", attributes[key])
        elif local == "DefineFunction" and len(self._defined) < _MOST:
            self._defined.add(attributes.get("name", ""))
        elif local == "Apply" and len(self._called) < _MOST:
            self._called[attributes.get("function", "")] = None

    def end(self, name: str) -> None:
        """The end of an element."""
        self.depth -= 1
        if self._inside and self._inside[-1] == name:
            self._inside.pop()

    def text(self, data: str) -> None:
        """Text between tags."""
        if self._inside:
            self._judge(self._inside[-1].rpartition(" ")[2], data[:_LONGEST])

    def finish(self) -> Reading:
        """What was seen; functions of the document's own are told only at its end."""
        for name in self._called:
            if name not in self._defined and _REACHES.search(name):
                self._acts(name, "a function that PMML does not know, and whose name says that it acts")
        return self.reading

    def _judge(self, where: str, text: str) -> None:
        if looks_like_an_attack(text, strictly=True) or _REACHES.search(text):
            self._acts(text[:80], f"a command or a script in {where}")

    def _acts(self, symbol: str, evidence: str) -> None:
        if len(self.reading.sightings) < _MOST:
            self.reading.saw("configuration-calls-code", symbol, evidence)

    def instruction(self, target: str, data: str) -> None:
        """A style sheet may hold scripts, and lies elsewhere."""
        if target == "xml-stylesheet":
            self.reading.saw(
                _RULE, f"the style sheet {data[:100]}", "a processing instruction", severity="low"
            )
