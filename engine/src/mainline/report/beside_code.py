"""What the proposal's own checks.py and metrics.py said in its own run, beside main's."""

from collections.abc import Mapping
from typing import Any

from mainline.evaluation.words import estimate
from mainline.report.markdown import clip, code, escape, table

TEXT = 200  # characters
HEAD = "**As the proposal's own run says**, with its own"


def lines(verdict: Mapping[str, Any]) -> list[str]:
    """A table for each of the two files that differs from main's; usually empty."""
    found = verdict.get("measured", {}).get("own_code", {})
    if "problem" in found:
        return [f"{HEAD} code: {escape(clip(found['problem'], TEXT))}", ""]
    shown: list[str] = []
    if "metrics" in found:
        shown += [f"{HEAD} `metrics.py` (main's figures are above):", ""]
        shown += _metrics(found["metrics"], verdict["candidate"].get("figures", {}))
    if "checks" in found:
        shown += [f"{HEAD} `checks.py` (main's are in the rule `validation`):", ""]
        shown += _checks(found["checks"])
    return shown


def _metrics(found: Mapping[str, Any], figures: Mapping[str, Any]) -> list[str]:
    if not found:
        return ["No figures.", ""]
    main = figures.get("model", {})
    rows = [
        [
            code(clip(name, TEXT)),
            estimate(about["model"], unit=True),
            estimate(about["baseline"], unit=True),
            estimate(main[name], unit=True) if name in figures.get("metrics", {}) else "not in it",
        ]
        for name, about in found.items()
    ]
    header = ["figure", "this proposal", "baseline (plain trees)", "by main's `metrics.py`"]
    return [*table(header, rows), ""]


def _checks(found: Mapping[str, Any]) -> list[str]:
    if not found:
        return ["No checks.", ""]
    rows = [
        [
            code(clip(name, TEXT)),
            escape(clip(about["expected"], TEXT)),
            escape(clip(about["observed"], TEXT)),
            "✅" if about["passed"] else "❌",
        ]
        for name, about in found.items()
    ]
    return [*table(["check", "expected", "observed", ""], rows), ""]
