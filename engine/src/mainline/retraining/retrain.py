"""The command `retrain`: a branch with a newer `data.as_of`, and its pull request with its reason.

The model is trained and judged there like any other. Nothing here trains.
"""

import os
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.files import write_json
from mainline.core.layout import Layout
from mainline.git import Git
from mainline.github.api import Api
from mainline.github.identity import IDENTITY
from mainline.github.workflow import no_commands, run_url, summarise
from mainline.proposal import aside
from mainline.retraining import asked as asking
from mainline.retraining import cool_down, newer_rows, request_body, start_retrain
from mainline.retraining.asked import EVENT, Asked
from mainline.retraining.newer_rows import Rows
from mainline.retraining.on_main import OnMain, subject
from mainline.retraining.open_requests import Requests
from mainline.snapshots.day import with_as_of

EVIDENCE = Layout.monitor.with_name("retrain") / "evidence.json"  # an artifact of the workflow


def run(
    root: Path,
    *,
    reason: str | None = None,
    trigger: str | None = None,
    evidence: str | None = None,
    as_of: str | None = None,
    from_verdict: Path | None = None,
    dispatched: bool = False,
    dispatch: bool = False,
    push: bool = False,
) -> None:
    """Make the branch of a retraining; `push` opens the pull request, `dispatch` lets CI do both.

    Who asks: a person (`reason`), a verdict, or the event of this job (`dispatched`). Nothing
    fired, nothing due, a trigger that rests and a source without newer rows are no errors: each is
    one line. Raises MainlineError for bad input, and when git, the source or GitHub fails.
    """
    told = any(each is not None for each in (reason, trigger, evidence))
    if dispatched + told + (from_verdict is not None) > 1:
        raise MainlineError(
            "--reason (with --trigger, --evidence), --from-verdict and --dispatched exclude each "
            "other; use one."
        )
    if dispatch and (push or dispatched or as_of is not None):
        raise MainlineError(
            "--dispatch leaves the branch to retrain.yml: without --push, --dispatched and --as-of."
        )
    git, today = Git(root), _today()
    main = OnMain.of(git)
    with no_commands() if dispatched else nullcontext():  # others' words are printed
        if dispatched:
            asked = asking.by_event(git, main, today)
        elif from_verdict is not None:
            asked = asking.by_verdict(git, from_verdict, main)
        else:
            asked = asking.by_options(reason, trigger, evidence)
        _asked(git, main, asked, as_of, today, dispatch=dispatch, push=push)


def _asked(
    git: Git,
    main: OnMain,
    asked: Asked | None,
    as_of: str | None,
    today: date,
    *,
    dispatch: bool,
    push: bool,
) -> None:
    if asked is None:
        print("retrain   nothing to do: no trigger of monitoring.triggers fires")
        return
    asked.in_force(main.monitoring.triggers)
    if dispatch:
        held = asking.held(git, asked, main, today)  # as the job does that this starts
        if held:
            start_retrain.start(Api.from_environment(), held)
        return
    requests = None
    if push:
        write_json(git.root / EVIDENCE, asked.evidence)
        requests = Requests(Api.from_environment(), main.name, today)
    awake = _awake(git, main, requests, asked, today)
    if awake is None:
        return
    day = newer_rows.day_of(as_of, main, git.root, today)
    if day is None:
        print(f"retrain   nothing to learn: the source has no day after main's {main.data.as_of}")
        return
    if not _had(git, requests, main.branch(day), awake):
        rows = _rows(git, main, requests, awake, day)
        if rows is not None:
            _made(git, main, requests, awake, rows)


def _awake(
    git: Git, main: OnMain, requests: Requests | None, asked: Asked, today: date
) -> Asked | None:
    """What does not rest and has no open pull request, which it would join."""
    there = requests.open() if requests else None
    if requests and there:
        requests.join(there, asked)
        return None
    last = requests.last() if requests else cool_down.last_in_git(git, main.name, main.commit)
    return cool_down.awake(asked, main.monitoring.triggers, last, today)


def _rows(
    git: Git, main: OnMain, requests: Requests | None, asked: Asked, day: date
) -> Rows | None:
    """The newer rows; None, after a line, when there are none.

    A person or a system may have the rows of the last closed pull request judged again, since main
    may have other settings now. Another trigger may not: each window would ask for it.
    """
    content, number = "", 0
    if requests is not None and EVENT not in asked.triggers:
        content, number = requests.judged()
    rows = newer_rows.rows(git.root, main, day, share=requests is not None, judged=content)
    if rows is None:
        known = f"main's table, or of #{number}, which is closed" if content else "main's table"
        print(f"retrain   nothing to learn: the rows of {day} are those of {known}")
    return rows


def _made(git: Git, main: OnMain, requests: Requests | None, asked: Asked, rows: Rows) -> None:
    branch = _branch(git, main, rows, asked)
    if requests is None:
        _say_next(branch, rows)
        return
    text = request_body.body(main, rows, asked, run_url())
    summarise(text)
    title = f"{subject(main.name, str(rows.day))}: {', '.join(asked.triggers)}"
    requests.propose(git, branch, main.commit, (title, text), asked)


def _branch(git: Git, main: OnMain, rows: Rows, asked: Asked) -> str:
    """The name of the branch, which has one commit."""
    name, day = main.branch(rows.day), str(rows.day)
    files = {Layout.params: with_as_of(main.text, rows.day), **rows.files}
    message = request_body.message(subject(main.name, day), asked)
    identity = IDENTITY if os.environ.get("GITHUB_ACTIONS") else ()
    aside.branch(git, name, main.commit, files, message, identity=identity)
    return name


def _had(git: Git, requests: Requests | None, branch: str, asked: Asked) -> bool:
    """Whether the day was judged, after a line: the same rows give the same model.

    Raises MainlineError when a person or a system asks, who can do something about it.
    """
    before = requests.of_branch(branch) if requests else None
    if before is not None:
        said = f"{branch} has had its pull request: #{before['number']} is {before['state']}."
        hint = "Reopen it, and it stays open; or wait for rows of a later day."
    elif requests is None and git.resolve(f"refs/remotes/origin/{branch}"):
        said = f"the branch {branch} is on origin already."
        hint = "Name a later day with --as-of."
    else:
        return False
    if EVENT in asked.triggers:
        raise MainlineError(said, hint=hint)
    print(f"retrain   {said}")
    return True


def _say_next(branch: str, rows: Rows) -> None:
    share = f"git switch {branch} && dvc push, " if rows.files else ""
    print(
        f"prepared: branch {branch} has {rows.count:,} rows to learn from; nothing is trained yet\n"
        f"next: {share}git push -u origin {branch}, and open a pull request; CI trains the model, "
        "and it has to be better than main's"
    )


def _today() -> date:
    return datetime.now(UTC).date()
