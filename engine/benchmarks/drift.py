"""Our figures of drift beside Evidently's preset on the same two tables, with PSI for both."""

import importlib

import rows
from measure import Result, main, ratios, rounds, timed

from mainline.drift.tables import drift

RATIO = 8.0
TABLE = rows.contract(12, 4)


def measure(sizes: list[int], repeat: int) -> list[Result]:
    """Seconds of both, and theirs over ours."""
    evidently = importlib.import_module("evidently")
    preset = importlib.import_module("evidently.presets").DataDriftPreset
    found = []
    for size in sizes:
        before = rows.frame(TABLE, size)[TABLE.features]
        now = rows.frame(TABLE, size, start=size, shift=0.1)[TABLE.features]
        report = evidently.Report([preset(method="psi")])
        steps = {
            "ours": lambda tables=(before, now): timed(lambda: drift(*tables, TABLE.features)),
            "Evidently": lambda tables=(now, before), report=report: timed(
                lambda: report.run(*tables)
            ),
        }
        seconds = rounds(steps, repeat)
        name = f"{size:,} x 16"
        found += [Result.of(f"drift, {who}", name, took, "s") for who, took in seconds.items()]
        over = ratios(seconds["Evidently"], seconds["ours"])
        found.append(Result.of("drift, Evidently over ours", name, over, "x", least=RATIO))
    return found


if __name__ == "__main__":
    main(__doc__, measure, [100_000, 1_000_000], 3)
