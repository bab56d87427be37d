"""Evidence of a retraining: read, bounded, and shown. It comes from outside and may be wrong."""

import json
import math
import re
from pathlib import Path
from typing import Any

from mainline.core.errors import DataError
from mainline.report.markdown import clip, code, table
from mainline.retraining.reason import in_code, visible

MOST = 60_000  # characters; GitHub takes 65,535 for all inputs of a workflow
ROWS = 20  # findings in a table
SHOWN = 20_000  # characters in a body
COMMIT = re.compile(r"[0-9a-f]{40}")
COUNTED = 10**12  # more rows than any log has
Evidence = dict[str, Any]


def parsed(text: str | None, *, name: str = "--evidence", file: bool = True) -> Evidence:
    """The evidence in a text, or with `file` in the file that it names; empty for no text.

    Raises DataError when it is no JSON object, cannot be read, or is too large.
    """
    if text is None or not text.strip():
        return {}
    if file and not text.lstrip().startswith(("{", "[", '"')):
        name, text = text, _read(Path(text))
    if len(text) > MOST:
        raise DataError(
            "the evidence is too large.",
            found=f"{len(text):,} characters",
            expected=f"at most {MOST:,}",
            where=name,
        )
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"the evidence is no JSON: {str(error)[:100]}.", where=name) from None
    if not isinstance(found, dict):
        raise DataError("the evidence is no JSON object.", found=type(found).__name__, where=name)
    return found


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(MOST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the evidence cannot be read: {error}.", where=path) from None


def compact(found: Evidence, most: int = MOST) -> str:
    """One line of JSON in at most `most` characters: details go first, then the last findings."""
    text = _line(found)
    findings = found.get("findings")
    if len(text) <= most or not isinstance(findings, list):
        return text if len(text) <= most else _line({"left_out": f"{len(text):,} characters"})
    kept = [{**each, "details": {}} for each in findings if isinstance(each, dict)]
    while True:
        left = len(findings) - len(kept)
        text = _line(found | {"findings": kept} | ({"left_out": left} if left else {}))
        if len(text) <= most:
            return text
        if not kept:
            return _line({"left_out": len(findings)})
        kept = kept[: len(kept) // 2]


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lines(found: Evidence, repository: str = "") -> list[str]:
    """Markdown, at most SHOWN characters: window, version, figures; another form as it is.

    With the address of the repository, the commit of the watched version is a link.
    """
    if not found:
        return ["No evidence was given."]
    told = _lines(found, repository)
    fits = sum(len(each) + 1 for each in told) <= SHOWN
    return told if fits else ["The evidence is too long to be shown here."]


def _lines(found: Evidence, repository: str) -> list[str]:
    rows = [_row(each) for each in _dicts(found.get("findings"))]
    about = [*_about(found, repository)]
    if not rows:
        rest = {key: value for key, value in found.items() if key not in ("window", "model")}
        return [*about, *([_code(_line(rest), 1500)] if rest else [])]
    header = ["figure", "value", "interval", "held to", "rows"]
    cut = len(rows) - ROWS
    more = [f"{cut} more figures are in the evidence.", ""] if cut > 0 else []
    return [*about, "", *table(header, rows[:ROWS]), "", *more]


def _about(found: Evidence, repository: str) -> list[str]:
    window, model = found.get("window"), found.get("model")
    parts = []
    if isinstance(window, dict):
        parts.append(f"log of {_code(window.get('from'), 20)} to {_code(window.get('to'), 20)}")
    if isinstance(model, dict):
        named = [("version", "version"), ("environment", "in")]
        parts += [f"{word} {_code(model[key], 40)}" for key, word in named if model.get(key)]
        if commit := str(model.get("commit") or ""):
            short = _code(commit[:12], 12)
            linked = repository and COMMIT.fullmatch(commit)  # no word of others is an address
            parts.append(f"of [{short}]({repository}/commit/{commit})" if linked else f"of {short}")
    return [f"Seen: {', '.join(parts)}."] if parts else []


def _row(each: Evidence) -> list[str]:
    low, high = _number(each.get("low")), _number(each.get("high"))
    rows = each.get("rows")
    return [
        _code(each.get("name", ""), 80),
        _number(each.get("value")),
        f"{low} to {high}" if low and high else "",
        _number(each.get("bar")),
        f"{rows:,}" if type(rows) is int and 0 <= rows < COUNTED else "",
    ]


def _code(text: Any, most: int) -> str:
    return code(in_code(clip(visible(text), most)))


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    try:
        return f"{value:.4g}" if math.isfinite(value) else str(value)
    except OverflowError:
        return ""


def _dicts(value: Any) -> list[Evidence]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
