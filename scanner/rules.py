"""The rule registry: one row a rule, used by the findings, the configuration and the documentation."""

from __future__ import annotations

from dataclasses import dataclass

DOCS = "https://github.com/modelward/modelward/blob/main/docs/rules.md"


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that can be wrong with a model.

    ``message`` is a :meth:`str.format` template over ``path``, ``symbol``, ``member`` and ``evidence``;
    ``severity`` is the default one: a sighting may be milder, and a configuration may change it.
    """

    id: str
    severity: str
    title: str
    message: str
    why: str
    remediation: str
    cwe: tuple[str, ...] = ()
    owasp: tuple[str, ...] = ()
    atlas: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where the rule is explained."""
        return f"{DOCS}#{self.id}"


_DESERIALIZATION = {
    "cwe": ("CWE-502",),
    "owasp": ("ML06:2023", "LLM03:2025"),
    "atlas": ("AML.T0010", "AML.T0011.000"),
}

_ROWS = (
    Rule(
        "pickle-dangerous-import",
        "critical",
        "Loading the file runs code",
        "Loading this file runs {symbol}.",
        "A pickle is a program: whoever loads it runs what its author wrote, with the rights of the process.",
        "Remove the file. Ask the author for the weights as safetensors, and load those.",
        **_DESERIALIZATION,
    ),
    Rule(
        "pickle-suspicious-import",
        "medium",
        "The file imports something a model does not need",
        "Loading this file imports {symbol}.",
        "The import is not known to run code by itself, but weights have no use for it.",
        "Ask the author why it is there; prefer the weights as safetensors.",
        **_DESERIALIZATION,
    ),
    Rule(
        "keras-lambda-layer",
        "high",
        "A Lambda layer carries code",
        "The model holds a Keras Lambda layer, whose function runs when the model is loaded or called.",
        "A Lambda layer is serialised Python byte code; Keras runs it unless safe mode forbids it.",
        "Load with safe_mode=True, or ask for the model without Lambda layers.",
        **_DESERIALIZATION,
    ),
    Rule(
        "tensorflow-file-operation",
        "high",
        "The graph reads or writes files",
        "The TensorFlow graph uses the operation {symbol}.",
        "Graph operations run when the model is called and can read or overwrite any file of the process.",
        "Remove the file, or ask the author for a graph without file operations.",
        **_DESERIALIZATION,
    ),
    Rule(
        "safe-name-unsafe-content",
        "high",
        "The name promises a safe format, the content can run code",
        "The name says {evidence}; the content is {symbol}, which can run code when it is loaded.",
        "Reviewers and loaders trust a name such as .safetensors; a file that breaks the promise hides what it does.",
        "Remove the file, or rename it to what it is so that it is reviewed as that.",
        cwe=("CWE-646", "CWE-502"),
        owasp=("ML06:2023",),
        atlas=("AML.T0010", "AML.T0074"),
    ),
    Rule(
        "name-contradicts-content",
        "medium",
        "The name contradicts the content",
        "The name says {evidence}; the content is {symbol}.",
        "Loaders and reviewers that go by the name will treat the file as something it is not.",
        "Rename the file to what it is.",
        cwe=("CWE-646",),
        owasp=("ML06:2023",),
        atlas=("AML.T0074",),
    ),
    Rule(
        "remote-code-reference",
        "medium",
        "The configuration names code to load",
        "The configuration asks the loader to run {symbol}.",
        "With trust_remote_code=True the loader imports and runs the named code.",
        "Keep trust_remote_code off, or review the named code and pin its revision.",
        cwe=("CWE-829", "CWE-94"),
        owasp=("LLM03:2025",),
        atlas=("AML.T0010",),
    ),
    Rule(
        "chat-template-code",
        "high",
        "A chat template reaches for Python internals",
        "The chat template uses {symbol}.",
        "Chat templates are Jinja programs; a loader without a sandbox runs what they reach.",
        "Remove the template or the file; ask the author for a template without such access.",
        cwe=("CWE-1336",),
        owasp=("LLM03:2025",),
        atlas=("AML.T0010",),
    ),
    Rule(
        "malformed-model",
        "medium",
        "The file breaks the rules of its own format",
        "{evidence}",
        "No known writer makes such a file; readers that disagree about it can be played against each other.",
        "Remove the file, or write it again with the format's own library.",
        cwe=("CWE-1287",),
        owasp=("ML06:2023",),
        atlas=("AML.T0010",),
    ),
    Rule(
        "symlink-not-followed",
        "low",
        "A symbolic link stands where a model is expected",
        "{path} is a symbolic link to {symbol}; it was not followed.",
        "What a link leads to is decided by the machine that checks it out, not by this repository.",
        "Replace the link by the file, or by a Git LFS pointer.",
        cwe=("CWE-61",),
    ),
    Rule(
        "symlink-escapes-repository",
        "medium",
        "A symbolic link leads out of the repository",
        "{path} is a symbolic link to {symbol}, outside the repository; it was not followed.",
        "The loader would open whatever lies at that address on the machine that runs it.",
        "Remove the link.",
        cwe=("CWE-61", "CWE-22"),
    ),
    Rule(
        "submodule-not-followed",
        "low",
        "A submodule was not looked into",
        "{path} is a submodule at {symbol}; it was not looked into.",
        "Models inside a submodule are loaded like any other, but they are not part of this repository.",
        "Run Modelward in the submodule's own repository.",
    ),
    Rule(
        "denied-digest",
        "critical",
        "The file is on the deny list",
        "The SHA-256 digest {symbol} is denied by the configuration.",
        "Your policy says that this very file must not be used.",
        "Remove the file.",
    ),
    Rule(
        "denied-license",
        "high",
        "The licence is denied",
        "The licence {symbol} is denied by the configuration.",
        "Your policy says that models under this licence must not be used.",
        "Use another model, or have the policy changed on the default branch first.",
    ),
    Rule(
        "denied-publisher",
        "high",
        "The publisher is denied",
        "The publisher {symbol} is denied by the configuration.",
        "Your policy says that models of this publisher must not be used.",
        "Use another model, or have the policy changed on the default branch first.",
    ),
    Rule(
        "denied-repository",
        "high",
        "The repository is denied",
        "The repository {symbol} is denied by the configuration.",
        "Your policy says that this repository must not be used.",
        "Use another model, or have the policy changed on the default branch first.",
    ),
    Rule(
        "policy-changed",
        "info",
        "The change edits the policy itself",
        "This change edits {path}; the policy of the base commit was used.",
        "A change that loosens the policy takes effect only after it is merged, and should be reviewed as such.",
        "Review the policy change on its own.",
    ),
)

RULES: dict[str, Rule] = {rule.id: rule for rule in _ROWS}
"""Every rule by its id, in the order of the documentation."""
