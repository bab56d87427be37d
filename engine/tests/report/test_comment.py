import json
from dataclasses import replace

import pytest
from verdicts import champion, estimate, verdict

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.lock.engine_file import NAME, EngineFile
from mainline.report import report
from mainline.stages import STAGES


def test_the_verdict_is_the_first_line(repository):
    text = report.render(repository, verdict())
    assert text.startswith("## ✅ The gate is open: better than the model on main.\n")


def test_what_is_surely_worse_is_in_the_first_lines_once(repository):
    rule = {"name": "baseline", "figure": "", "bar": "", "margin": "", "outcome": "pass", "why": ""}
    said = {"said": "the plain trees are better by 0.0031, allowed up to 0.01"}
    text = report.render(repository, verdict(rules=[rule | said], notes=["a note"]))
    lines = text.splitlines()
    assert lines[4] == "⚠️ The plain trees are better by 0.0031, allowed up to 0.01."
    assert lines.index("> a note") > 4
    waived = rule | said | {"outcome": "waived"}
    assert "allowed up to 0.01 (shown only)." in report.render(repository, verdict(rules=[waived]))
    headline = f"The gate is open: {said['said']}."
    text = report.render(repository, verdict(rules=[rule | said], headline=headline))
    assert text.count("trees are better") == 1


def test_the_last_and_the_best_release_are_folded_with_threshold_and_seed(repository):
    last = {"version": "41", "commit": "c" * 40, "figure": estimate(0.78)}
    last |= {"threshold": 0.25, "seed": 7}
    best = {"version": "39", "commit": "b" * 40, "figure": None, "threshold": None, "seed": None}
    past = {"of": 4, "best": best, "difference": estimate(-0.02)}
    judged = verdict(champion=champion(released=last), measured={"erosion": past})
    judged["candidate"]["seed"] = 8
    text = report.render(repository, judged)
    _, _, fold = text.partition("<summary>Releases, thresholds and seeds</summary>")
    for row in (
        "| this proposal | `42` |  | 0.8000 (0.7900 to 0.8100) | 0.3 | 8 |  |",
        "| the last release | `41` | `cccccccccccc` | 0.7800 (0.7700 to 0.7900) | 0.25 | 7 |",
        "| the best of 4 | `39` | `bbbbbbbbbbbb` | none |  |  | -0.0200 (-0.0300 to -0.0100) |",
    ):
        assert row in fold
    for past, said in (
        ({"of": 4}, "The last release is the best of the 4 that are comparable."),
        ({"of": 4, "problem": "gone"}, "A better release could not be compared"),
    ):
        judged["measured"] = {"erosion": past}
        assert said in report.render(repository, judged)
    judged["measured"] = {}
    assert "the best of" not in report.render(repository, judged)


def test_a_closed_gate_shows_a_cross_and_the_rule_that_closed_it(repository):
    rule = {"name": "bytes", "figure": "", "bar": "", "margin": "", "outcome": "fail", "why": "no"}
    text = report.render(repository, verdict(open=False, headline="Closed.", rules=[rule]))
    assert text.startswith("## ❌ Closed.")
    assert "❌ **closed**" in text


def test_failed_rules_come_first_and_what_merely_agrees_shares_a_line(repository):
    def rule(name, outcome, bar=""):
        return {"name": name, "figure": "", "bar": bar, "margin": "", "outcome": outcome, "why": ""}

    rules = [rule("bytes", "pass"), rule("size", "pass", "<= 2 MB"), rule("slices", "fail", "x")]
    text = report.render(repository, verdict(rules=rules, open=False, headline="Closed."))
    assert text.index("| slices |") < text.index("| size |")
    assert "✅ Passed without a bar: bytes." in text


def test_kept_bars_are_folded_away_and_what_compares_or_was_accepted_is_not(repository):
    def rule(name, outcome="pass", bar="<= 1"):
        return {"name": name, "figure": "", "bar": bar, "margin": "", "outcome": outcome, "why": ""}

    rules = [rule("size"), rule("noise"), rule("baseline"), rule("snapshot", bar="accepted")]
    text = report.render(repository, verdict(rules=[*rules, rule("latency", "waived")]))
    seen, _, folded = text.partition("<summary>✅ 2 other bars of the gate kept</summary>")
    assert all(f"| {name} |" in seen for name in ("baseline", "snapshot", "latency"))
    assert all(f"| {name} |" in folded for name in ("size", "noise"))
    assert "| size |" not in seen


def test_figures_stand_beside_champion_and_baseline_with_intervals(repository):
    text = report.render(repository, verdict(champion=champion()))
    assert "| this proposal | champion on main | baseline (plain trees) |" in text
    assert "0.8000 (0.7900 to 0.8100) | 0.7800 (0.7700 to 0.7900) | 0.7000" in text
    assert "**+0.0200 (+0.0100 to +0.0300)**, paired on 990 rows, those of the champion's" in text


def test_recorded_figures_of_a_champion_are_called_recorded(repository):
    stand_in = champion(difference=None, paired=False, rows=None)
    assert "recorded ones" in report.render(repository, verdict(champion=stand_in))


def test_without_a_champion_the_comment_says_so(repository):
    said = "main has released no model yet"
    assert said in report.render(repository, verdict(case="first"))
    assert said not in report.render(repository, verdict())  # broke off before it knew


def test_a_model_that_could_not_be_scored_still_gets_a_comment(repository):
    text = report.render(repository, verdict(candidate={}, open=False, headline="Closed."))
    assert "could not be scored" in text
    assert "There is no release" in text
    assert "mermaid" not in text


def test_notes_on_changed_bars_come_before_the_figures(repository):
    text = report.render(repository, verdict(notes=["gate.bars.roc_auc.min changes"]))
    assert text.index("changes") < text.index("ROC AUC")


def test_curves_slices_release_and_reproduction_are_folded_away(repository):
    text = report.render(repository, verdict())
    for title in ("Curves", "Slices", "What changed", "Release", "Reproduce"):
        assert f"<summary>{title}</summary>" in text
    assert text.count("```mermaid") == 3
    assert "registry.example/model@sha256:bbb" in text
    assert "make run" in text


def test_what_changed_names_settings_data_and_code(repository):
    base = repository.resolve("HEAD")
    root = repository.root
    Layout(root).params.write_text("train: {epochs: 5}\n")
    (root / "src" / "model.py").write_text("a = 1\nb = 2\n")
    (root / "src" / "new.py").write_text("c = 3\n")
    Layout(root).catalogue.write_text(json.dumps({"rows": 12, "columns": {}}))
    text = report.render(repository, verdict(against=base))
    assert "| `train.epochs` | `3` | `5` |" in text
    assert "| `rows` | `10` | `12` |" in text
    assert "| `src/model.py` | +1 | -0 |" in text
    assert "| `src/new.py` | +1 | -0 |" in text


def test_another_engine_is_named_with_the_stages_that_it_changes(repository):
    root = repository.root
    old = EngineFile("0.2.0", dict.fromkeys(STAGES, "a" * 64))
    old.write(root)
    repository.run("add", "-A")
    repository.run("commit", "-qm", "An engine")
    base = repository.resolve("HEAD")
    assert "Engine" not in report.render(repository, verdict(against=base))
    for stages, said in (
        ({"train": "b" * 64, "package": "b" * 64}, "other code for train, package"),
        ({}, "the same code for every stage"),
    ):
        replace(old, version="0.3.0", stages=old.stages | stages).write(root)
        text = report.render(repository, verdict(against=base))
        assert f"**Engine** 0.2.0 on main, 0.3.0 here: {said}." in text
    (root / NAME).write_text("<<<<<<< HEAD\n")
    assert "Engine" not in report.render(repository, verdict(against=base))


def test_columns_that_the_data_checks_show_are_not_shown_twice(repository):
    base = repository.resolve("HEAD")
    about = {"rows": 12, "columns": {"age": {"mean": 4}}}
    Layout(repository.root).catalogue.write_text(json.dumps(about))
    assert "columns.age.mean" in report.render(repository, verdict(against=base))
    checked = {"as_of": "2026-01-01", "of": 0, "moves": [], "notes": [], "accepted": None}
    text = report.render(repository, verdict(against=base, data=checked))
    assert "| `rows` | `10` | `12` |" in text
    assert "columns.age.mean" not in text


def test_the_base_commits_subject_cannot_mark_up_or_mention(repository):
    text = report.render(repository, verdict(against=repository.resolve("HEAD")))
    assert "\\*with\\*" in text
    assert "@someone" not in text


def test_a_part_that_cannot_be_written_says_so_under_the_verdict(repository):
    (Layout(repository.root).plots / "roc.csv").write_text("")
    Layout(repository.root).catalogue.write_text("garbage")
    text = report.render(repository, verdict(against=repository.resolve("HEAD")))
    assert text.startswith("## ✅")
    assert text.count("This part could not be written") == 2
    assert "ROC AUC" in text


def test_a_first_model_is_not_listed_key_by_key(repository):
    text = report.render(repository, verdict(case="first"))
    assert "everything is new" in text
    assert "| key | main | here |" not in text


def test_one_huge_value_does_not_fill_the_comment(repository):
    base = repository.resolve("HEAD")
    Layout(repository.root).params.write_text(
        f"train: {{epochs: 3}}\nlist: {list(range(40_000))}\n"
    )
    text = report.render(repository, verdict(against=base))
    assert "| `list` | `-` | `[0, 1, 2" in text
    assert "more lines were cut" not in text


def test_many_long_notes_leave_room_for_the_figures(repository):
    text = report.render(repository, verdict(notes=["x" * 10_000] * 100))
    assert "80 more notes" in text
    assert "ROC AUC" in text


def test_bias_and_confusion_are_shown(repository):
    judged = verdict()
    model = judged["candidate"]["figures"]["model"]
    for cell in ("true_positives", "false_positives", "false_negatives", "true_negatives"):
        model[cell] = {"value": 0.25, "low": 0.24, "high": 0.26}
    text = report.render(repository, judged)
    assert "| Mean bias ↓ |" in text
    assert "false negatives 25.0% (24.0% to 26.0%)" in text


def test_without_a_verdict_the_error_names_the_gate(repository):
    with pytest.raises(MainlineError, match="mainline gate"):
        report.run(repository.root)


def test_the_file_is_written(repository):
    path = Layout(repository.root).verdict
    path.parent.mkdir()
    path.write_text(json.dumps(verdict()))
    report.run(repository.root)
    assert Layout(repository.root).comment.read_text().startswith("## ✅")
