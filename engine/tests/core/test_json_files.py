from pathlib import Path

import pytest

from mainline.core.errors import MainlineError
from mainline.core.files import json_text, read_json, tree_files, write_json, write_text


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_json_number_is_refused_and_nothing_written(tmp_path, number):
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "a.json", {"x": number})

    assert not list(tmp_path.iterdir())


def test_text_is_the_same_on_every_system(tmp_path):
    write_json(tmp_path / "a.json", {"ü": [1]})

    assert (tmp_path / "a.json").read_bytes() == '{\n  "ü": [\n    1\n  ]\n}\n'.encode()


def test_what_was_written_is_read(tmp_path):
    write_text(tmp_path / "a.json", json_text({"a": None}))

    assert read_json(tmp_path / "a.json", made_by="dvc repro x") == {"a": None}


def test_missing_file_names_the_step_that_writes_it(tmp_path):
    with pytest.raises(MainlineError, match=r"does not exist\. `dvc repro x` writes it"):
        read_json(tmp_path / "a.json", made_by="dvc repro x")


@pytest.mark.parametrize("content", [b'{"a": ', b"\xff", b""])
def test_damaged_file_names_the_step_that_writes_it(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)

    with pytest.raises(MainlineError, match=r"cannot be read as JSON .* `dvc repro x` writes it"):
        read_json(tmp_path / "a.json", made_by="dvc repro x")


def test_files_below_a_folder_come_in_one_order(tmp_path):
    for name in ("b/z", "a-b", "a/y", "b.txt"):
        write_text(tmp_path / name, "")

    assert tree_files(tmp_path) == [Path("a-b"), Path("a/y"), Path("b.txt"), Path("b/z")]
