"""The command `drift`: figures on the screen, a page when asked, in a project with a champion."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from mainline.cli.commands import COMMANDS
from mainline.core.errors import MainlineError
from mainline.monitoring import evidently_page as page
from mainline.monitoring import show

PAGE = COMMANDS["drift"].options["--page"]["const"]


@pytest.fixture
def moved(project):
    """New rows, of which one column has another unit and one nothing at all."""
    project.set(**{"data.as_of": "2026-07-31"})
    project.run("ingest")
    path = project.root / "data/table.parquet"
    frame = pd.read_parquet(path)
    frame["income"] *= 1000
    frame["discount_share"] = float("nan")
    frame.to_parquet(path, index=False)
    return project


def test_the_columns_are_printed_what_moved_most_first(moved, capsys):
    show.run(moved.root, against="main")
    old, *lines = capsys.readouterr().out.splitlines()
    assert old.startswith("These rows are out of date: ingest and split must run again.")
    assert "training rows compared with" in lines[0]
    assert lines[1].split()[:3] == ["column", "PSI", "KS"]
    names = [line.split()[0] for line in lines[2:]]
    assert set(names[:2]) == {"income", "discount_share"}
    assert "no values on one side" in next(line for line in lines if "discount_share" in line)
    assert not (moved.root / PAGE).exists()


def test_the_page_is_written_where_asked_and_names_what_it_leaves_out(moved, capsys, monkeypatch):
    monkeypatch.setattr(page, "_save", lambda *found: found[-1].write_text("<html>"))
    show.run(moved.root, against="main", page=PAGE)
    assert (moved.root / PAGE).read_text() == "<html>"
    said = capsys.readouterr().out
    assert "without values in both tables: discount_share" in said
    assert moved.git("status", "--porcelain", str(PAGE)) == ""


def test_settings_that_no_run_has_followed_yet_are_told(project, capsys):
    project.set(**{"data.as_of": "2026-07-31"})
    show.run(project.root, against="main")
    assert capsys.readouterr().out.startswith("These rows are out of date: ingest must run again.")


def test_where_dvc_cannot_say_the_figures_are_there_all_the_same(moved, capsys):
    (moved.root / "dvc.lock").write_text("stages: [")
    show.run(moved.root, against="main")
    doubt, *lines = capsys.readouterr().out.splitlines()
    assert doubt.startswith(
        "It is not known whether these rows are out of date: `dvc status` failed:"
    )
    assert any(line.startswith("income") for line in lines)


def test_of_the_same_rows_there_is_no_page(project, capsys):
    show.run(project.root, against="main", page=PAGE)
    assert capsys.readouterr().out.startswith("the same training rows as in")
    assert not (project.root / PAGE).exists()


def test_yesterdays_page_does_not_stand_for_today(project):
    (project.root / "reports").mkdir(exist_ok=True)
    (project.root / PAGE).write_text("yesterday")
    show.run(project.root, against="main", page=PAGE)
    assert not (project.root / PAGE).exists()


def test_without_a_champion_an_error_says_so(unreleased):
    with pytest.raises(MainlineError, match="has released no model to compare with"):
        show.run(unreleased.root, against="main")


def test_an_unknown_revision_is_an_error(project):
    with pytest.raises(MainlineError, match="no revision 'nowhere'"):
        show.run(project.root, against="nowhere")


def test_a_table_out_of_reach_is_an_error_that_names_it(moved):
    shutil.rmtree(moved.root / ".dvc" / "cache")
    with pytest.raises(MainlineError, match="neither in the DVC cache"):
        show.run(moved.root, against="main")


def test_a_damaged_copy_of_the_champions_table_is_not_compared_with(moved):
    for path in (moved.root / ".dvc/cache/files").rglob("*"):
        if path.is_file() and path.read_bytes()[:4] == b"PAR1":
            path.chmod(0o644)
            path.write_bytes(Path(moved.root / "data/table.parquet").read_bytes())
    with pytest.raises(MainlineError, match="damaged"):
        show.run(moved.root, against="main")
