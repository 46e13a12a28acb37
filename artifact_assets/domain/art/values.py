"""Accuracy of what is claimed: numbers, amounts, addresses, proper names and the values of fields were said.

What belongs here: rules that compare a claim's words with the words of its evidence. What does not: dates (see
``dates``), owners (see ``owners``) and the quotes themselves (see ``quotes``).

Evidence means the sentences the quotes were found in. What the model quotes is never compared with what it claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.likeness import compact, content_words, stem, support
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.art.vocabulary import rule_of
from artifact_assets.domain.artifact import FieldUpdate, GroundedEvidence, RuleFailure, Tag
from artifact_assets.domain.brief import FieldType
from artifact_assets.domain.grounding.stopwords import FUNCTION_WORDS
from artifact_assets.domain.grounding.words import Word, words_of
from artifact_assets.domain.quantities.amounts import Mention, mentions_of
from artifact_assets.domain.quantities.days import days_of
from artifact_assets.domain.quantities.numerals import plain
from artifact_assets.domain.transcript import Turn

ADDRESS = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|io|de|co|eu|ai|dev|app)\b"
    r"|\+?\(?\d[\d\s().-]{6,}\d",
    re.IGNORECASE,
)
_ARTICLES = frozenset({"a", "an", "another", "single"})
_SPOKEN_SIGNS = (
    (re.compile(r"\s+(?:at|@)\s+"), "@"), (re.compile(r"\s+(?:dot|period)\s+"), "."),
    (re.compile(r"\s+underscore\s+"), "_"), (re.compile(r"\s+(?:dash|hyphen|minus)\s+"), "-"),
    (re.compile(r"\s+plus\s+"), "+"), (re.compile(r"\s+slash\s+"), "/"),
)  # fmt: skip


def numbers(subject: Subject) -> Iterator[RuleFailure]:
    """Every number, amount and percentage of the claim was said, with the same value and a compatible unit."""
    claimed_text = ADDRESS.sub(" ", claimed(subject))
    words = words_of(claimed_text)
    claimed_numbers = _undated(words)
    if not claimed_numbers:
        return
    heard = [mention for evidence in subject.evidence for mention in _heard(subject, evidence)]
    heard_words = {word.text for sentence in subject.said for word in words_of(sentence)}
    missing: list[str] = []
    for mention in claimed_numbers:
        # "one call" says no more than "a call", and "a standard one" counts nothing.
        if _spelled(mention, words, claimed_text) == "one" and (_is_pronoun(mention, words) or heard_words & _ARTICLES):
            continue
        # Every number said backs one number claimed: "twelve twelve" is not backed by "twelve fifty".
        backing = next((n for n, said in enumerate(heard) if said.backs(mention)), None)
        if backing is None:
            missing.append(f"{plain(mention.value)} {mention.unit or ''}".strip())
        else:
            del heard[backing]
    if missing:
        yield failure(Code.NUMBER_NOT_IN_EVIDENCE, f"Not said in the evidence: {', '.join(missing)}.")


def _heard(subject: Subject, evidence: GroundedEvidence) -> list[Mention]:
    """Numbers of one quote; where it holds none, those of its whole sentence.

    "We agreed on two years, for 120 users" backs two years when only these are quoted.
    """
    texts = subject.spans(evidence)
    quoted = [mention for text in texts for mention in _undated(words_of(text))]
    return quoted or [m for sentence in subject.sentences(evidence) for m in _undated(words_of(sentence))]


def _spelled(mention: Mention, words: list[Word], text: str) -> str:
    return text[words[mention.start].start : words[mention.end - 1].end].casefold()


def _is_pronoun(mention: Mention, words: list[Word]) -> bool:
    """Whether a "one" stands for a thing named elsewhere: it comes before no noun."""
    if mention.value != 1 or mention.unit or mention.ordinal:
        return False
    after = words[mention.end].text if mention.end < len(words) else ""
    return after == "" or after in FUNCTION_WORDS


def _undated(words: list[Word]) -> list[Mention]:
    """Numbers that are no part of a date."""
    found = mentions_of(words)
    dated = {at for day in days_of(words, None) for at in range(day.start, day.end)} if found else set[int]()
    return [mention for mention in found if mention.start not in dated]


def claimed(subject: Subject) -> str:
    """The words whose truth the evidence has to show; empty for tags and for dates, which have rules of their own."""
    match subject.content:
        case Tag():
            return ""
        case FieldUpdate() as update:
            rule = rule_of(update, subject.scene.brief.vocabulary)
            return "" if rule is not None and rule.type is FieldType.DATE else update.value
        case content:
            return content.text


def addresses(subject: Subject) -> Iterator[RuleFailure]:
    """E-mail addresses, links and phone numbers were said, spelled or spoken ("jane at acme dot com")."""
    wanted = ADDRESS.findall(claimed(subject))
    if not wanted:
        return
    heard = " ".join(subject.said)
    spelled = heard.casefold()
    for pattern, sign in _SPOKEN_SIGNS:
        spelled = pattern.sub(sign, spelled)
    spelled = re.sub(r"\s+", "", spelled)
    digits = "".join(plain(m.value) for m in mentions_of(words_of(heard))) + "|" + re.sub(r"\D", "", heard)
    for address in wanted:
        known = compact(address) if not re.search(r"[A-Za-z]", address) else address.casefold().rstrip(".,;")
        if known not in spelled and not (known.isdigit() and known in digits):
            yield failure(
                Code.ADDRESS_NOT_IN_EVIDENCE, "An address, link or phone number was not said in the evidence."
            )


_TOO_FEW = 3


def _spoken_of(subject: Subject) -> Sequence[Turn]:
    """The turns quoted; around "sure, I'll do that" also the turns that tell what "that" is."""
    quoted = [subject.scene.index.turns[turn] for turn in subject.turns]
    if len({word for turn in quoted for word in content_words(turn.text)}) < _TOO_FEW:
        return subject.context
    return quoted


def text_support(subject: Subject) -> Iterator[RuleFailure]:
    """The claim is about what its evidence is about: enough of its meaningful words occur around the quotes."""
    if not subject.turns:
        return
    around = {stem(word) for turn in _spoken_of(subject) for word in content_words(turn.text)}
    match subject.content:
        case Tag() as tag:
            rule = next((r for r in subject.scene.brief.vocabulary.tags if r.name == tag.tag), None)
            about = " ".join([tag.tag, *(rule.phrases if rule else ()), rule.description if rule else ""])
            supported = support([stem(w) for w in content_words(about)], around) > 0
        case FieldUpdate():
            return
        case content:
            names = {word for turn in subject.context for word in content_words(turn.speaker or "")}
            words = [stem(w) for w in content_words(content.text) if w not in names]
            supported = support(words, around) >= subject.scene.policy.min_text_support
    if not supported:
        yield failure(Code.TEXT_NOT_IN_EVIDENCE, "The evidence is about something else than the claim.")
