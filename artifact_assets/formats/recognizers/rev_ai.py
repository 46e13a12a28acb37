"""Rev.ai: monologues of elements; punctuation, spaces included, is an element of its own.

What belongs here: Rev.ai's keys. Speaker 0 is a voice like any other.
"""

from __future__ import annotations

from artifact_assets.formats.fields import Json, first_object, has, mapping, number, objects, string
from artifact_assets.formats.fields import words as text_of
from artifact_assets.formats.fragment import Reading
from artifact_assets.formats.speakers import cleaned, numbered


def sureness(value: Json) -> float:
    """How sure it is that ``value`` is a Rev.ai transcript."""
    return 1.0 if has(first_object(mapping(value).get("monologues")), "elements") else 0.0


def read(value: Json) -> Reading:
    """Elements joined exactly as written: the text is their concatenation."""
    document = mapping(value)
    reading = Reading()
    names: dict[str, str] = {}
    for _, person in objects(document.get("speakers")):
        name = cleaned(string(person.get("name")))
        if name:
            names[str(person.get("id"))] = name
    for at, monologue in objects(document.get("monologues")):
        voice = monologue.get("speaker")
        speaker = names.get(str(voice)) or (numbered(voice) if isinstance(voice, (int, str)) else None)
        glue = " "
        for position, element in objects(monologue.get("elements")):
            text = text_of(element.get("value"))
            if not text.strip():
                glue = " " if text else glue
                continue
            leading = " " if text[0].isspace() else glue
            pointer = f"/monologues/{at}/elements/{position}"
            reading.say(text, speaker, number(element.get("ts")), number(element.get("end_ts")), pointer, glue=leading)
            glue = " " if text[-1].isspace() else ""
    return reading
