"""Which words before a colon are a speaker."""

from __future__ import annotations

import pytest

from artifact_assets.formats.labels import SpeakerLabels, is_field, label_of, looks_like_name
from artifact_assets.formats.speakers import cleaned, is_placeholder, is_pseudo, numbered


@pytest.mark.parametrize(
    "label",
    [
        "Ann",
        "Ann Lee",
        "Dr. Chen",
        "José Ruiz",
        "Ludwig van Beethoven",
        "Lee, Ann",
        "Ann Lee (Acme)",
        "Rep (Jordan)",
        "李雷",
        "ann.lee@example.com",
        "+1 555-0100",
        "Speaker 1",
        "SPEAKER_00",
        "Ann O'Neil",
        "Jean-Luc P.",
        "iPhone 12",
        "Ann | Acme",
    ],
)
def test_names_look_like_names(label: str) -> None:
    assert looks_like_name(label) == (label != "iPhone 12")


@pytest.mark.parametrize(
    "label",
    [
        "Date",
        "Action items",
        "Action Items (3)",
        "Note",
        "Duration",
        "Next steps",
        "the thing is",
        "So here is",
        "I said",
        "Really?",
        "He said, and I quote, that",
        "http",
        "this is a very long sentence that goes on",
        "Teilnehmer",
        "**",
    ],
)
def test_fields_and_phrases_are_no_names(label: str) -> None:
    assert not looks_like_name(label)


@pytest.mark.parametrize(
    "label", ["Date", "date", "**Notes", "Action items", "To do", "Próximos pasos", "Key takeaways"]
)
def test_fields_are_known_in_several_languages(label: str) -> None:
    assert is_field(label)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ann: hello: there", ("Ann", "hello: there")),
        ("Ann： 你好", ("Ann", "你好")),
        (">> ANN: hi", ("ANN", "hi")),
        ("at 10:30 we meet", None),
        ("see https://example.com", None),
        ("no colon at all", None),
        ("x" * 80 + ": late", None),
    ],
)
def test_a_label_stands_before_the_first_colon_that_ends_a_word(text: str, found: tuple[str, str] | None) -> None:
    assert label_of(text) == found


def test_a_label_in_lower_case_needs_three_uses() -> None:
    assert "ann" not in SpeakerLabels([("ann", False)] * 2)
    assert "ann" in SpeakerLabels([("ann", False)] * 3)
    assert "so" not in SpeakerLabels([("so", False)] * 9)


def test_a_single_use_in_mid_sentence_is_no_speaker() -> None:
    assert "Request" not in SpeakerLabels([("Request", True)])
    assert "Request" in SpeakerLabels([("Request", False)])


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("  Ann   Lee: ", "Ann Lee"),
        ("**Ann**", "Ann"),
        ("Unknown Speaker", None),
        ("?", None),
        ("", None),
        (None, None),
    ],
)
def test_names_are_cleaned_and_nobody_is_none(name: str | None, result: str | None) -> None:
    assert cleaned(name) == result


@pytest.mark.parametrize(
    ("value", "label"), [(0, "Speaker 0"), ("A", "Speaker A"), ("", None), (None, None), ("SPEAKER_00", "SPEAKER_00")]
)
def test_counted_voices_get_a_label_and_zero_is_a_voice(value: str | int | None, label: str | None) -> None:
    assert numbered(value) == label


@pytest.mark.parametrize("name", ["Speaker 1", "SPEAKER_00", "spk_0", "Speaker A", "Microphone", "S12"])
def test_numbered_voices_name_nobody(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["Ann Lee", "Sam", "Ann Speaker"])
def test_people_are_no_placeholders(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ann Lee's Presentation",
        "Ann’s screen",
        "Fireflies.ai Notetaker Ann",
        "Otter.ai",
        "read.ai meeting notes",
        "Fathom Notetaker",
    ],
)
def test_screens_and_notetakers_are_no_people(name: str) -> None:
    assert is_pseudo(name)


@pytest.mark.parametrize("name", ["Ann Lee", "Otto Reader", "Grainne Presenter"])
def test_people_are_no_bots(name: str) -> None:
    assert not is_pseudo(name)
