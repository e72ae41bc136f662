"""The rows of the table of formats: pure data. :mod:`scanner.inspect.formats` is the way to it.

How content is recognised is code (:mod:`scanner.inspect.recognise`); ``recognised`` says it in words.
"""

from __future__ import annotations

from scanner.inspect import format_rows_containers as containers
from scanner.inspect import format_rows_models as models
from scanner.inspect import format_rows_pickles as pickles
from scanner.inspect import format_rows_text as text
from scanner.inspect.format_row import Format
from scanner.inspect.format_rows_text import HF_CONFIG_NAMES

__all__ = ["HF_CONFIG_NAMES", "ROWS", "Format"]

ROWS = (*pickles.ROWS, *models.ROWS, *containers.ROWS, *text.ROWS)
"""Every row, in the order of the documentation."""
