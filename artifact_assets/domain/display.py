"""Text from strangers made safe to show: on a terminal, in a spreadsheet, in a page.

What belongs here: neutralizing what a display would execute or reorder. What does not: changing stored text, which
stays verbatim everywhere.
"""

from __future__ import annotations

import html
import re

# C0 and C1 controls (ESC and CSI start terminal sequences), DEL, bidirectional controls (CVE-2021-42574, "Trojan
# Source"), line and paragraph separators, zero-width characters, the byte order mark, lone surrogates and tag
# characters (which hide instructions from people and show them to a language model).
_UNSAFE = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u2028\\u2029\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff"
    "\\ud800-\\udfff\\U000e0000-\\U000e007f]"
)
_FORMULA = re.compile(r"[\s'\"]*[=+\-@|%]")


def displayed(text: str) -> str:
    """``text`` as a terminal, log or table may show it: unsafe characters become their visible code, ``<U+202E>``.

    Tab and line feed stay; a carriage return is shown, because it would let text overwrite what stands before it.
    """
    return _UNSAFE.sub(lambda match: f"<U+{ord(match.group()):04X}>", text)


def displayed_line(text: str) -> str:
    """``displayed`` on one line: line feeds and tabs become single spaces."""
    return " ".join(displayed(text).split())


def spreadsheet_cell(text: str) -> str:
    """``text`` as a CSV cell that no spreadsheet runs as a formula.

    A cell whose first visible character is ``= + - @ | %`` gets an apostrophe in front, as OWASP recommends for CSV
    injection. Quoting the delimiter is the CSV writer's work.
    """
    shown = displayed(text)
    return f"'{shown}" if _FORMULA.match(shown) or (shown[:1] in "\t\r\n" and shown) else shown


def page_text(text: str) -> str:
    """``text`` escaped for HTML bodies and quoted attributes."""
    return html.escape(displayed(text), quote=True)
