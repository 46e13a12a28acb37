"""English verbs by what a promise to do them is worth.

What belongs here: closed word lists. What does not: patterns around them (see ``commitments``). The scorer is
trained with these lists: after a change run ``python -m evals.training fit``.
"""

from __future__ import annotations

from artifact_assets.extraction.deterministic.lexicon import joined, words

TASKS = words(
    """add adjust amend analyse analyze announce approve archive arrange ask assemble assign attach audit backfill benchmark
    block book brief build buy calculate call cancel change chase check circulate clarify clean clear close collect compare
    compile complete confirm connect contact convert coordinate copy correct create cut deactivate debug define delete
    deliver deploy design develop disable distribute document double-check download draft edit email e-mail enable escalate
    estimate evaluate examine expand export extend file fill finalise finalize finish fix follow forward gather generate
    grant handle hash implement import improve inform install instrument integrate interview investigate invite
    invoice issue lead log loop mail merge message migrate monitor move negotiate notify open order organise organize
    own patch pay phone photograph pick ping plan polish post prepare price process produce propose
    prototype provide publish pull purchase push raise reach reconcile record recruit redo refactor refine refund register
    reindex release remind remove rename renew reorder replace reply report reproduce request rerun reschedule research
    reserve resend reset resolve respond restart restore restructure retest return review revise rewrite ring roll rotate
    run scan schedule scope screen search secure send separate set share ship shorten sign simplify sketch sort source
    spec split submit summarise summarize switch sync test text tidy track train transcribe transfer translate
    trim triage try turn type uncheck update upgrade upload validate verify wire write"""
)
LIGHT = words(
    """bring do find get give have make put start stop take tell work keep look leave let drop continue figure introduce list
    present talk speak print outline"""
)
# Said about the conversation itself, or idioms: never a promise of work.
TALK = words(
    """admit assume be believe bet come explain forget guess hear imagine join jump know like listen live mention miss mute
    need pass pause promise quote read go recap remember repeat say see show skip stay think understand wait walk want
    warn wonder hop hang die never regret step stick spare pretend love hate sleep drive fly eat meet attend"""
)
# Light verbs that become a promise with the right company.
COMPANY = joined(
    r"""follow(?:ing)? up|get (?:back|in touch|to work)|let (?:you|him|her|them|everyone|everybody|[a-z]+) know
    |look (?:into|over|up)|take (?:care|over|on|off|out|down|ownership)|make sure
    |put (?:together|it together|the|a|my|our|your|all)|find out
    |go (?:through|over)|give (?:you|them|him|her|[a-z]+) a (?:call|ring|shout)|work on|work out|figure out|get you|get them
    |introduce (?:you|them|him|her)|(?:talk|speak) (?:to|with)"""
)
ADVERBS = joined(
    r"""(?:(?:also|just|then|definitely|certainly|personally|quickly|gladly|still|first|now|actually|go ahead and
    |be sure to|make sure (?:to|that i|i)|please|kindly|have to|need to|be able to|um,?|uh,?|like,?)\s+)*"""
)
