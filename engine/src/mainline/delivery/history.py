"""The command `history`: the deployments of each environment, with date, author and lead time."""

from datetime import timedelta
from pathlib import Path

from mainline.delivery.approvals import Approvals
from mainline.delivery.deployments import Deployment, deployments, led, origins
from mainline.git import Git
from mainline.k8s.environments import ENVIRONMENTS, main
from mainline.release.release_file import Release


def run(root: Path, environment: str | None) -> None:
    """Print the deployments of one or all environments, newest first, with their approvers.

    If GitHub does not answer, the last line says so; that is not an error.
    """
    git = Git(root)
    head = main(git)
    made_by = origins(git, head)
    approvals = Approvals.of(git)
    wanted = (environment,) if environment else ENVIRONMENTS
    known = {name: deployments(git, head, name) for name in wanted}
    shown = 0
    for name, found in known.items():
        print(name)
        for each in reversed(found):
            who = approvals.words(each)
            print(_line(git, each, made_by) + (f"  {who}" if who else ""), flush=True)
        if not found:
            print("  nothing yet")
        shown += len(found)
    if shown and approvals.note:
        print(approvals.note)


def _line(git: Git, each: Deployment, made_by: dict[Release, Deployment]) -> str:
    made = made_by.get(each.release) if each.release else None
    nothing = "unreadable" if each.unreadable else "nothing"
    parts = [
        f"  {each.when:%Y-%m-%d %H:%M}",
        f"{each.release.version if each.release else nothing:>15}",
        f"{led(git, made) if made else '':32}",
        f"lead {lasted(each.lead):>7}",
        f"{'rollback' if each.rollback else '':8}",
        f"{each.commit[:7]} {each.subject} ({each.author})",
    ]
    return "  ".join(parts)


def lasted(span: timedelta) -> str:
    """A time span for people: `40 s`, `12 min`, `3.5 h`, `2.1 d`."""
    seconds = span.total_seconds()
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 86_400 else f"{seconds / 86_400:.1f} d"
