"""From calls of known loaders to mentions: one for every value that an argument with an id may have."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

from scanner.discover.arguments import Arguments, Given, only_text
from scanner.discover.callees import ANY, Callees
from scanner.discover.interface import Edit, Found, Mention, RepoType, RevisionState, UnsafeLoad
from scanner.discover.loader import Argument, Loader
from scanner.discover.loaders import LIBRARIES
from scanner.discover.marks import COMMIT
from scanner.discover.matching import match
from scanner.discover.members import elements
from scanner.discover.naming import Named, name_of
from scanner.discover.source import Original
from scanner.discover.syntax import Call, last_name
from scanner.discover.value import Path, Shape, Text, Thing, Value
from scanner.discover.values import Evaluator, splits

_MOST = 2_000
_ID_NAME = re.compile(r"(?i)(?:name|_?id|path|ckpt|checkpoint|repo|dir)[\"'\])]*$")
_TYPES: dict[str, RepoType] = {"model": "model", "dataset": "dataset", "space": "space", "kernel": "kernel"}
_SAVERS = frozenset(
    ("save_pretrained", "save_model", "makedirs", "mkdir", "save_lora_weights", "push_to_hub")
)


class Revision(NamedTuple):
    """What a call says about the revision; ``node`` is the literal in the call that says it."""

    text: str | None
    state: RevisionState
    node: ast.expr | None = None


class Asked(NamedTuple):
    """One argument of one call that names a repository, with all that is known of the call."""

    row: Loader
    argument: Argument
    given: Given
    call: Call
    arguments: Arguments
    revision: Revision


class Mentions:
    """Collects the mentions of one file."""

    def __init__(self, evaluator: Evaluator, callees: Callees, original: Original) -> None:
        self._evaluator = evaluator
        self._callees = callees
        self._original = original
        self._mentions: dict[tuple[object, ...], Mention] = {}
        self._unsafe: list[UnsafeLoad] = []
        self._wants: dict[str, None] = {}
        self._saved: frozenset[str] | None = None
        self.used: set[int] = set()
        """Identities of the literals that a call has given a meaning."""

    @property
    def offset(self) -> int:
        """What is added to the lines of the syntax tree."""
        return self._original.offset

    def written(self, node: ast.expr) -> str:
        """The source of an expression."""
        return self._original.written(node)

    def found(self) -> Found:
        """What was collected, in the order of the file."""
        mentions = sorted(
            self._mentions.values(), key=lambda one: (one.line, one.call_line, one.repo_id or "", one.loader)
        )
        found = Found(mentions[:_MOST], self._unsafe, sorted(self._wants))
        if len(mentions) > _MOST:
            found.gaps.append(f"it names more than {_MOST} repositories; the rest is not listed")
        return found

    def look(self, call: Call) -> None:
        """Note what the call loads, if it is one of the table's."""
        own = True
        callees = self._callees.of(call.node.func, call.at)
        if self._callees.hands_on(call.node):
            callees, own = self._callees.handed_on(call.node, call.at), False
        seen: set[str] = set()
        for callee in callees:
            found = match(callee.name)
            if found is None or found[0].id in seen:
                continue
            row, sure = found
            seen.add(row.id)
            arguments = Arguments(self._evaluator, call, callee, own)
            root = callee.name.partition(".")[0]
            package = root if root in LIBRARIES else None
            self._row(row, sure or not callee.name.startswith(ANY), call, arguments, package)

    def _row(self, row: Loader, sure: bool, call: Call, arguments: Arguments, package: str | None) -> None:
        switched: bool | None = row.always_code
        if row.switch and not row.always_code:
            switched = arguments.switched(row.switch, row.options)
        if row.switch and switched and not row.always_code:
            self._allow(row, call)
        made: list[Mention] = []
        for argument in row.ids:
            given = arguments.pick(argument)
            if given is None:
                continue
            revision = self._revision(row, argument, arguments)
            for mention in self._argument(Asked(row, argument, given, call, arguments, revision), sure):
                mention.trust_remote_code = switched
                mention.package = package
                mention.files = self._files(row, arguments) or mention.files
                made.append(mention)
        _no_shared_pins(made)
        for mention in made:
            self.add(mention)

    def add(self, mention: Mention) -> None:
        """Keep a mention, unless the same stands there already."""
        key = (
            mention.line, mention.repo_type, mention.repo_id, mention.loader, mention.call_line,
            mention.expression if mention.repo_id is None else "",
        )  # fmt: skip
        self._mentions.setdefault(key, mention)

    def _argument(self, asked: Asked, sure: bool) -> list[Mention]:
        values = self._flat(asked.given)
        texts = [value for value in values if isinstance(value, Text | Path)]
        made = [mention for value in texts if (mention := self._value(asked, value)) is not None]
        open_ones = [value for value in values if not isinstance(value, Text | Path)]
        if not texts and open_ones:
            self._want(open_ones)
            if self._tells(asked, sure):
                made.append(self._blank(asked))
        return made

    def _flat(self, given: Given) -> list[Value]:
        """The values of an argument; of a list those of its elements."""
        found: list[Value] = []
        for value in self._evaluator.values(*given):
            if isinstance(value, Shape) and isinstance(value.node, ast.List | ast.Tuple):
                for _, element, at in elements(self._evaluator, value):
                    found += [one for one in self._evaluator.values(element, at) if isinstance(one, Text)]
            else:
                found.append(value)
        return found

    def _tells(self, asked: Asked, sure: bool) -> bool:
        """Whether an unresolved id is worth a mention."""
        row, node = asked.row, asked.given.node
        if row.quiet or row.needs_prefix or not (sure or row.evidence == "anywhere"):
            return False
        if asked.argument.objects and not _ID_NAME.search(self.written(node)):
            return False
        function = getattr(asked.call.at.scope.node, "name", "")
        return not (function == last_name(asked.call.node.func) and isinstance(node, ast.Name))

    def _want(self, values: Sequence[Value]) -> None:
        """Ask for the modules of the project that may define what could not be told."""
        for value in values:
            root = value.name.split(".")[0] if isinstance(value, Thing) else "sys"
            if isinstance(value, Thing) and root not in LIBRARIES and root not in sys.stdlib_module_names:
                for module, rest in list(splits(value.name))[:4]:
                    if 0 < len(rest) <= 3 and module.strip("."):
                        self._wants[module] = None

    def _value(self, asked: Asked, value: Text | Path) -> Mention | None:
        mention = self._blank(asked)
        if isinstance(value, Path):
            if asked.row.needs_prefix:
                return None
            mention.local, mention.repo_id, mention.revision_state = True, value.text, "impossible"
            return mention
        if value.node is not None:
            self._mark(value.node)
            mention.line, mention.end_line = self._lines(value.node)
        named = name_of(asked.row, value.text)
        if named is None:
            return None
        mention.repo_id, mention.store = named.text, named.store
        mention.local = named.local or named.text in self._saved_here()
        mention.repo_type = named.repo_type or mention.repo_type
        mention.files = list(named.files)
        if named.revision is not None:
            mention.revision, mention.revision_state = named.revision, "literal"
        elif mention.repo_type == "other" or mention.local:
            mention.revision_state = "impossible"
        elif named.at_revision and asked.revision.state == "impossible":
            mention.revision_state = "absent"
        if not mention.local and mention.repo_type != "other":
            mention.pin = self._pin(asked, named, value)
        return mention

    def _pin(self, asked: Asked, named: Named, value: Text) -> Edit | None:
        """The edit that names a commit at this call: by keyword where it takes one, else within the id."""
        names, revision = asked.argument.revision, asked.revision
        if names and named.revision is None:
            if revision.node is not None:
                return self._original.literal(revision.node, COMMIT)
            if revision.state != "absent" or names[0] in asked.arguments.words:
                return None
            return self._original.with_keyword(asked.call.node, names[0], f'"{COMMIT}"')
        if not named.at_revision or not isinstance(value.node, ast.Constant):
            return None
        if named.revision is None:
            return self._original.appended(value.node, named.text, f"@{COMMIT}")
        before, _, after = value.text.rpartition(f"@{named.revision}")
        return self._original.literal(value.node, f"{before}@{COMMIT}{after}")

    def _revision(self, row: Loader, argument: Argument, arguments: Arguments) -> Revision:
        names = argument.revision or (("revision",) if row.options else ())
        if not names:
            return Revision(None, "impossible")
        given = arguments.option(names[0], row.options)
        if given is None:
            return Revision(None, "unresolved" if arguments.open else "absent")
        values = self._evaluator.values(*given)
        text = only_text(values)
        here = given.at.scope.module is self._evaluator.module
        node = given.node if here and isinstance(given.node, ast.Constant) else None
        if text is not None:
            return Revision(text, "literal", node)
        empty = all(getattr(value, "value", "") is None for value in values) and bool(values)
        return Revision(None, "absent" if empty else "unresolved", node)

    def _files(self, row: Loader, arguments: Arguments) -> list[str]:
        found: dict[str, None] = {}
        for name in row.files:
            if isinstance(name, int):
                given = arguments.positional[name] if name < len(arguments.positional) else None
            else:
                given = arguments.words.get(name)
            for value in self._flat(given) if given else ():
                if isinstance(value, Text) and value.text:
                    found[value.text] = None
        return list(found)[:64]

    def _blank(self, asked: Asked) -> Mention:
        line, end_line = self._lines(asked.call.node)
        here = asked.given.at.scope.module is self._evaluator.module
        return Mention(
            loader=asked.row.id,
            repo_type=self._repo_type(asked),
            line=line,
            end_line=end_line,
            call_line=line,
            call_end_line=end_line,
            revision=asked.revision.text,
            revision_state=asked.revision.state,
            store=asked.row.store,
            expression=self._original.written(asked.given.node) if here else "",
        )

    def _repo_type(self, asked: Asked) -> RepoType:
        word = asked.row.type_keyword
        given = asked.arguments.words.get(word) if word else None
        said = only_text(self._evaluator.values(*given)) if given else None
        return _TYPES.get(said or "", asked.argument.repo_type or asked.row.repo_type)

    def _lines(self, node: ast.expr) -> tuple[int, int]:
        return node.lineno + self._original.offset, (node.end_lineno or node.lineno) + self._original.offset

    def _mark(self, node: ast.expr) -> None:
        self.used.add(id(node))
        for inner in ast.iter_child_nodes(node):
            if isinstance(inner, ast.expr):
                self.used.add(id(inner))

    def _saved_here(self) -> frozenset[str]:
        """Texts that the file itself uses as folders to save into."""
        if self._saved is None:
            calls = [call for name in _SAVERS for call in self._evaluator.module.calls_named(name)]
            self._saved = frozenset(
                value.text
                for call in calls[:64]
                for argument in call.node.args[:1]
                for value in self._evaluator.values(argument, call.at)
                if isinstance(value, Text)
            )
        return self._saved

    def _allow(self, row: Loader, call: Call) -> None:
        line, end_line = self._lines(call.node)
        self._unsafe.append(
            UnsafeLoad(
                rule="remote-code-allowed",
                symbol=row.id,
                line=line,
                end_line=end_line,
                expression=self._original.written(call.node),
            )
        )


def _no_shared_pins(mentions: list[Mention]) -> None:
    """Take away an edit that would pin several repositories to the commit of one."""
    names: dict[tuple[object, ...], set[str | None]] = {}
    for one in mentions:
        if one.pin is not None:
            names.setdefault((one.pin.line, one.pin.column, one.pin.text), set()).add(one.repo_id)
    for one in mentions:
        if one.pin is not None and len(names[(one.pin.line, one.pin.column, one.pin.text)]) > 1:
            one.pin = None
