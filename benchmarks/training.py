"""Rows a second in training: ours beside the tutorials' per-row `tf.data` map and MLPClassifier.

All train the same network (64, 32) with Adam and the same batch size on the same rows, and the
clock runs from raw columns to trained weights: encoding and the tracing of graphs count, imports do
not. Each runs in a process of its own, because determinism is a switch of the whole process: ours
has it on, the others keep their defaults.
"""

from measure import Result, main, ratios, rounds
from trainers import run

WAYS = {"map": 50.0, "map, AUTOTUNE": None, "MLPClassifier": 5.0}  # and by how much ours is faster
MAPPED = 20_000  # rows for the per-row maps, whose rows a second do not depend on the number


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Rows a second of each way, and ours over theirs."""
    found = []
    for size in sizes:
        rows = {way: min(size, MAPPED) if way.startswith("map") else size for way in WAYS}
        rows["ours"] = size
        steps = {way: lambda way=way, rows=rows: run(way, rows[way]) for way in ("ours", *WAYS)}
        speeds = rounds(steps, repeat)
        for way, speed in speeds.items():
            found.append(Result.of(f"training, {way}", f"{rows[way]:,} x 16", speed, "rows/s"))
        for way, least in WAYS.items():
            over = ratios(speeds["ours"], speeds[way])
            found.append(Result.of(f"ours over {way}", f"{size:,} x 16", over, "x", least=least))
    return [*found, *constant(repeat)]


def constant(repeat: int) -> list[Result]:
    """What says that fewer rows are fair to the maps: as many rows a second with twice as many."""
    steps = {size: lambda size=size: run("map", size) for size in (MAPPED, 2 * MAPPED)}
    speeds = rounds({str(size): step for size, step in steps.items()}, repeat)
    size = f"{2 * MAPPED:,} x 16"
    over = ratios(speeds[str(2 * MAPPED)], speeds[str(MAPPED)])
    return [Result.of(f"map, over itself with {MAPPED:,}", size, over, "x")]


if __name__ == "__main__":
    main(__doc__, measure, [100_000, 1_000_000], 3)
