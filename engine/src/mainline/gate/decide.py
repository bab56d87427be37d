"""Finds the case of a proposal and applies the rules of that case."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from mainline.core.errors import MainlineError
from mainline.gate import (
    cases,
    costs,
    erosion,
    fairness,
    integrity,
    judges,
    notes,
    own_code,
    quality,
    robustness,
    server,
    snapshot,
    source,
)
from mainline.gate.bars import Bars, in_force
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.duel import Duel, alone, judge, tried
from mainline.gate.verdict import Rule, Verdict
from mainline.git import Git

BEHIND = (
    "main has released another model since this branch was created; the branch still has the "
    "older one. Run `git merge origin/main`, then `make run`."
)


def decide(
    git: Git, against: str | None, *, retrain: bool, in_ci: bool, code: Path | None = None
) -> Verdict:
    """Judge the working tree against the base revision. A bad model closes the gate.

    Raises MainlineError only when the base revision is unknown.
    """
    base = cases.base(git, against, in_ci=in_ci)
    shown, outside = base or "", notes.on_outside(Candidate(git.root, code=code))
    try:
        champion = Champion.at(git, base) if base else None
        bars = in_force(git, base)
        candidate = Candidate(git.root, frozenset(bars.gate.operations), code)
        case, judged_before = cases.of(candidate, champion, git, retrain=retrain)
        settled = source.settled(candidate, git, judged_before)
    except MainlineError as error:
        return Verdict("proposal", shown, [Rule.judged("candidate", False, str(error))], outside)
    ask = None if settled else lambda: source.ask(candidate, git, base)
    said: list[str] = []
    rules = integrity.rules(candidate, ask, said)
    duel, data = Duel([]), None
    found = [
        *judges.changed(git, base),  # first: a long list of notes is cut at its end
        *outside,
        *said,
        *bars.notes,
        *notes.on_validation(candidate, git, base),
    ]
    if case == "behind":
        rules.append(Rule.judged("base", False, BEHIND))
    elif case != "same":
        moved, data, said = snapshot.rule(candidate, git, base, bars)
        found += said
        judged = [moved, *_quality(candidate, bars)]
        if champion is None:
            duel = alone(candidate)
        else:
            duel = judge(candidate, champion, bars, retrain=case == "retrain", in_ci=in_ci)
        judged += duel.rules
        if champion is not None and (duel.about or {}).get("paired"):
            past = erosion.judge(candidate, champion, bars)
            judged += past.rules
            found += past.notes
            duel.measured[erosion.NAME] = past.about
        if case == "rollback":
            # The model was judged before. The snapshot rule still counts unless the rows were too.
            kept = () if settled else (snapshot.NAME,)
            judged = [rule if rule.name in kept else rule.waived() for rule in judged]
            found.append(notes.on_rollback(candidate, git, judged_before))
        elif champion is not None:
            found += [*notes.on_split(candidate, champion), *notes.on_history(git)]
        if bars.reset is not None and duel.about is not None:
            found.append("gate.champion.reset has no effect: the champion can be compared.")
        rules += judged
    if candidate.outside:
        duel.measured[own_code.NAME] = tried(lambda: own_code.said(candidate))
    about, theirs = _about(candidate, champion), _champion(champion, duel.about)
    return Verdict(case, shown, rules, found, about, theirs, data, duel.measured)


def _quality(candidate: Candidate, bars: Bars) -> list[Rule]:
    gate, evaluation = bars.gate, bars.evaluation
    return [
        *integrity.attempts("bars", lambda: quality.absolute(candidate, gate)),
        integrity.attempt("baseline", lambda: quality.baseline(candidate, bars)),
        integrity.attempt("slices", lambda: quality.by_slice(candidate, evaluation, gate.slices)),
        *integrity.attempts("robustness", lambda: robustness.rules(candidate, bars)),
        *integrity.attempts("fairness", lambda: fairness.rules(candidate, bars)),
        *integrity.attempts("cost", lambda: costs.rules(candidate, bars)),
        integrity.attempt("size", lambda: quality.size(candidate, gate)),
        *integrity.attempts("server", lambda: server.rules(candidate.root)),
    ]


def _about(candidate: Candidate, champion: Champion | None) -> dict[str, Any]:
    """The candidate's facts for the comment, as far as they can be computed."""
    about: dict[str, Any] = {}
    try:
        about |= {"content": candidate.content, "version": candidate.version}
        about |= candidate.descriptor
        about["seed"] = candidate.train.seed
        about["figures"] = candidate.figures
        about |= costs.beside(candidate, champion)
    except Exception as error:  # the rules report the same error
        about["problem"] = str(error)
    return about


def _champion(champion: Champion | None, about: dict[str, Any] | None) -> dict[str, Any] | None:
    if champion is None:
        return None
    release = asdict(champion.release)
    known = {"commit": champion.commit, "release": release, "released": champion.about()}
    return known | (about or {})
