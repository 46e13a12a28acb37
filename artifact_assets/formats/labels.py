"""``Name: text``: which words before a colon are a speaker, and which are a field or a figure of speech.

What belongs here: the judgement about labels. What does not: matching names to participants (see ``joining``).

The rule: field words (Date, Action items, Note) are never speakers. A label that looks like a name counts when it is
repeated, has several words, or stands where no sentence is under way. A label in lower case counts when it is used three
times. Everything else stays text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from artifact_assets.formats.word_lists import word_set

LONGEST_LABEL = 64

FIELDS = word_set(
    """date time duration location place attendees participants present absent apologies agenda notes note action
    actions action_item action_items decision decisions decisions_made key_decisions summary overview next_step
    next_steps follow_up follow-up follow-ups follow_ups topic topics subject title meeting meeting_title meeting_id
    meeting_notes organizer organiser recorded recorded_by recording recording_link link url transcript transcription
    language keywords summary_keywords speakers source cc bcc re project reminder reminders todo to_do to-do todos
    to-dos deadline due due_date owner status priority important warning example question answer outcome outcomes
    conclusion takeaways key_takeaways key_points highlights background context purpose goal goals objective objectives
    result results references attachments invited created updated start end started ended start_time end_time minutes
    call_date call_duration call_type type version file audio video phone email e-mail address website ps p.s nb n.b fyi
    tl;dr tldr disclaimer copyright datum zeit uhrzeit dauer ort teilnehmer anwesend abwesend tagesordnung notiz notizen
    aufgabe aufgaben beschluss beschlüsse zusammenfassung thema themen betreff titel nächste_schritte hinweis frage
    antwort fecha hora duración lugar asistentes participantes orden_del_día nota notas acuerdos acciones resumen tema
    temas asunto título próximos_pasos pregunta respuesta heure durée lieu présents absents ordre_du_jour remarque
    décision décisions résumé sujet objet titre prochaines_étapes data ora durata luogo partecipanti duração local
    budget timeline pricing price competitors competition pain pains need needs authority champion risk risks concern
    concerns requirement requirements use_case use_cases problem problems solution stakeholders decision_maker
    decision_process decision_criteria criteria blocker blockers feedback salary experience strengths weaknesses
    notice_period recommendation recommendations interest tech_stack deal_size close_date
    presentes pauta assunto próximos_passos datum tijd duur locatie aanwezigen agenda notulen actiepunten"""
)
"""Words before a colon that name a field."""

_AMBIGUOUS = word_set("host customer client")
"""Words that name a field as often as a speaker: one use proves nothing."""
_OPENERS = word_set(
    """the a an my our your his her their its this that these those so and but or because if when while then now well
    yes no yeah okay ok right also plus again still just like as at in on of for from with by to we i you he she it they
    is are was were be do does did have has had there here what why how who where which first second third fourth last
    one two three finally basically actually remember imagine listen look see note think say said says meaning means
    namely specifically especially including example another other both each every all some any more most not only
    und oder aber also dann jetzt ja nein der die das ein eine wir ich es y o pero entonces sí el la los las un una
    et ou mais donc alors oui non le les un une e o mas então sim não il lo"""
)
_PARTICLES = word_set(
    "de del della di da dos das du des la le van von der den ter ten zu al el bin ibn ben y e of and & the"
)
_MARKS = re.compile(r"[?!;\"“”«»<>{}\[\]=*#\\^~`…]")
_LABEL = re.compile(r"([^:：\n]{1,64}?)\s?(?::(?=\s|$|\*)|：)(?:\*\*)?")
_PHONE = re.compile(r"\+?[\d\s().*-]{6,20}")


def label_of(text: str) -> tuple[str, str] | None:
    """What stands before and after the first colon, when it could be a label at all; else None."""
    if ":" not in text[: LONGEST_LABEL + 2] and "：" not in text[: LONGEST_LABEL + 2]:
        return None
    match = _LABEL.match(text)
    if match is None:
        return None
    label = match.group(1).strip().removeprefix(">>").strip(" []")
    return (label, text[match.end() :].strip()) if label else None


def is_field(label: str) -> bool:
    """Whether ``label`` names a field of a document, such as ``Date``; also ``Action items (3)``."""
    word = label.strip("*_-• \t").casefold()
    word = re.sub(r"\s*\([^)]*\)$", "", word)
    return " ".join(word.split()) in FIELDS


def looks_like_name(label: str) -> bool:
    """Whether ``label`` is written as names are: few capitalized words, no sentence marks."""
    if not 1 <= len(label) <= LONGEST_LABEL or _MARKS.search(label) or is_field(label):
        return False
    if _PHONE.fullmatch(label) or "@" in label:
        return True
    words = re.sub(r"\([^()]*\)", " ", label).replace("|", " ").replace("/", " ").split()
    if not words or len(words) > 6 or words[0].casefold() in _OPENERS:
        return False
    if not any(character.isalpha() for character in label) or label.count(",") > 1:
        return False
    return all(_name_word(word) for word in words)


def _name_word(word: str) -> bool:
    bare = word.strip(",.'’")
    if not bare:
        return word in "-–"
    if word.endswith(".") and len(bare) > 4 and "." not in bare:
        return False
    first = bare[0]
    return (
        first.isupper() or first.isdigit() or bare.casefold() in _PARTICLES or (first.isalpha() and not first.islower())
    )


class SpeakerLabels:
    """The labels of one file that are speakers, learned from all its lines before any is split."""

    def __init__(self, candidates: Iterable[tuple[str, bool]]) -> None:
        """``candidates``: each label with whether a sentence was under way before it."""
        counts: Counter[str] = Counter()
        fresh: set[str] = set()
        for label, under_way in candidates:
            counts[label] += 1
            if not under_way:
                fresh.add(label)
        self._speakers = {label for label, count in counts.items() if _is_speaker(label, count, label in fresh)}
        self.counts = {label: counts[label] for label in self._speakers}

    def __contains__(self, label: str) -> bool:
        return label in self._speakers

    def __len__(self) -> int:
        return len(self._speakers)

    def split(self, text: str) -> tuple[str, str] | None:
        """Speaker and words of ``text``, or None when it starts with no speaker."""
        found = label_of(text)
        return found if found is not None and found[0] in self._speakers else None


def _is_speaker(label: str, count: int, fresh: bool) -> bool:
    if looks_like_name(label):
        several_words = " " in label and not _PHONE.fullmatch(label)
        return count > 1 or several_words or (fresh and label.casefold() not in _AMBIGUOUS)
    if is_field(label) or _MARKS.search(label):
        return False
    words = label.casefold().split()
    return count >= 3 and len(words) <= 3 and words[0] not in _OPENERS and not any(word.endswith(".") for word in words)
