"""How many cases and items the golden set has, as rows of its page.

What belongs here: counting. What does not: rules of labelling (see ``golden_rules``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tests.evals.golden_rules import Case


def domain_rows(cases: Sequence[Case]) -> list[str]:
    """One row per domain, and the sum with the number of cases without any action item."""
    idle = sum(without_action(case) for case in cases)
    return [*_rows(case["domain"] for case in cases), f"| all | {len(cases)}, of them {idle} without an action item |"]


def kind_rows(cases: Sequence[Case]) -> list[str]:
    """One row per kind of item, then the optional ones among them, then the traps."""
    items = [item for case in cases for item in case["expected"]]
    optional = sum(item["optional"] for item in items)
    traps = sum(len(case["forbidden"]) for case in cases)
    kinds = _rows(item["kind"] for item in items)
    return [*kinds, f"| optional among them | {optional} |", f"| forbidden | {traps} |"]


def trait_rows(cases: Sequence[Case]) -> list[str]:
    """One row per trait."""
    return _rows(trait for case in cases for trait in case["traits"])


def without_action(case: Case) -> bool:
    """Whether nothing in the case has to become an action item."""
    return not any(item["kind"] == "action_item" and not item["optional"] for item in case["expected"])


def _rows(names: Iterable[str]) -> list[str]:
    return [
        f"| {name} | {count} |" for name, count in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))
    ]
