"""Every format that can be read, in one list: its name, how it is recognized, and who reads it.

What belongs here: the list. What does not: parsing (one module per family) and choosing (see ``detection``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from artifact_assets.formats import delimited, docx, own_json, podcast_html, podcast_json, vcon, webvtt
from artifact_assets.formats.dialogue import read_dialogue
from artifact_assets.formats.fields import Json
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.google_meet import read_google_meet
from artifact_assets.formats.notes_text import read_notes
from artifact_assets.formats.notetakers import (
    fathom,
    fireflies,
    gong,
    grain,
    granola,
    otter_json,
    read_ai,
    recall_ai,
    tldv,
    zoom_timeline,
)
from artifact_assets.formats.otter import read_otter
from artifact_assets.formats.probe import Probe
from artifact_assets.formats.recognition import (
    looks_like_dialogue,
    looks_like_google_meet,
    looks_like_notes,
    looks_like_otter,
    looks_like_sbv,
    looks_like_srt,
    looks_like_turn_table,
    looks_like_webvtt,
)
from artifact_assets.formats.recognizers import (
    assemblyai,
    aws_transcribe,
    azure_batch,
    deepgram,
    google_stt,
    ibm,
    newsroom,
    rev_ai,
    speechmatics,
    whisper,
)
from artifact_assets.formats.subrip import read_sbv, read_srt
from artifact_assets.formats.text_lines import TextLines

SURE = 0.8


@dataclass(frozen=True)
class Format:
    """One format. ``sureness`` answers from 0 (is not) to 1 (can be nothing else) for any file and never raises."""

    name: str
    title: str
    kind: str
    sureness: Callable[[Probe], float]
    read: Callable[[Probe], Reading]


def _read_labelled(probe: Probe) -> Reading:
    reading = Reading()
    read_dialogue(probe.body.dialogue, reading)
    return reading


def _text(
    name: str,
    title: str,
    sureness: Callable[[TextLines], float],
    read: Callable[[Probe], Reading],
) -> Format:
    return Format(name, title, "text", lambda probe: sureness(probe.body), read)


def _json(
    name: str,
    title: str,
    sureness: Callable[[Json], float],
    read: Callable[[Json], Reading],
) -> Format:
    return Format(
        name,
        title,
        "json",
        lambda probe: sureness(probe.json),
        lambda probe: read(probe.json),
    )


_VENDORS: tuple[tuple[Callable[[Json], float], Callable[[Json], Reading]], ...] = (
    (deepgram.sureness, deepgram.read),
    (assemblyai.sureness, assemblyai.read),
    (aws_transcribe.sureness, aws_transcribe.read),
    (google_stt.sureness, google_stt.read),
    (whisper.sureness, whisper.read),
    (rev_ai.sureness, rev_ai.read),
)


def _inside_vcon(value: Json) -> Reading | None:
    """A vendor's JSON read by the vendor's own reader, when exactly one is sure that it is its own."""
    found = [reader for sure, reader in _VENDORS if sure(value) >= SURE]
    return found[0](value) if len(found) == 1 else None


FORMATS: tuple[Format, ...] = (
    _text(
        "webvtt",
        "WebVTT captions (Zoom, Teams, YouTube, podcast hosts)",
        looks_like_webvtt,
        lambda probe: webvtt.read(probe.body.lines),
    ),
    _text("srt", "SubRip captions", looks_like_srt, lambda probe: read_srt(probe.body.lines)),
    _text("sbv", "YouTube SBV captions", looks_like_sbv, lambda probe: read_sbv(probe.body.lines)),
    _text(
        "otter-txt",
        "Otter text, or a name and a time above each paragraph",
        looks_like_otter,
        lambda probe: read_otter(probe.body.lines),
    ),
    _text(
        "google-meet",
        "Google Meet text",
        looks_like_google_meet,
        lambda probe: read_google_meet(probe.body.lines),
    ),
    _text(
        "dialogue",
        "text with `Name: text` lines, with or without times",
        looks_like_dialogue,
        _read_labelled,
    ),
    _text(
        "notes",
        "typed notes without speakers",
        looks_like_notes,
        lambda probe: read_notes(probe.body.lines),
    ),
    _text(
        "csv",
        "tables with a row for each turn (CSV, TSV)",
        looks_like_turn_table,
        lambda probe: delimited.read(probe.body.lines),
    ),
    _json("json", "our documented JSON", own_json.sureness, own_json.read),
    _json("fireflies", "Fireflies", fireflies.sureness, fireflies.read),
    _json("gong", "Gong", gong.sureness, gong.read),
    _json("fathom", "Fathom", fathom.sureness, fathom.read),
    _json("grain", "Grain", grain.sureness, grain.read),
    _json("granola", "Granola", granola.sureness, granola.read),
    _json("tldv", "tl;dv", tldv.sureness, tldv.read),
    _json("read-ai", "Read.ai", read_ai.sureness, read_ai.read),
    _json("recall-ai", "Recall.ai", recall_ai.sureness, recall_ai.read),
    _json("zoom-timeline", "Zoom timeline", zoom_timeline.sureness, zoom_timeline.read),
    _json("otter-json", "Otter JSON", otter_json.sureness, otter_json.read),
    _json("deepgram", "Deepgram", deepgram.sureness, deepgram.read),
    _json("assemblyai", "AssemblyAI", assemblyai.sureness, assemblyai.read),
    _json("aws-transcribe", "AWS Transcribe", aws_transcribe.sureness, aws_transcribe.read),
    _json("google-stt", "Google Speech-to-Text", google_stt.sureness, google_stt.read),
    _json("azure-speech", "Azure Speech, batch and fast", azure_batch.sureness, azure_batch.read),
    _json("whisper", "Whisper, WhisperX, whisper.cpp", whisper.sureness, whisper.read),
    _json("rev-ai", "Rev.ai", rev_ai.sureness, rev_ai.read),
    _json("ibm", "IBM Speech to Text", ibm.sureness, ibm.read),
    _json("speechmatics", "Speechmatics", speechmatics.sureness, speechmatics.read),
    _json("kaldi", "BBC Kaldi", newsroom.kaldi_sureness, newsroom.read_kaldi),
    _json("paper-edit", "Digital Paper Edit", newsroom.paper_edit_sureness, newsroom.read_paper_edit),
    _json("autoedit", "autoEdit 2", newsroom.autoedit_sureness, newsroom.read_autoedit),
    _json("podcast-json", "podcast JSON", podcast_json.sureness, podcast_json.read),
    _json("vcon", "vCon", vcon.sureness, lambda value: vcon.read(value, _inside_vcon)),
    Format(
        "docx",
        "Word transcripts (Teams, Google Meet)",
        "zip",
        lambda probe: docx.sureness(probe.content),
        lambda probe: docx.read(probe.content, probe.limits),
    ),
    Format(
        "podcast-html",
        "podcast HTML",
        "markup",
        lambda probe: podcast_html.sureness(probe.text),
        lambda probe: podcast_html.read(probe.text),
    ),
)


def format_names() -> tuple[str, ...]:
    """The names ``--format`` takes, in the order of the documentation."""
    return tuple(entry.name for entry in FORMATS)
