"""The champion: the model that main has released. Its bytes are checked against the release."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mainline.core import config, parquet
from mainline.core.config import AnySettings
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.dvc.outputs import fetch, intact
from mainline.evaluation.names import leading
from mainline.git import Git
from mainline.model.settings import TrainSettings
from mainline.packaging.content import content_hash, version
from mainline.release.release_file import Release


def section_at(git: Git, commit: str, section: str, kind: type[AnySettings]) -> AnySettings:
    """A section of `params.yaml` at a commit. Raises MainlineError if it is missing or invalid."""
    name = f"{Layout.params} at {commit[:12]}"
    text = git.show(commit, Layout.params)
    values = {} if text is None else read_yaml(text, name=name)
    if section not in values:
        raise MainlineError(f"{name} has no section '{section}'.")
    return config.parse(kind, values[section], name=name, prefix=(section,))


@dataclass(frozen=True)
class Champion:
    """The release at `commit`, with its settings, figures and bytes."""

    git: Git
    commit: str
    release: Release

    @classmethod
    def at(cls, git: Git, commit: str) -> "Champion | None":
        """The champion of a commit, or None when that commit has no release.

        Raises MainlineError when the release cannot be read.
        """
        text = git.show(commit, Layout.release)
        if text is None:
            return None
        name = f"{Layout.release} at {commit[:12]}"
        release = Release.parse(text, name=name)
        if release.version != str(version(release.content)):
            raise MainlineError(f"{name}: version {release.version} does not match its content.")
        return cls(git, commit, release)

    def settings(self, section: str, kind: type[AnySettings]) -> AnySettings:
        """A section of the champion's `params.yaml`.

        Raises MainlineError when it does not parse.
        """
        return section_at(self.git, self.commit, section, kind)

    def evaluation(self) -> dict[str, Any]:
        """What was committed about it. Raises MainlineError when there is nothing."""
        text = self.git.show(self.commit, Layout.figures)
        if text is None:
            raise MainlineError(f"{Layout.figures} is not in {self.commit[:12]}.")
        return read_yaml(text, name=f"{Layout.figures} at {self.commit[:12]}")

    def figures(self) -> dict[str, Any]:
        """The figures that were committed with it. Raises MainlineError when there are none."""
        model = self.evaluation().get("model")
        if not isinstance(model, dict):
            raise MainlineError(
                f"{Layout.figures} at {self.commit[:12]} holds no figures of a model."
            )
        return model

    def about(self) -> dict[str, Any]:
        """What was released, for the comment: null for what cannot be read."""
        found: dict[str, Any] = {"version": self.release.version, "commit": self.commit}
        found |= dict.fromkeys(("figure", "threshold", "seed"))
        with suppress(MainlineError):
            found["seed"] = self.settings("train", TrainSettings).seed
        with suppress(MainlineError, KeyError):
            evaluation, figures = self.evaluation(), self.figures()
            found["threshold"] = evaluation.get("threshold")
            found["figure"] = figures.get(leading(str(evaluation.get("task", "binary"))).name)
        return found

    @contextmanager
    def model(self) -> Iterator[Path]:
        """The SavedModel in a temporary directory, its content checked against the release.

        Raises OutOfReachError when no copy is available, MainlineError when the copy is damaged.
        """
        with tempfile.TemporaryDirectory() as scratch:
            directory = Path(scratch) / "model"
            fetch(self.git, self.commit, Layout.saved_model, directory, remotes_of_today=False)
            found = content_hash(directory)
            if found != self.release.content:
                raise MainlineError(
                    f"the bytes of a release are damaged: {self.commit[:12]} releases "
                    f"{self.release.content}, DVC's copy is {found}."
                )
            yield directory

    def table(self) -> Any:
        """The champion's table, checked against its `dvc.lock`.

        Raises OutOfReachError when no copy is available, MainlineError when the copy is damaged.
        """
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / "table.parquet"
            fetch(self.git, self.commit, Layout.table, path, remotes_of_today=False)
            if not intact(self.git, self.commit, Layout.table, path):
                raise MainlineError(
                    f"the champion's table is damaged: {Layout.table} is not what {Layout.lock} of "
                    f"{self.commit[:12]} names."
                )
            return parquet.read(path, made_by=f"dvc repro ingest at {self.commit[:12]}")
