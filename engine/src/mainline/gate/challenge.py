"""The champion rule: a proposal must not be worse than the champion, a retrain must be better."""

import math
from typing import Any

from mainline.core.errors import MainlineError, OutOfReachError
from mainline.core.table import TableSettings
from mainline.evaluation.interval import NO_INTERVAL
from mainline.gate.bars import Bars
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.comparison import compare, worse
from mainline.gate.opponent import NotComparableError, Opponent, same_question
from mainline.gate.verdict import Rule
from mainline.params.gate import ChampionSettings

NAME = "champion"

Outcome = tuple[Rule, dict[str, Any] | None]


def judge(
    candidate: Candidate,
    champion: Champion,
    opponent: Opponent,
    bars: Bars,
    *,
    retrain: bool,
    in_ci: bool,
) -> Outcome:
    """The rule and the champion's figures on the common rows.

    `bars.reset` counts only when a comparison is impossible. If the champion's bytes are out of
    reach, the gate closes in CI. On a laptop it compares with the champion's recorded figures.
    """
    settings, reset = bars.gate.champion, bars.reset
    try:
        if opponent.common is None:
            raise opponent.problem or MainlineError("the champion could not be scored.")
        comparison = compare(candidate, opponent.common, bars)
        if not math.isfinite(comparison.difference.low):
            raise MainlineError(NO_INTERVAL)
    except OutOfReachError as error:
        if in_ci:
            return _closed(error)
        try:
            same_question(candidate.table, champion.settings("table", TableSettings))
        except MainlineError as other:  # a reset needs the bytes too: CI closes without them
            return _closed(MainlineError(f"{error} Its figures cannot be used instead: {other}"))
        return _recorded(candidate, champion, settings, retrain, error)
    except NotComparableError as error:
        return _not_comparable(error, reset)
    except Exception as error:  # a hostile file may raise anything: the rule has failed
        return _closed(MainlineError(str(error) or type(error).__name__))
    found = comparison.difference
    bar, margin, passed = _bar(found.low, settings, retrain)
    why = f"{candidate.task.method} on {comparison.rows:,} rows: {comparison.how}"
    if not passed and retrain:
        why += "; a retrain must be better: its whole interval must be above 0."
    elif not passed:
        why += f"; the proposal may be worse by {-found.low:.4f}, more than the margin."
    figure = f"{found.value:+.4f} ({found.low:+.4f} to {found.high:+.4f})"
    said = worse(found, "the model on main", margin)
    rule = Rule.judged(NAME, passed, why, figure=figure, bar=bar, margin=margin, said=said)
    about = {
        "figures": comparison.champion,
        "rows": comparison.rows,
        "difference": found.rounded(),
        "paired": True,
    }
    return rule, about


def _bar(low: float, settings: ChampionSettings, retrain: bool) -> tuple[str, str, bool]:
    """The bar and margin as text, and whether the interval's lower end passes them.

    A retrain that ties has a lower end of 0 and fails. NaN always fails.
    """
    if retrain:
        return "> 0", "", bool(low > 0)
    return ">= 0", f"{settings.margin:g}", bool(low >= -settings.margin)


def _closed(error: MainlineError, *, hint: bool = False) -> Outcome:
    why = str(error)
    if hint:
        why += " To give up the champion, set gate.champion.reset to the reason."
    return Rule.judged(NAME, False, why, figure="none"), None


def _not_comparable(error: MainlineError, reset: str | None) -> Outcome:
    if reset is None:
        return _closed(error, hint=True)
    why = f'given up by this proposal: "{reset}" ({error})'
    return Rule.judged(NAME, True, why, figure="none", bar="given up"), None


def _recorded(
    candidate: Candidate,
    champion: Champion,
    settings: ChampionSettings,
    retrain: bool,
    error: MainlineError,
) -> Outcome:
    leading = candidate.task.leading.name
    try:
        recorded = champion.figures()
        theirs = recorded[leading]["value"]
    except (MainlineError, KeyError, TypeError) as problem:
        return _closed(MainlineError(f"{error} Its figures cannot be read either: {problem}"))
    ours = candidate.figures["model"][leading]["value"]
    if ours is None or not isinstance(theirs, (int, float)):
        return _closed(MainlineError(f"{error} Its recorded figures cannot be used instead."))
    if retrain:
        return _closed(
            MainlineError(f"{error} Recorded figures cannot show that a retrain is better.")
        )
    difference = ours - theirs
    bar, margin, passed = _bar(difference, settings, retrain)
    why = (
        "the champion's bytes are out of reach. Its recorded figures are used: not paired, without "
        "an interval. CI will not accept this. Set up a DVC remote (README) for a real comparison."
    )
    figure = f"{difference:+.4f} (recorded)"
    rule = Rule.judged(NAME, passed, why, figure=figure, bar=bar, margin=margin)
    return rule, {"figures": recorded, "rows": None, "difference": None, "paired": False}
