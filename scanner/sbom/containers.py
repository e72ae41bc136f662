"""Container images that Dockerfiles and Compose files name, as a part of a document.

What an image holds is not looked at. A name is read by the grammar of the Distribution project
(https://pkg.go.dev/github.com/distribution/reference), and written as a package URL of the type ``docker``
or, where a digest says which image it is, ``oci``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scanner.sbom import purl
from scanner.sbom.cyclonedx import (
    Component,
    Evidence,
    Occurrence,
    relative,
    text,
    unique_properties,
)
from scanner.sbom.part import Part, Remark
from scanner.words import counted

PINNED = "modelward:container:pinned"
PIN = "modelward:container:pin"
"""Property: ``digest``, ``tag`` or ``none``: what the name says about which image is meant."""

_HUB = "docker.io"
_OFFICIAL = "library"
_MAX_NAME = 500
_MAX_GAPS = 20
_DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,5})?")
_PATH = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")

_UNPINNED = (
    "named without a digest: the registry may serve another image under the same name at any time, "
    "so this document does not say which one is used."
)
_CLOSED = "What the container image holds was not looked at."


@dataclass(frozen=True, slots=True)
class Image:
    """One place that names a container image; the fields are those of the search that found it."""

    path: str
    line: int
    name: str
    use: Literal["base", "copy", "service"]
    stage: str = ""
    platform: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """An image's name in its parts; ``domain`` and ``path`` as the registry knows them."""

    domain: str
    path: str
    tag: str | None
    digest: str | None

    @property
    def pin(self) -> str:
        """What says which image is meant."""
        return "digest" if self.digest else "tag" if self.tag else "none"


def containers(images: Sequence[Image], gaps: Sequence[str] = ()) -> Part:
    """The images as ``container`` components, each once, with every place that names it.

    ``gaps`` are sentences of the search. A name that is none is left out and said.
    """
    missing = list(gaps)
    names: dict[str, Name] = {}
    places: dict[str, list[Image]] = {}
    for image in sorted(images, key=lambda each: (each.path, each.line, each.name)):
        name = parse(image.name)
        if name is None:
            missing.append(f"{image.path}:{image.line} names an image in a way that is not understood")
        else:
            names[reference(name)] = name
            places.setdefault(reference(name), []).append(image)
    refs = tuple(sorted(names))
    loose = tuple(ref for ref in refs if not names[ref].digest)
    remarks = [Remark(refs, _CLOSED)] if refs else []
    if loose:
        remarks.append(Remark(loose, f"{counted(len(loose), 'container image')} {_UNPINNED}"))
    unique = [text(gap, 512) for gap in dict.fromkeys(missing)]
    more = len(unique) - _MAX_GAPS
    return Part(
        components=tuple(_component(names[ref], places[ref]) for ref in refs),
        direct=refs,
        assemblies=dict.fromkeys(refs, "unknown"),
        edges=dict.fromkeys(refs, "unknown"),
        remarks=tuple(remarks),
        gaps=(*unique[:_MAX_GAPS], *([f"and {more} more images that are not known"] if more > 0 else ())),
    )


def parse(written: str) -> Name | None:
    """An image's name as it is written, or ``None`` when it is none."""
    if len(written) > _MAX_NAME:
        return None
    rest, at, digest = written.partition("@")
    last = rest.rpartition("/")[2]
    tag = last.partition(":")[2] if ":" in last else None
    path = rest[: len(rest) - len(tag) - 1] if tag is not None else rest
    first, slash, inner = path.partition("/")
    domain = _HUB
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        domain, path = first.lower(), inner
    if domain in ("index.docker.io", "registry-1.docker.io"):
        domain = _HUB
    if domain == _HUB and "/" not in path:
        path = f"{_OFFICIAL}/{path}"
    if not _DOMAIN.fullmatch(domain) or not _PATH.fullmatch(path):
        return None
    if (tag is not None and not _TAG.fullmatch(tag)) or (at and not _DIGEST.fullmatch(digest)):
        return None
    return Name(domain, path, tag, digest or None)


def reference(name: Name) -> str:
    """The package URL of an image: by digest where there is one, else by its tag, or by its name alone."""
    owner, _, last = name.path.rpartition("/")
    if name.digest:
        qualifiers = {"repository_url": f"{name.domain}/{name.path}"}
        if name.tag:
            qualifiers["tag"] = name.tag
        return _written("oci", None, last, name.digest, qualifiers)
    namespace = "" if name.domain == _HUB and owner == _OFFICIAL else owner
    elsewhere = {} if name.domain == _HUB else {"repository_url": name.domain}
    return _written("docker", namespace or None, last, name.tag, elsewhere)


def _written(
    kind: str, namespace: str | None, name: str, version: str | None, qualifiers: Mapping[str, str]
) -> str:
    address = purl.make(kind, namespace, name, version)
    assert address is not None  # the grammar of names allows nothing that a package URL does not
    return purl.write(purl.parse(address), qualifiers)


def _component(name: Name, places: Sequence[Image]) -> Component:
    owner, _, last = name.path.rpartition("/")
    group = "/".join(part for part in (name.domain if name.domain != _HUB else "", owner) if part)
    pairs = [(PINNED, "true" if name.digest else "false"), (PIN, name.pin)]
    pairs += [("modelward:container:tag", name.tag)] if name.tag else []
    for image in places:
        pairs.append(("modelward:container:use", image.use))
        pairs += [("modelward:container:stage", text(image.stage, 128))] if image.stage else []
        pairs += [("modelward:container:platform", text(image.platform, 128))] if image.platform else []
        pairs += [("modelward:container:argument", text(each, 128)) for each in image.arguments]
    lines = sorted({(relative(image.path), image.line) for image in places})
    return Component(
        type="container",
        bom_ref=reference(name),
        group=group or None,
        name=last,
        version=name.digest or name.tag,
        purl=reference(name),
        properties=unique_properties(pairs),
        evidence=Evidence(occurrences=[Occurrence(location=path, line=line) for path, line in lines]),
    )
