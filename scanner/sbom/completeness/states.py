"""How a component or a document says something: one small question each."""

from __future__ import annotations

from collections.abc import Callable

from scanner.domain import FieldState
from scanner.sbom.completeness.saying import best, said
from scanner.sbom.foreign import Context, Node, dicts, inner, properties

State = Callable[[Node, Context], FieldState]
Asked = tuple[State, str]
"""The question, and the place that it looks at, for a reader."""


def at(*paths: str) -> Asked:
    """Said at any of these places; a dot goes one object deeper."""
    keys = [path.split(".") for path in paths]
    return (lambda node, _: best(said(inner(node, *each)) for each in keys)), ", ".join(paths)


def property_named(*names: str) -> Asked:
    """Said by a property of the component or of its model card."""

    def state(node: Node, _: Context) -> FieldState:
        card = inner(node, "modelCard")
        owners = [node, card] if isinstance(card, dict) else [node]
        return best(said(value) for name in names for owner in owners for value in properties(owner, name))

    return state, ", ".join(f"property {name}" for name in names)


def either(*offers: Asked) -> Asked:
    """Said in one of several ways."""
    return (
        lambda node, context: best(state(node, context) for state, _ in offers),
        ", ".join(place for _, place in offers),
    )


def tool(key: str) -> Asked:
    """Said of one of the programs that made the document."""

    def state(node: Node, _: Context) -> FieldState:
        tools = inner(node, "metadata", "tools")
        listed = dicts(tools) or [*dicts(inner(tools, "components")), *dicts(inner(tools, "services"))]
        return best(said(each.get(key)) for each in listed)

    return state, f"metadata.tools.components[].{key}"


def digest(key: str) -> Asked:
    """Of the component, of what its references lead to, or of the files that it is made of."""

    def state(node: Node, _: Context) -> FieldState:
        owners = [node, *dicts(node.get("externalReferences")), *dicts(node.get("components"))]
        return best(said(each.get(key)) for owner in owners for each in dicts(owner.get("hashes")))

    return state, f"hashes[].{key}, externalReferences[].hashes[].{key}"


def licence(node: Node, _: Context) -> FieldState:
    """Declared or concluded: an expression, an id or a name."""
    choices = [*dicts(node.get("licenses")), *dicts(inner(node, "evidence", "licenses"))]
    return best(
        said(value)
        for choice in choices
        for value in (
            choice.get("expression"),
            inner(choice, "license", "id"),
            inner(choice, "license", "name"),
        )
    )


def dependencies(node: Node, context: Context) -> FieldState:
    """An entry of its own; what lies within another component is reached through that one."""
    ref = node.get("bom-ref")
    if isinstance(ref, str) and context.aggregates.get(ref) == "unknown":
        return "unknown"
    return "present" if str(ref) in context.linked or id(node) in context.nested else "absent"


def completeness(node: Node, _: Context) -> FieldState:
    """Whether the document says how much of anything is known."""
    return "present" if dicts(node.get("compositions")) else "absent"


def signature(node: Node, _: Context) -> FieldState:
    """In the document, or beside it."""
    kinds = {str(each.get("type")) for each in dicts(node.get("externalReferences"))}
    signed = node.get("signature") is not None or kinds & {
        "digital-signature",
        "electronic-signature",
        "attestation",
    }
    return "present" if signed else "absent"


def contact(organization: Node | None) -> FieldState:
    """An e-mail address or a URL, as BSI TR-03183-2 wants it."""
    named = [organization.get("email"), organization.get("url")] if organization else []
    named += [each.get("email") for each in dicts(inner(organization, "contact"))]
    return best(said(value) for value in named)


def creator_of_sbom(node: Node, _: Context) -> FieldState:
    """An author or manufacturer of the document with an address."""
    who = [*dicts(inner(node, "metadata", "authors")), *dicts([inner(node, "metadata", "manufacturer")])]
    return best(contact(each) for each in who)


def creator(node: Node, _: Context) -> FieldState:
    """An author, manufacturer or supplier of the component with an address."""
    who = [*dicts(node.get("authors")), *dicts([node.get("manufacturer"), node.get("supplier")])]
    return best(contact(each) for each in who)


def sha512(node: Node, _: Context) -> FieldState:
    """A SHA-512 of the component, or of what a reference leads to."""
    owners = [node, *dicts(node.get("externalReferences"))]
    found = any(each.get("alg") == "SHA-512" for owner in owners for each in dicts(owner.get("hashes")))
    return "present" if found else "absent"


def reference(*kinds: str) -> Asked:
    """A reference of one of these types."""

    def state(node: Node, _: Context) -> FieldState:
        return (
            "present"
            if any(each.get("type") in kinds for each in dicts(node.get("externalReferences")))
            else "absent"
        )

    return state, ", ".join(f"externalReferences[type={kind}]" for kind in kinds)


def software(node: Node, context: Context) -> FieldState:
    """Packages or containers."""
    return "present" if context.software or dicts(node.get("services")) else "absent"


def security(node: Node, _: Context) -> FieldState:
    """A list, also an empty one, says that somebody looked."""
    return "present" if isinstance(node.get("vulnerabilities"), list) else "absent"


def data(*keys: str) -> Asked:
    """Said by one of the bodies of data that the component describes."""

    def state(node: Node, _: Context) -> FieldState:
        return best(said(each.get(key)) for each in dicts(node.get("data")) for key in keys)

    return state, ", ".join(f"data[].{key}" for key in keys)
