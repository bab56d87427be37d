"""The rule `drift`: how far the candidate's training rows differ from the champion's."""

from dataclasses import asdict
from typing import Any

from mainline.drift.tables import ABSENT, ColumnDrift, drift
from mainline.gate import training_rows
from mainline.gate.candidate import Candidate
from mainline.gate.champion import Champion
from mainline.gate.verdict import Rule

NAME = "drift"


def measured(candidate: Candidate, champion: Champion) -> dict[str, Any]:
    """The drift of every column for the comment, or `{"same": True}` for the same rows.

    Raises the errors of `training_rows.of_both`.
    """
    found = training_rows.of_both(candidate, champion)
    if found is None:
        return {"same": True}
    columns = drift(found.reference, found.current, found.columns, as_categories=found.categories)
    return {
        "same": False,
        "rows": [len(found.reference), len(found.current)],
        "target": candidate.table.target,
        "columns": [_plain(each) for each in columns],
    }


def _plain(column: ColumnDrift) -> dict[str, Any]:
    def short(value: float | None) -> float | None:
        return None if value is None else round(value, 4)

    nulls = None if column.nulls is None else [round(share, 4) for share in column.nulls]
    return asdict(column) | {"psi": short(column.psi), "ks": short(column.ks), "nulls": nulls}


def rule(found: dict[str, Any], bar: float) -> Rule:
    """No column may move farther than the bar. A column without a figure closes the gate.

    A column that only one table has is not judged: that is a change of settings, not of data.
    """
    shown = f"PSI <= {bar:g}"
    if found["same"]:
        return Rule.judged(NAME, True, "the champion's own training rows", bar=shown)
    judged = [each for each in found["columns"] if each["kind"] != ABSENT]
    if not judged:
        return Rule.judged(NAME, False, "no column is in both tables.", bar=shown)
    for each in judged:
        if each["psi"] is None:
            why = f"{each['name']} cannot be compared: {each['note']}."
            return Rule.judged(NAME, False, why, figure=each["name"], bar=shown)
    most = max(judged, key=lambda each: each["psi"])
    why = f"{most['name']} moved most: {most['moved']}"
    alone = len(found["columns"]) - len(judged)
    if alone:
        why += f"; {alone} columns of only one table are not judged"
    return Rule.judged(NAME, bool(most["psi"] <= bar), why, figure=f"{most['psi']:.3f}", bar=shown)
