"""Relevance: the item maps to something somebody configured.

What belongs here: rules about fields and tags. What does not: whether a field's value is true (see ``values``).
"""

from __future__ import annotations

from collections.abc import Iterator

from artifact_assets.domain.art.codes import Code, failure
from artifact_assets.domain.art.subject import Subject
from artifact_assets.domain.artifact import FieldUpdate, RuleFailure, Tag
from artifact_assets.domain.brief import FieldRule, Vocabulary


def rule_of(content: FieldUpdate, vocabulary: Vocabulary) -> FieldRule | None:
    """The configured rule of a field, or None."""
    return next(
        (r for r in vocabulary.fields if (r.object, r.field) == (content.object, content.field)),
        None,
    )


def vocabulary(subject: Subject) -> Iterator[RuleFailure]:
    """Fields and tags are configured ones, spelled as configured."""
    content, known = subject.content, subject.scene.brief.vocabulary
    if isinstance(content, FieldUpdate) and rule_of(content, known) is None:
        yield failure(
            Code.FIELD_NOT_CONFIGURED,
            f"{content.object}.{content.field} is not a configured field.",
        )
    if isinstance(content, Tag) and all(rule.name != content.tag for rule in known.tags):
        yield failure(Code.TAG_NOT_IN_TAXONOMY, f"{content.tag!r} is not in the taxonomy.")
