"""The robustness rules: how much does the model lose on worse inputs? One rule for each bar."""

from collections.abc import Iterator
from typing import Any

from mainline.evaluation.settings import EvaluationSettings
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.verdict import Rule

MEASURES = ("robustness", "sample", "seed")  # settings that change the falls


def rules(candidate: Candidate, bars: Bars) -> Iterator[Rule]:
    """The largest fall of each kind is within its bar. An unknown fall closes the gate."""
    limits = bars.gate.robustness
    numbers, texts = candidate.table.numbers, candidate.table.categories
    asked = (
        ("noise", limits.noise_drop, numbers, "number"),
        ("missing", limits.missing_drop, [*numbers, *texts], "column"),
        ("unknown", limits.unknown_drop, texts, "category"),
    )
    if any(limit is not None for _, limit, _, _ in asked):
        found = falls(candidate, bars.evaluation)
        for kind, limit, columns, word in asked:
            if limit is not None:
                yield _rule(kind, limit, found.get(kind, {}), f"no {word}" if not columns else "")


def falls(candidate: Candidate, evaluation: EvaluationSettings) -> dict[str, Any]:
    """The candidate's falls, measured with main's settings."""
    own = candidate.evaluation
    if all(getattr(own, name) == getattr(evaluation, name) for name in MEASURES):
        found = candidate.figures["robustness"]
    else:
        found = candidate.asked.robustness(evaluation)
    return dict(found)


def _rule(kind: str, limit: float, falls: dict[str, Any], idle: str) -> Rule:
    bar = f"fall <= {limit:g}"
    if idle:
        return Rule.judged(kind, True, f"the model reads {idle}", bar=bar)
    unknown = [name for name, fall in falls.items() if fall["value"] is None]
    if unknown or not falls:
        why = f"with {unknown[0]} {kind} the model has no figure." if unknown else "nothing asked."
        return Rule.judged(kind, False, why, figure="none", bar=bar)
    worst = max(falls, key=lambda name: falls[name]["value"])
    value = falls[worst]["value"]
    what = {
        "noise": f"noise of {worst} standard deviations on every number",
        "missing": f"{worst} missing in every row",
        "unknown": "categories that training has never seen",
    }[kind]
    passed = bool(value <= limit)
    why = f"the most is lost with {what}" if passed else f"{what} costs {value:.4f}."
    return Rule.judged(kind, passed, why, figure=f"{value:.4f}", bar=bar)
