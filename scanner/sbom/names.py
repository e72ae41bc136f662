"""What the files of a bill are called."""

FIRST = "sbom.cdx.json"

NAMES = (FIRST, *(f"sbom-{number}.cdx.json" for number in range(2, 9)))
"""The documents of a bill, in order; those behind the first only where it is too large for one."""
