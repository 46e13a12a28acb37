"""What a text file tells about its meeting outside the speech: title, date, people.

What belongs here: field lines such as ``Date:`` and ``Attendees:``. What does not: the speech.
"""

from __future__ import annotations

import re

from artifact_assets.formats.dates import written_date
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.labels import label_of, looks_like_name
from artifact_assets.formats.speakers import is_pseudo
from artifact_assets.formats.word_lists import word_set

_TITLES = word_set("title subject meeting topic call titel betreff asunto título objet titre assunto") | {
    "meeting title",
    "call title",
    "meeting name",
}
_DATES = word_set("date datum fecha data start started recorded") | {
    "start time",
    "meeting date",
    "call date",
    "date/time",
}
_PEOPLE = word_set(
    "attendees participants present invited people teilnehmer anwesend asistentes participantes présents partecipanti"
)
ABOUT_THE_MEETING = (
    _TITLES | _DATES | _PEOPLE | {"time", "duration", "location", "place", "host", "organizer", "language"}
)
"""Fields that stand above a transcript; any other field is a heading of somebody's notes."""
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_ROLE = re.compile(r"\(([^()]{1,40})\)")
MAX_PEOPLE = 200


def read_field(line: str, reading: Reading) -> bool:
    """Take title, date or people from a field line; whether it was one of those."""
    text = line.strip().lstrip("#*-• ").strip()
    found = label_of(text.replace("**", ""))
    if found is None:
        return False
    label, value = found[0].casefold(), found[1].strip("*_ ")
    if label in _TITLES and value:
        reading.title = reading.title or value[:200]
    elif label in _DATES and value:
        reading.started_at = reading.started_at or written_date(value)
    elif label in _PEOPLE:
        add_people(value, reading)
    else:
        return False
    return True


def add_people(text: str, reading: Reading) -> None:
    """Add the people of ``Jane Doe <jane@example.com>, Bob Ray (CTO)``. Screens and bots are no people."""
    for part in re.split(r"[,;]| and | & ", " ".join(text.split()))[:MAX_PEOPLE]:
        email = _EMAIL.search(part)
        role = _ROLE.search(part)
        name = " ".join(re.sub(r"[<(\[][^<>()\[\]]*[>)\]]", " ", part).split()).strip(" .*-_")
        if email is not None and "@" in name:
            name = ""
        if (name or email) and not is_pseudo(name) and (email or looks_like_name(name)):
            outside = role[1] if role and "@" not in role[1] else None
            reading.add_participant(name or None, email[0] if email else None, outside)
