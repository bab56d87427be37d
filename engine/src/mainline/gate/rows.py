"""Checks that table, validation report and split match source, settings and rows."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from mainline.core import config, parquet
from mainline.core.errors import MainlineError
from mainline.core.files import read_json
from mainline.core.layout import Layout
from mainline.data import catalogue, validate
from mainline.data.checks import page
from mainline.data.checks.outcome import OWN
from mainline.data.settings import ValidationSettings
from mainline.data.sources.raw import Raw
from mainline.data.split import PARTS, count
from mainline.gate.candidate import Candidate
from mainline.gate.differences import first_difference, first_of
from mainline.gate.source import Answer
from mainline.gate.verdict import Rule


def data(candidate: Candidate, ask: Callable[[], Answer] | None, notes: list[str]) -> Rule:
    """The catalogue describes the table, and the source gives it when it is read again.

    Notes on the source are added to `notes`.
    """
    shown = read_json(Layout(candidate.root).catalogue, made_by="dvc repro ingest")
    if not isinstance(shown, dict):
        raise MainlineError(f"{Layout.catalogue} is no catalogue; `dvc repro ingest` writes it.")
    observed = catalogue.content_hash(candidate.frame)
    figure = observed[7:19]
    raw = Raw(candidate.frame, shown.get("source", ""), shown.get("notes", {}))
    answer = ask() if ask is not None else None
    if answer is not None:
        notes += answer.notes
        if answer.refused:
            return Rule.judged("data", False, answer.refused, figure=figure)
        raw = answer.raw or raw
    if candidate.same_stage("ingest"):
        computed = catalogue.entry(candidate.frame, raw, candidate.table, candidate.data.as_of)
    else:
        shown, computed = {"content": shown.get("content")}, {"content": observed}
    different = first_difference(shown, computed)
    if different:
        return Rule.judged("data", False, f"{Layout.catalogue}: {different}", figure=figure)
    said = answer.said if answer is not None else ""
    return Rule.judged("data", True, f"the catalogue describes the table{said}", figure=figure)


def validation(candidate: Candidate) -> Rule:
    """The table passes the validation rules, and report and page match that result."""
    rules = config.section(candidate.root, "validation", ValidationSettings)
    frame, table = candidate.frame, candidate.table
    found = validate.outcomes(frame, table, rules, candidate.judges)
    broken = validate.broken(found)
    if broken:
        return Rule.judged("validation", False, first_of(broken))
    if not candidate.same_stage("validate"):
        why = (
            f"checked again by main's engine: {len(found)} checks hold; the report is not compared"
        )
        return Rule.judged("validation", True, why)
    shown = read_json(Layout(candidate.root).validation, made_by="dvc repro validate")
    computed = validate.summary(found, frame)
    if not candidate.same_code("checks"):  # its report is that of other checks
        shown, computed = _without_own(shown), _without_own(computed)
    different = first_difference(shown, computed)
    if different:
        return Rule.judged("validation", False, f"{Layout.validation}: {different}")
    if not candidate.same_code("checks"):
        why = f"checked again by main's checks.py: {len(found)} checks hold"
        return Rule.judged("validation", True, why)
    text = Layout(candidate.root).validation_page.read_text(encoding="utf-8")
    if text != page.render(found, frame, table):
        why = f"{Layout.validation_page} does not say what the checks found."
        return Rule.judged("validation", False, why)
    return Rule.judged("validation", True, f"checked again: {len(found)} checks hold")


def _without_own(report: Any) -> dict[str, Any]:
    return {key: value for key, value in dict(report).items() if key != OWN}


def split(candidate: Candidate) -> Rule:
    """The stored parts hold exactly the rows that the split assigns to them."""
    for part in PARTS:
        stored = parquet.read_part(candidate.root, part)
        if not _same_rows(stored, candidate.frame[candidate.parts == part]):
            why = f"{Layout.split}/{part}.parquet does not hold the rows that the split assigns."
            return Rule.judged("split", False, why)
    if not candidate.same_stage("split"):
        why = "every part holds the rows that main's engine assigns; the counts are not compared"
        return Rule.judged("split", True, why)
    shown: Any = read_json(Layout(candidate.root).split_counts, made_by="dvc repro split")
    counts = count(candidate.frame, candidate.parts, candidate.table)
    different = first_difference(shown, counts)
    if different:
        return Rule.judged("split", False, f"{Layout.split_counts}: {different}")
    return Rule.judged("split", True, "every part holds the rows that the split assigns")


def _same_rows(stored: pd.DataFrame, assigned: pd.DataFrame) -> bool:
    """Compare value by value: other rows can be crafted to have the same row hash."""
    return stored.reset_index(drop=True).equals(assigned.reset_index(drop=True))
