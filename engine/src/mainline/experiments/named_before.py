"""What git says of an experiment: how requests are routed, and on which figure it is decided.

Commits of main's own line count, by the time of their commit: what is merged is in force.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mainline.core.config import parse
from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml
from mainline.git import Commit, Git
from mainline.request_log.routes_settings import RoutesSettings
from mainline.request_log.settings import GatewaySettings

NOTHING = RoutesSettings()


@dataclass(frozen=True)
class Named:
    """An experiment: `routes` are those in force since `since`, until `ended` if it has ended.

    `figure_since` is when its figure was named; None without a figure.
    """

    routes: RoutesSettings
    since: datetime
    figure_since: datetime | None
    ended: datetime | None


def named(git: Git, head: str, path: Path, experiment: str | None) -> Named:
    """The experiment of this name, or the present one; `head` is the commit of main.

    Raises MainlineError when there is none.
    """
    commits = git.line(head, path)
    history = [_routes(text, path) for text in git.texts([each.hash for each in commits], path)]
    places = [place for place, routes in enumerate(history) if _is(routes, experiment)]
    if not places or (experiment is None and places[0] > 0):
        raise _none(history, path, experiment)
    first = places[0]
    routes = history[first]
    figure_since = None
    if routes.figure is not None:
        figure_since = _when(commits, history, first, lambda it: (it.experiment, it.figure))
    return Named(
        routes,
        _when(commits, history, first, lambda it: (it.experiment, it.shadow, it.split)),
        figure_since,
        commits[first - 1].when.astimezone(UTC) if first else None,
    )


def _is(routes: RoutesSettings, experiment: str | None) -> bool:
    runs = routes.shadow is not None or routes.split is not None
    return bool(runs and routes.experiment) and experiment in (None, routes.experiment)


def _when(
    commits: list[Commit],
    history: list[RoutesSettings],
    first: int,
    part: Callable[[RoutesSettings], object],
) -> datetime:
    """The time of the oldest commit up to which a part of the settings is that of `first`."""
    place = first
    while place + 1 < len(history) and part(history[place + 1]) == part(history[first]):
        place += 1
    return commits[place].when.astimezone(UTC)


def _routes(text: str | None, path: Path) -> RoutesSettings:
    """The section of a file's text; empty when this engine cannot read it."""
    if text is None or not text.strip():
        return NOTHING
    try:
        return parse(GatewaySettings, read_yaml(text, name=str(path)), name=str(path)).routes
    except MainlineError:
        return NOTHING


def _none(history: list[RoutesSettings], path: Path, experiment: str | None) -> MainlineError:
    known = sorted({each.experiment for each in history if _is(each, None)})
    return MainlineError(
        f"main has no experiment '{experiment}'." if experiment else "no experiment runs on main.",
        where=path,
        found=", ".join(known) or "none at any time",
        hint="`routes: {experiment: spring, figure: log_loss, shadow: 0.1}` begins one; "
        "`mainline experiment NAME` looks at one that has ended.",
    )
