"""What an artifact says of its layers: which were met, how far each was read, and by whom."""

from __future__ import annotations

from scanner.domain import LayerRead
from scanner.inspect.interface import Look

Fields = dict[str, object]


def layers_of(look: Look) -> Fields:
    """Fields of an artifact; a file that is its only layer says the same of itself."""
    single = look.part_count == 1 and all(part.member is None for part in look.parts)
    layers = [
        LayerRead.model_validate(
            {
                "member": part.member,
                "format": part.format,
                "size": part.size,
                "read": part.read,
                "engines": part.engines,
            }
        )
        for part in ([] if single else look.parts)
    ]
    return {"layers": layers, "layer_count": look.part_count}
