"""A piece of work as a clause says it: verb, object, date.

What belongs here: cutting the clause after a trigger and reading its parts. What does not: triggers and judgement (see
``commitments``, ``requests``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from artifact_assets.domain.artifact import ItemKind
from artifact_assets.extraction.deterministic.due_dates import Due
from artifact_assets.extraction.deterministic.findings import UNSURE, Finding
from artifact_assets.extraction.deterministic.lexicon import joined, pattern
from artifact_assets.extraction.deterministic.scene import Scene
from artifact_assets.extraction.deterministic.talk import Sentence
from artifact_assets.extraction.deterministic.verbs import COMPANY, TASKS
from artifact_assets.extraction.deterministic.wording import worded

_SUBJECT = joined(
    r"""(?:please|i|i'll|i'm|i've|you|you'll|we|we'll|they|he|she|it|it's|that|that's|there|this|if|when|let|let's|see
    |tell|not|don't|nobody|everybody|then i|then we|then you|my|your|our)"""
)
_CLAUSE_END = pattern(
    rf""",?\s+(?:and|but|so|because|since)(?:,|\s+um,|\s+uh,)?\s+{_SUBJECT}\b|,?\s+and,\s
    |,\s+(?:um, |uh, )?(?:so|because|since|but|which|as|before (?:i|you|we|they|he|she|it)|after (?:i|you|we|they|he|she|it)
    |no|otherwise|{_SUBJECT})\b
    |\s+(?:because|so that|which (?:is|was|should|means)|otherwise)\b|[.?!;]\s|\s(?:\u2014|\u2013|--)\s"""
)
_PRONOUN_ONLY = pattern(
    r"""^\s*(?:it|that|this|them|those|these|one|so|you|him|her|us|me|some|something|everything|things|stuff|both|all)?
    (?:\s+(?:over|up|out|off|in|on|back|to|for|with|you|him|her|them|everyone|now|then|later|too|again|myself|anyway
    |as well|it|that|this|one|all))*[\s,.!?]*$"""
)
_SEEKS_YES = (", right?", ", okay?", ", ok?", ", yeah?", ", yes?")
_COMPANY = re.compile(rf"^(?:{COMPANY})\b")


@dataclass(frozen=True, slots=True)
class Task:
    """A clause after a trigger such as "I'll". ``before`` is the sentence up to the trigger, ``opening`` trigger and verb."""

    sentence: Sentence
    start: int
    verb_at: int
    end: int
    verb: str
    due: Due | None
    no_verb: bool

    @property
    def before(self) -> str:
        """The lowered words before the trigger."""
        return self.sentence.lower[: self.start]

    @property
    def opening(self) -> str:
        """The lowered trigger with its adverbs and the verb."""
        return self.sentence.lower[self.start : self.verb_at]

    @property
    def clause(self) -> str:
        """The lowered clause from the verb on."""
        return self.sentence.lower[self.verb_at : self.end]

    @property
    def asked(self) -> bool:
        """Whether the clause itself is the question. "..., right?" only seeks a yes."""
        lower = self.sentence.lower
        return self.sentence.asks and self.end >= len(lower.rstrip("?!\"' ")) and not lower.endswith(_SEEKS_YES)

    @property
    def is_task(self) -> bool:
        """Whether the verb itself names work."""
        return self.verb in TASKS or f"{self.verb}e" in TASKS

    @property
    def has_company(self) -> bool:
        """Whether a light verb has the company that makes it work."""
        return _COMPANY.match(self.clause) is not None

    @property
    def has_object(self) -> bool:
        """Whether the clause says what, beyond pronouns and the date."""
        words = self.clause.split(" ", 1)[1] if " " in self.clause else ""
        if self.due is not None:
            words = words.replace(self.due.text.lower(), "")
        return _PRONOUN_ONLY.match(words) is None


def task_at(scene: Scene, sentence: Sentence, match: re.Match[str], group: str = "verb") -> Task:
    """The task a trigger opens; its group is where the clause begins."""
    verb_at = match.start(group)
    cut = _CLAUSE_END.search(sentence.lower, match.end(group))
    end = cut.start() if cut else len(sentence.lower)
    verb = match[group]
    progressive = verb.startswith("be ") and verb.endswith("ing")
    return Task(
        sentence,
        match.start(),
        verb_at,
        end,
        verb.removeprefix("be ").removesuffix("ing") if progressive else verb,
        scene.due(sentence.text[verb_at:end]),
        no_verb=verb == "be" or (verb.startswith("be ") and not progressive),
    )


def action_item(scene: Scene, task: Task, owner: str | None, confidence: float, *, whole: bool = False) -> Finding:
    """The task as an action item; with ``whole`` its wording keeps the trigger."""
    return Finding(
        ItemKind.ACTION_ITEM,
        task.sentence.position,
        task.sentence.position,
        worded(scene.people.uncalled(task.sentence.text[task.start if whole else task.verb_at : task.end])),
        (scene.quote(task.sentence, task.start, task.end),),
        confidence,
        owner,
        task.due,
        firm=confidence > UNSURE,
    )
