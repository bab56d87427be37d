"""Stage `validate`: nothing learns from a table that breaks the rules in `params.yaml`."""

from pathlib import Path
from typing import Any

import pandas as pd

from mainline.core import config
from mainline.core.errors import DataError
from mainline.core.files import remove, write_json, write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.core.table import TableSettings
from mainline.data.checks import across, columns, page, project_checks, whole
from mainline.data.checks.fitting import fitting
from mainline.data.checks.outcome import COLUMNS, OWN, RULES, TABLE, Outcome
from mainline.data.ingest import load
from mainline.data.settings import ValidationSettings


def run(root: Path) -> None:
    """Check the table and write `Layout.validation` and the page that a person reads.

    Raises DataError listing every failure; the page is written all the same, and says which.
    """
    rules = config.section(root, "validation", ValidationSettings)
    table = config.section(root, "table", TableSettings)
    frame = load(root, table.columns)
    remove(Layout(root).validation)  # of a table that may have been better
    found = outcomes(frame, table, rules, root)
    write_text(Layout(root).validation_page, page.render(found, frame, table))
    problems = broken(found)
    if problems:
        raise DataError(
            f"validation: {len(problems)} rule(s) broken; report: {Layout.validation_page}\n"
            + "\n".join(f"  {problem}" for problem in problems)
        )
    write_json(Layout(root).validation, summary(found, frame))
    say(
        "validate",
        f"{len(frame):,} rows, {len(table.columns)} columns: every rule holds "
        f"({len(found)} checks, {Layout.validation_page})",
    )


def outcomes(
    frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings, root: Path | None = None
) -> list[Outcome]:
    """Every check of the table; with `root` the project's own as well.

    Raises SettingsError when a rule does not speak of this table, or when one of the project's own
    checks does not fit.
    """
    fitting(table, rules)
    return [
        *whole.outcomes(frame, table, rules),
        *columns.outcomes(frame, table, rules),
        *across.outcomes(frame, table, rules.rules),
        *(project_checks.outcomes(frame, table, root) if root is not None else ()),
    ]


def check(frame: pd.DataFrame, table: TableSettings, rules: ValidationSettings) -> list[str]:
    """Every broken rule as `column, rule, observed, expected, first rows`; empty when all hold."""
    return broken(outcomes(frame, table, rules))


def broken(found: list[Outcome]) -> list[str]:
    """A line for each check that does not hold."""
    return [outcome.line() for outcome in found if not outcome.passed]


def summary(found: list[Outcome], frame: pd.DataFrame) -> dict[str, Any]:
    """What `Layout.validation` has to say: every check, observed and expected."""
    groups: dict[str, dict[str, dict[str, Any]]] = {TABLE: {}, COLUMNS: {}, RULES: {}, OWN: {}}
    for outcome in found:
        groups[outcome.group].setdefault(outcome.about, {})[outcome.check] = outcome.to_json()
    flat = {name: groups[name].get(name, {}) for name in (RULES, OWN)}  # about themselves
    return {"rows": len(frame), "broken": broken(found)} | groups | flat
