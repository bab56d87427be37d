"""`kill -9` and Ctrl-C at random moments of a run: nothing half-written, the next run recovers.

The moments follow from a seed, which is printed; `FAULT_SEED=7` sets it.
"""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress

import pytest
from loop_project import Loop, alone_again, group

from customer_churn.core import paths

pytestmark = pytest.mark.e2e

SEED = int(os.environ.get("FAULT_SEED", "1"))
KILLS, STOPS = 20, 6


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Loop:
    """A project that never ran."""
    return Loop.create(tmp_path_factory.mktemp("fresh") / "project")


@pytest.fixture(scope="module")
def undisturbed(fresh, tmp_path_factory):
    """A project, its outputs after a run that nobody disturbed, and the seconds that it took."""
    loop = fresh.copy(tmp_path_factory.mktemp("undisturbed") / "project")
    before = time.monotonic()
    done = loop.run()
    took = time.monotonic() - before
    assert done.code == 0, done.said[-3000:]
    return loop, loop.outputs(), took


def after(moment: float, undisturbed, running: "subprocess.Popen[str]") -> None:
    """Wait for a moment, as a share of what an undisturbed run takes."""
    with suppress(subprocess.TimeoutExpired):
        running.wait(timeout=moment * undisturbed[2])


def whole(loop: Loop, expected: dict[str, str]) -> None:
    """Outputs are absent or as they should be; git sees none of what was only begun."""
    found = loop.outputs()
    assert found == {name: expected[name] for name in found}
    known = {*expected, "dvc.lock"}
    assert all(name in known for name in loop.seen_by_git()), loop.seen_by_git() - known


def recovered(loop: Loop, undisturbed) -> None:
    """One more run, no hand put to anything: as if nobody had disturbed the first."""
    done = loop.run()
    assert done.code == 0, done.said[-3000:]
    assert "Traceback" not in done.said
    assert loop.outputs() == undisturbed[1]
    assert loop.debris() == []
    assert loop.seen_by_git() == undisturbed[0].seen_by_git()


def moments(kind: str, count: int) -> list[float]:
    """One in each of `count` equal parts of a run, so that no part goes untested."""
    rng = random.Random(f"{kind} {SEED}")
    return [round((part + rng.random()) / count, 3) for part in range(count)]


@pytest.mark.parametrize("number", range(KILLS))
def test_killed(tmp_path, fresh, undisturbed, number):
    """All of it, or the command alone, or one of what it started, as the kernel's choice may be."""
    moment = moments("kill", KILLS)[number]
    loop = fresh.copy(tmp_path / "project")
    running = loop.start()
    after(moment, undisturbed, running)
    members = sorted(group(running.pid))
    rng = random.Random(f"whom {SEED} {number}")
    whom = [members, [running.pid], members[-1:], [rng.choice(members or [0])]][number % 4]
    print(
        f"seed {SEED}, number {number}, at {moment} of {undisturbed[2]:.0f} s: {whom} of {members}"
    )
    for process in filter(None, whom):
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            continue
    done = loop.end(running)
    assert "Traceback" not in done.said, done.said[-3000:]
    assert alone_again(running.pid), "something lives on"
    whole(loop, undisturbed[1])
    recovered(loop, undisturbed)


@pytest.mark.parametrize("number", range(STOPS))
def test_stopped_by_ctrl_c(tmp_path, fresh, undisturbed, number):
    moment = 0.05 + 0.9 * moments("stop", STOPS)[number]
    loop = fresh.copy(tmp_path / "project")
    running = loop.start()
    after(moment, undisturbed, running)
    with suppress(ProcessLookupError):
        os.killpg(running.pid, signal.SIGINT)
    done = loop.end(running)
    print(f"seed {SEED}, number {number}, at {moment} of {undisturbed[2]:.0f} s:\n{done.said}")
    assert "Traceback" not in done.said
    if done.code != 0:  # it may have been over
        assert done.code == 130
        assert done.said.endswith("run: stopped\n")
    assert not group(running.pid), "a child outlives the command"
    whole(loop, undisturbed[1])
    assert loop.debris() == []
    recovered(loop, undisturbed)


def test_a_lock_that_a_kill_cut_off_is_made_again(tmp_path, undisturbed):
    loop = undisturbed[0].copy(tmp_path / "project")
    lock = loop.root / paths.LOCK
    content = lock.read_bytes()
    lock.write_bytes(content[: len(content) * 2 // 3 + 5])
    (loop.root / ".dvc/tmp/rwlock").write_text('{"write": {"')
    done = loop.run()
    assert "Running stage 'train'" not in done.said
    recovered(loop, undisturbed)
    assert lock.read_bytes() == content
