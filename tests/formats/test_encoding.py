"""Text in any encoding a tool writes."""

from __future__ import annotations

import pytest

from artifact_assets.domain.failures import FailureClass, PipelineError
from artifact_assets.formats.encoding import decode, split_lines
from artifact_assets.formats.fragment import Notes

TEXT = "José: ¿Qué tal, señor Núñez? Übermorgen schön, à bientôt.\nBob: Très bien, merci beaucoup, déjà vu.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_the_same_words_come_out_of_every_encoding(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), Notes()) == TEXT


def test_eastern_and_cyrillic_files_are_not_taken_for_western_ones() -> None:
    russian = (
        "Анна: Нам нужно подписать договор до пятницы, иначе бюджет закроют.\nБорис: Хорошо, я отправлю его сегодня.\n"
        * 3
    )
    polish = (
        "Anna: Musimy podpisać umowę do piątku, żeby zdążyć przed końcem roku.\nŁukasz: Dobrze, wyślę ją później.\n" * 3
    )
    assert decode(russian.encode("cp1251"), Notes()) == russian
    assert decode(polish.encode("cp1250"), Notes()) == polish


def test_japanese_files_are_read() -> None:
    japanese = (
        "田中: 来週の金曜日までに契約書を送ってください。\n鈴木: はい、明日の午後に送ります。よろしくお願いします。\n"
        * 4
    )
    assert decode(japanese.encode("shift_jis"), Notes()) == japanese


def test_a_guess_is_noted() -> None:
    notes = Notes()
    decode(TEXT.encode("cp1252"), notes)
    assert [note.code for note in notes.finished()] == ["guessed_encoding"]


def test_a_file_with_one_broken_byte_stays_utf_8() -> None:
    notes = Notes()
    assert decode(TEXT.encode()[:-1] + b"\xff", notes) == TEXT[:-1] + "\ufffd"
    assert [note.code for note in notes.finished()] == ["broken_encoding"]


def test_a_marked_file_with_a_broken_end_is_read_and_noted() -> None:
    notes = Notes()
    assert decode(TEXT.encode("utf-16") + b"\x00", notes).startswith("José")
    assert [note.code for note in notes.finished()] == ["broken_encoding"]


def test_binary_content_is_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        decode(bytes(range(1, 32)) * 40, Notes())
    assert caught.value.failure_class is FailureClass.UNREADABLE_INPUT


def test_lines_end_at_line_ends_only() -> None:
    assert split_lines("a\r\nb\rc\nd\x0be\u2028f\x85g") == ["a", "b", "c", "d\x0be\u2028f\x85g"]
