"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every machine, no clock, and no database in the working tree.
settings.register_profile("modelward", deadline=None, derandomize=True, database=None)
settings.load_profile("modelward")
