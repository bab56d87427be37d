"""The benchmark runs and prints what it promises; its times are nobody's business here."""

import re
import subprocess
import sys

import pytest

from project import ROOT

pytestmark = pytest.mark.check
SCRIPT = ROOT / "engine/benchmarks/rollback.py"
LINE = r"^(\S.*?) +([\d.]+) s +([\d.]+) s +([\d.]+) s +([\d.]+)x$"
STEPS = {
    "git revert",
    "rollback",
    "render",
    "git revert + render",
    "rollback + render",
    "diff",
    "trace",
    "history",
}


def run(*arguments):
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_step_has_a_line_and_the_target_is_judged():
    done = run("--repeat", "1", "--releases", "2")
    assert done.returncode == 0, done.stderr
    rows = re.findall(LINE, done.stdout, re.MULTILINE)
    assert {row[0] for row in rows} == STEPS
    for name, middle, least, most, _ in rows:
        assert 0 <= float(least) <= float(middle) <= float(most), name
    [reference] = [float(row[1]) for row in rows if row[0] == "git revert + render"]
    for name, middle, _, _, ratio in rows:  # of figures that were rounded to a hundredth
        low, high = ((float(middle) + off) / (reference - off) for off in (-0.006, 0.006))
        assert low - 0.06 <= float(ratio) <= high + 0.06, name
    last = done.stdout.splitlines()[-1]
    found = re.fullmatch(
        r"from revert to rendered manifest: ([\d.]+) s, target under ([\d.]+) s: (met|missed)", last
    )
    assert found, last
    assert (found[3] == "met") == (float(found[1]) < float(found[2]))


def test_a_revert_that_brings_nothing_back_is_said_and_not_measured():
    done = run("--repeat", "1", "--releases", "1")
    assert done.returncode == 1
    assert done.stderr.startswith("git revert did not bring back version")
    assert "target" not in done.stdout


def test_make_bench_runs_it():
    said = subprocess.run(
        ["make", "--dry-run", "bench"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ".venv/bin/python engine/benchmarks/bench.py" in said.stdout
    assert ".venv/bin/python engine/benchmarks/rollback.py" in said.stdout
