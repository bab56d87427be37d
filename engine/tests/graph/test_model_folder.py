"""A model has exactly its own files, and none of them is a link."""

import os
import shutil

import pytest

from mainline.core.errors import MainlineError
from mainline.packaging.loaded import Loaded


@pytest.mark.parametrize("name", ["saved_model.pb", "variables/variables.index"])
def test_a_link(name, copy, refused, tmp_path):
    (copy / name).rename(tmp_path / "elsewhere")
    (copy / name).symlink_to(tmp_path / "elsewhere")
    refused(copy, f"{name} is a link")


def test_a_folder_that_is_a_link(copy, refused, tmp_path):
    shutil.move(copy / "variables", tmp_path / "elsewhere")
    (copy / "variables").symlink_to(tmp_path / "elsewhere")
    refused(copy, "variables is a link")


def test_an_asset_that_is_a_link(copy, refused):
    (copy / "assets").mkdir(exist_ok=True)
    (copy / "assets/words").symlink_to("/proc/self/environ")
    refused(copy, "assets/words is a link")


@pytest.mark.parametrize("name", ["saved_model.pbtxt", "saved_model.cpb", "assets/words", "x/y"])
def test_another_file(name, copy, refused):
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_text("")
    refused(copy, f"{name.removesuffix('/y')} is not a file of a model")


def test_a_pipe_does_not_hang(copy, refused):
    (copy / "fingerprint.pb").unlink()
    os.mkfifo(copy / "fingerprint.pb")
    refused(copy, "fingerprint.pb is not a file of a model")


def test_errors_name_the_directory(copy, tmp_path):
    (copy / "fingerprint.pb").unlink()
    with pytest.raises(MainlineError, match=r"model: fingerprint\.pb is missing\."):
        Loaded(copy)
