"""Told while the pipeline still trains: the gate is going to close, because the data has moved."""

import subprocess
from pathlib import Path

from customer_churn.core import config, paths
from customer_churn.core.errors import UserError
from customer_churn.core.progress import say
from customer_churn.core.table import TableSettings
from customer_churn.data.ingest import load
from customer_churn.git import Git

GLANCE = 0.5  # seconds


def watched(root: Path) -> tuple[int, int] | None:
    """What changes as soon as stage `validate` has seen another table."""
    try:
        page = (root / paths.VALIDATION_PAGE).stat()
    except OSError:
        return None
    return page.st_mtime_ns, page.st_ino


def until_end(root: Path, pipeline: "subprocess.Popen[bytes]", before: object) -> None:
    """Wait for the pipeline; once its table is checked, say what the gate will say of it.

    `before` is what `watched` said before the pipeline began.
    """
    told = False
    while True:
        if not told and watched(root) not in (None, before):
            told = True
            warning = of_moved_data(root)
            if warning:
                say("warning", warning)
        try:
            pipeline.wait(GLANCE)
        except subprocess.TimeoutExpired:
            continue
        return


def of_moved_data(root: Path) -> str:
    """Why the gate is going to close; empty when it will not, or when only it can say."""
    # Dear to import, which whoever waits for the pipeline has done by now.
    from customer_churn.gate import bars, beside_main, snapshot  # noqa: PLC0415

    git = Git(root)
    main = git.main()
    base = git.resolve(main) if main else None
    try:
        theirs = beside_main.previous(git, base)
        if theirs is None:
            return ""
        force = bars.in_force(git, base)
        table = config.section(root, "table", TableSettings)
        found = beside_main.compare(theirs, load(root), table, force.statistics)
        rule, _ = snapshot.judge(found, force.accepted)
    except Exception as error:  # a glance in passing: the gate looks again, and says what is wrong
        return "" if isinstance(error, UserError) else f"not compared with main's data: {error!r}"
    return "" if rule.outcome == "pass" else f"the gate is going to close: {rule.why}"
