"""What judging from outside costs a proposal, beside `run`, which trains and judges in one process.

From outside, what was trained is packed, crosses as an archive, and is judged and exported again by
main's engine. The machines of two more jobs and job `keep` are not in here.
"""

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import rows
from measure import Cost, Result, child, command, main, timed
from whole import LONG, project

from mainline.git import Git
from mainline.outside.placed import REF
from mainline.outside.received import PARCEL, Received
from mainline.outside.unzip import unzip

COUNTS = {"20,000 x 16": 20_000, "1,000,000 x 16": 1_000_000}
IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@localhost")
AS_UPLOADED = {"compression": zipfile.ZIP_DEFLATED, "compresslevel": 6}  # upload-artifact's own


@dataclass(frozen=True)
class Taken:
    """Seconds of each step, and the megabytes of the archive and of what is in it."""

    seconds: dict[str, float]
    archive: float
    unpacked: float

    @property
    def more(self) -> float:
        """Seconds on the way from a training to its verdict that one process would not need.

        Two jobs unpack in turn; the export runs beside the judge.
        """
        took = self.seconds
        judged = max(took["judge"], took["repackage"]) - took["gate"]
        return took["pack"] + took["compress"] + 2 * took["unpack"] + judged


def measure(_: list[int], repeat: int) -> list[Result]:
    """Seconds of each step and the size of what crosses, in two sizes."""
    found = []
    for size, count in COUNTS.items():
        taken = [proposed(count) for _ in range(repeat)]
        for step in taken[0].seconds:
            walls = [each.seconds[step] for each in taken]
            found.append(Result.of(f"proposal, {step}", size, walls, "s"))
        runs = [each.seconds["run"] for each in taken]
        more = [1 + each.more / run for each, run in zip(taken, runs, strict=True)]
        found += [
            Result.of("proposal, what crosses", size, [it.unpacked for it in taken], "MB"),
            Result.of("proposal, what crosses, packed", size, [it.archive for it in taken], "MB"),
            Result.of("proposal, from outside over one process", size, more, "x"),
        ]
    return found


def proposed(count: int) -> Taken:
    """A first model of so many rows, trained in one clone and judged in another."""
    with tempfile.TemporaryDirectory() as scratch:
        theirs, origin, ours = (Path(scratch) / name for name in ("theirs", "origin", "main"))
        project(theirs, count, rows.contract(*LONG, time=True))
        git = Git(theirs)
        git.run("clone", "--quiet", "--bare", str(theirs), str(origin))
        git.run("remote", "add", "origin", str(origin))
        git.run("fetch", "--quiet", "origin")
        git.run(*IDENTITY, "commit", "--quiet", "--allow-empty", "--message", "A proposal")
        git.run("push", "--quiet", "origin", f"HEAD:{REF}")
        Git(Path(scratch)).run("clone", "--quiet", "--branch", "main", str(origin), str(ours))
        shutil.copy2(theirs / "rows.parquet", ours)

        packed, received = Path(scratch) / "packed", ours / "received"
        archive = Path(scratch) / "proposed.zip"
        costs = {"run": ran(theirs, "run"), "gate": ran(theirs, "gate")}
        costs["pack"] = ran(theirs, "propose", "--pack", str(packed))
        seconds = {name: each.wall for name, each in costs.items()}
        seconds["compress"] = timed(lambda: compress(packed, archive))
        seconds["unpack"] = timed(lambda: unzip(archive, received / PARCEL))
        head, base = git.known("HEAD"), git.known("origin/main")
        Git(ours).run("fetch", "--quiet", "origin", f"+{REF}:{REF}")
        jobs = {"train": "success"}
        Received("pull_request", 1, 7, head, base, "proposal", jobs=jobs).write(received)
        for name in ("judge", "repackage"):
            seconds[name] = ran(ours, name, "--received", str(received)).wall
        files = [path for path in packed.rglob("*") if path.is_file()]
        unpacked = sum(path.stat().st_size for path in files)
        return Taken(seconds, archive.stat().st_size / 1e6, unpacked / 1e6)


def ran(root: Path, *arguments: str) -> Cost:
    """One of our commands in this clone, with its code."""
    return child(command(*arguments), root, {"PYTHONPATH": str(root / "src"), "CI": "true"})


def compress(folder: Path, archive: Path) -> None:
    """As a job uploads it."""
    with zipfile.ZipFile(archive, "w", **AS_UPLOADED) as opened:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            opened.write(path, path.relative_to(folder).as_posix())


if __name__ == "__main__":
    main(__doc__, measure, [0], 1)
