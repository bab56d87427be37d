"""A disk that is full at some moment of a run: one clear line, nothing torn; with room it goes on.

The disk is a real one of a few megabytes (tmpfs in a mount namespace of its own, which on Linux
root and anybody else may have). Where a container forbids that, this fails and says so.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from loop_project import Loop

pytestmark = pytest.mark.e2e

# Inside of the namespace: copy the project to the small disk, run, show what is there, make room,
# run again. Each run's end is told by a line that starts with a mark.
SCRIPT = """
set -u
mount -t tmpfs -o size="$1"k tmpfs "$2"
cp -a "$3/." "$2" || exit 97
cd "$2"
export PYTHONPATH="$2/src" MPLCONFIGDIR="$4" PATH="$5:$PATH" PYTHONDONTWRITEBYTECODE=1
python -m customer_churn.cli run 2>&1
echo "=== first $?"
find . -name '*.partial-*' -o -name '*.aside-*'
echo "=== debris"
git status --porcelain --untracked-files=all
echo "=== status"
mount -o remount,size=500m "$2"
python -m customer_churn.cli run 2>&1
echo "=== second $?"
sha256sum dist/descriptor.json k8s/overlays/staging/release.yaml metrics/*.json plots/*.csv
find . -name '*.partial-*' -o -name '*.aside-*'
"""
OUTPUTS = ("dist/descriptor.json", "k8s/overlays/staging/release.yaml")


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    return Loop.create(tmp_path_factory.mktemp("untouched") / "project")


@pytest.fixture(scope="module")
def needed(untouched, tmp_path_factory) -> tuple[int, int, list[str]]:
    """Kilobytes before and after a run with room, and its sums."""
    done = on_a_disk(untouched, tmp_path_factory.mktemp("roomy"), 500_000)
    before = kilobytes(untouched.root)
    assert "=== first 0" in done, done
    return before, before + 12_000, sums(done)


def kilobytes(root: Path) -> int:
    said = subprocess.run(["du", "-sk", str(root)], check=True, capture_output=True, text=True)
    return int(said.stdout.split()[0])


def on_a_disk(loop: Loop, place: Path, size: int) -> str:
    for name in ("disk", "cache"):
        (place / name).mkdir()
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "bash", "-c", SCRIPT, "run",
         str(size), str(place / "disk"), str(loop.root), str(place / "cache"),
         str(Path(sys.executable).parent)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert "=== first" in done.stdout, f"no small disk could be made here: {done.stdout[-500:]}"
    return done.stdout


def sums(said: str) -> list[str]:
    return [line for line in said.splitlines() if len(line.partition("  ")[0]) == 64]


@pytest.mark.parametrize("share", [0.02, 0.1, 0.2, 0.35, 0.5, 0.7])
def test_a_run_says_that_the_disk_is_full_and_goes_on_with_room(needed, untouched, tmp_path, share):
    before, after, expected = needed
    size = before + round((after - before) * share) + 200
    said = on_a_disk(untouched, tmp_path, size)
    print(size, said)
    first, _, rest = said.partition("=== first ")
    if not rest.startswith("0"):
        assert "full" in first or "No space left" in first
        assert "Traceback" not in first
    debris, _, rest = rest.partition("\n")[2].partition("=== debris")
    assert debris == ""
    assert ".partial-" not in rest.partition("=== status")[0]
    assert "=== second 0" in rest
    assert "Traceback" not in rest
    assert sums(rest) == expected
