"""Rows a second in training: ours beside the tutorials' per-row `tf.data` map and MLPClassifier.

All train the same network (64, 32) with Adam, the same batch size and as many epochs, and the clock
runs from raw columns to trained weights: encoding and the tracing of graphs count, imports do not.
Each runs in a process of its own, because determinism is a switch of the whole process: ours has it
on, the others keep their defaults. Beside the seconds on the wall, which are the target's, stand
those of all cores, which other work on the machine hardly changes.
"""

from measure import Result, main, ratios, rounds
from trainers import Speed, run

WAYS = {"map": 50.0, "map, AUTOTUNE": None, "MLPClassifier": 5.0}  # and by how much ours is faster
MAPPED = 5_000  # rows for the per-row maps, whose rows a second do not depend on the number


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Rows a second of each way, and ours over theirs."""
    found = []
    for size in sizes:
        rows = {way: min(size, MAPPED) if way.startswith("map") else size for way in WAYS}
        rows["ours"] = size
        steps = {way: lambda way=way, rows=rows: run(way, rows[way]) for way in ("ours", *WAYS)}
        speeds = rounds(steps, repeat)
        for way, of in speeds.items():
            about = (f"training, {way}", f"{rows[way]:,} x 16")
            found.append(Result.of(*about, [speed.wall for speed in of], "rows/s"))
            found.append(Result.of(*about, [speed.cpu for speed in of], "rows/CPU s"))
        for way, least in WAYS.items():
            about = (f"ours over {way}", f"{size:,} x 16")
            wall, cpu = over(speeds["ours"], speeds[way])
            found.append(Result.of(*about, wall, "x", least=least))
            found.append(Result.of(*about, cpu, "x in CPU s"))
    return [*found, *constant(repeat)]


def over(one: list[Speed], other: list[Speed]) -> tuple[list[float], list[float]]:
    """Round by round: on the wall, and in the seconds of all cores."""
    return (
        ratios([speed.wall for speed in one], [speed.wall for speed in other]),
        ratios([speed.cpu for speed in one], [speed.cpu for speed in other]),
    )


def constant(repeat: int) -> list[Result]:
    """What says that fewer rows are fair to the maps: as many rows a second with twice as many."""
    steps = {size: lambda size=size: run("map", size) for size in (MAPPED, 2 * MAPPED)}
    speeds = rounds({str(size): step for size, step in steps.items()}, repeat)
    about = (f"map, over itself with {MAPPED:,}", f"{2 * MAPPED:,} x 16")
    wall, cpu = over(speeds[str(2 * MAPPED)], speeds[str(MAPPED)])
    return [Result.of(*about, wall, "x"), Result.of(*about, cpu, "x in CPU s")]


if __name__ == "__main__":
    main(__doc__, measure, [100_000, 1_000_000], 2)
