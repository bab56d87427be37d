"""`kill -9` and Ctrl-C at 25 random moments of a run: nothing half-written, the next run recovers.

The moments are spread over the run, one in each of as many equal parts of an undisturbed one, and
follow from a seed (`FAULT_SEED=7` sets another). To be affordable they come in chains: the run that
recovers from one is the victim of the next, further on, and the last one is left alone. After each
of them all that is there has to be as in an undisturbed run, byte for byte, and in the end nothing
may be missing: so each recovery is proven, and that it starts from the last kill's state.

`make e2e` kills one run in the middle of its training; the other kills are for `make nightly`.
"""

import json
import os
import random
import re
import signal
from contextlib import suppress
from pathlib import Path

import pytest
from followed import PHASES, Followed, Moment
from loop_project import Loop, group, named

from mainline.core.layout import Layout
from mainline.dvc.repro import GENERATED
from mainline.stages import STAGES

SEED = int(os.environ.get("FAULT_SEED", "1"))
KILLS, STOPS = 20, 5
# A shell says 130 of both. Python ends itself by the signal when that met an `exec` of a text.
STOPPED = (130, -signal.SIGINT)
WHOM = ("all", "run", "dvc", "stage")
OURS = re.compile(r"(?:cli|dvc_main|cli/__init__)\.py\", line \d+, in main\n")
CHAINS = ("first run", "retrained")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Loop:
    """A project that never ran."""
    return Loop.create(tmp_path_factory.mktemp("fresh") / "project")


@pytest.fixture(scope="module")
def undisturbed(fresh, tmp_path_factory) -> tuple[Loop, dict[str, str], Followed]:
    """A project after a run that nobody disturbed, its outputs, and the run."""
    loop = fresh.copy(tmp_path_factory.mktemp("undisturbed") / "project")
    run = Followed(loop.start())
    assert run.end() == 0, run.said[-3000:]
    assert len(loop.outputs()) == len(named(loop.root))
    return loop, loop.outputs(), run


@pytest.fixture
def loop(request, tmp_path, fresh, undisturbed) -> Loop:
    """Never run; or with what the last training made committed, and none of the bytes here."""
    made = fresh.copy(tmp_path / "project")
    if request.param == "retrained":
        made.take(undisturbed[0], GENERATED)
        made.project.commit("Trained")
    return made


def moments(kind: str, count: int, run: Followed) -> list[Moment]:
    rng = random.Random(f"{kind} {SEED}")
    return [run.moment((part + rng.random()) / count) for part in range(count)]


def whole(loop: Loop, expected: dict[str, str]) -> None:
    """Outputs are absent or as they should be; git sees none of what was only begun."""
    found = loop.outputs()
    assert found == {name: expected[name] for name in found}
    known = {*expected, str(Layout.lock)}
    assert loop.seen_by_git() <= known, loop.seen_by_git() - known
    for report in (Layout(loop.root).verdict.parent).glob("*.json"):
        json.loads(report.read_text())


def traced(said: str) -> bool:
    """Is there a traceback of ours? Python itself has one when it is stopped while it starts."""
    return any(
        "KeyboardInterrupt" not in block or OURS.search(block.partition("KeyboardInterrupt")[0])
        for block in said.split("Traceback (most recent call last):")[1:]
    )


def test_a_traceback_is_told_from_an_interpreter_that_had_not_begun():
    start = (
        "Traceback (most recent call last):\n  File x, in <module>\nKeyboardInterrupt\nrun: stopped"
    )
    assert not traced("") and not traced(start)
    assert not traced(start.replace("in <module>", "in main"))
    assert traced(start.replace("File x, in <module>", 'File "cli.py", line 7, in main\n  File y'))
    assert traced(start + "\nTraceback (most recent call last):\nValueError")


def recovered(loop: Loop, undisturbed, *, committed: bool = False) -> None:
    """One more run, no hand put to anything: as if nobody had disturbed the ones before."""
    run = Followed(loop.start())
    assert run.end() == 0, run.said[-3000:]
    assert "Traceback" not in run.said
    assert "recorded in MLflow" in run.said
    assert "not recorded" not in run.said
    assert loop.outputs() == undisturbed[1]
    lock = Layout(loop.root).lock
    assert lock.read_bytes() == (undisturbed[0].root / Layout.lock).read_bytes()
    assert loop.debris() == []
    assert loop.seen_by_git() == (set() if committed else undisturbed[0].seen_by_git())


def chosen(whom: str, run: Followed) -> list[int]:
    """Processes of a run: all, the command itself, DVC, or the stage (else the newest)."""
    members = sorted(group(run.process.pid))
    words = {number: _words(number) for number in members}
    if whom == "all":
        return members
    if whom == "run":
        return [run.process.pid]
    if whom == "dvc":
        return [number for number in members if "repro" in words[number]][:1] or members[-1:]
    return [number for number in members if set(words[number][-1:]) & {*STAGES}] or members[-1:]


def _words(number: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_text().split("\0")[:-1]
    return []


@pytest.mark.e2e
@pytest.mark.parametrize("loop", ["first run"], indirect=True)
def test_killed_while_it_trains(loop, undisturbed):
    train = PHASES.index("train")
    begun = undisturbed[2].begun
    run = Followed(loop.start())
    assert run.until(Moment(train, (begun[train + 1] - begun[train]) / 2))
    os.killpg(run.process.pid, signal.SIGKILL)
    assert run.end() == -signal.SIGKILL
    whole(loop, undisturbed[1])
    assert str(Layout.saved_model) not in loop.outputs()
    recovered(loop, undisturbed)


@pytest.mark.nightly
@pytest.mark.parametrize("loop", CHAINS, indirect=True)
def test_killed(request, loop, undisturbed):
    """All of it, or one process of it, in rotation; half of the moments in each chain."""
    chain = CHAINS.index(request.node.callspec.params["loop"])
    hits = 0
    for number, moment in enumerate(moments("kill", KILLS, undisturbed[2])[chain::2]):
        run = Followed(loop.start())
        goes_on = run.until(moment)
        whom = WHOM[(number + 2 * chain) % len(WHOM)]
        victims = chosen(whom, run)
        print(f"seed {SEED}: {moment}: {whom} {victims}" + ("" if goes_on else ", over"))
        for process in victims:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        code = run.end()
        assert "Traceback" not in run.said, run.said[-3000:]
        assert goes_on or code == 0, run.said[-3000:]
        hits += code != 0
        whole(loop, undisturbed[1])
    assert hits >= KILLS / 2 - 3, "most runs were over before they could be killed"
    recovered(loop, undisturbed, committed=CHAINS[chain] == "retrained")


@pytest.mark.nightly
@pytest.mark.parametrize("loop", ["first run"], indirect=True)
def test_stopped_by_ctrl_c(loop, undisturbed):
    hits = 0
    for moment in moments("stop", STOPS, undisturbed[2]):
        run = Followed(loop.start())
        loop.at_work(run.process.pid)  # before, it is a Python that imports, and Python's answer
        run.until(moment)
        with suppress(ProcessLookupError):
            os.killpg(run.process.pid, signal.SIGINT)
        code = run.process.wait()
        left = {number: _words(number) for number in group(run.process.pid)}
        assert not left, f"{moment}: a child outlives the command: {left}: {run.said[-2000:]}"
        run.end()
        print(f"seed {SEED}: {moment}: {code}")
        assert not traced(run.said), run.said[-3000:]
        if code != 0:  # it may have been over
            hits += 1
            assert code in STOPPED, run.said[-3000:]
            assert run.said.endswith("run: stopped\n")
        whole(loop, undisturbed[1])
        assert loop.debris() == []
    assert hits >= STOPS - 2
    recovered(loop, undisturbed)


@pytest.mark.nightly
def test_a_lock_that_a_kill_cut_off_is_made_again(tmp_path, undisturbed):
    loop = undisturbed[0].copy(tmp_path / "project")
    lock = Layout(loop.root).lock
    lock.write_bytes(lock.read_bytes()[: lock.stat().st_size * 2 // 3 + 5])
    (loop.root / ".dvc/tmp/rwlock").write_text('{"write": {"')
    recovered(loop, undisturbed)
