"""The verdict in one line that reads well in an e-mail: what to do, and the counts that say why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from scanner.domain import Verdict
from scanner.words import counted

if TYPE_CHECKING:
    from scanner.report.view import View

_NOUNS = {
    "pickle-dangerous-import": ("malicious file", "malicious files"),
    "pickle-hidden-call": ("malicious file", "malicious files"),
    "pickle-hidden-name": ("malicious file", "malicious files"),
    "pickle-builds-object": ("malicious file", "malicious files"),
    "pickle-extension-code": ("malicious file", "malicious files"),
    "keras-lambda-layer": ("model with code in a layer", "models with code in a layer"),
    "tensorflow-file-operation": ("graph that touches files", "graphs that touch files"),
    "safe-name-unsafe-content": ("file with a misleading name", "files with a misleading name"),
    "name-contradicts-content": ("file with a misleading name", "files with a misleading name"),
    "keras-foreign-object": ("model that names foreign code", "models that name foreign code"),
    "path-outside-model": ("model that reads other files", "models that read other files"),
    "graph-acting-operator": ("graph that acts", "graphs that act"),
    "torchscript-acting-operator": ("program that acts", "programs that act"),
    "onnx-python-operator": ("graph that calls Python", "graphs that call Python"),
    "custom-operator": ("model with a foreign operator", "models with foreign operators"),
    "skops-untrusted-type": ("model of foreign types", "models of foreign types"),
    "executable-in-model": ("program in place of a model", "programs in place of models"),
    "r-promise": ("file with a hidden expression", "files with hidden expressions"),
    "code-in-metadata": ("model with code in its texts", "models with code in their texts"),
    "python-acts-on-import": ("Python file that acts on import", "Python files that act on import"),
    "configuration-calls-code": ("configuration that calls code", "configurations that call code"),
    "shard-index-traversal": ("index that leads out", "indexes that lead out"),
    "xml-entity": ("XML file with entities", "XML files with entities"),
    "chat-template-code": ("malicious chat template", "malicious chat templates"),
    "malformed-model": ("malformed file", "malformed files"),
    "symlink-escapes-repository": ("link out of the repository", "links out of the repository"),
    "commit-like-name": ("misleading revision", "misleading revisions"),
    "unreachable-commit": ("commit on no branch", "commits on no branch"),
    "repository-recreated": ("repository in other hands", "repositories in other hands"),
    "similar-name": ("look-alike name", "look-alike names"),
    "repository-not-found": ("repository not found", "repositories not found"),
    "license-changed": ("changed licence", "changed licences"),
    "denied-digest": ("denied file", "denied files"),
    "denied-license": ("denied licence", "denied licences"),
    "denied-publisher": ("denied publisher", "denied publishers"),
    "denied-repository": ("denied repository", "denied repositories"),
}
"""What a rule counts, one and several; any other rule counts findings of its severity."""

_FAIL = {"all": "Problems found", "files": "Do not load"}
_WARN = {"all": "Look at this", "files": "Look before loading"}
_WHERE = {"all": "in this repository", "files": "in these files", "staged": "in what is staged"}


def headline(view: View, verdict: Verdict, mode: str, reasons: Sequence[str]) -> str:
    """One sentence without a full stop; of the report's text only a reason that nothing else explains."""
    if view.nothing and verdict is Verdict.PASS:
        return f"No model files or references {_WHERE.get(mode, 'in this change')}"
    unread = [counted(view.unread, "file not read", "files not read")] if view.unread else []
    if verdict is Verdict.FAIL:
        return _sentence(
            _FAIL.get(mode, "Do not merge"), [*_kinds(view, True), *_vulnerable(view), *unread], reasons
        )
    if verdict is Verdict.INCOMPLETE:
        return _sentence("Not fully checked", [*unread, *_kinds(view, False)], reasons)
    if verdict is Verdict.WARN:
        aside = [counted(view.aside_count, "thing not checked", "things not checked")] if view.aside else []
        if view.unchecked:
            aside.append(counted(view.unchecked, "reference not checked", "references not checked"))
        parts = [*_kinds(view, False), *unread, *aside]
        return _sentence(_WARN.get(mode, "Look before merging"), parts, reasons)
    return _sentence("No problem found", _looked_at(view), ())


def _kinds(view: View, deciding: bool) -> Iterable[str]:
    """What was found, worst first; a model counts once for each kind of thing."""
    counts: dict[tuple[str, str], int] = {}
    for row in (*view.rows, *(() if deciding else view.folded)):
        nouns = (
            _NOUNS.get(said.rule, (f"{said.severity} finding", f"{said.severity} findings"))
            for said in row.said
            if said.decides or not deciding
        )
        for noun in dict.fromkeys(nouns):
            counts[noun] = counts.get(noun, 0) + 1
    return [counted(number, *noun) for noun, number in counts.items()]


def _vulnerable(view: View) -> list[str]:
    number = view.known.deciding
    return [counted(number, "known vulnerability", "known vulnerabilities")] if number else []


def _looked_at(view: View) -> list[str]:
    parts = []
    if view.read:
        parts.append(counted(view.read, "model file read", "model files read"))
    if view.references:
        parts.append(counted(view.references, "reference listed", "references listed"))
    if view.removed:
        parts.append(counted(len(view.removed), "model file removed", "model files removed"))
    return parts


def _sentence(lead: str, parts: Sequence[str], reasons: Sequence[str]) -> str:
    said = ", ".join(parts) or (reasons[0].rstrip(".") if reasons else "")
    return f"{lead}: {said}" if said else lead
