"""What stays the same is digested once, and anew when it is another thing."""

from __future__ import annotations

from artifact_assets.domain.documents import digest_of
from artifact_assets.stages.standing import Standing


def test_a_digest_is_made_once_for_a_thing_and_anew_for_another_under_the_same_name() -> None:
    standing, made = Standing(), list[str]()

    def shape(of: str) -> dict[str, str]:
        made.append(of)
        return {"is": of}

    first, second = "one", "two"
    digests = [standing.digest("vocabulary", of, lambda of=of: shape(of)) for of in (first, first, second, first)]
    assert digests == [digest_of({"is": of}) for of in (first, first, second, first)]
    assert made == [first, second, first]
