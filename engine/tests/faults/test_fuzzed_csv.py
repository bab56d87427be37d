"""A thousand damaged CSV files: each gives the right table, or an error that a person can read.

One case again: `CASES=137 pytest tests/faults/test_fuzzed_csv.py`.
"""

import csv
import gzip
import io
import math
from pathlib import Path

import blocks
import csv_mutations
import outcome
import pandas as pd
import pytest
import yaml

from mainline.core.layout import Layout
from this_engine import this_engine

GZIP = b"\x1f\x8b"
STAGES = ("ingest", "validate", "split")
MISSING = {"", "NA", "N/A", "NaN", "nan", "null", "NULL", "None"}


def params(*, path: str = "rows.csv", time: bool = False) -> str:
    table = {"entity": "id", "target": "left", "positive": "yes", "numbers": ["age", "income"]}
    table |= {"time": "city", "categories": ["plan"]} if time else {"categories": ["city", "plan"]}
    columns = {name: {"nulls": 0.9} for name in (*table["numbers"], *table["categories"])}
    return yaml.safe_dump(
        {
            "data": {"as_of": "2026-12-31", "source": {"kind": "file", "path": path}},
            "table": table,
            "validation": {"min_rows": 5, "columns": columns},
            "split": {"by": "entity", "salt": "s", "validation": 0.2, "test": 0.3},
        }
    )


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    this_engine().write(tmp_path)
    return tmp_path


@pytest.mark.parametrize("numbers", blocks.blocks())
def test_each_gives_the_right_table_or_an_error_for_people(here, numbers):
    wrong = []
    for number in numbers:
        name, content = csv_mutations.case(number)
        Layout(here).params.write_text(params(time=name == "day"))
        (here / "rows.csv").write_bytes(content)
        try:
            judge(here, content, time=name == "day")
        except BaseException as error:  # one defect must not hide the next
            if isinstance(error, KeyboardInterrupt):
                raise
            wrong.append(f"case {number} ({name}): {type(error).__name__}: {str(error)[:600]}")
    assert not wrong, "\n".join(wrong)


def judge(here: Path, content: bytes, *, time: bool) -> None:
    done = outcome.run(*STAGES)
    left = {path.name for path in here.rglob("*") if path.is_file()}
    assert not [name for name in left if name.startswith(".")], left
    made = Layout(here).table
    if made.exists() and not (done.code and done.said.startswith("ingest")):
        same_rows(made, content, time=time)
    if not done.code:
        split = [pd.read_parquet(path) for path in Layout(here).split.iterdir()]
        assert sum(map(len, split)) == len(pd.read_parquet(made))


def same_rows(made: Path, content: bytes, *, time: bool) -> None:
    """Python's own reader finds the rows that the table has: none lost, none made up."""
    csv.field_size_limit(2**30)
    if content.startswith(GZIP):
        content = gzip.decompress(content)
    lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    header, *rows = [row for row in lines if any(cell for cell in row)]
    assert all(len(row) == len(header) for row in rows)
    place = {name.strip(): number for number, name in enumerate(header)}
    kept = ["id", "age", "income", "plan", "left"] + ([] if time else ["city"])
    expected = [tuple(_value(row[place[name]], name) for name in kept) for row in rows]
    frame = pd.read_parquet(made)
    frame["left"] = frame["left"].map({1: "yes", 0: None})
    for name in ("age", "income"):
        frame[name] = [None if math.isnan(x) else f"{x:.15g}" for x in frame[name]]
    observed = [
        tuple(None if pd.isna(cell) else cell for cell in row)
        for row in frame[kept].itertuples(index=False)
    ]
    if time:  # rows behind the snapshot's day are left out by design
        assert len(set(observed) - set(expected)) == 0
        assert 0 <= len(expected) - len(observed) <= 3
        return
    assert sorted(map(repr, observed)) == sorted(map(repr, expected))


def _value(cell: str, column: str) -> object:
    cell = cell.strip()
    if column == "left":
        return "yes" if cell == "yes" else None
    if cell in MISSING:
        return None
    if column in ("age", "income"):
        return None if math.isnan(float(cell)) else f"{float(cell):.15g}"
    return cell


@pytest.mark.parametrize(
    "numbers", [range(30), pytest.param(range(30, 200), marks=pytest.mark.nightly)], ids=str
)
def test_damaged_parquet_is_the_same_table_or_an_error(here, numbers):
    Layout(here).params.write_text(params(path="rows.parquet"))
    ended = []
    for number in numbers:
        sound, damaged = csv_mutations.parquet(number)
        (here / "rows.parquet").write_bytes(damaged)
        ended.append(outcome.run("ingest").code)
        if ended[-1] == 0:
            found = pd.read_parquet(Layout(here).table)
            (here / "rows.parquet").write_bytes(sound)
            assert outcome.run("ingest").code == 0
            assert found.equals(pd.read_parquet(Layout(here).table)), number
    assert set(ended) == {0, 1}
