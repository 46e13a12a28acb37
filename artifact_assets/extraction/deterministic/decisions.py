"""What the meeting settled: stated decisions, and proposals somebody agreed to.

What belongs here: patterns that make decisions. What does not: joint next steps (see ``next_steps``), one person's
promise (see ``commitments``).
"""

from __future__ import annotations

import re
from dataclasses import replace

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.cues import assents, doubtful, hypothetical, refuses, told
from artifact_assets.extraction.deterministic.findings import FIRM, LIKELY, UNSURE, Finding
from artifact_assets.extraction.deterministic.lexicon import pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.wording import gist, worded

LEAST_GIST = 2
_STATED = pattern(
    r"""\b(?:we(?:'ve| have)? (?:all )?(?:decided|agreed|settled|landed|concluded)(?: (?:that|to|on|upon))?[,:]?
    |we(?:'re| are) (?:all )?(?:agreed|settled)(?: (?:that|on))?[,:]?
    |it(?:'s| is| was| has been) (?:agreed|decided|settled)[,:]?(?: that| to)?
    |(?:the|our|my|final) (?:decision|call|verdict) (?:is|was)(?: that| to)?[,:]?|decision(?: then| is)?[:,]
    |agreed[:,] (?=we|it|the|let|no\b|only|[a-z]+ (?:and [a-z]+ )?only))\s*(?P<rest>[^?;]{4,})"""
)
_GOING = pattern(
    r"""\b(?:let's|we'll|we will|we're going to|we are going to|we're gonna|we're) (?P<rest>(?:go(?:ing)? with
    |stick(?:ing)? with|stay(?:ing)? with|settl(?:e|ing) on|go(?:ing)? ahead with|mov(?:e|ing) (?:forward|ahead) with
    |commit(?:ting)? to|standardi[sz]e on)[^?;]{3,})"""
)
_NOT_GOING = pattern(
    r"""\b(?P<rest>we(?:'re| are) not (?:going to|gonna)
    \s(?!be\b|get\b|have\b|know\b|see\b|talk\b|find\b|need\b|make it\b)[a-z]+ [^?;]{3,})"""
)
_PROPOSAL = pattern(
    r"""\b(?P<opening>let's|how about we|why don't we|i (?:propose|suggest|move) (?:that )?(?:we )?|i'd say we
    |(?:shall|should) we|what if we)\s+(?:just |then |also )*(?P<rest>(?:not )?(?:adopt|allow|announce|approve|avoid|build|call
    |cancel|cap|change|charge|choose|close|cut|defer|delay|do|drop|exclude|extend|freeze|go|hire|hold|include|increase|keep
    |launch|leave|limit|lower|make|merge|move|offer|only|pause|pick|plan|postpone|price|push|put|raise|reduce|reject|release
    |remove|rename|replace|require|retire|revert|roll|run|ship|skip|split|start|stop|store|support|switch|target|treat|use)\b
    [^?;]{3,})"""
)
# What a meeting comes to in its own words: "then we make the video", "good, we take the van", "second one it is". "And then we"
# tells a story, and an "it is" behind a question word is no choice.
_CONCLUDED = pattern(
    r"""^(?:(?:okay|ok|good|right|fine|all ?right|great|cool|perfect|so|well)[,.]? )*
    (?:then (?=we\b)|(?<=[a-z], )(?=we\b))(?P<rest>we (?:all )?(?:adopt|allow|buy|cancel|cap|charge|choose|commit|cut|defer
    |delay|do(?! have)|drop|extend|freeze|hire|invite|keep|launch|leave|limit|make|merge|offer|pay|pick|postpone|raise|refund
    |reject|release|remove|replace|retire|ship|sign|skip|split|stay|stick|stop|switch|take|test|try|use)\b[^?;]{3,})"""
)
_IT_IS = pattern(
    r"""^(?:(?:okay|ok|good|right|fine|great|so|well)[,.]? )*(?P<rest>(?:(?!(?:what|which|where|how|who|when|why|that|way|like
    |than|know|whatever|as|is|and|i|he|she|it|really)\b)[\w'-]+ ){1,5})it is(?:,? then)?[.!]*$
    |^(?:(?:okay|ok|good|right|fine|so)[,.]? )*(?P<more>[^?;]{4,}), (?:that's|that is|it's) settled\b"""
)
_SCOPE = pattern(
    r"""^(?:keep|leave|drop|move|push|postpone|ship|cut|freeze|cap|switch|use|stop)\b.*
    \b(?:out|off|to|until|from|only|at|for now|instead)\b"""
)
_NOT_YET = pattern(
    r"""\b(?:(?:have|has)n't|not (?:yet|decided|agreed)|need to|needs to|have to|should|must|still|before we|until we|once we
    |when we|did we|have we|can't|to be) (?:\w+ ){0,3}(?:decide|agree|settle)|\bbefore we(?:'ve)?\b|\b(?:has|have|had)n't\b
    |\bagreed to disagree\b|\bwhat we (?:decided|agreed)\b"""
)
_CHAT = pattern(
    r"""\b(?:go (?:back|to|through|over|around|on|ahead)|move on|move (?:over |back )?to|cut to|cut the (?:meeting|call)
    |start (?:with|by|then|now|there|here)
    |do (?:it|intro|introductions|that|this)|call it a day|keep going|make it quick
    |leave (?:it|that) (?:there|here|at that|open)
    |put it this way|run through|use the (?:time|rest|remaining)
    |hold (?:on|that)|push through|not (?:forget|go)
    |keep (?:it|this) (?:short|brief|moving)|put a pin|use (?:an|this) example|pick (?:it|this|that) up|switch gears
    |take five)\b"""
)
_PAST = pattern(
    r"""\b(?:was|were|had|did|went|came|took|built|got|gave|ran|led|spent|told|then we|used to|back in|ago|last year
    |at the time)\b"""
)
# "Since we have decided", "the functions we agreed": the clause leans on another, or on a noun.
_LEANING = pattern(
    r"""\b(?:they|you|he|she|who|what|why|how|that|which|since|because|'cause|as|once|until|when|whether|where|if|than|like
    |before|after|points|functions?|things?|features?|one|ones|previous meeting,?|last meeting,?|last time,?)$"""
)
_AGREED = pattern(
    r"\b(?:agreed|sounds good|let's do|makes sense|i agree|deal|works for me|good idea|perfect|exactly)\b"
)


def decided(scene: Scene, sentence: Sentence) -> Finding | None:
    """The decision of one sentence."""
    found = _stated(scene, sentence) or _going(scene, sentence) or _accepted(scene, sentence)
    return found or _concluded(scene, sentence)


def _stated(scene: Scene, sentence: Sentence) -> Finding | None:
    lower = sentence.lower
    match = _STATED.search(lower)
    if match is None or sentence.asks or _NOT_YET.search(lower):
        return None
    before = lower[: match.start()].rstrip()
    if told(before) or _LEANING.search(before) or hypothetical(lower) or _storytelling(scene, sentence):
        return None
    return _decision(scene, sentence, match, FIRM)


def _storytelling(scene: Scene, sentence: Sentence) -> bool:
    """Whether the turn tells what happened elsewhere: other past verbs around a "we decided"."""
    near = (*scene.talk.before(sentence, 2), *scene.talk.after(sentence, 1))
    around = [sentence, *(other for other in near if other.row == sentence.row)]
    return sum(len(_PAST.findall(other.lower)) for other in around) >= 2


def _going(scene: Scene, sentence: Sentence) -> Finding | None:
    lower = sentence.lower
    going = _GOING.search(lower)
    match = going or _NOT_GOING.search(lower)
    if match is None or sentence.asks or doubtful(lower) or told(lower[: match.start()]) or _CHAT.search(lower):
        return None
    if any(refuses(reply.lower) for reply in scene.talk.replies(sentence, 1)):
        return None
    return _decision(scene, sentence, match, FIRM if going else UNSURE)


def _accepted(scene: Scene, sentence: Sentence) -> Finding | None:
    lower = sentence.lower
    match = _PROPOSAL.search(lower)
    if match is None or _CHAT.search(lower) or hypothetical(lower) or told(lower[: match.start()]):
        return None
    reply = next(scene.talk.replies(sentence, 1), None)
    if reply is not None and refuses(reply.lower):
        return None
    if match["opening"] == "let's" and not sentence.asks and _SCOPE.match(match["rest"]):
        return _decision(scene, sentence, match, LIKELY)
    if reply is None or not assents(reply.lower):
        return None
    sure = _AGREED.search(reply.lower) and not doubtful(lower)
    found = _decision(scene, sentence, match, LIKELY if sure else UNSURE)
    return replace(found, last=reply.position, quotes=(*found.quotes, scene.quote(reply))) if found else None


def _concluded(scene: Scene, sentence: Sentence) -> Finding | None:
    lower = sentence.lower
    match = _CONCLUDED.search(lower) or _IT_IS.search(lower)
    if match is None or sentence.asks or doubtful(lower) or _CHAT.search(lower) or _NOT_YET.search(lower):
        return None
    if _storytelling(scene, sentence) or any(refuses(reply.lower) for reply in scene.talk.replies(sentence, 1)):
        return None
    found = _decision(scene, sentence, match, LIKELY)
    # "Five it is" says that something was chosen, not what.
    return found if found is not None and found.firm else None


def _decision(scene: Scene, sentence: Sentence, match: re.Match[str], confidence: float) -> Finding | None:
    start, end = match.span("rest") if match["rest"] is not None else match.span("more")
    text = worded(sentence.text[start : end if match.re is _IT_IS else None])
    matter = gist(text)
    if not matter:
        return None
    # "We decided on the functions" tells that, not what.
    confidence = confidence if len(matter) >= LEAST_GIST else UNSURE
    quotes = (scene.quote(sentence, match.start(), match.end()),)
    kind = ItemKind.DECISION
    return Finding(kind, sentence.position, sentence.position, text, quotes, confidence, firm=confidence > UNSURE)
