"""English words that carry grammar rather than meaning.

What belongs here: the closed list. What does not: weighing words (see ``fuzzy``) and fillers (see ``words``).
"""

from __future__ import annotations

_FUNCTION = """a about actually after again all also am an and another any anything are as at back be because been
    before being both but by can come could did do does doing done down each either else even every everything few
    first for from get gets getting give go goes going gone good got had has have having he her here hers him
    his how i if in into is it its itself just kind know last less let lets like little look lot made make
    many may maybe me mean might mine more most much must my myself need no not now of off oh ok on once one
    only or other our ours out over own part perhaps please pretty probably put quite rather really right s
    said same say see shall she should since so some something sort still stuff such sure take than thank
    thanks that the their them then there these they thing things think this those though through to too try
    up us use very want was way we well went were what whatever when where whether which while who whole why
    will with without would yes yet you your yours"""
FUNCTION_WORDS = frozenset(_FUNCTION.split())

NEGATIONS = frozenset({"not", "no", "never", "none", "nobody", "nothing", "without"})
"""Function words that turn a sentence around."""
