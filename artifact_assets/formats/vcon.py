"""vCon: a conversation container of the IETF; transcripts under ``analysis``, messages under ``dialog``.

What belongs here: parties, dialogs and which analysis is a transcript. What does not: the vendor's own JSON inside,
which is read by its own reader. Source: draft-ietf-vcon-vcon-container.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from artifact_assets.formats.dates import instant
from artifact_assets.formats.dialogue import examined, read_dialogue
from artifact_assets.formats.encoding import split_lines, without_escaped_surrogates
from artifact_assets.formats.fields import Json, has, mapping, number, objects, pick, sequence, string, words
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned, numbered

_LISTS = ("utterances", "turns", "segments", "messages", "transcript", "conversation", "paragraphs")
VendorReader = Callable[[Json], Reading | None]


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a vCon."""
    document = mapping(value)
    if has(document, "parties", "dialog") or has(document, "vcon", "parties"):
        return 1.0
    return 0.9 if has(document, "vcon", "analysis") else 0.0


def read(value: Json, vendor: VendorReader) -> Reading:
    """Transcripts of all dialogs in order, else messages. ``vendor`` reads JSON of another format, None if it can't."""
    document = mapping(value)
    reading = Reading(title=string(document.get("subject")))
    parties = _Parties(document, reading)
    starts = [instant(dialog.get("start")) for _, dialog in objects(document.get("dialog"))]
    reading.started_at = next((start for start in starts if start is not None), None) or instant(
        document.get("created_at")
    )
    read_dialogs: set[str] = set()
    for at, analysis in objects(document.get("analysis")):
        about = str(analysis.get("dialog"))
        if "transcript" in words(analysis.get("type")).casefold() and about not in read_dialogs:
            before = len(reading.fragments)
            _body(analysis.get("body"), f"/analysis/{at}/body", parties, reading, vendor)
            if len(reading.fragments) > before:
                read_dialogs.add(about)
    if not reading.fragments:
        for at, dialog in objects(document.get("dialog")):
            if words(dialog.get("type")) == "text" and isinstance(dialog.get("body"), str):
                numbers = sequence(dialog.get("parties")) or [dialog.get("parties")]
                speaker = parties.name(pick(dialog, "originator")) or parties.name(numbers[0])
                reading.say(words(dialog["body"]), speaker, None, None, f"/dialog/{at}/body")
        if not reading.fragments and sequence(document.get("dialog")):
            reading.notes.add("dialog_by_reference", "The vCon points to recordings and holds no transcript.")
    return reading


class _Parties:
    """The people of the vCon, by number and by role."""

    def __init__(self, document: dict[str, Json], reading: Reading) -> None:
        self.names: list[str | None] = []
        roles: dict[str, list[str]] = {}
        for _, party in objects(document.get("parties")):
            role = string(party.get("role")) or string(mapping(party.get("meta")).get("role"))
            email = string(party.get("mailto")) or string(party.get("email"))
            email = email.removeprefix("mailto:") if email else None
            name = cleaned(string(party.get("name")))
            reading.add_participant(name, email, role)
            self.names.append(name)
            if role and name:
                roles.setdefault(role.casefold(), []).append(name)
        self.roles = {role: names[0] for role, names in roles.items() if len(names) == 1}

    def name(self, value: Json) -> str | None:
        """Who ``value`` is: a party's number, a role that one party has, or a name as it stands."""
        position = number(value)
        if position is not None:
            index = int(position)
            known = self.names[index] if 0 <= index < len(self.names) else None
            return known or numbered(index)
        text = string(value)
        return self.roles.get(text.strip().casefold()) or cleaned(text) if text else None


def _body(body: Json, path: str, parties: _Parties, reading: Reading, vendor: VendorReader) -> None:
    """A transcript body: a list of entries, an object around one, vendor JSON, JSON in a text, or plain text."""
    if isinstance(body, str):
        if body.lstrip()[:1] in ("{", "["):
            try:
                inner: Json = json.loads(without_escaped_surrogates(body, reading.notes))
            except (ValueError, RecursionError):
                inner = None
            if isinstance(inner, (dict, list)):
                _body(inner, path, parties, reading, vendor)
                return
        _plain(body, path, parties, reading)
        return
    if isinstance(body, dict):
        inside = vendor(body)
        if inside is not None and inside.fragments:
            for fragment in inside.fragments:
                pointer = path + fragment.pointer if fragment.pointer else path
                reading.fragments.append(fragment._replace(pointer=pointer, speaker=parties.name(fragment.speaker)))
            return
        key = next((key for key in _LISTS if isinstance(body.get(key), list)), None)
        if key is not None:
            _entries(body[key], f"{path}/{key}", parties, reading)
            return
        _plain(words(pick(body, "text", "transcript")), path, parties, reading)
        return
    _entries(body, path, parties, reading)


def _entries(entries: Json, path: str, parties: _Parties, reading: Reading) -> None:
    for position, entry in objects(entries):
        reading.say(
            words(pick(entry, "message", "text", "transcript", "body", "content")),
            parties.name(pick(entry, "speaker", "party", "role", "name")),
            number(pick(entry, "start", "start_time", "startTime")),
            number(pick(entry, "end", "end_time", "endTime")),
            f"{path}/{position}",
        )


def _plain(text: str, path: str, parties: _Parties, reading: Reading) -> None:
    if not text.strip():
        return
    inside = Reading()
    dialogue = examined(split_lines(text))
    if dialogue.labelled:
        read_dialogue(dialogue, inside)
    if not inside.fragments:
        reading.say(" ".join(text.split()), None, None, None, path)
        return
    for fragment in inside.fragments:
        reading.fragments.append(
            fragment._replace(line=None, end_line=None, pointer=path, speaker=parties.name(fragment.speaker))
        )
