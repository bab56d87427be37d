"""The document shows what `results.json` holds, and every benchmark can be run by its name."""

import json
import runpy
import subprocess
import sys

import pytest

from project import ROOT

HERE = ROOT / "engine/benchmarks"
SCRIPTS = sorted(path for path in HERE.glob("*.py") if "main(__doc__, " in path.read_text())
RESULT = {
    "what": "ours",
    "size": "5 rows",
    "value": 1234.5,
    "low": 0.1234,
    "high": 2e6,
    "unit": "x",
    "target": ">= 5 x",
    "met": True,
}


def test_the_document_shows_the_results_that_are_kept(module):
    document = module("document")
    kept = json.loads((HERE / "results.json").read_text())
    text = document.DOCUMENT.read_text()
    assert document.written(text, kept) == text
    changed = json.loads(json.dumps(kept))
    changed["auc"]["results"][0]["value"] += 1000
    assert document.written(text, changed) != text


def test_a_line_of_the_table(module):
    assert module("document").row(RESULT) == (
        "| ours | 5 rows | 1,234 (0.123 to 2,000,000) x | >= 5 x | met |\n"
    )


@pytest.mark.parametrize(
    ("bound", "met"), [({"least": 2.0}, True), ({"least": 2.1}, False), ({"most": 1.9}, False)]
)
def test_the_middle_of_the_rounds_is_judged(module, bound, met):
    found = module("measure").Result.of("ours", "", [1.0, 9.0, 2.0], "x", **bound)
    assert (found.value, found.low, found.high, found.met) == (2.0, 1.0, 9.0, met)


def test_nothing_that_is_kept_names_a_host_or_a_place(module):
    kept = json.loads((HERE / "results.json").read_text())
    for of in kept.values():
        assert set(of["machine"]) == {"cpu", "cores", "python", "versions"}
    assert "/" not in "".join(str(of["machine"]) for of in kept.values())


def test_every_benchmark_has_its_figures(module):
    kept = json.loads((HERE / "results.json").read_text())
    assert set(kept) == set(module("bench").NAMES)


def test_every_size_of_the_whole_loop_has_its_figures(module):
    kept = json.loads((HERE / "results.json").read_text())
    found = {each["size"] for each in kept["whole"]["results"]}
    assert found >= set(module("whole").SIZES)


def test_every_name_is_one_of_a_script(module):
    assert {path.stem for path in SCRIPTS} >= set(module("bench").NAMES)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_every_benchmark_can_be_imported_and_takes_sizes_and_rounds(
    module, script, monkeypatch, capsys
):
    monkeypatch.setattr(sys, "argv", [script.name, "--help"])
    with pytest.raises(SystemExit):
        runpy.run_path(str(script), run_name="__main__")
    assert "--sizes" in capsys.readouterr().out


def test_one_of_them_writes_what_it_found(module, tmp_path, monkeypatch):
    target = tmp_path / "found.json"
    line = ["auc.py", "--sizes", "500", "--repeat", "1", "--json", str(target)]
    monkeypatch.setattr(sys, "argv", line)
    auc = module("auc")
    monkeypatch.setattr(auc, "RESAMPLED_ROWS", 1000)
    auc.main(auc.__doc__, auc.measure, [], 1)
    found = json.loads(target.read_text())
    assert found[0]["size"] == "500 rows"
    apart = [each for each in found if each["what"].startswith("ends apart")]
    assert apart[0]["met"] is True


def test_a_benchmark_that_is_not_there_is_named():
    line = [sys.executable, str(HERE / "bench.py"), "trian"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no benchmark is called trian" in done.stderr
