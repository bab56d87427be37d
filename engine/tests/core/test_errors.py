"""The one form of our errors, and which permissions are an outage."""

import errno
import os
from pathlib import Path

import pytest

from mainline.core import errors
from mainline.core.errors import MainlineError, OutageError
from mainline.core.files import remove, staged, writing


def test_a_plain_message_is_itself():
    error = MainlineError("the section 'data' is missing.")
    assert str(error) == "the section 'data' is missing."
    assert (error.found, error.expected, error.where, error.hint) == (None, None, None, None)


def test_diagnostics_stand_in_one_order():
    error = MainlineError("wrong.", found=3, expected="4", where="params.yaml", hint="Mend it.")
    assert str(error) == "params.yaml: wrong. Found 3, expected 4. Mend it."
    assert error.found == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [({"found": 0}, "wrong. Found 0."), ({"expected": "a"}, "wrong. Expected a.")],
)
def test_half_of_the_diagnostics_is_fine(given, said):
    assert str(MainlineError("wrong.", **given)) == said


def test_what_a_damaged_file_brings_is_cut():
    said = str(MainlineError("a" * 10**6 + "\n" * 10**4, where="file"))
    assert len(said) < 2000
    assert said.startswith("file: aaa")
    assert said.endswith("more lines.")


def test_every_kind_is_of_one_family():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(kinds) >= 7
    assert all(issubclass(kind, MainlineError) for kind in kinds)


def denied(path) -> PermissionError:
    return PermissionError(13, "Permission denied", str(path))


@pytest.mark.parametrize("where", ["out/table", "out", "out/.table.partial-{pid}/part"])
def test_an_output_that_may_not_be_written_is_an_outage(tmp_path, where):
    path = tmp_path / where.format(pid=os.getpid())
    with pytest.raises(OutageError) as caught, staged(tmp_path / "out/table"):
        raise denied(path)
    assert str(caught.value).startswith(f"{tmp_path}/out/table: Permission denied. `ls -ld ")


@pytest.mark.parametrize("where", ["vocab.txt", "out/vocab.txt", "out/table2"])
def test_any_other_file_is_not(tmp_path, where):
    with pytest.raises(PermissionError), staged(tmp_path / "out/table"):
        raise denied(tmp_path / where)


@pytest.mark.parametrize("number", [errno.ECONNREFUSED, errno.EPERM])
def test_an_error_of_something_else_gets_no_file(tmp_path, number):
    with pytest.raises(OSError, match=os.strerror(number)) as caught, staged(tmp_path / "table"):
        raise OSError(number, os.strerror(number))
    assert caught.value.filename is None


def test_removing_a_report_that_is_not_ours_is_an_outage(monkeypatch):
    monkeypatch.setattr(Path, "unlink", lambda self, **_: (_ for _ in ()).throw(denied(self)))
    with pytest.raises(OutageError, match=r"reports/gate\.json: Permission denied"):
        remove(Path("reports/gate.json"))


def test_an_error_without_a_name_gets_the_one_that_was_written(tmp_path):
    with pytest.raises(OSError, match="No space") as caught, writing(tmp_path / "a.txt"):
        raise OSError(28, "No space left on device")
    assert caught.value.filename == str(tmp_path / "a.txt")
