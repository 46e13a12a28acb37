"""Phrases that tell how a sentence is meant: agreed to, doubted, told as a story, taken back.

What belongs here: closed lists of English cue phrases and yes/no questions about one sentence. What does not: looking
at neighbouring sentences (see ``commitments``, ``decisions``, ``revisions``).
"""

from __future__ import annotations

from artifact_assets.extraction.deterministic.lexicon import joined, pattern

_OPENER = joined(
    r"""^(?:(?:um+|uh+|erm?|oh|ah|hm+|mm+|and|so|well|but|right|great|cool|ha|hey|good point
    |good question)[,.! ]+)*"""
)
_ASSENT = pattern(
    _OPENER
    + r"""(?:yes|yeah|yep|yup|ya|sure|of course|absolutely|definitely|certainly|totally|no problem|ok(?:ay)?\b(?! so)
    |will do|can do|got it|on it|i(?:'ll| will| can)\b(?! not)|(?:i'd be )?happy to|my pleasure|consider it done
    |you got it|you'll (?:have|get)|sounds good|works for me|fine\b|alright|all right|gladly|perfect|agreed|deal\b
    |doing (?:it|that)|done\b|understood|that's (?:fine|ok)|that (?:works|makes sense)|makes sense|let's do (?:it|that)
    |exactly|i agree|same|not at all|(?:it|that)'s in my calendar|(?:\w+ )?(?:works|it is)\b)"""
)
_REFUSAL = pattern(
    _OPENER
    + r"""(?:no\b(?! problem| worries|t)|nope|nah|not (?:really|sure|now|today|this|yet|before|until|possible)\b
    |i (?:can't|cannot|don't|won't|couldn't|wouldn't|doubt)|unfortunately|i'm (?:afraid|not)|sorry|i'd rather
    |i would rather|(?:please )?don't|do we have to|why\b|wait\b|hold on|hang on)
    |\b(?:can't do|cannot do|won't be able|not able to|no time|too busy|(?:but|though) (?:i|we) (?:can't|don't|won't)
    |disagree)\b"""
)
_HYPOTHETICAL = pattern(
    r"""\b(?:if|unless|in case|suppose|imagine|assuming|otherwise|whenever|would have|could have|should have|were to
    |in theory|hypothetically|ideally|for example|for instance|let's say (?:i|we|you|they|it|there)|every time|usually
    |normally|generally|always|typically|in the worst case)\b"""
)
_INDIRECT_IF = pattern(r"\b(?:check|see|ask|asks|know|confirm|verify|find out|test|wonder|decide)(?: \w+){0,3} if\b")
_POLITE_IF = pattern(
    r"""\bif (?:that's|that is|it's|it is|you(?:'d)? like|you want|possible|you don't mind|you prefer|needed|necessary
    |that helps|that works|everyone|everybody|nobody|no one)\b"""
)
_HEDGE = pattern(
    r"""\b(?:maybe|might|perhaps|possibly|probably|i guess|i suppose|hopefully|at some point|some ?day|one day|eventually
    |try to|try and|see if i can|see what i can|not sure|i think i(?:'ll| will)|kidding|joking|don't hold me
    |in an ideal world)\b"""
)
_WAITING = pattern(r"\b(?:when|once|as soon as|after) (?:there|it|they|he|she|we|you|i|the|things|that)\b")
_REPORTED = pattern(
    r"""\b(?:said|told (?:me|us|him|her|them|you)|was like|were like|i'm like|promised|thought(?: that)?|used to|wish
    |remember when|he goes|she goes|asked me|last (?:year|quarter|month)|back then
    |(?:in|at) my (?:last|previous|old))\b"""
)
_AS_SAID = pattern(r"\b(?:as|like) (?:i|we|you) (?:said|agreed|told)\b")
IN_CALL = pattern(
    r"""\b(?:stop (?:here|there|sharing|talking)|tell you (?:what|how|why|about|that|one|a)
    |(?:my|the) screen|in (?:the )?chat|(?:un)?mute|one (?:sec|second|moment)|next slide|real quick|right here
    |(?:in|for) a (?:sec|second|minute|moment)|quick(?:ly)? (?:demo|look|question)|as an example|talk to you)\b"""
)
TAKEN_BACK = pattern(
    r"""\b(?:scratch that|strike that|never ?mind|forget (?:that|it|what i said|about (?:it|that))|take (?:that|it) back
    |cancel that|on second thou?ghts?|ignore (?:that|what i)|i was wrong|that was wrong|delete that|drop (?:that|it)\b
    |don't (?:bother|worry about (?:it|that))|no need(?: to)?\b|you don't (?:have|need) to|let's not\b|hold off on
    |don't hold me to (?:that|it)|withdraw (?:that|my)|we don't need (?:to|that|it)|i can't (?:offer|promise|do) (?:that|it)
    |i shouldn't have (?:said|offered|promised)|(?:that|it)'s off the table|leave (?:that|it) out)"""
)


def assents(lower: str) -> bool:
    """Whether a reply says yes."""
    return _REFUSAL.search(lower) is None and _ASSENT.search(lower) is not None


def refuses(lower: str) -> bool:
    """Whether a reply says no."""
    return _REFUSAL.search(lower) is not None


def hypothetical(lower: str) -> bool:
    """Whether the words are about a case that may not happen. Indirect questions and politeness do not count."""
    return _HYPOTHETICAL.search(_POLITE_IF.sub("", _INDIRECT_IF.sub("", lower))) is not None


def hedged(lower: str) -> bool:
    """Whether the speaker keeps a way out."""
    return _HEDGE.search(lower) is not None


def doubtful(lower: str) -> bool:
    """Whether the words are hypothetical or hedged."""
    return hypothetical(lower) or hedged(lower)


def waiting(lower: str) -> bool:
    """Whether something else has to happen first."""
    return _WAITING.search(lower) is not None


def told(lower_before: str) -> bool:
    """Whether the words before a phrase make it somebody's reported speech or a story."""
    return _REPORTED.search(_AS_SAID.sub("", lower_before)) is not None
