"""The command `propose`: all that CI does with a pull request; posting and pushing by option."""

import os
from dataclasses import dataclass
from pathlib import Path

from customer_churn import params
from customer_churn.core import paths
from customer_churn.core.errors import UserError
from customer_churn.core.files import write_text
from customer_churn.forge.api import Api
from customer_churn.forge.poster import post as post_comment
from customer_churn.forge.statuses import Statuses
from customer_churn.git import Git
from customer_churn.loop.judge import judge
from customer_churn.proposal import base as base_branch
from customer_churn.proposal import commit, remote, words
from customer_churn.proposal.context import Context
from customer_churn.proposal.log import group, output, summarise
from customer_churn.proposal.touched import touched
from customer_churn.proposal.training import train
from customer_churn.tracking import record

CHECK = "proposal"  # the job's name: what the ruleset requires


@dataclass(frozen=True)
class Outcome:
    """What is said, whether the check is green, and the bot's commit, if there is one."""

    open: bool
    comment: str
    commit: str | None = None


def run(root: Path, *, against: str | None, post: bool, push: bool, retrain: bool = False) -> bool:
    """Returns whether the gate is open. Raises UserError when the comment cannot be posted."""
    where = Context.from_environment()
    if where.fork and (post or push):
        raise UserError("a fork's proposal is neither trained nor posted here; see CONTRIBUTING.md")
    try:
        outcome = _outcome(root, where, against or where.base, push=push, retrain=retrain)
    except UserError as error:
        print(f"propose: {error}", flush=True)
        outcome = Outcome(False, words.refused(str(error), where.run_url))
    write_text(root / paths.COMMENT, outcome.comment)
    summarise(outcome.comment)
    output("commit", outcome.commit or "")
    if post and where.number:
        _tell(where, outcome)
    return outcome.open


def _outcome(
    root: Path, where: Context, against: str | None, *, push: bool, retrain: bool
) -> Outcome:
    params.check(root)
    git = Git(root)
    if against and git.resolve(against) and not touched(git, against):
        return Outcome(True, words.untouched(against))
    if push:
        remote.check(root)
    with group("Pipeline"):
        stopped = train(root, pull=bool(remote.name(root)))
    if stopped:
        return Outcome(False, words.stopped(stopped, where.run_url))
    if where.event == "merge_group" and commit.changed(root):
        raise UserError(
            "merged, this tree makes another model than the one that was reviewed. Update the "
            "branch, let it train there, and queue it again."
        )
    with group("Gate"):
        verdict = judge(root, against=against, retrain=retrain)
        print(record.describe(root), flush=True)
    notes = [base_branch.note(root, against)] if against and git.resolve(against) else []
    made = _keep(root, where) if push else None
    text = (root / paths.COMMENT).read_text(encoding="utf-8")
    return Outcome(verdict.open, _with_notes(text, notes), made)


def _keep(root: Path, where: Context) -> str | None:
    """Bytes first, then the commit that names them: no commit names what nobody can get."""
    with group("Push"):
        print(remote.push(root), flush=True)
        made = commit.commit(root)
        if made:
            commit.push(root, where.branch)
        print(f"commit    {made or 'nothing changed'}", flush=True)
    return made


def _tell(where: Context, outcome: Outcome) -> None:
    api = Api.from_environment()
    print(post_comment(api, where.number, where.head, outcome.comment).line(), flush=True)
    if outcome.commit and not os.environ.get("PUSH_TOKEN"):
        # A push with the job's own token starts no workflow, so nobody else will say it there.
        state = "success" if outcome.open else "failure"
        headline = outcome.comment.partition("\n")[0].lstrip("# ✅❌")
        Statuses(api).set(outcome.commit, CHECK, state, headline, where.run_url)


def _with_notes(text: str, notes: list[str]) -> str:
    """Notes stand under the headline, before all that may be long."""
    first, _, rest = text.partition("\n")
    quoted = [f"> {note}" for note in notes if note]
    return "\n\n".join([first, *quoted, rest.lstrip("\n")]) if quoted else text
