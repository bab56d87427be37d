"""What one search works on: settings, space, rows. Its hash names the study."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from mainline.core import config, parquet
from mainline.core.errors import SettingsError
from mainline.core.files import sha256
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.dvc.extension_deps import MODULES, imported
from mainline.lock import closures
from mainline.model.settings import TrainSettings
from mainline.params import params, space
from mainline.params.tune import MISSING, TuneSettings

Parts = tuple[pd.DataFrame, pd.DataFrame]  # training rows, and rows that judge


@dataclass(frozen=True)
class Job:
    """The project at `root`. `today` are the values that the space replaces."""

    root: Path
    table: TableSettings
    tune: TuneSettings
    train: dict[str, Any]
    today: dict[str, Any]

    @classmethod
    def of(cls, root: Path) -> "Job":
        """Raises SettingsError, before anything runs, when params.yaml allows no search."""
        checked = params.check(root)
        if checked.tune is None:
            raise SettingsError(MISSING, where=Layout.params)
        train = config.read_params(root)["train"]
        today = space.today(root, checked.table, train, checked.tune)
        return cls(root, checked.table, checked.tune, train, today)

    def settings(self, values: dict[str, Any]) -> TrainSettings:
        """The section `train` with these values. Raises SettingsError when they do not fit."""
        name = str(Layout.params)
        return config.parse(
            TrainSettings, space.changed(self.train, values), name=name, prefix=(space.SECTION,)
        )

    @property
    def name(self) -> str:
        """`tune-` and a hash of all that makes trials comparable."""
        outside = space.changed(self.train, dict.fromkeys(self.tune.space))  # the same for all
        about: dict[str, Any] = {
            "rows": [sha256(self._part(part).read_bytes()) for part in ("train", "validation")],
            "engine": closures.read().stages["train"].now(),
            "code": closures.hash_of(self.root, imported(self.root, MODULES["train"])),
            "table": self.table.model_dump(mode="json"),
            "train": outside,
            "tune": self.tune.model_dump(mode="json", include={"folds", "space"}),
        }
        if self.tune.folds:
            about["seed"] = self.tune.seed  # it makes the folds
        return f"tune-{sha256(json.dumps(about, sort_keys=True).encode())[:12]}"

    def folds(self) -> list[Parts]:
        """The rows of each training. Test rows are not read."""
        parts = [parquet.read_part(self.root, each, self.table.columns) for each in PARTS]
        if self.tune.folds is None:
            return [(parts[0], parts[1])]
        rows = pd.concat(parts, ignore_index=True)
        groups = np.unique(rows[self.table.entity].astype(str), return_inverse=True)[1]
        splitter = GroupKFold(self.tune.folds, shuffle=True, random_state=self.tune.seed)
        return [
            (rows.iloc[there], rows.iloc[out]) for there, out in splitter.split(rows, groups=groups)
        ]

    def _part(self, part: str) -> Path:
        return Layout(self.root).split / f"{part}.parquet"


PARTS = ("train", "validation")
