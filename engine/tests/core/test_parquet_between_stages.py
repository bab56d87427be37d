import pandas as pd
import pytest

from mainline.core import parquet
from mainline.core.errors import MainlineError
from mainline.core.layout import Layout


def test_missing_table_names_the_step_that_writes_it(tmp_path):
    with pytest.raises(MainlineError, match=r"t.parquet: does not exist. `dvc repro x` writes it"):
        parquet.read(tmp_path / "t.parquet", made_by="dvc repro x")


def test_damaged_table_names_the_step_that_writes_it(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(MainlineError, match=r"t.parquet: damaged .* `dvc repro x` writes it again"):
        parquet.read(path, made_by="dvc repro x")


def test_part_of_the_split_is_read_by_its_name(tmp_path):
    Layout(tmp_path).split.mkdir(parents=True)
    pd.DataFrame({"a": [1]}).to_parquet(Layout(tmp_path).split / "test.parquet")

    assert parquet.read_part(tmp_path, "test")["a"].tolist() == [1]


def test_a_table_of_other_settings_names_what_it_lacks_and_who_makes_it_anew(tmp_path):
    path = tmp_path / "table.parquet"
    pd.DataFrame({"age": [1]}).to_parquet(path)
    assert list(parquet.read(path, made_by="dvc repro ingest", columns=["age"])) == ["age"]
    with pytest.raises(
        MainlineError, match=r"no column 'income'.*`dvc repro ingest` makes it again"
    ):
        parquet.read(path, made_by="dvc repro ingest", columns=["age", "income"])
