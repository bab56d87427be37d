"""`mainline monitor` on a window of the log, as a user runs it; and beside Evidently's preset.

The log has seven days of compacted files, the source a label for 100,000 of its rows. The memory is
that of the whole command, TensorFlow included, which scores the reference's test rows.
"""

import importlib
import json
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import rows
import score
import yaml
from measure import Cost, Result, command, main, ratios, rounds, timed

from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.git import Git
from mainline.monitoring import input_drift
from mainline.monitoring.log_table import LogTable
from mainline.monitoring.window import Window
from mainline.params.monitoring import MonitoringSettings
from mainline.release.release_file import Release
from mainline.request_log.compact import COMPACTED, GROUP
from mainline.request_log.log_store import folder_of

LARGE, SECONDS, GIGABYTES = 10_000_000, 60.0, 2.0
BESIDE, FASTER = 1_000_000, 10.0  # rows on which Evidently runs as well
COLUMNS = ((12, 4), (48, 16))  # numbers and categories; the wider table has the first size alone
REFERENCE = 100_000
LAST, DAYS = datetime(2026, 7, 7, tzinfo=UTC), 7
START = """
import json, resource, subprocess, sys, time
began = time.perf_counter()
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Seconds and memory of the command in each size; seconds of Evidently over ours."""
    found = []
    for columns in COLUMNS:
        table = rows.contract(*columns)
        root = project(table)
        for size in sizes if columns == COLUMNS[0] else sizes[:1]:
            name = f"{size:,} x {sum(columns)}"
            with tempfile.TemporaryDirectory() as store:
                write(Path(store), table, size, Release.read(root).version)
                costs = [run(root, store) for _ in range(repeat)]
                judged = size == LARGE
                found += [
                    Result.of("monitor", name, [each.wall for each in costs], "s",
                              most=SECONDS if judged else None),
                    Result.of("monitor", name, [each.cpu for each in costs], "CPU s"),
                    Result.of("monitor, memory", name, [each.memory for each in costs], "GB",
                              most=GIGABYTES if judged else None),
                ]  # fmt: skip
                if size == BESIDE and columns == COLUMNS[0]:
                    found += beside(Path(store), table, name, repeat)
        shutil.rmtree(root)
    return found


def run(root: Path, store: str) -> Cost:
    """The command in a process that a small one starts."""
    line = [*command("monitor"), "--store", store, "--to", f"{LAST:%Y-%m-%d}"]
    done = subprocess.run(
        [sys.executable, "-c", START, *line], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    wall, cpu, kilobytes = json.loads(done.stdout.splitlines()[-1])
    return Cost(wall, cpu, kilobytes * 1024 / 1e9)


def beside(store: Path, table: TableSettings, name: str, repeat: int) -> list[Result]:
    """Drift of the inputs from the files, and Evidently's preset on frames in memory, by turns."""
    evidently = importlib.import_module("evidently")
    preset = importlib.import_module("evidently.presets").DataDriftPreset
    reference = rows.frame(table, REFERENCE)
    files = sorted(store.rglob("*.parquet"))
    inputs = [f"input_{each}" for each in table.features]
    logged = pd.concat([pq.read_table(each, columns=inputs).to_pandas() for each in files])
    logged.columns = logged.columns.str.removeprefix("input_")
    report = evidently.Report([preset(method="psi")])
    watched = SimpleNamespace(table=table, version="0")

    def ours() -> None:
        window = Window.ending(LAST.date(), DAYS)
        with LogTable.opened(str(store), window) as log:
            input_drift.findings(
                watched, SimpleNamespace(train=reference), log, MonitoringSettings()
            )

    steps = {
        "ours": lambda: timed(ours),
        "Evidently": lambda: timed(lambda: report.run(logged, reference[table.features])),
    }
    seconds = rounds(steps, repeat)
    found = [Result.of(f"drift of a log, {who}", name, took, "s") for who, took in seconds.items()]
    over = ratios(seconds["Evidently"], seconds["ours"])
    what = "drift of a log, Evidently over ours"
    return [*found, Result.of(what, name, over, "x", least=FASTER)]


def project(table: TableSettings) -> Path:
    """A repository whose main has released a model of this table."""
    root = score.trained(table)
    frame = rows.frame(table, REFERENCE)
    frame.to_parquet(Layout(root).table)
    labels = frame.assign(**{table.target: frame[table.target].map({0: "no", 1: "yes"})})
    labels.assign(known=pd.Timestamp(LAST.date())).to_parquet(root / "labels.parquet")
    params = yaml.safe_load(Layout(root).params.read_text()) | {
        "data": {"as_of": "2026-06-30", "source": {"kind": "file", "path": "labels.parquet"}},
        "validation": {"min_rows": 1},
        "monitoring": {"labels": {"known": "known"}},
        "split": {"by": "entity", "salt": "bench"},
        "gate": {
            "bars": {},
            "champion": {"margin": 0.01},
            "baseline": {"margin": 0.01},
            "slices": {"largest_gap": 0.1, "min_rows": 100},
            "size_mb": 50,
        },
    }
    Layout(root).params.write_text(yaml.safe_dump(params))
    stages = {
        "ingest": {"cmd": "true", "outs": [str(Layout.table)]},
        "package": {"cmd": "true", "outs": [str(Layout.saved_model)]},
    }
    Layout(root).pipeline.write_text(yaml.safe_dump({"stages": stages}))
    git = Git(root)
    git.run("init", "--quiet", "--initial-branch=main")
    for line in (["init", "--quiet"], ["commit", "--force", "--quiet"]):
        subprocess.run([sys.executable, "-m", "dvc", *line], cwd=root, check=True)
    git.run("add", "--all")
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    git.run(*who, "commit", "--quiet", "--message", "Release")
    return root


def write(store: Path, table: TableSettings, size: int, version: str) -> None:
    """The log of a week: each hour one compacted file, a request for each row."""
    hours = DAYS * 24
    first = int((LAST - timedelta(days=DAYS - 1)).timestamp()) // 3600
    for place in range(hours):
        start, end = size * place // hours, size * (place + 1) // hours
        content = logged(rows.frame(table, end - start, start=start), table, first + place, version)
        path = store / folder_of(first + place) / f"{COMPACTED}{place}.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(content, path, compression="zstd", row_group_size=GROUP)


def logged(
    frame: pd.DataFrame,
    table: TableSettings,
    hour: int,
    version: str,
    scores: pd.Series | None = None,
) -> pa.Table:
    """Rows with the columns of the log; scores are made up when none are given."""
    count = len(frame)
    rng = np.random.default_rng([count, hour])
    moments = hour * 3_600_000_000 + np.sort(rng.integers(0, 3_600_000_000, count))
    answers = rng.beta(1, 6, count) if scores is None else scores
    same = {
        "rows": pa.scalar(1, pa.int32()), "caller": pa.scalar("shop"),
        "protocol": pa.scalar("rest"), "signature": pa.scalar("serving_default"),
        "arm": pa.scalar("main"), "status": pa.scalar(200, pa.int32()), "problem": pa.scalar(""),
        "version": pa.scalar(version), "digest": pa.scalar("sha256:" + "0" * 64),
        "row": pa.scalar(0, pa.int32()), "label": pa.scalar(None, pa.string()),
        "scores": pa.scalar(None, pa.list_(pa.float64())),
    }  # fmt: skip
    columns = {
        "time": pa.array(moments, pa.timestamp("us", "UTC")),
        "request_id": pa.array([f"{hour:08x}-{each:027x}" for each in range(count)]),
        "seconds": pa.array(rng.gamma(2, 0.002, count)),
        "entity": pa.array(frame[table.entity].astype(str)),
        "score": pa.array(np.asarray(answers, np.float32).astype(np.float64)),
        **{name: pa.repeat(value, count) for name, value in same.items()},
    }
    for name in table.numbers:
        columns[f"input_{name}"] = pa.array(frame[name].to_numpy(np.float32))
    for name in table.categories:
        columns[f"input_{name}"] = pa.array(frame[name].astype(str))
    return pa.table(columns)


if __name__ == "__main__":
    main(__doc__, measure, [BESIDE, LARGE], 3)
