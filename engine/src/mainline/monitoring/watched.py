"""The released model that is watched: what an environment runs, and the commit that made it."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data.settings import SplitSettings
from mainline.evaluation.settings import EvaluationSettings
from mainline.gate.champion import Champion
from mainline.git import Git
from mainline.k8s import environments
from mainline.k8s.environments import PRODUCTION, STAGING, challenger_path, release_path
from mainline.params.monitoring import MonitoringSettings
from mainline.release.release_file import Release


@dataclass(frozen=True)
class Watched:
    """A release. `champion` is the commit that made it; `known` are all versions of main.

    `table`, `split` and `evaluation` are sections of that commit's `params.yaml`: they raise
    MainlineError when they do not parse. `settings` is the section `monitoring` of today.
    """

    root: Path
    environment: str
    champion: Champion
    known: frozenset[str]
    settings: MonitoringSettings

    @classmethod
    def of(cls, root: Path, environment: str | None = None) -> "Watched":
        """What an environment runs on main: production, or staging when that has no release.

        Raises MainlineError when there is no release, or its files cannot be read.
        """
        git = Git(root)
        head = environments.main(git)
        name, release = _released(git, head, environment)
        staged = _line(git, head, release_path(STAGING))
        made = next((commit for commit, each in reversed(staged) if each == release), None)
        champion = Champion.at(git, made) if made else None
        if champion is None:
            raise MainlineError(
                f"main's history has no commit that released version {release.version}, which "
                f"{name} runs.",
                hint="`git fetch` brings what is newer.",
            )
        others = (release_path(PRODUCTION), challenger_path(PRODUCTION), challenger_path(STAGING))
        lines = [*staged, *(each for path in others for each in _line(git, head, path))]
        known = frozenset(each.version for _, each in lines)
        return cls(root, name, champion, known, settings(root))

    @property
    def version(self) -> str:
        """As the server reports it."""
        return self.champion.release.version

    @property
    def digest(self) -> str:
        """Of the model image."""
        return self.champion.release.digest

    @property
    def name(self) -> str:
        """The model's name."""
        return self.champion.release.name

    @cached_property
    def table(self) -> TableSettings:
        """Its columns and their roles."""
        return self.champion.settings("table", TableSettings)

    @cached_property
    def split(self) -> SplitSettings:
        """How its rows were divided."""
        return self.champion.settings("split", SplitSettings)

    @cached_property
    def evaluation(self) -> EvaluationSettings:
        """How it was evaluated."""
        return self.champion.settings("evaluation", EvaluationSettings)


def settings(root: Path) -> MonitoringSettings:
    """The section `monitoring` of the working tree; everything has a default."""
    values = config.read_params(root).get("monitoring")
    return config.parse(MonitoringSettings, values, name=str(Layout.params), prefix=("monitoring",))


def _released(git: Git, head: str, environment: str | None) -> tuple[str, Release]:
    wanted = (environment,) if environment else (PRODUCTION, STAGING)
    for name in wanted:
        release = environments.release_at(git, head, name)
        if release is not None:
            return name, release
    raise MainlineError(
        f"main has released no model to {' or '.join(wanted)}: there is nothing to watch."
    )


def _line(git: Git, head: str, path: Path) -> list[tuple[str, Release]]:
    """Commits of main that changed a release file, newest first, without unreadable ones."""
    commits = [each.hash for each in git.line(head, path)]
    found = []
    for commit, text in zip(commits, git.texts(commits, path), strict=True):
        with suppress(MainlineError):
            found.append((commit, Release.parse(text or "", name=str(path))))
    return found
