"""Text of strangers is shown without running or reordering anything."""

from __future__ import annotations

import pytest

from artifact_assets.domain.display import displayed, displayed_line, page_text, spreadsheet_cell


def test_bidi_controls_and_terminal_escapes_are_shown_as_codes() -> None:
    assert displayed("a\u202eb\x1b[31mc\x9bd\r\u200b\ufeff\U000e0041") == (
        "a<U+202E>b<U+001B>[31mc<U+009B>d<U+000D><U+200B><U+FEFF><U+E0041>"
    )


def test_lone_surrogates_can_be_written_after_display() -> None:
    assert displayed("\ud800").encode() == b"<U+D800>"


@pytest.mark.parametrize("text", ["Ann: Hello\n\tBob", "José, 李雷, שלום, مرحبا, 👋🏽, a\u200dd"])
def test_ordinary_text_of_every_script_is_shown_as_it_is(text: str) -> None:
    assert displayed(text) == text


def test_a_line_stays_one_line() -> None:
    assert displayed_line("a\n\n b\tc") == "a b c"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "  =1", "|x", "'=1", "\t=1", '"=1'])
def test_formulas_are_defused_in_cells(text: str) -> None:
    assert spreadsheet_cell(text).startswith("'")


def test_plain_cells_stay_plain() -> None:
    assert spreadsheet_cell("Ann said 1 = 1") == "Ann said 1 = 1"
    assert spreadsheet_cell("") == ""


def test_pages_get_no_markup() -> None:
    assert page_text('<a href="x">\'&\u202e') == "&lt;a href=&quot;x&quot;&gt;&#x27;&amp;&lt;U+202E&gt;"
