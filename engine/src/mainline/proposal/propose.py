"""The command `propose`: trains and judges a pull request; options post and push the result."""

import os
import traceback
from dataclasses import dataclass, replace
from pathlib import Path

from mainline.core.errors import MainlineError, StageFailedError
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.delivery import publish
from mainline.gate import cases
from mainline.git import MAINS, Git, short
from mainline.github.api import Api
from mainline.github.context import Context
from mainline.github.poster import post as post_comment
from mainline.github.statuses import CHECK, Statuses
from mainline.github.workflow import group, output, summarise
from mainline.params import params
from mainline.pipeline.judge import judge
from mainline.pipeline.up_to_date import reproduce
from mainline.process.children import environment
from mainline.proposal import base as base_branch
from mainline.proposal import commit, pack, remote, words
from mainline.proposal.machine import trained_on
from mainline.proposal.secrets import withheld
from mainline.proposal.touched import touched, untrained
from mainline.tracking import record


@dataclass(frozen=True)
class Outcome:
    """Whether the check passes, the comment, and the bot's commit, if there is one."""

    open: bool
    comment: str
    commit: str | None = None


def run(
    root: Path,
    *,
    against: str | None,
    post: bool,
    push: bool,
    retrain: bool = False,
    pr: int | None = None,
    into: Path | None = None,
) -> bool:
    """Returns whether the gate is open. Raises MainlineError when the comment cannot be posted.

    With `into` nothing is judged: what training made is packed there, for `mainline receive`.
    """
    where = Context.of(pr)
    if into is not None:
        return pack.run(root, into, against or where.base or Git(root).main())
    if where.fork and (post or push):
        raise MainlineError(
            "proposals from forks are neither trained nor posted; a maintainer takes them over."
        )
    if pr and (post or push) and Git(root).resolve("HEAD") != where.head:
        raise MainlineError(
            f"the pull request {pr} is at {where.head[:12]}, and another commit is checked out.",
            hint=f"`gh pr checkout {pr}`",
        )
    base = against or where.base or Git(root).main()
    try:
        outcome = _outcome(root, where, base, push=push, retrain=retrain)
    except MainlineError as error:
        print(f"propose: {error}", flush=True)
        outcome = Outcome(False, words.refused(str(error)))
    except Exception as error:  # even after a defect of ours the pull request gets a comment
        traceback.print_exc()
        outcome = Outcome(False, words.refused(words.defect(error)))
    outcome = replace(outcome, comment=words.of_commit(outcome.comment, where))
    write_text(Layout(root).comment, outcome.comment)
    summarise(outcome.comment)
    output("commit", outcome.commit or "")
    if post and where.number:
        _tell(where, outcome)
    else:
        print(f"\n{outcome.comment}", flush=True)
    return outcome.open


def _outcome(
    root: Path, where: Context, against: str | None, *, push: bool, retrain: bool
) -> Outcome:
    base = against if against and Git(root).resolve(against) else None
    base_branch.settled(root, short(base or MAINS[0]))
    params.check(root)
    if base and not touched(Git(root), base):
        return Outcome(True, untrained(Git(root), base))
    if push:
        publish.check(root)
        remote.check(root)
    try:
        with group("Pipeline"):
            stages = reproduce(root, variables=withheld(environment()), quoted=True)
    except StageFailedError as error:
        return Outcome(False, words.stopped(error))
    if where.event == "merge_group" and commit.changed(root):
        raise MainlineError(
            "the merged code makes another model than the reviewed one. Update the branch, let CI "
            "train it there, and queue it again."
        )
    with group("Gate"):
        retrain = retrain or cases.promised(where.branch)
        verdict = judge(root, against=against, retrain=retrain)
        print(record.describe(root), flush=True)
    text = Layout(root).comment.read_text(encoding="utf-8")
    stale = base_branch.note(root, base) if base else ""
    if not push:
        return Outcome(verdict.open, words.with_notes(text, [stale]))
    try:
        trained = "train" in stages
        made = _keep(root, where, trained=trained)
    except MainlineError as error:
        print(f"propose: {error}", flush=True)
        return Outcome(False, words.unkept(str(error), text.partition("\n")[0]))
    notes = [stale, words.made_here(made, trained=trained)]
    return Outcome(verdict.open, words.with_notes(text, notes), made)


def _keep(root: Path, where: Context, *, trained: bool) -> str | None:
    """Push the bytes first, then the commit that names them. Returns the commit."""
    with group("Push"):
        print(publish.publish(root), flush=True)
        print(f"data      {remote.push(root)}", flush=True)
        made = commit.commit(root, machine=trained_on(root) if trained else "")
        if made:
            made = commit.push(root, where.branch)
        print(f"commit    {made or 'nothing changed'}", flush=True)
    return made


def _tell(where: Context, outcome: Outcome) -> None:
    """Post the comment and set the bot commit's status, even if posting the comment fails."""
    api = Api.from_environment()
    try:
        print(post_comment(api, where.number, where.head, outcome.comment).line(), flush=True)
    except MainlineError:
        _status(api, where, outcome, "failure", "the comment could not be posted; see the log")
        raise
    output("told", "true")
    state = "success" if outcome.open else "failure"
    _status(api, where, outcome, state, outcome.comment.partition("\n")[0].lstrip("# ✅❌"))


def _status(api: Api, where: Context, outcome: Outcome, state: str, said: str) -> None:
    """Set the status here: a push with the job's own token starts no workflow that would."""
    if outcome.commit and not os.environ.get("PUSH_TOKEN"):
        Statuses(api).set(outcome.commit, CHECK, state, said, where.run_url)
