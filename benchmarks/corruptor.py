"""A fake model that mixes true items with bad ones, from a seed.

What belongs here: making claims about a meeting true, and then untrue in one known way. What does not: any rule that
tells them apart. Nothing of ``artifact_assets.domain.art``, ``grounding`` or ``quantities`` is imported here, so that
the corruptor cannot share a mistake with what it tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from artifact_assets.domain.artifact import ActionItem, Claim, Decision, Evidence, FieldUpdate, NextStep
from artifact_assets.domain.transcript import Transcript, Turn

NUMBER_WORDS = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "hundred",
    "thousand",
]
_NUMBER = re.compile(rf"\b(?:\d+(?:[.,]\d+)*|{'|'.join(NUMBER_WORDS)})\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_FILLER = re.compile(r"\b(?:um|uh|erm|er|mm|hmm)\b,?\s*", re.IGNORECASE)
_STRANGERS = ("Beatrix Holloway", "Tomasz Wieczorek", "Ingrid Falk", "Marcus Oyelaran", "the steering committee")
_TEMPLATES = (
    "I will send the {0} over to the {1} team before the {2} is ready.",
    "We agreed that the {0} has to be signed off with the {1} by {2}.",
    "Let's go ahead with {0} and drop the {1} because of the {2}.",
    "Could you please prepare the {0} for the {1} and share it with {2}?",
)

TextClaim = ActionItem | Decision | NextStep


@dataclass(frozen=True)
class Case:
    """A claim with what was done to it: ``true`` for untouched ones; ``detail`` names the variant."""

    corruption: str
    detail: str
    claim: Claim


def clean(quote: str) -> str:
    """A quote as a careful model copies it: fillers gone, first letter large, a full stop at the end."""
    text = " ".join(_FILLER.sub("", quote).split()).strip(" ,")
    return text[:1].upper() + text[1:].rstrip(".") + "." if text else quote


def reworded(quote: str, share: float, vocabulary: Sequence[str], random: Random) -> str:
    """``quote`` with ``share`` of its words replaced by words of the meeting."""
    words = quote.split()
    for at in random.sample(range(len(words)), round(share * len(words))):
        words[at] = random.choice(vocabulary)
    return " ".join(words)


def vocabulary_of(transcript: Transcript) -> list[str]:
    """Every longer word said in the meeting, as often as it was said."""
    return [word for turn in transcript.turns for word in _WORD.findall(turn.text) if len(word) > 3]


def invented_quotes(claim: Claim, transcript: Transcript, random: Random) -> list[Case]:
    """Quotes nobody said, made of the meeting's own words, citing the true turns."""
    words = vocabulary_of(transcript)
    quote, turns = claim.evidence[0].quote, claim.evidence[0].turns
    long = [turn for turn in transcript.turns if len(turn.text.split()) >= 8 and turn.index not in turns]
    made = {
        "shuffled": " ".join(random.sample(quote.split(), len(quote.split()))),
        "own words": " ".join(random.choice(words) for _ in range(random.randint(6, 18))),
        "template": random.choice(_TEMPLATES).format(*random.sample(words, 3)),
        "half changed": reworded(quote, 0.5, words, random),
    }
    if len(long) > 1:
        one, other = random.sample(long, 2)
        head, tail = one.text.split(), other.text.split()
        made["stitched"] = " ".join([*head[: len(head) // 2], *tail[len(tail) // 2 :]])
    said = " ".join(" ".join(turn.text.split()).casefold() for turn in transcript.turns)
    return [
        Case("invented quote", detail, _with_quote(claim, text, turns))
        for detail, text in made.items()
        if text.casefold().strip(". ") not in said and len(text.split()) > 3
    ]


def _with_quote(claim: Claim, quote: str, turns: tuple[int, ...]) -> Claim:
    return claim.model_copy(update={"evidence": (Evidence(turns=turns, quote=quote),)})


def wrong_owners(claim: Claim, people: Sequence[str], random: Random) -> list[Case]:
    """The task given to somebody else in the meeting, and to somebody who is not there."""
    if not isinstance(claim.content, ActionItem) or claim.content.owner is None:
        return []
    others = [person for person in people if person != claim.content.owner]
    named = [("stranger", random.choice(_STRANGERS))]
    if others:
        named.append(("colleague", random.choice(others)))
    return [
        Case(
            "wrong owner", detail, claim.model_copy(update={"content": claim.content.model_copy(update={"owner": who})})
        )
        for detail, who in named
    ]


def changed_numbers(claim: Claim, transcript: Transcript, random: Random) -> list[Case]:
    """One number of the claim changed; once in the claim alone, once in the quote as well."""
    elsewhere = [n for turn in transcript.turns for n in _NUMBER.findall(turn.text)]
    text = claim.content.value if isinstance(claim.content, FieldUpdate) else getattr(claim.content, "text", "")
    found = list(_NUMBER.finditer(text))
    if not found:
        return []
    place = random.choice(found)
    cases: list[Case] = []
    for detail, number in _other_numbers(place[0], elsewhere, random):
        changed = text[: place.start()] + number + text[place.end() :]
        key = "value" if isinstance(claim.content, FieldUpdate) else "text"
        content = claim.content.model_copy(update={key: changed})
        bad = claim.model_copy(update={"content": content})
        cases.append(Case("changed number", detail, bad))
        quote = claim.evidence[0].quote
        if place[0] in quote:
            fitting = _with_quote(bad, quote.replace(place[0], number), claim.evidence[0].turns)
            cases.append(Case("changed number", f"{detail}, quote too", fitting))
    return cases


def _other_numbers(number: str, elsewhere: Sequence[str], random: Random) -> list[tuple[str, str]]:
    """Numbers that mean something else than ``number``."""
    made: list[tuple[str, str]] = []
    if number[0].isdigit():
        made.append(("tenfold", f"{number}0" if "." not in number else number.replace(".", "")))
        made.append(("next", str(int(re.sub(r"\D", "", number)) + 1)))
    else:
        made.append(("other word", random.choice([w for w in NUMBER_WORDS if w != number.casefold()])))
        made.append(("digits", str(random.randint(101, 999))))
    others = [n for n in elsewhere if not _same_number(n, number)]
    if others:
        made.append(("from elsewhere", random.choice(others)))
    return made


def _same_number(one: str, other: str) -> bool:
    values = {word: str(n) for n, word in enumerate(NUMBER_WORDS[:18], 2)}
    values |= {"twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70"}
    values |= {"eighty": "80", "ninety": "90", "hundred": "100", "thousand": "1000"}
    a, b = (values.get(text.casefold(), text.replace(",", "")) for text in (one, other))
    return a == b


def swapped_turns(claims: Sequence[Claim], transcript: Transcript, random: Random) -> list[Case]:
    """Right quotes that cite other turns, and claims that carry each other's evidence."""
    indices = [turn.index for turn in transcript.turns]
    cases: list[Case] = []
    for claim in claims:
        evidence = claim.evidence[0]
        far = random.choice([i for i in indices if i not in evidence.turns])
        beside = max(evidence.turns) + 1
        for detail, turn in (("far turn", far), ("next turn", beside)):
            said = " ".join(transcript.turns[turn].text.casefold().split()) if turn < len(indices) else ""
            if turn in indices and evidence.quote.casefold().strip(". ") not in said:
                cases.append(Case("swapped turns", detail, _with_quote(claim, evidence.quote, (turn,))))
    order = list(claims)
    random.shuffle(order)
    for one, other in pairwise(order):
        if one.evidence[0].turns != other.evidence[0].turns and one.content != other.content:
            swapped = one.model_copy(update={"evidence": other.evidence})
            cases.append(Case("swapped turns", "evidence of another claim", swapped))
    return cases


def stale_dates(claim: Claim, meeting_day: date, random: Random) -> list[Case]:
    """Due dates nobody named: before the meeting, a year off, some days off, or out of nowhere."""
    if not isinstance(claim.content, ActionItem | NextStep):
        return []
    due = claim.content.due
    made = {
        "before the meeting": meeting_day - timedelta(days=random.randint(1, 400)),
        "last year": (due or meeting_day) - timedelta(days=364),
        "out of nowhere": meeting_day + timedelta(days=random.randint(31, 300)),
    }
    if due is not None:
        made["a week off"] = due + timedelta(days=7)
        made["a day off"] = due + timedelta(days=random.choice((-1, 1)))
    return [
        Case("stale date", detail, claim.model_copy(update={"content": claim.content.model_copy(update={"due": day})}))
        for detail, day in made.items()
        if day != due
    ]


def turn_of(transcript: Transcript, index: int) -> Turn:
    """The turn with this index."""
    return next(turn for turn in transcript.turns if turn.index == index)
