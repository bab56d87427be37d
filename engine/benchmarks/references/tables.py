"""The rows that everything is trained on: Mainline's own types and split, by entity."""

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from measure import ROOT

from mainline.core.table import TableSettings
from mainline.data import ingest, split
from mainline.data.conversion import typed
from mainline.data.settings import DataSettings, SplitSettings
from mainline.data.sources.file import FileSource

ALL = yaml.safe_load(Path(__file__).with_name("tables.yaml").read_text())
SPLIT = SplitSettings(by="entity", salt="2026", validation=0.15, test=0.25)
DAY = datetime.date(2026, 6, 30)


@dataclass(frozen=True)
class Rows:
    """A table, cut into three parts; `elsewhere`: whether AutoGluon trains on it, too."""

    name: str
    table: TableSettings
    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    elsewhere: bool = False

    @property
    def known(self) -> pd.DataFrame:
        """Training and validation rows: those a model may see."""
        return pd.concat([self.train, self.validation], ignore_index=True)

    @property
    def content(self) -> str:
        """A hash of all values, columns and roles."""
        found = hashlib.sha256(self.table.model_dump_json(exclude_defaults=True).encode())
        for part in (self.known, self.test):
            found.update(pd.util.hash_pandas_object(part, index=False).to_numpy().tobytes())
        return found.hexdigest()

    @classmethod
    def cut(cls, name: str, frame: pd.DataFrame, table: TableSettings, **more: bool) -> "Rows":
        """By entity: 15 % for validation, 25 % for testing."""
        parts = split.assign(frame, table, SPLIT)
        return cls(name, table, *(frame[parts == part] for part in split.PARTS), **more)


def names(data: Path | None) -> list[str]:
    """Those whose rows can be had: without a folder of files, the simulator's."""
    return [name for name, about in ALL.items() if data is not None or "params" in about]


def rows(name: str, data: Path | None) -> Rows:
    """The rows of one table. Raises MainlineError when they cannot be read."""
    about = ALL[name]
    if "file" in about:
        table = TableSettings.model_validate(about["table"])
        source = FileSource(path=str(data / about["file"]))
        raw = source.read(DAY, ROOT).frame
        if table.entity not in raw:
            raw = raw.assign(**{table.entity: np.arange(len(raw))})
        return Rows.cut(name, typed(raw, table, DAY), table, elsewhere=True)
    params = yaml.safe_load((ROOT / about["params"]).read_text())
    table = TableSettings.model_validate(params["table"])
    _, frame = ingest.read(ROOT, DataSettings.model_validate(params["data"]), table)
    return Rows.cut(name, frame, table)
