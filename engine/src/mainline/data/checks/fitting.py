"""Checks that the validation settings fit the table, before the pipeline runs."""

from mainline.core.config import nearest
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.data.checks import across
from mainline.data.settings import ValidationSettings


def fitting(
    table: TableSettings, rules: ValidationSettings, *, name: str = str(Layout.params)
) -> None:
    """Raises SettingsError naming a key of the file `name` that does not fit `table`."""
    for column, allowed in rules.columns.items():
        key = f"{name}: 'validation.columns.{column}"
        if column not in table.features:
            hint = nearest(column, table.features).removeprefix("; ")
            raise SettingsError(f"{key}' is not a number or category of the table; {hint}")
        if column in table.numbers and allowed.values is not None:
            raise SettingsError(
                f"{key}.values' is for a category; '{column}' is a number (min, max)."
            )
        if column in table.categories and not allowed.min is allowed.max is None:
            raise SettingsError(f"{key}' has min or max; '{column}' is a category (values).")
    watched = [*table.features, table.target]
    for column in rules.statistics.columns:
        if column not in watched:
            raise SettingsError(
                f"{name}: 'validation.statistics.columns.{column}' is not a number, a category or "
                f"the target of the table{nearest(column, watched)}"
            )
    across.read(table, rules.rules, name=name)
