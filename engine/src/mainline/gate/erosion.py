"""The erosion rule: many proposals that are each "not worse" must not lose many margins.

The best of main's last releases is scored beside the champion, on the same rows. Which one is best
is what was recorded under main's own settings: a proposal that changes them does not choose it.
"""

import functools
import math
from dataclasses import dataclass, field
from typing import Any

from mainline.core.config import Settings
from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.data.settings import SplitSettings
from mainline.evaluation.interval import NO_INTERVAL
from mainline.evaluation.settings import EvaluationSettings
from mainline.evaluation.words import signed
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.comparison import difference, worse
from mainline.gate.integrity import attempt
from mainline.gate.opponent import Opponent, meet
from mainline.gate.standing import standing
from mainline.gate.verdict import Rule

NAME = "erosion"
# Figures are comparable when these sections are the same.
QUESTION: dict[str, type[Settings]] = {
    "table": TableSettings,
    "split": SplitSettings,
    "evaluation": EvaluationSettings,
}


@dataclass(frozen=True)
class Erosion:
    """The rule; empty when the champion or the candidate is the best, or both are the same.

    `about` is for the comment. `notes` say which better releases could not be compared.
    """

    rules: list[Rule]
    about: dict[str, Any]
    notes: list[str] = field(default_factory=list)


def judge(candidate: Candidate, champion: Champion, bars: Bars) -> Erosion:
    """Compare with the best release. Raises GitError when history cannot be read.

    A release whose bytes are gone or cannot be compared is left out, and the next best is taken: an
    old release must not block work for ever.
    """
    settings = bars.gate.champion
    figure = candidate.task.leading.name
    known = comparable(champion, settings.memory, figure)
    about: dict[str, Any] = {"of": len(known)}
    notes: list[str] = []
    for best in better(champion, known):
        # A rollback to the best, or main's own model again: nothing is lost.
        if candidate.content in (best.release.content, champion.release.content):
            about["best"] = best.about()
            break
        met = meet(candidate, best, settings.min_rows)
        if not isinstance(met.problem, MainlineError):
            about["best"] = best.about()
            rule = functools.partial(_rule, candidate, met, bars, best, about)
            return Erosion([attempt(NAME, rule)], about, notes)
        about["problem"] = str(met.problem)
        notes.append(
            f"{named(best)} has the best {candidate.task.leading.short} of the last {len(known)} "
            f"comparable releases and was left out of the rule `{NAME}`: {met.problem}"
        )
    return Erosion([], about, notes)


def named(release: Champion) -> str:
    """A release in words."""
    return f"version {release.release.version} ({release.commit[:12]})"


def _rule(
    candidate: Candidate, met: Opponent, bars: Bars, best: Champion, about: dict[str, Any]
) -> Rule:
    common = met.common
    if common is None:
        raise met.problem or MainlineError("the best release could not be scored.")
    margin = bars.gate.champion.most_lost
    found = difference(candidate, common, bars)
    if not math.isfinite(found.low):
        raise MainlineError(NO_INTERVAL)
    about |= {"difference": found.rounded(), "rows": len(common.ours)}
    passed = bool(found.low >= -margin)
    why = f"against {named(best)}, the best of the last {about['of']} comparable releases, on "
    why += f"{len(common.ours):,} rows: {common.how}"
    if not passed:
        why += f"; the proposal may be worse by {-found.low:.4f}, more than the margin."
    shown = {"figure": signed(found.rounded()), "bar": ">= 0", "margin": f"{margin:g}"}
    shown["said"] = worse(
        found, f"{named(best)}, the best of the last {about['of']},", shown["margin"]
    )
    return Rule.judged(NAME, passed, why, **shown)


def comparable(champion: Champion, memory: int, figure: str) -> dict[Champion, float | None]:
    """Main's last releases under main's settings of today, newest first, with the figure recorded.

    At most `memory` releases that stand are looked at, the champion included.
    """
    try:
        today = _question(champion)
    except MainlineError:  # the champion rule reports it
        return {}
    found: dict[Champion, float | None] = {}
    for release in standing(champion)[:memory]:
        try:
            if _question(release) == today:
                found[release] = _recorded(release, figure)
        except MainlineError:
            continue
    return found


def better(champion: Champion, known: dict[Champion, float | None]) -> list[Champion]:
    """The releases that were recorded better than the champion, the best first."""
    least = known.get(champion)
    values = {release: value for release, value in known.items() if value is not None}
    values = {each: value for each, value in values.items() if least is None or value > least}
    values.pop(champion, None)
    return sorted(values, key=lambda each: -values[each])


def _question(release: Champion) -> list[Settings]:
    return [release.settings(section, kind) for section, kind in QUESTION.items()]


def _recorded(release: Champion, figure: str) -> float | None:
    found = release.figures().get(figure)
    value = found.get("value") if isinstance(found, dict) else None
    return float(value) if isinstance(value, (int, float)) and math.isfinite(value) else None
