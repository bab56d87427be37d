"""The comment on a proposal that changes the engine: that comes first, then both verdicts.

Main's engine scored both models and applied the champion rule and the bars. The proposal's own gave
its verdict where it trained: without tokens, and so without proof. The status needs both.
"""

from dataclasses import asdict
from typing import Any

from mainline.core.markdown import clip, escape
from mainline.gate.upgrade import Upgrade
from mainline.gate.verdict import FAIL
from mainline.proposal import words
from mainline.proposal.own_verdict import OwnVerdict
from mainline.report import rule_table

OWNERS = "the engine's owners in CODEOWNERS decide: docs/upgrading.md says how."
LOADS = ("gate", "candidate", "graph")  # rules without which nothing was scored
REASON = 400  # characters


def untouched(change: Upgrade, comment: str) -> str:
    """The comment where no model is touched, the change of the engine first."""
    return _titled(change, comment, "✅")


def told(
    change: Upgrade,
    comment: str,
    *,
    main: dict[str, Any] | None,
    own: OwnVerdict | None,
) -> tuple[bool, str]:
    """Whether both verdicts are open, and the comment with both.

    `main` is the verdict of main's engine, as JSON; None when there is none. `own` is that of the
    proposal's engine, as its own run says.
    """
    well = main is not None and main["open"] is True
    both = well and own is not None and own.open
    sign, theirs = _sign(well=bool(own and own.open)), f"engine {escape(change.after)}"
    if main is None:
        did = f"could not judge this, for the reason below. If it cannot read what {theirs} makes, "
        did += OWNERS
    elif reason := _unread(main):
        did = f"cannot read this model: {escape(clip(reason, REASON))} So {OWNERS}"
    else:
        paired = (main["champion"] or {}).get("paired")
        did = "scored both models on the same rows" if paired else "scored this model"
        did += f" and applied main's rules: {_sign(well=well)} {escape(main['headline'])}"
    said = escape(clip(own.headline, REASON)) if own else "no verdict, so the status is red."
    notes = [
        f"What changes: {escape(change.shown)}." if change.files else "",
        f"Engine {change.before}, main's, {did}",
        f"E{theirs[1:]}, in the proposal's own run: {sign} {said}",
    ]
    if well and not both:
        comment = _titled(change, comment, "❌", f"The verdict of {theirs} is not open.")
    else:
        comment = _titled(change, comment, _sign(well=well))
    return both, words.clipped(words.with_notes(comment, notes).rstrip("\n") + _fold(theirs, own))


def _titled(change: Upgrade, comment: str, sign: str, but: str = "") -> str:
    """The comment whose first line says what changes, before what it said itself."""
    first, _, rest = comment.partition("\n")
    title = but or first.lstrip("#✅❌ ")
    return f"## {sign} This proposal changes {escape(change.said)}. {title}\n{rest}"


def _unread(verdict: dict[str, Any]) -> str:
    """Why this engine scored nothing; empty when it did."""
    rules = (rule for rule in verdict["rules"] if rule["outcome"] == FAIL)
    whys = [rule["why"] for rule in rules if rule["name"] in LOADS]
    return str(next(iter(whys), verdict["candidate"].get("problem", "")))


def _fold(engine: str, own: OwnVerdict | None) -> str:
    if own is None:
        return "\n"
    title = f"<summary>The rules of {engine}, as the proposal's own run says</summary>"
    rows = rule_table.lines(asdict(rule) for rule in own.rules)
    return "\n".join(["", "", "<details>", title, "", *rows, "", "</details>", ""])


def _sign(*, well: bool) -> str:
    return "✅" if well else "❌"
