"""Batch scoring of Parquet beside the model alone, which scores arrays that are in memory.

Both load the model and call the same session with batches of the same size. The most memory is
that of the command as a user runs it.
"""

import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path

import ingest
import rows
import trainers
import yaml
from measure import Cost, Result, command, main, ratios, rounds

from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.stages import STAGES

OVER, FLAT, PARTS = 1.2, 1.1, 4
HELD = 1_000_000  # rows whose arrays are in memory; more rows are these again
START = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
COLUMNS = ((4, 2), (10, 8))  # numbers and categories


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Ratios to the model alone, of a partition to the whole, and memory."""
    found = []
    for numbers, categories in COLUMNS:
        table = rows.contract(numbers, categories)
        root = trained(table)
        memory = {}
        for size in sizes if categories == COLUMNS[0][1] else sizes[:1]:
            name = f"{size:,} x {numbers + categories}"
            with tempfile.TemporaryDirectory() as scratch:
                source = Path(scratch) / "rows.parquet"
                ingest.write(source, size, "parquet", table)
                found += beside(root, source, size, name, repeat)
                memory[name] = [most_memory(root, source) for _ in range(repeat)]
        first = next(iter(memory.values()))
        for name, most in memory.items():
            found.append(Result.of("score, memory", name, most, "GB"))
            if most is not first:
                over = ratios(most, first)
                about = f"score, memory over that of {sizes[0]:,} rows"
                found.append(Result.of(about, name, over, "x", most=FLAT))
    return found


def most_memory(root: Path, source: Path) -> float:
    """Gigabytes that the command takes, in a process that a small one starts.

    A child of this process would begin with the memory that this one has.
    """
    with tempfile.TemporaryDirectory() as into:
        line = [sys.executable, "-c", START, *command("score", str(source), into)]
        done = subprocess.run(line, cwd=root, capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-1]) * 1024 / 1e9


def trained(table: TableSettings) -> Path:
    """A project with a packaged model: the small project's network, two layers, 5,000 rows."""
    root = trainers.project()
    Layout(root).split.mkdir(parents=True)
    for place, part in enumerate(("train", "validation", "test")):
        made = rows.frame(table, 5_000, start=-10_000 * (place + 1) + 10**9)
        made.to_parquet(Layout(root).split / f"{part}.parquet")
    about = {"source": "made up", "as_of": "2026-06-30", "rows": 15_000, "content": "sha256:0"}
    Layout(root).catalogue.write_text(json.dumps(about))
    params = {
        "table": table.model_dump(exclude_none=True, exclude_defaults=True),
        "train": {"seed": 1, "epochs": 2, "batch_size": 512},
        "evaluation": {"resamples": 100, "threshold": 0.5},
        "package": {"name": "bench", "image": "registry.example/bench"},
    }
    Layout(root).params.write_text(yaml.safe_dump(params))
    Layout(root).pipeline.write_text("stages: {}\n")
    with redirect_stdout(StringIO()):
        for stage in ("train", "evaluate", "package", "release"):
            importlib.import_module(STAGES[stage]).run(root)
    return root


def beside(root: Path, source: Path, size: int, name: str, repeat: int) -> list[Result]:
    """Seconds of the command and of the model alone, in this process, by turns."""
    score = importlib.import_module("mainline.scoring.score")
    columns = importlib.import_module("mainline.scoring.columns")
    scorers = importlib.import_module("mainline.scoring.scores")
    parquet_input = importlib.import_module("mainline.scoring.parquet_input")
    places = importlib.import_module("mainline.core.places")
    model = Layout(root).saved_model
    with closing(scorers.BatchScorer(model)) as scorer:
        opened = parquet_input.Source(places.Place.of(str(source)))
        texts = columns.texts(scorer.inputs)
        batches = opened.read(opened.groups, list(scorer.inputs), texts, score.BATCH)
        held, count = [], 0
        for batch in batches:
            held.append(columns.arrays(batch, scorer.inputs))
            count += batch.num_rows
            if count >= min(size, HELD):
                break
    batches.close()

    def alone() -> None:
        with closing(scorers.BatchScorer(model)) as scorer:
            for place in range(len(held) * size // count):
                scorer.score(held[place % len(held)])

    def scored(partition: str) -> Callable[[], None]:
        def run() -> None:
            with tempfile.TemporaryDirectory() as into, redirect_stdout(StringIO()):
                score.run(root, source=str(source), into=into, partition=partition)

        return run

    steps = {"alone": alone, "all": scored("1/1"), "part": scored(f"2/{PARTS}")}
    costs = rounds({each: lambda step=step: cost(step) for each, step in steps.items()}, repeat)
    wall = {each: [one.wall for one in of] for each, of in costs.items()}
    cpu = {each: [one.cpu for one in of] for each, of in costs.items()}
    return [
        Result.of("score", name, [size / each for each in wall["all"]], "rows/s"),
        Result.of(
            "score, the model alone", name, [size / each for each in wall["alone"]], "rows/s"
        ),
        Result.of(
            "score over the model alone", name, ratios(wall["all"], wall["alone"]), "x", most=OVER
        ),
        Result.of(
            "score over the model alone", name, ratios(cpu["all"], cpu["alone"]), "x in CPU s"
        ),
        Result.of(
            f"score, one of {PARTS} partitions over all",
            name,
            ratios(wall["part"], wall["all"]),
            "x",
        ),
        Result.of(
            f"score, one of {PARTS} partitions over all",
            name,
            ratios(cpu["part"], cpu["all"]),
            "x in CPU s",
        ),
    ]


def cost(step: Callable[[], None]) -> Cost:
    """What a step took in this process."""
    start, used = time.perf_counter(), time.process_time()
    step()
    return Cost(time.perf_counter() - start, time.process_time() - used, 0)


if __name__ == "__main__":
    main(__doc__, measure, [1_000_000, 10_000_000], 2)
