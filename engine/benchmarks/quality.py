"""What ships beside HistGradientBoosting, tuned, plain trees and AutoGluon, on the same rows.

References are computed once and kept (`references/kept.py`); what ships is trained anew each time.
`DATA` in the environment is the folder of public tables; without it, only the simulator's are used.
`AUTOGLUON=kept` leaves out AutoGluon where it has not been computed yet, which takes ten minutes.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measure import main
from references import compared, gluon, ours, searched, tables
from references.kept import is_kept, kept


@dataclass(frozen=True)
class Found:
    """All that is known of one table, or, without a `table`, what was asked of them all."""

    table: str
    about: dict[str, Any]

    def line(self) -> str:
        """For a person."""
        return f"{self.table:14} {self.about}"


def measure(_: list[int], __: int) -> list[Found]:
    """A row a table, then the sums."""
    folder = os.environ.get("DATA")
    data = Path(folder) if folder else None
    found = []
    for name in tables.names(data):
        found.append(row(tables.rows(name, data)))
        print(found[-1].line(), flush=True)
    return [*found, Found("", {"judged": compared.judged([each.about for each in found])})]


def row(rows: tables.Rows) -> Found:
    """One table's."""
    theirs = {"searched": kept(rows.content, searched.RECIPE, lambda: searched.compute(rows))}
    if rows.elsewhere and (
        os.environ.get("AUTOGLUON") != "kept" or is_kept(rows.content, gluon.RECIPE)
    ):
        theirs["gluon"] = kept(rows.content, gluon.RECIPE, lambda: gluon.compute(rows))
    load = os.getloadavg()[0]
    mine = ours.compute(rows)
    about: dict[str, Any] = {
        "figure": compared.FIGURES[rows.table.task],
        "rows": {"known": len(rows.known), "test": len(rows.test)},
        "ours": {"figure": round(compared.figure(rows, mine.scores), 6), "load": round(load, 2)}
        | mine.about,
    }
    others = {"trees": (mine.trees, {})} | {n: (it.scores, it.about) for n, it in theirs.items()}
    for name, (scores, more) in others.items():
        about[name] = more | {
            "figure": round(compared.figure(rows, scores), 6),
            "difference": compared.difference(rows, mine.scores, scores),
        }
    return Found(rows.name, about)


if __name__ == "__main__":
    main(__doc__, measure, [0], 1)
