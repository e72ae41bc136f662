"""Chat templates: parsed by Jinja's own parser, never rendered, and judged on the tree."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from scanner.inspect import limits
from scanner.inspect.readers.reading import SPLIT, Reading, Unreadable
from scanner.inspect.readers.template_escapes import escapes
from scanner.inspect.readers.template_hidden import hidden_text

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    """Jinja with the tags that chat templates use: loop controls, ``do`` and the ``generation`` block."""
    from jinja2 import Environment, nodes
    from jinja2.ext import Extension

    class Generation(Extension):
        """``{% generation %}…{% endgeneration %}``, which marks what the assistant says."""

        tags = {"generation"}

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            return nodes.Scope(
                parser.parse_statements(("name:endgeneration",), drop_needle=True), lineno=line
            )

    # Nothing is rendered, so there is nothing to escape.
    return Environment(extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", Generation])  # noqa: S701


def read_chat_template(text: str, where: str) -> Reading:
    """Search one template; ``where`` names it in evidence.

    Raises:
        Unreadable: it is too long, or Jinja cannot parse it.
    """
    if len(text) > limits.TEMPLATE_BYTES:
        raise Unreadable(f"{where} is longer than {limits.TEMPLATE_BYTES >> 20} MiB", "budget", SPLIT)
    from jinja2 import TemplateError
    from jinja2.parser import Parser

    reading = Reading()
    try:
        # Environment.parse would compile and run a stand-in for each error, to dress up its traceback.
        tree = Parser(_environment(), text).parse()
        for symbol, line in sorted(set(escapes(tree))):
            reading.saw("chat-template-code", symbol, f"{where}, line {line}: {symbol}")
        for symbol, line, conditional in sorted(set(hidden_text(tree))):
            condition = ", only for certain words of the conversation" if conditional else ""
            reading.saw(
                "chat-template-hidden-text",
                symbol,
                f"{where}, line {line}{condition}",
                severity="high" if conditional else None,
            )
    except TemplateError as error:
        raise Unreadable(f"{where} is no Jinja template: {str(error)[:120]}") from error
    except RecursionError as error:
        raise Unreadable(f"{where} is nested too deeply to be read", "hostile") from error
    except (ValueError, OverflowError) as error:
        raise Unreadable(f"{where} is no Jinja template: {type(error).__name__}") from error
    reading.credentials(text, where)
    return reading
