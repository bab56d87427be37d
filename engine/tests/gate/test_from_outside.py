"""A candidate that is judged by another checkout's code: no code of its own is imported."""

import shutil
import sys
from dataclasses import replace

import pytest
from judging import INTEGRITY, append, edit, lose_a_row

from mainline.core.errors import MainlineError
from mainline.core.files import read_json, write_json
from mainline.core.layout import Layout
from mainline.data import ingest
from mainline.data.settings import DataSettings
from mainline.gate import alternatives, notes, pipeline, source
from mainline.gate.candidate import Candidate
from mainline.gate.integrity import attempt
from mainline.git import Git
from mainline.lock.engine_file import EngineFile
from mainline.outside.child import Refusing
from mainline.project import PYPROJECT
from mainline.report import candidates as table_of_candidates

PYTHON = {"kind": "python", "function": "small.simulator:read"}


def closed(candidate: Candidate, name: str) -> str:
    found = attempt(name, lambda: INTEGRITY[name](candidate))
    return found.why if found.outcome == "fail" else ""


def test_with_the_same_code_every_rule_passes(outside):
    assert [closed(outside, name) for name in INTEGRITY] == [""] * len(INTEGRITY)
    assert notes.on_outside(outside) == []


def test_only_a_candidate_with_other_code_is_judged_from_outside(outside):
    assert not Candidate(outside.root).outside
    assert Candidate(outside.root).same_code("checks")
    assert Candidate(outside.root).judges == outside.root


@pytest.mark.parametrize("module", ["checks", "metrics"])
def test_other_checks_and_metrics_are_told_and_not_run(outside, module):
    append(outside, module, "\nraise SystemExit('run')\n")
    assert not outside.same_code(module)
    assert [closed(outside, name) for name in INTEGRITY] == [""] * len(INTEGRITY)
    [note] = notes.on_outside(outside)
    assert note == f"this proposal changes {module}.py: main's {module}.py judged it."


def test_a_module_that_checks_import_counts_as_checks(outside):
    append(outside, "checks", "\nimport small.more\n")
    (outside.root / "src/small/more.py").write_text("")
    (outside.code / "src/small/more.py").write_text("x = 1\n")
    shutil.copy2(outside.root / "src/small/checks.py", outside.code / "src/small/checks.py")
    assert not outside.same_code("checks")
    (outside.code / "src/small/more.py").write_text("")
    assert outside.same_code("checks")


def test_a_broken_module_of_the_proposal_is_other_code(outside):
    append(outside, "checks", "\n)\n")
    assert not outside.same_code("checks")
    assert closed(outside, "validation") == ""


def test_other_metrics_do_not_excuse_a_forged_figure_of_the_engine(outside):
    append(outside, "metrics", "\n# another one\n")
    edit(Layout(outside.root).figures, "model.roc_auc.value", 0.97)
    assert "roc_auc" in closed(outside, "figures")


def test_the_project_s_own_figure_is_compared_under_the_same_metrics(outside):
    edit(Layout(outside.root).figures, "model.lift_at_tenth.value", 9.9)
    assert "lift_at_tenth" in closed(outside, "figures")


def test_other_checks_do_not_excuse_a_forged_report(outside):
    append(outside, "checks", "\n# another one\n")
    edit(Layout(outside.root).validation, "rows", 1)
    assert "rows" in closed(outside, "validation")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("rows", 1),
        ("figure", "log_loss"),
        ("ships", "trees"),
        ("candidates.network.figure.value", 0.99),
    ],
)
def test_what_ships_is_scored_again(outside, key, value):
    edit(Layout(outside.root).candidates, key, value)
    assert closed(outside, "figures")


def test_what_does_not_ship_is_shown_as_the_proposal_says(outside):
    edit(Layout(outside.root).candidates, "candidates.trees.bytes", 12_340_000)
    write_json(Layout(outside.root).costs, {"trees": {"p99_ms": 7.25, "rows_per_second": 54_321}})
    assert closed(outside, "figures") == ""
    found = alternatives.measured(outside)
    verdict = {"measured": {"candidates": found}, "candidate": {"figures": outside.figures}}
    text = "\n".join(table_of_candidates.lines(verdict))
    assert "| 7.2 ms | 54,321 | 12.34 | elsewhere |" in text
    assert "those of the proposal's own run" in text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ships", "| [open](http://e)"),
        ("trees_share", "all"),
        ("candidates.trees.bytes", "| x"),
        ("candidates.trees.figure.value", [1]),
        ("candidates.trees", None),
    ],
)
def test_what_is_no_name_and_no_number_is_not_shown(outside, key, value):
    edit(Layout(outside.root).candidates, key, value)
    with pytest.raises(MainlineError, match=r"candidates\.json cannot be shown"):
        alternatives.measured(outside)


def test_a_candidate_of_another_name_is_left_out(outside):
    path = Layout(outside.root).candidates
    shown = read_json(path, made_by="the test")
    shown["candidates"]["| [x](http://e)"] = shown["candidates"]["trees"]
    write_json(path, shown)
    assert list(alternatives.measured(outside)["candidates"]) == ["network", "trees", "blend"]


FILES = {
    "ingest": ("data", Layout.catalogue, "rows"),
    "validate": ("validation", Layout.validation, "rows"),
    "split": ("split", Layout.split_counts, "train.rows"),
    "evaluate": ("figures", Layout.figures, "model.roc_auc.value"),
}


def other_code(outside: Candidate, stage: str) -> None:
    """Another engine runs this stage."""
    engine = EngineFile.read(outside.root)
    replace(engine, stages=engine.stages | {stage: 64 * "0"}).write(outside.root)


@pytest.mark.parametrize("stage", FILES)
def test_a_report_of_another_engine_s_stage_is_not_compared(outside, stage):
    rule, path, key = FILES[stage]
    edit(outside.root / path, key, 1)
    assert closed(outside, rule)
    other_code(outside, stage)
    assert [closed(outside, name) for name in INTEGRITY if name != "card"] == [""] * 7
    assert attempt(rule, lambda: INTEGRITY[rule](outside)).outcome == "pass"


def test_a_card_of_another_engine_is_not_compared_and_shown_as_such(outside):
    path = Layout(outside.root).model_card
    path.write_text(path.read_text() + "\nA line more.\n")
    assert closed(outside, "card")
    other_code(outside, "package")
    assert attempt("card", lambda: INTEGRITY["card"](outside)).outcome == "waived"


@pytest.mark.parametrize("stage", FILES)
def test_what_another_engine_s_stage_hands_on_is_judged_all_the_same(outside, stage):
    other_code(outside, stage)
    if stage == "ingest":
        edit(Layout(outside.root).catalogue, "content", "sha256:" + 64 * "0")
        assert "content" in closed(outside, "data")
    elif stage == "validate":
        outside.__dict__["frame"] = outside.frame.assign(tenure_months=0.5)
        assert "tenure_is_whole" in closed(outside, "validation")
    elif stage == "split":
        lose_a_row(Layout(outside.root).split / "train.parquet")
        assert "does not hold the rows" in closed(outside, "split")
    else:
        outside.__dict__["figures"] = {"model": {"roc_auc": {"value": None}}}
        assert "are not numbers" in closed(outside, "figures")


def test_another_engine_does_not_close_from_outside(project, monkeypatch):
    path = project.root / "engine.yaml"
    path.write_text(path.read_text().replace("version: ", "version: 9."))
    monkeypatch.setattr(pipeline, "outdated", lambda _: [])
    assert pipeline.rule(project.root, None).outcome == "fail"
    assert pipeline.rule(project.root, None, same_engine=False).outcome == "pass"


@pytest.fixture
def of_code(project, tmp_path):
    """A table that a function of the project makes."""
    (tmp_path / "code").mkdir()
    shutil.copytree(project.root / "src", tmp_path / "code/src")
    shutil.copy2(project.root / PYPROJECT, tmp_path / "code")
    project.set(**{"data.source": PYTHON})
    project.commit("A source in Python")
    found = Candidate(project.root, code=tmp_path / "code")
    found.__dict__["data"] = DataSettings.model_validate({"as_of": "2026-06-30", "source": PYTHON})
    return found


def test_a_source_of_the_same_code_is_asked_again(of_code, monkeypatch):
    asked = []

    def read(root, *_):
        asked.append(root)
        raise MainlineError("asked")

    monkeypatch.setattr(ingest, "read", read)
    git = Git(of_code.root)
    with pytest.raises(MainlineError, match="asked"):
        source.ask(of_code, git, git.known("main"))
    assert asked == [of_code.code]


def test_a_source_of_other_code_is_not_and_that_is_told(of_code, monkeypatch):
    append(of_code, "simulator", "\nraise SystemExit('run')\n")
    monkeypatch.setattr(ingest, "read", lambda *_: pytest.fail("read"))
    git = Git(of_code.root)
    answer = source.ask(of_code, git, git.known("main"))
    assert (answer.refused, answer.raw) == ("", None)
    assert "THIS PROPOSAL'S OWN CODE MADE THE TABLE" in answer.notes[0]


def test_an_import_of_the_proposal_is_an_error(tmp_path, monkeypatch):
    for name in ("theirs", "ours"):
        (tmp_path / name / f"of_{name}").mkdir(parents=True)
        (tmp_path / name / f"of_{name}/__init__.py").write_text("")
        (tmp_path / name / f"single_{name}.py").write_text("")
        monkeypatch.syspath_prepend(str(tmp_path / name))
    monkeypatch.setattr(sys, "meta_path", [Refusing(tmp_path / "theirs"), *sys.meta_path])
    for name in ("of_ours", "single_ours"):
        __import__(name)
    for name in ("of_theirs", "single_theirs"):
        with pytest.raises(MainlineError, match="would run code of the proposal"):
            __import__(name)
