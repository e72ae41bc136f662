"""The judgement of what a pickle does: pure, by tables, told by the machine as it goes.

- What is dangerous by its name (:mod:`scanner.inspect.names`) is *critical* when it is called, or handed to
  something that may call it, and *high* when it is only imported.
- The known vocabulary is no finding, whatever its arguments.
- Names whose danger lies in their arguments (``getattr``, ``partial``…) are judged by them, in
  :mod:`scanner.inspect.pickle_ambiguous`.
- Of the unreviewed names a function of the standard library, or of a package that was reviewed, is *medium*
  when it is called with arguments, *high* when these look like an attack; everything of other packages is
  *low*: it is the user's own class, unless it is a function whose arguments look like an attack.
- Whatever is called and cannot be followed is *high*: no pickler writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from scanner.inspect import limits
from scanner.inspect.pickle_ambiguous import AMBIGUOUS, GETS, Verdict, judge_partial_state, leads_out
from scanner.inspect.pickle_render import Excerpt, arguments_of, render, texts_in
from scanner.inspect.pickle_targets import (
    PARTIALS,
    Target,
    category_of,
    first,
    is_bare,
    is_reviewed,
    target_of,
    tier_of,
)
from scanner.inspect.pickle_values import (
    EXTENSIONS,
    FORGOTTEN,
    Dict,
    Global,
    List,
    Long,
    Made,
    Recall,
)
from scanner.inspect.pickle_words import (
    IMPORTED,
    MILD,
    PYDANTIC,
    STATE_HOOKS,
    TEMPLATE,
    is_plain_template,
    is_standard,
    looks_like_an_attack,
    names_a_class,
    names_an_act,
)

RUNS: Final = "pickle-dangerous-import"
_RANK: Final = ("info", "low", "medium", "high", "critical")
_TORCH_BYTES: Final = "torch.storage._load_from_bytes"

_TORCHSCRIPT: Final = "__torch__"
"""The package of TorchScript's classes, whose source lies in the archive: Python has no such package."""


@dataclass(slots=True)
class Ruling:
    """One thing that is wrong with a pickle. ``arguments`` are rendered; ``offset`` is that of the opcode."""

    rule: str
    severity: str
    symbol: str
    arguments: str | None
    evidence: str
    offset: int


class Judge:
    """Hears what a pickle does and says what is wrong with it. One for each pickle."""

    def __init__(self, excerpt: Excerpt) -> None:
        self.loaded: list[Any] = []
        """Arguments that torch loads as a file of their own."""
        self.calls: set[str] = set()
        """What is called, by its symbol; with arguments where there is a ruling."""
        self.overflow = False
        self._excerpt = excerpt
        self._rulings: dict[tuple[str, str, str | None], Ruling] = {}
        self._least = 0
        """No ruling is milder, once there are as many as are kept."""
        self._imports: dict[str, Ruling] = {}
        self._cleared: set[str] = set()
        self._walked: set[str] = set()
        """Names that nobody vouches for, in packages whose sources were walked: nothing was found in them."""
        self._bare: set[str] = set()
        """Classes of which only an empty instance is made."""
        self._packages: dict[str, tuple[int, set[str]]] = {}
        self._plain: dict[Global, bool] = {}

    def rulings(self) -> list[Ruling]:
        """Everything that is wrong, by its place; what is called is not told as an import again."""
        called = {ruling.symbol for ruling in self._rulings.values()}
        found = list(self._rulings.values())
        told = called | self._bare
        found += [ruling for symbol, ruling in self._imports.items() if symbol not in told]
        for package, (offset, names) in self._packages.items():
            ordered = sorted(names)
            more = f" and {len(ordered) - 1} more" if len(ordered) > 1 else ""
            found.append(
                Ruling("pickle-unreviewed-name", "low", package, None, f"{ordered[0]}{more}", offset)
            )
        return sorted(found, key=lambda ruling: (ruling.offset, ruling.rule, ruling.symbol))

    def known(self) -> set[str]:
        """Symbols that were judged and are no danger here, though their name may look it."""
        wrong = {ruling.symbol for ruling in self._rulings.values()}
        return (self._cleared - wrong - set(self._imports)) | (self._bare - wrong)

    def walked(self) -> set[str]:
        """Symbols in whose sources nothing was found, and in their use neither."""
        return self._walked - {ruling.symbol for ruling in self._rulings.values()}

    # What the machine tells.

    def imported(self, found: Global, offset: int) -> None:
        """See :class:`~scanner.inspect.pickle_machine.Observer`."""
        if found.module == EXTENSIONS:
            return
        if found.computed:
            shown = "".join(f"{render(part, self._excerpt)}." for part in found.computed)[:-1]
            self._rule("pickle-hidden-name", "high", found.symbol, None, shown, offset)
            return
        symbol = found.symbol
        if symbol in AMBIGUOUS or symbol == _TORCH_BYTES:
            self._cleared.add(symbol)
            return
        tier = tier_of(found.module, found.name)
        if tier == "dangerous":
            severity = IMPORTED.get(category_of(Target(found.module, found.name)), "high")
            self._imports[symbol] = Ruling(RUNS, severity, symbol, None, render(found, self._excerpt), offset)
        elif tier == "unreviewed" and is_reviewed(found.module):
            self._walked.add(symbol)
        elif tier == "unreviewed":
            self._note_package(found, offset)
        elif tier == "known":
            self._cleared.add(symbol)

    def called(self, made: Made, offset: int) -> None:
        """See :class:`~scanner.inspect.pickle_machine.Observer`."""
        what = made.what
        if what.__class__ is Global and self._is_plain(what):
            if (
                (made.height > 1 and made.arguments.__class__ is not tuple)
                or made.height > 2
                or self._names(made)
            ):
                self._handed_over(made, made.arguments, offset)
            return
        target = target_of(what)
        if target is None:
            self._unfollowed(made, offset)
        else:
            self._run(target, made, offset)
        self._handed_over(made, made.arguments, offset)
        if made.keywords:
            self._handed_over(made, made.keywords, offset)

    def set(self, target: Any, state: Any, offset: int) -> None:
        """See :class:`~scanner.inspect.pickle_machine.Observer`."""
        if isinstance(target, Global):
            self._builds(target, state, offset, f"sets attributes of {render(target, self._excerpt)}")
        elif isinstance(target, Made):
            owner = target_of(target)
            maker = target_of(target.what)
            if maker is not None and maker.symbol in PARTIALS:
                function = judge_partial_state(state)
                if function is not None:
                    self.called(Made(target.what, (function,)), offset)
            elif owner is not None:
                self._builds(target, state, offset, f"sets attributes of {owner.symbol}")
            elif leads_out(maker, state):
                self._builds(target, state, offset, "makes joblib load a file elsewhere")
        if state is FORGOTTEN or isinstance(state, Recall):
            self._builds(target, state, offset, "sets a state that cannot be followed")
        for part in state if isinstance(state, tuple) else (state,):
            if isinstance(part, Dict):
                self._hooks(target, part, offset)
        self._handed_over(target, state, offset)

    def filled(self, target: Any, items: list[Any], offset: int) -> None:
        """See :class:`~scanner.inspect.pickle_machine.Observer`."""
        owner = target_of(target)
        if owner is not None:
            self._builds(target, tuple(items[:8]), offset, f"puts items into {owner.symbol}")
        elif isinstance(target, Made) and items:
            self._handed_over(target, tuple(items[:64]), offset)

    def extension(self, code: int, offset: int) -> None:
        """See :class:`~scanner.inspect.pickle_machine.Observer`."""
        self._rule("pickle-extension-code", "high", str(code), None, f"extension code {code}", offset)

    def persisted(self, identity: Any, offset: int) -> None:
        """See :class:`~scanner.inspect.pickle_machine.Observer`."""
        if isinstance(identity, tuple) and identity and identity[0] in ("storage", "module"):
            return
        self._rule(
            "pickle-persistent-id", "low", "persistent id", None, render(identity, self._excerpt), offset
        )

    # The rules.

    def _run(self, target: Target, made: Made, offset: int) -> None:
        symbol = target.symbol
        handler = AMBIGUOUS.get(symbol)
        if symbol == _TORCH_BYTES:
            self._loads(made, offset)
        elif handler is not None:
            verdict = handler(made, category_of)
            if verdict is not None:
                self._say(verdict, symbol, made, offset)
        else:
            self._by_tier(target, made, offset)

    def _by_tier(self, target: Target, made: Made, offset: int) -> None:
        symbol = target.symbol
        if is_bare(made, target):
            self._bare.add(symbol)
            self.calls.add(symbol)
            return
        category = category_of(target)
        direct = made.what.__class__ is Global
        if category:
            severity = "critical" if category not in MILD else "high"
            self._say(Verdict(RUNS, severity), symbol, made, offset)
        elif tier_of(target.module, target.name) == "known":
            self.calls.add(symbol)
            if direct:
                self._plain[made.what] = True
        else:
            self._unreviewed(target, made, offset)

    def _unreviewed(self, target: Target, made: Made, offset: int) -> None:
        """A name that nobody vouches for: by its package, its kind and its arguments."""
        own = not (is_standard(target.module) or is_reviewed(target.module))
        a_class = made.how == "new" or names_a_class(target.name)
        given = bool(made.arguments) or bool(made.keywords)
        acts = not a_class and names_an_act(target.name, own=own)
        if acts or self._attacks(made, strictly=a_class or own):
            severity = "high"
        elif own or (a_class and not (given and is_standard(target.module))):
            self.calls.add(target.symbol)
            return
        else:
            severity = "medium"
        self._say(Verdict("pickle-unreviewed-call", severity), target.symbol, made, offset)

    def _unfollowed(self, made: Made, offset: int) -> None:
        """A call of something that is no name: of what another call returned, or of what was lost."""
        root: Any = made.what
        while isinstance(root, Made):
            root = root.what
        symbol = root.symbol if isinstance(root, Global) else "something computed"
        inner = made.what.what if isinstance(made.what, Made) else None
        if isinstance(inner, Global) and inner.symbol in AMBIGUOUS:
            verdict = AMBIGUOUS[inner.symbol](made, category_of)
            if verdict is not None:
                self._say(verdict, symbol, made, offset)
            if verdict is not None or inner.symbol in GETS or first(made.what, 1) == "__new__":
                return
        self._say(Verdict("pickle-hidden-call", "high"), symbol, made, offset)

    def _loads(self, made: Made, offset: int) -> None:
        """Torch loads the bytes as a file: they are looked at as one, unless only a run would tell them."""
        content = first(made)
        encoded = content
        if (
            isinstance(content, Made)
            and (target_of(content.what) or Target("", "")).symbol == "_codecs.encode"
        ):
            encoded = first(content)
        if isinstance(encoded, bytes | str | Long):
            if len(self.loaded) < limits.PICKLE_BLOBS:
                self.loaded.append(encoded)
            else:
                self.overflow = True
        else:
            self._say(Verdict(RUNS, "high"), _TORCH_BYTES, made, offset)

    def _hooks(self, target: Any, state: Dict, offset: int) -> None:
        template = state.get(TEMPLATE, "")
        if not isinstance(template, str) or not is_plain_template(template):
            shown = f"{render(target, self._excerpt)} runs {render(template, self._excerpt)}"
            self._rule(RUNS, "critical", TEMPLATE, None, shown, offset)
        for key in sorted(STATE_HOOKS & state.keys()):
            if state[key] is not None:
                self._builds(target, state, offset, f"sets {key}", key)
        if "__dict__" in state and not any(key in state for key in PYDANTIC):
            self._builds(target, state, offset, "sets __dict__", "__dict__")

    def _builds(self, target: Any, state: Any, offset: int, words: str, key: str = "") -> None:
        shown = render(target, self._excerpt)
        evidence = f"{words}: {render(state, self._excerpt)}"
        self._rule(
            "pickle-builds-object", "high", f"{shown[:100]}{f'.{key}' if key else ''}", None, evidence, offset
        )

    def _handed_over(self, holder: Any, value: Any, offset: int, levels: int = 3) -> None:
        """Dangerous names among arguments and states: what takes them may call them."""
        if isinstance(value, Global):
            target = Target(value.module, value.name)
            harmless = value.computed or value.symbol in AMBIGUOUS or category_of(target) in {"", *MILD}
            if not harmless and not self._gives_way(holder):
                self._hand(value.symbol, holder, value, offset)
        elif isinstance(value, Made):
            target_made = target_of(value)
            if target_made is None or not target_made.name or is_bare(value, target_made):
                return
            if category_of(target_made) not in {"", *MILD}:
                self._hand(target_made.symbol, holder, value, offset)
        elif levels and isinstance(value, tuple | List):
            for item in value:
                if item.__class__ not in _NOTHING:
                    self._handed_over(holder, item, offset, levels - 1)
        elif levels and isinstance(value, Dict):
            for item in value.values():
                if item.__class__ not in _NOTHING:
                    self._handed_over(holder, item, offset, levels - 1)

    def _hand(self, symbol: str, holder: Any, value: Any, offset: int) -> None:
        shown = render(holder, self._excerpt)
        given = self._given(holder)
        if render(value, self._excerpt) not in shown:
            shown, given = f"{shown} holding {render(value, self._excerpt)}", None
        self._rule(RUNS, "critical", symbol, given, shown, offset)

    def _gives_way(self, holder: Any) -> bool:
        """Whether the call that takes a dangerous name was told already as what it makes of it."""
        return isinstance(holder, Made) and target_of(holder) is not None

    def _attacks(self, made: Made, *, strictly: bool) -> bool:
        return any(looks_like_an_attack(text, strictly=strictly) for text in texts_in(made, self._excerpt, 3))

    # Telling.

    def _say(self, verdict: Verdict, symbol: str, made: Made, offset: int) -> None:
        shown = render(made, self._excerpt)
        if verdict.note:
            shown = f"{shown}: {verdict.note}"
        self.calls.add(shown)
        self._rule(verdict.rule, verdict.severity, verdict.symbol or symbol, self._given(made), shown, offset)

    def _given(self, value: Any) -> str | None:
        return arguments_of(value, self._excerpt) if isinstance(value, Made) else None

    def _rule(
        self, rule: str, severity: str, symbol: str, arguments: str | None, evidence: str, offset: int
    ) -> None:
        key = (rule, symbol, arguments)
        known = self._rulings.get(key)
        if known is not None:
            if _RANK.index(severity) > _RANK.index(known.severity):
                known.severity = severity
            return
        if len(self._rulings) >= limits.PICKLE_CALLS:
            self.overflow = True
            if not self._made_room(_RANK.index(severity)):
                return
        self._rulings[key] = Ruling(rule, severity, symbol, arguments, evidence, offset)

    def _made_room(self, rank: int) -> bool:
        """Whether a milder ruling gave way: many small things must not push out the one that matters."""
        if rank <= self._least:
            return False
        mildest = min(self._rulings, key=lambda key: _RANK.index(self._rulings[key].severity))
        self._least = _RANK.index(self._rulings[mildest].severity)
        if rank <= self._least:
            return False
        del self._rulings[mildest]
        return True

    def _note_package(self, found: Global, offset: int) -> None:
        package = found.module.partition(".")[0]
        if package == _TORCHSCRIPT:
            return
        if len(self._packages) < limits.PICKLE_CALLS or package in self._packages:
            self._packages.setdefault(package, (offset, set()))[1].add(found.symbol)

    def _is_plain(self, what: Global) -> bool:
        """Whether a name needs no look at its arguments but for names that are handed over."""
        return self._plain.get(what, False)

    def _names(self, made: Made) -> bool:
        arguments = made.arguments
        return arguments.__class__ is tuple and any(item.__class__ is Global for item in arguments)


_NOTHING: Final = frozenset({str, int, float, bool, type(None), bytes, Long})
