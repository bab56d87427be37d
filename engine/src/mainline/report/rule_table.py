"""The table of the gate's rules, in the comment."""

from collections.abc import Iterable, Mapping
from typing import Any

from mainline.core.markdown import clip, escape, table

OUTCOMES = {"pass": "✅", "fail": "❌ **closed**", "waived": "shown only"}
WHY = 500  # characters of a reason


def lines(rules: Iterable[Mapping[str, Any]]) -> list[str]:
    """One row for each rule, as `Verdict.to_json` has them."""
    rows = [
        [
            escape(rule["name"]),
            escape(rule["figure"]),
            escape(rule["bar"]),
            escape(rule["margin"]),
            OUTCOMES[rule["outcome"]],
            escape(clip(rule["why"], WHY)),
        ]
        for rule in rules
    ]
    return table(["rule", "figure", "bar", "margin", "", "why"], rows)
