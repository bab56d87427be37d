"""Checks across the columns of a row: the project's `validation.rules`."""

from collections.abc import Iterator

import pandas as pd

from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data.checks.outcome import RULES, Outcome, located
from mainline.data.checks.settings import RowRule, RowRules
from mainline.data.rules.compiled import Compiled, compiled
from mainline.data.rules.syntax import RuleError
from mainline.data.rules.terms import kinds


def read(
    table: TableSettings, rules: RowRules, *, name: str = str(Layout.params)
) -> list[Compiled]:
    """Every rule over this table, in order.

    Raises SettingsError that names the key and the position.
    """
    known, found = kinds(table), []
    for key, rule in rules.items():
        try:
            found.append(compiled(rule.holds, known))
        except RuleError as error:
            raise SettingsError(f"{name}: 'validation.rules.{key}': {error}") from None
    return found


def outcomes(frame: pd.DataFrame, table: TableSettings, rules: RowRules) -> Iterator[Outcome]:
    """One outcome for each rule. A result that is unknown because of a null passes, as in SQL.

    A rule that is unknown in every row has checked nothing, so it fails.
    """
    for (name, rule), ready in zip(rules.items(), read(table, rules), strict=True):
        yield _outcome(frame, table.key, name, rule, ready)


def _outcome(
    frame: pd.DataFrame, key: list[str], name: str, rule: RowRule, ready: Compiled
) -> Outcome:
    answer = ready.answer(frame)
    wrong = answer.false
    many, unknown, rows = int(wrong.sum()), int(answer.unknown.sum()), len(frame)
    share = many / rows if rows else 0.0
    observed = f"{many:,} rows ({share:.2%}) that break it"
    if unknown:
        observed += f", {unknown:,} where a null leaves it unknown"
    allowed = f", in all rows but {rule.violations:.2%}" if rule.violations else ", in every row"
    passed = share <= rule.violations and unknown < rows
    return Outcome(
        RULES,
        "rules",
        name,
        passed,
        observed,
        ready.text + allowed,
        **located(wrong, frame, key),
    )
