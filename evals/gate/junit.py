"""Verdicts as JUnit XML, for whatever shows test results.

What belongs here: the file. What does not: the verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from evals.gate.verdict import Verdict, regressed
from evals.scoring.metrics import METRICS
from evals.scoring.score import Better


def write_junit(path: Path, verdicts: Iterable[Verdict]) -> None:
    """A suite a system; a test for each case (hard rules, lost), for each gated figure, and one for the manifest."""
    root = ET.Element("testsuites", name="evals")
    for verdict in verdicts:
        suite = ET.SubElement(root, "testsuite", name=verdict.system)
        told: list[tuple[str, str, str | None]] = []
        cases = sorted({*verdict.scores, *verdict.lost_cases})
        for case in cases:
            wrong = [
                *verdict.hard_cases.get(case, ()),
                *([verdict.lost_cases[case]] if case in verdict.lost_cases else []),
            ]
            told.append(("case", case, "; ".join(wrong) or None))
        for name, difference in verdict.differences.items():
            metric = METRICS[name]
            if metric.gated and metric.better is not Better.NEITHER:
                moved = f"{difference.delta} [{difference.low:.4g}, {difference.high:.4g}]"
                told.append(("figure", name, f"regressed by {moved}" if regressed(name, difference) else None))
        other = [reason for reason in verdict.reasons if reason.startswith("The ")]
        told.append(("baseline", "manifest", "; ".join(other) or None))
        for kind, name, failure in told:
            test = ET.SubElement(suite, "testcase", classname=f"{verdict.system}.{kind}", name=name)
            if failure is not None:
                ET.SubElement(test, "failure", message=failure)
        suite.set("tests", str(len(told)))
        suite.set("failures", str(sum(failure is not None for _, _, failure in told)))
    path.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
