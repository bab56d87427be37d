"""The command `propose`: trains and judges a proposal here, and shows what CI would comment."""

from pathlib import Path

from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.gate.promise import promised
from mainline.git import MAINS, Git, short
from mainline.github.context import Context
from mainline.params import params
from mainline.pipeline.judge import judge
from mainline.pipeline.up_to_date import reproduce
from mainline.process.children import environment
from mainline.proposal import base as base_branch
from mainline.proposal import pack, words
from mainline.proposal.secrets import withheld
from mainline.proposal.touched import touched, untrained
from mainline.tracking import record


def run(
    root: Path,
    *,
    against: str | None,
    retrain: bool = False,
    pr: int | None = None,
    into: Path | None = None,
) -> bool:
    """Print the comment. Returns whether the gate is open.

    With `into` nothing is judged: what training made is packed there, for `mainline receive`.
    """
    where = Context.of(pr)
    base = against or where.base or Git(root).main()
    retrain = retrain or promised(where.branch)
    if into is not None:
        return pack.run(root, into, base, retrain=retrain)
    try:
        well, comment = _judged(root, base, retrain=retrain)
    except MainlineError as error:
        well, comment = False, words.refused(str(error))
    write_text(Layout(root).comment, comment)
    print(f"\n{comment}", flush=True)
    return well


def _judged(root: Path, against: str | None, *, retrain: bool) -> tuple[bool, str]:
    """Whether the gate is open, and the comment."""
    base = against if against and Git(root).resolve(against) else None
    base_branch.settled(root, short(base or MAINS[0]))
    params.check(root)
    if base and not touched(Git(root), base):
        return True, untrained(Git(root), base)
    try:
        reproduce(root, variables=withheld(environment()), quoted=True)
    except StageFailedError as error:
        return False, words.stopped(error)
    verdict = judge(root, against=against, retrain=retrain)
    print(record.describe(root), flush=True)
    text = Layout(root).comment.read_text(encoding="utf-8")
    return verdict.open, words.with_notes(text, [base_branch.note(root, base) if base else ""])
