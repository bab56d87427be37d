"""A project in a temporary folder: `params.yaml` and a source file, changed test by test."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import stage_runs
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.data import ingest as ingest_stage

GOOD_ROWS = [(f"c{i:03d}", 20 + i % 50, "north" if i % 3 else "south", i % 4) for i in range(60)]


def good() -> pd.DataFrame:
    frame = pd.DataFrame(GOOD_ROWS, columns=["id", "age", "city", "left"])
    return frame.assign(left=frame["left"].eq(0).map({True: "yes", False: "no"}))


class Project:
    """What `root` holds; `params` is written to it by every step."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.code = stage_runs.packaged(root)
        self.params: dict[str, Any] = {
            "data": {"as_of": "2026-06-30", "source": {"kind": "file", "path": "rows.csv"}},
            "table": {
                "entity": "id",
                "target": "left",
                "positive": "yes",
                "numbers": ["age"],
                "categories": ["city"],
            },
            "validation": {"min_rows": 10, "columns": {}},
            "split": {"by": "entity", "salt": "s", "validation": 0.2, "test": 0.3},
        }
        self.csv(good())

    @property
    def source(self) -> dict[str, Any]:
        return self.params["data"]["source"]

    def write(self) -> None:
        text = yaml.safe_dump(self.params, sort_keys=False)
        (self.root / "params.yaml").write_text(text, encoding="utf-8")

    def csv(self, content: pd.DataFrame | str | bytes) -> None:
        if isinstance(content, pd.DataFrame):
            content = content.to_csv(index=False)
        data = content.encode() if isinstance(content, str) else content
        (self.root / "rows.csv").write_bytes(data)

    def parquet(self, frame: pd.DataFrame, **options: Any) -> Path:
        self.source["path"] = "rows.parquet"
        frame.to_parquet(self.root / "rows.parquet", **options)
        return self.root / "rows.parquet"

    def run(self, stage: Any) -> None:
        self.write()
        stage.run(self.root)

    def ingest(self) -> pd.DataFrame:
        self.run(ingest_stage)
        return pd.read_parquet(Layout(self.root).table)

    def refused(self, stage: Any = ingest_stage) -> str:
        """The message of the MainlineError that `stage` ends with, having left nothing but its
        page."""
        before = self.files()
        with pytest.raises(MainlineError) as caught:
            self.run(stage)
        told = {Path("params.yaml"), Layout.validation, Layout.validation_page}
        assert self.files() - told == before - told
        return str(caught.value)

    def files(self) -> set[Path]:
        return {path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def rows() -> pd.DataFrame:
    """Sixty good rows: a key, a number, a category, a target with fifteen positives."""
    return good()
