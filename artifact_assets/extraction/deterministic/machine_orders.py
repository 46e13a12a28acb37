"""Words that are meant for a machine and not for anybody in the meeting: read aloud, pasted, or hidden in a caption.

What belongs here: recognizing such a turn. What does not: what a rule makes of the other turns. The shapes are those of
published collections of prompt injections, and of instructions people have read to notetakers for fun.

The rules cannot be talked into anything, but the words of an order can look like a value or a tag.
"""

from __future__ import annotations

from artifact_assets.domain.transcript import Transcript
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.talk import lowered

_ORDER = pattern(
    r"""\b(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,2}?(?:previous|prior|earlier|preceding|above|your|all|any
    |every) (?:\w+ ){0,2}?(?:i\w{0,2}structions?|rules?|prompts?|guidelines|directives)\b
    |\bignore (?:the|everything|anything|all) (?:above|before)\b
    |\b(?:system|developer)[ _-](?:message|prompt|notes?|override|instructions?)\b
    |\b(?:new|updated|special|important|hidden) instructions? (?:for|to) (?:the |an? |any |all )?
    (?:ai\b|assistant|model|notetaker|note[- ]?tak|summari[sz]er|bot\b|agent|llm|transcri)
    |\b(?:note[- ]?taking|ai|transcription|meeting) (?:assistant|agent|bot|model|notetaker)[,:]
    |\b(?:assistant|summari[sz]er|notetaker|note[- ]taker|chatbot|chatgpt|language model|ai model)[,:]\s
    (?:please |now |you must |do )?(?:set|mark|add|record|ignore|delete|update|write|change|create|send|tag|note|include|output
    |print|reveal|list|show|remove|approve|grant|export|forward)\b
    |\b(?:as an?|you are(?: now)? an?|you're an?) (?:ai|language model|helpful assistant|assistant)\b
    |</?(?:transcript|system|user|assistant|instructions?|prompt|information|important)>|<\|[a-z_]{2,20}\|>|\[/?inst\]
    |\bend of (?:the )?(?:meeting|transcript|document|data)\W{1,3}(?:new|now|begin|start|next) (?:instructions?|task|prompt)
    |=(?:hyperlink|cmd|importxml|webservice)\("""
)


def is_order(text: str) -> bool:
    """Whether a turn's text addresses a machine."""
    return _ORDER.search(lowered(text)) is not None


def without_orders(transcript: Transcript) -> Transcript:
    """The transcript without the turns that are meant for a machine; the others keep their numbers."""
    turns = tuple(turn for turn in transcript.turns if not is_order(turn.text))
    return transcript if len(turns) == len(transcript.turns) else transcript.model_copy(update={"turns": turns})
