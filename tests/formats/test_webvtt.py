"""WebVTT as tools write it, and the web-platform-tests with our deliberate deviations named one by one."""

from __future__ import annotations

import json

import pytest

from artifact_assets.formats.cues import Cue, arrow_times, find_cues
from artifact_assets.formats.encoding import split_lines
from artifact_assets.formats.fragment import Notes
from artifact_assets.formats.reading import read_transcript
from artifact_assets.formats.webvtt import COMMENTS, header_line, plain
from tests.formats.shared_files import shared_file

Turn = tuple[str | None, float | None, float | None, str]


def turns(text: str) -> list[Turn]:
    transcript = read_transcript(text.encode(), format_name="webvtt")
    return [(turn.speaker, turn.start, turn.end, turn.text) for turn in transcript.turns]


def codes(text: str) -> set[str]:
    return {note.code for note in read_transcript(text.encode(), format_name="webvtt").warnings}


def cues(text: str) -> list[Cue]:
    lines = split_lines(text)
    header = header_line(lines)
    return list(find_cues(lines, 0 if header is None else header + 1, "-->", arrow_times, Notes(), COMMENTS))


@pytest.mark.parametrize(
    ("line", "times"),
    [
        ("00:00:01.500 --> 00:00:02.000", (1.5, 2.0)),
        ("00:01.500 --> 00:02.000 align:start position:0%", (1.5, 2.0)),
        ("100:00:00.000 --> 100:00:01.000", (360000.0, 360001.0)),
        ("0.860 --> 7.380", (0.86, 7.38)),
        ("12 --> 15", (12.0, 15.0)),
        ("0:00:01,5-->0:00:02,25", (1.5, 2.25)),
        ("75:30.000 --> 75:31.000", (4530.0, 4531.0)),
        ("00:00:05.000 --> 00:00:01.000", (5.0, 1.0)),
        ("00:61:00.000 --> 01:02:00.000", None),
        ("00:00:75.000 --> 00:01:20.000", None),
        ("step A --> step B", None),
        ("00:00:01.000 -> 00:00:02.000", None),
    ],
)
def test_a_timing_line_is_read_as_a_person_would(line: str, times: tuple[float, float] | None) -> None:
    assert arrow_times(line) == times


def test_a_span_that_is_never_closed_names_its_cue() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v SPEAKER_1>Open end\n\n00:03.000 --> 00:04.000\nNobody.\n"
    assert turns(text) == [("SPEAKER_1", 1.0, 2.0, "Open end"), (None, 3.0, 4.0, "Nobody.")]


def test_a_voice_with_classes_and_entities_is_a_name() -> None:
    assert turns("WEBVTT\n\n00:01.000 --> 00:02.000\n<v.first.loud Ann O&apos;Neil>Hi</v>\n")[0][0] == "Ann O'Neil"


def test_escaped_markup_stays_words_and_is_decoded_once() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nA &lt;i&gt; tag &amp;lt; and a < b\n"
    assert turns(text) == [(None, 1.0, 2.0, "A <i> tag &lt; and a < b")]


def test_unknown_tags_are_words_and_known_ones_are_markup() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<i>So</i> <laughs> it <c.red>goes</c> <00:00:01.500>on\n"
    assert turns(text)[0][3] == "So <laughs> it goes on"


def test_notes_styles_and_regions_are_no_speech() -> None:
    text = (
        "WEBVTT - a title\nX-Header: 1\n\nNOTE\ntwo lines\nof remarks\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:a\n\n00:01.000 --> 00:02.000\nHello\n\nNOTE done\n"
    )
    assert turns(text) == [(None, 1.0, 2.0, "Hello")]
    assert codes(text) == set()


def test_text_before_the_header_is_passed_over_with_a_warning() -> None:
    text = "Exported on Friday\n\nWEBVTT\n\n00:01.000 --> 00:02.000\nHello\n"
    assert turns(text) == [(None, 1.0, 2.0, "Hello")]
    assert codes(text) == {"text_before_header"}


def test_a_missing_header_is_a_warning() -> None:
    text = "00:01.000 --> 00:02.000\nHello\n"
    assert turns(text) == [(None, 1.0, 2.0, "Hello")]
    assert codes(text) == {"no_header"}


def test_a_blank_line_inside_a_cue_loses_no_text() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>First\n\nsecond.</v>\n\n00:03.000 --> 00:04.000\nThird\n"
    assert turns(text)[0] == ("Ann", 1.0, 2.0, "First second.")
    assert codes(text) == {"text_without_time"}


def test_a_time_nobody_can_read_keeps_its_text_without_a_time() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n\n7\n00::03.000 --> 00:04.000\nTwo.\n"
    assert turns(text) == [(None, 1.0, None, "One."), (None, None, None, "Two.")] or turns(text) == [
        (None, 1.0, 2.0, "One."),
        (None, None, None, "Two."),
    ]
    assert codes(text) == {"unreadable_time"}


def test_an_end_before_the_start_is_dropped_with_a_warning() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:01.000\nHello\n"
    assert turns(text) == [(None, 5.0, None, "Hello")]
    assert codes(text) == {"end_before_start"}


def test_overlapping_cues_keep_both_speakers() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:09.000\n<v Ann>Long\n\n00:02.000 --> 00:03.000\n<v Bob>Short\n"
    assert turns(text) == [("Ann", 1.0, 9.0, "Long"), ("Bob", 2.0, 3.0, "Short")]


def test_cues_out_of_order_are_sorted_with_a_warning() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:06.000\n<v Ann>Second\n\n00:01.000 --> 00:02.000\n<v Bob>First\n"
    assert [turn[3] for turn in turns(text)] == ["First", "Second"]
    assert "reordered" in codes(text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_gives_the_same_turns(end: str) -> None:
    text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nAnn: One.\n\n2\n00:03.000 --> 00:04.000\nBob: Two.\n"
    assert turns(text.replace("\n", end)) == [("Ann", 1.0, 2.0, "One."), ("Bob", 3.0, 4.0, "Two.")]


def test_cue_ids_lead_back_to_the_file() -> None:
    text = "WEBVTT\n\na-1\n00:01.000 --> 00:02.000\n<v Ann>One\n\na-2\n00:03.000 --> 00:04.000\n<v Ann>two.\n"
    (turn,) = read_transcript(text.encode()).turns
    (place,) = turn.source
    assert (place.cue, place.end_cue, place.line, place.end_line) == ("a-1", "a-2", 4, 9)


def test_saying_the_same_line_twice_is_heard_twice() -> None:
    blocks = "".join(f"00:0{at}.000 --> 00:0{at + 1}.000\nYes.\n\n" for at in range(1, 7))
    assert sum(turn[3].count("Yes.") for turn in turns("WEBVTT\n\n" + blocks)) == 6


def test_a_language_in_the_header_is_taken() -> None:
    transcript = read_transcript(b"WEBVTT\nKind: captions\nLanguage: de-DE\n\n00:01.000 --> 00:02.000\nHallo\n")
    assert transcript.language == "de"


WPT = {
    # file: our cues whose times and text the specification has too, then the cues we keep beyond it
    "timings-omitted-hours.vtt": (["text1", "text2", "text3"], 0),
    "timings-negative.vtt": (["text1", "text2", "text3", "text4"], 0),
    "timings-too-short.vtt": (["text1", "text2"], 30),
    "timings-too-long.vtt": (["text1", "text2"], 13),
    "whitespace-chars.vtt": (["text1", "text2", "text3"], 1),
}


@pytest.mark.parametrize("name", sorted(WPT))
def test_every_cue_of_the_specification_is_read_and_the_rest_is_kept_as_text(name: str) -> None:
    expected, beyond = WPT[name]
    found = cues(shared_file(f"wpt-webvtt/{name}").read_bytes().decode())
    texts = ["\n".join(cue.lines).strip() for cue in found]
    assert [text for text in texts if text in expected] == expected
    assert len(found) - len(expected) == beyond


def test_times_of_the_specification_are_exact() -> None:
    for entry in json.loads(shared_file("wpt-webvtt/MANIFEST.json").read_text()):
        if "times" in entry["expected"]:
            found = cues(shared_file(f"wpt-webvtt/{entry['input']}").read_bytes().decode())
            by_text = {cue.lines[0]: [cue.start, cue.end] for cue in found if cue.lines}
            pairs = zip(entry["expected"]["texts"], entry["expected"]["times"], strict=True)
            assert [by_text[text] for text, _ in pairs] == entry["expected"]["times"]


def test_identifiers_of_the_specification_are_read_without_outer_spaces() -> None:
    found = cues(shared_file("wpt-webvtt/ids.vtt").read_bytes().decode())
    assert [cue.identifier for cue in found] == ["leading space", "trailing space", "-- >", "->", None]


def test_an_arrow_in_a_text_is_text() -> None:
    found = cues(shared_file("wpt-webvtt/arrows.vtt").read_bytes().decode())
    assert [cue.lines[0] for cue in found if cue.start is not None] == [f"text{number}" for number in range(1, 7)]
    assert found[1].lines == ["text2", "-->foo"]


def test_entities_follow_the_living_specification() -> None:
    # WPT expects the references of the first specification; &quot; and numbers are read since, "<" alone stays text
    deviations = {"&quot;": '"', "&#32;": " ", "&#x20;": " ", "&<": "&<", "&<c": "&<c"}
    for case in json.loads(shared_file("wpt-webvtt/cue-text-entities.json").read_text()):
        assert plain(case["data"]) == deviations.get(case["data"], case["text"])
