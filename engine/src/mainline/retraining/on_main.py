"""What main says about the model: its name, its day of data, and what may start a retraining."""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.strict_yaml import read_yaml
from mainline.core.table import TableSettings
from mainline.data.settings import DataSettings
from mainline.gate.promise import RETRAIN
from mainline.git import Git
from mainline.k8s.environments import main
from mainline.packaging.settings import PackageSettings
from mainline.params.monitoring import MonitoringSettings

SECTION = "monitoring"


@dataclass(frozen=True)
class OnMain:
    """The commit of main, the text of its `params.yaml`, and the sections that matter here.

    `catalogue` is the entry of main's table; empty before the first model.
    """

    commit: str
    text: str
    name: str
    data: DataSettings
    table: TableSettings
    monitoring: MonitoringSettings
    catalogue: dict[str, Any]
    by_time: bool

    @classmethod
    def of(cls, git: Git) -> "OnMain":
        """Raises MainlineError when main is not known, or its settings are wrong."""
        commit = main(git)
        text = git.show(commit, Layout.params)
        if text is None:
            raise MainlineError(f"main has no {Layout.params}.", found=git.describe(commit))
        where = f"{Layout.params} of main"
        values = read_yaml(text, name=where)

        def section(name: str, kind: Any) -> Any:
            return config.parse(kind, values.get(name), name=where, prefix=(name,))

        return cls(
            commit,
            text,
            section("package", PackageSettings).name,
            section("data", DataSettings),
            section("table", TableSettings),
            section(SECTION, MonitoringSettings),
            json.loads(git.show(commit, Layout.catalogue) or "{}"),
            (values.get("split") or {}).get("by") == "time",
        )

    def branch(self, day: date) -> str:
        """The branch of a retraining; the gate holds its model to be better."""
        return f"{RETRAIN}{self.name}-{day}"


def is_of(name: str, branch: str) -> bool:
    """Whether a branch is one of a retraining of the model `name`."""
    return re.fullmatch(rf"{re.escape(RETRAIN + name)}-\d{{4}}-\d\d-\d\d", branch) is not None


def subject(name: str, day: str) -> str:
    """The first line of the commit, and the title of the pull request."""
    return f"Retrain {name} on rows up to {day}"
