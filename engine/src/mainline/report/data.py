"""How far the table has moved from main's snapshot, largest move first."""

from typing import Any

from mainline.report.markdown import clip, code, escape, table

CELL = 120


def lines(verdict: dict[str, Any]) -> list[str]:
    """A table of the largest moves, or the rule's reason if nothing was compared."""
    data = verdict.get("data")
    if not data:
        why = [rule["why"] for rule in verdict["rules"] if rule["name"] == "snapshot"]
        return [_sentence(escape(why[0])) if why else "The table was not compared with main's."]
    rows = [
        [code(clip(column, CELL)), *(escape(clip(text, CELL)) for text in texts), _sign(data, far)]
        for column, *texts, far in data["moves"]
    ]
    said = "The table compared with main's; rows newer than main's are also compared separately. A"
    said += f" move that is too far closes the gate. These {len(rows)} of {data['of']} statistics"
    said += " moved most since main's snapshot as of"
    notes = [f"- {escape(clip(note, 300))}" for note in data["notes"]]
    reason = data.get("accepted")
    return [
        *([f"**Accepted in this proposal:** {escape(clip(reason, 300))}", ""] if reason else []),
        f"{said} {escape(data['as_of'])}. `make run` writes `data/validation.md`: "
        "every check of the table itself.",
        "",
        *table(["column", "statistic", "main", "here", "moved", ""], rows),
        "",
        *notes[:15],
    ]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _sign(data: dict[str, Any], far: bool) -> str:
    if not far:
        return "✅"
    return "accepted" if data.get("accepted") else "❌"
