"""The verdict that a proposal's own engine gave in its own run. To its reader it is a claim."""

from dataclasses import dataclass, fields
from typing import Any

from mainline.gate.verdict import FAIL, PASS, WAIVED, Rule, Verdict

MOST = 100  # rules


@dataclass(frozen=True)
class OwnVerdict:
    """What its gate said: open or closed, the one sentence, and the rules."""

    open: bool
    headline: str
    rules: list[Rule]

    @classmethod
    def of(cls, verdict: Verdict) -> "OwnVerdict":
        """The part of a verdict that is handed over."""
        return cls(verdict.open, verdict.headline, verdict.rules)

    @classmethod
    def parsed(cls, values: Any) -> "OwnVerdict | None":
        """Raises ValueError, KeyError or TypeError when `of` would not have made it.

        A newer engine may say more of a rule than this one knows.
        """
        if values is None:
            return None
        known = [field.name for field in fields(Rule)]
        rules = [
            Rule(**{key: each[key] for key in known if key in each}) for each in values["rules"]
        ]
        texts = [getattr(rule, name) for rule in rules for name in known]
        if not all(isinstance(text, str) for text in (values["headline"], *texts)):
            raise ValueError("a verdict is texts")
        if len(rules) > MOST or any(r.outcome not in (PASS, FAIL, WAIVED) for r in rules):
            raise ValueError("a verdict has other outcomes, or too many rules")
        passed = bool(rules) and all(rule.outcome != FAIL for rule in rules)
        return cls(values["open"] is True and passed, values["headline"], rules)
