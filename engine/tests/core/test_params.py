import datetime

import pytest

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings
from mainline.data.settings import DataSettings, SplitSettings, ValidationSettings

DATA = 'as_of: "2026-06-30"\n  source: {kind: file, path: rows.csv}'


def refused(tmp_path, name, settings, text):
    (tmp_path / "params.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(MainlineError) as caught:
        config.section(tmp_path, name, settings)
    return str(caught.value)


def test_typo_at_the_top_of_a_section(tmp_path):
    text = "split: {by: entity, tset: 0.2}"

    message = refused(tmp_path, "split", SplitSettings, text)

    assert message == "params.yaml: 'split.tset' is not a setting; did you mean 'split.test'?"


def test_typo_inside_the_source(tmp_path):
    text = 'data: {as_of: "2026-06-30", source: {kind: file, path: a.csv, delimeter: ";"}}'

    message = refused(tmp_path, "data", DataSettings, text)

    assert message == (
        "params.yaml: 'data.source.delimeter' is not a setting; "
        "did you mean 'data.source.delimiter'?"
    )


def test_typo_inside_a_column_of_the_validation(tmp_path):
    text = "validation: {min_rows: 1, columns: {age: {mim: 18}}}"

    message = refused(tmp_path, "validation", ValidationSettings, text)

    assert message == (
        "params.yaml: 'validation.columns.age.mim' is not a setting; "
        "did you mean 'validation.columns.age.min'?"
    )


def test_unknown_key_like_no_other_lists_the_known_ones(tmp_path):
    text = "validation: {min_rows: 1, columns: {age: {zzz: 18}}}"

    message = refused(tmp_path, "validation", ValidationSettings, text)

    assert message.endswith(
        "'validation.columns.age.zzz' is not a setting; known here: min, max, values, nulls."
    )


def test_every_wrong_key_has_its_own_line(tmp_path):
    message = refused(tmp_path, "split", SplitSettings, "split: {by: day, tset: 0.2}")

    assert [line.split("'")[1] for line in message.splitlines()] == ["split.by", "split.tset"]


def test_text_where_a_number_belongs(tmp_path):
    message = refused(tmp_path, "validation", ValidationSettings, 'validation: {min_rows: "9"}')

    assert message == (
        "params.yaml: 'validation.min_rows' is '9' (str); "
        "it should be a valid integer, without quotes."
    )


def test_number_where_text_belongs(tmp_path):
    text = "validation: {min_rows: 1, columns: {senior: {values: [0, 1]}}}"

    message = refused(tmp_path, "validation", ValidationSettings, text)

    assert "'validation.columns.senior.values.0' is 0 (int)" in message
    assert "it should be a valid string, in quotes." in message


def test_value_that_fits_no_alternative_is_reported_once(tmp_path):
    text = "table: {entity: id, target: left, positive: 1.5, numbers: [age]}"

    message = refused(tmp_path, "table", TableSettings, text)

    assert message.splitlines() == [
        "params.yaml: 'table.positive' is 1.5 (float); it should be a valid string, in quotes."
    ]


def test_value_out_of_range(tmp_path):
    message = refused(tmp_path, "split", SplitSettings, "split: {by: entity, test: 1.5}")

    assert message == "params.yaml: 'split.test' is 1.5 (float); it should be less than 1."


def test_infinite_setting_is_refused(tmp_path):
    text = "validation: {min_rows: 1, columns: {age: {max: .inf}}}"

    message = refused(tmp_path, "validation", ValidationSettings, text)

    assert "'validation.columns.age.max' is inf" in message


def test_kind_of_source_that_does_not_exist(tmp_path):
    text = f"data:\n  {DATA}".replace("file", "fiel")

    message = refused(tmp_path, "data", DataSettings, text)

    kinds = "'python', 'file', 'sql'"
    assert message == (f"params.yaml: 'data.source.kind' is 'fiel'; it should be one of {kinds}.")


def test_source_without_a_kind(tmp_path):
    text = f"data:\n  {DATA}".replace("kind: file, ", "")

    message = refused(tmp_path, "data", DataSettings, text)

    assert message == "params.yaml: 'data.source.kind' is missing."


def test_missing_key(tmp_path):
    text = f"data:\n  {DATA}".replace(", path: rows.csv", "")

    assert refused(tmp_path, "data", DataSettings, text).endswith("'data.source.path' is missing.")


def test_unquoted_day(tmp_path):
    text = f"data:\n  {DATA}".replace('"', "")

    message = refused(tmp_path, "data", DataSettings, text)

    assert message.startswith("params.yaml: 'data.as_of': write the day in quotes, \"2026-06-30\"")


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "30.06.2026"])
def test_day_that_is_none(tmp_path, day):
    text = f"data:\n  {DATA}".replace("2026-06-30", day)

    message = refused(tmp_path, "data", DataSettings, text)

    assert message == f"params.yaml: 'data.as_of': '{day}' is not a day, such as \"2026-06-30\"."


def test_missing_section(tmp_path):
    message = refused(tmp_path, "split", SplitSettings, "spilt: {by: entity}")

    assert message == "params.yaml: the section 'split' is missing; found 'spilt'."


def test_empty_section(tmp_path):
    message = refused(tmp_path, "split", SplitSettings, "split:\n")

    assert message == (
        "params.yaml: 'split' is None (NoneType); it should be a group of `key: value` lines."
    )


def test_missing_file_of_settings(tmp_path):
    with pytest.raises(MainlineError, match=r"params.yaml does not exist in"):
        config.section(tmp_path, "split", SplitSettings)


def test_settings_in_another_encoding(tmp_path):
    (tmp_path / "params.yaml").write_bytes("split: {salt: Zürich}".encode("latin-1"))

    with pytest.raises(MainlineError, match=r"params.yaml is not UTF-8 text"):
        config.section(tmp_path, "split", SplitSettings)


def test_good_settings_are_typed(tmp_path):
    (tmp_path / "params.yaml").write_text(f"data:\n  {DATA}", encoding="utf-8")

    data = config.section(tmp_path, "data", DataSettings)

    assert data.as_of == datetime.date(2026, 6, 30)
    assert data.source.path == "rows.csv"
