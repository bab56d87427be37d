import os
import subprocess

import pytest

from mainline.core.files import staged, write_text


def left_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_takes_its_place(tmp_path):
    with staged(tmp_path / "new" / "a.txt") as temporary:
        temporary.write_text("whole")

    assert left_in(tmp_path / "new") == ["a.txt"]
    assert (tmp_path / "new" / "a.txt").read_text() == "whole"


def test_nothing_stands_in_its_place_before_the_end(tmp_path):
    with staged(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        assert not (tmp_path / "a.txt").exists()


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_failure_leaves_the_old_file(tmp_path, failure):
    write_text(tmp_path / "a.txt", "old")

    with pytest.raises(failure), staged(tmp_path / "a.txt") as temporary:
        temporary.write_text("half")
        raise failure

    assert left_in(tmp_path) == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_directory_replaces_the_old_one_with_all_that_it_held(tmp_path):
    write_text(tmp_path / "d" / "old.txt", "old")

    with staged(tmp_path / "d") as temporary:
        write_text(temporary / "new.txt", "new")

    assert left_in(tmp_path) == ["d"]
    assert left_in(tmp_path / "d") == ["new.txt"]


def test_failure_leaves_the_old_directory(tmp_path):
    write_text(tmp_path / "d" / "old.txt", "old")

    with pytest.raises(ValueError, match="on purpose"), staged(tmp_path / "d") as temporary:
        write_text(temporary / "new.txt", "new")
        raise ValueError("on purpose")

    assert left_in(tmp_path) == ["d"]
    assert left_in(tmp_path / "d") == ["old.txt"]


def test_nothing_written_leaves_the_old_directory(tmp_path):
    write_text(tmp_path / "d" / "old.txt", "old")

    with pytest.raises(FileNotFoundError), staged(tmp_path / "d"):
        pass

    assert left_in(tmp_path) == ["d"]
    assert left_in(tmp_path / "d") == ["old.txt"]


def dead() -> int:
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


@pytest.mark.parametrize("kind", ["partial", "aside"])
@pytest.mark.parametrize("number", [dead, os.getpid])
def test_what_a_killed_process_left_is_swept(tmp_path, kind, number):
    write_text(tmp_path / f".a.{kind}-{number()}", "half")
    write_text(tmp_path / f".d.{kind}-{number()}" / "file", "half")

    write_text(tmp_path / "a", "whole")
    write_text(tmp_path / "d" / "file", "whole")
    with staged(tmp_path / "d") as temporary:
        temporary.mkdir()

    assert left_in(tmp_path) == ["a", "d"]


def test_what_another_process_writes_is_left_alone(tmp_path):
    others = [f".a.partial-{os.getppid()}", ".a.partial-new", ".ab.partial-1", ".a.other-999999"]
    for name in others:
        (tmp_path / name).touch()

    write_text(tmp_path / "a", "whole")

    assert left_in(tmp_path) == sorted([*others, "a"])
