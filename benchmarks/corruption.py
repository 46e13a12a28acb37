"""How many bad items the judgement accepts, and how many true ones, per kind of corruption.

What belongs here: judging true and spoiled claims, and the table. What does not: true claims (see ``true_claims``) and
spoiling them (see ``corruptor``).

    python -m benchmarks.corruption [--seed N] [--meetings N] [--split test|dev] [--json]

Reads the example meetings and the AMI meetings beside the checkout (``../shared/data/gold_ami``). The rules were
written without the ``test`` split, but four leaks that it showed were then closed by general rules: it is no clean held-out set
any more. The example meetings were in sight all the time.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from random import Random
from typing import Any

from artifact_assets.domain.art.judgement import judge_in, scene_of
from artifact_assets.domain.art.policy import ArtPolicy
from artifact_assets.domain.art.subject import Scene
from artifact_assets.domain.artifact import ItemState
from benchmarks.corruptor import Case, changed_numbers, invented_quotes, stale_dates, swapped_turns, wrong_owners
from benchmarks.true_claims import AMI, SUMMARY, Meeting, ami_meetings, example_meetings

MUST_BE_ZERO = ("invented quote", "changed number", "stale date")
ORDER = ("true", *MUST_BE_ZERO, "wrong owner", "swapped turns")


def cases_of(meeting: Meeting, random: Random) -> list[Case]:
    """True claims and every corruption of them."""
    cases = [Case("true", detail, claim) for detail, claim in meeting.claims]
    told = [claim for detail, claim in meeting.claims if detail != SUMMARY]
    people = meeting.transcript.speakers
    for claim in told:
        cases.extend(invented_quotes(claim, meeting.transcript, random))
        cases.extend(wrong_owners(claim, people, random))
        cases.extend(changed_numbers(claim, meeting.transcript, random))
        cases.extend(stale_dates(claim, meeting.day, random))
    cases.extend(swapped_turns(told, meeting.transcript, random))
    return cases


Verdict = tuple[bool, tuple[str, ...]]


def verdict_of(case: Case, scene: Scene) -> Verdict:
    """Whether the claim alone is accepted, and the codes against it.

    Claims are judged one at a time, so that the gate on the whole artifact and merging cannot hide an accepted bad one.
    """
    item = judge_in(scene, [case.claim]).items[0]
    return item.state is ItemState.ACCEPTED, tuple(failure.code for failure in item.failures)


def table(rows: Sequence[tuple[Case, Verdict]]) -> list[dict[str, Any]]:
    """One row per corruption and variant: how many, how many accepted, what spoke against the others."""
    groups: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for case, verdict in rows:
        groups[case.corruption, case.detail].append(verdict)
        groups[case.corruption, "ALL"].append(verdict)
    order = sorted(groups, key=lambda key: (ORDER.index(key[0]), key[1] != "ALL", key[1]))
    return [
        {
            "corruption": corruption,
            "variant": detail,
            "items": len(verdicts := groups[corruption, detail]),
            "accepted": sum(accepted for accepted, _ in verdicts),
            "share": round(sum(accepted for accepted, _ in verdicts) / len(verdicts), 4),
            "codes": dict(Counter(code for _, codes in verdicts for code in set(codes)).most_common(4)),
        }
        for corruption, detail in order
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; exit 1 when an invented quote, changed number or stale date was accepted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20261117)
    parser.add_argument("--meetings", type=int, default=30)
    parser.add_argument("--split", choices=("test", "dev"), default="test")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", metavar="CORRUPTION", help="print accepted bad items, or refused true ones")
    options = parser.parse_args(arguments)
    if not AMI.exists():
        print("the AMI meetings are not beside this checkout; only the example meetings are judged", file=sys.stderr)
    random = Random(options.seed)
    policy = ArtPolicy()
    rows: list[tuple[Case, Verdict]] = []
    for meeting in [*example_meetings(random), *ami_meetings(options.split, options.meetings, random)]:
        scene = scene_of(meeting.transcript, meeting.brief, policy)
        rows.extend((case, verdict_of(case, scene)) for case in cases_of(meeting, random))
    if options.show:
        _show(rows, options.show)
    result = table(rows)
    if options.json:
        print(json.dumps({"seed": options.seed, "split": options.split, "rows": result}, indent=1))
    else:
        print(f"seed {options.seed}, example meetings and {options.meetings} AMI meetings of the {options.split} split")
        for row in result:
            codes = ", ".join(f"{code} {count}" for code, count in row["codes"].items())
            figures = f"{row['items']:6} {row['accepted']:6} {row['share']:8.2%}"
            print(f"{row['corruption']:15} {row['variant']:28} {figures}  {codes}")
    leaked = sum(row["accepted"] for row in result if row["corruption"] in MUST_BE_ZERO and row["variant"] == "ALL")
    return 1 if leaked else 0


def _show(rows: Sequence[tuple[Case, Verdict]], corruption: str) -> None:
    for case, (accepted, codes) in rows:
        if case.corruption == corruption and accepted == (corruption != "true"):
            print(case.detail, "|", case.claim.content, "|", [e.quote for e in case.claim.evidence], "|", codes)


if __name__ == "__main__":
    sys.exit(main())
