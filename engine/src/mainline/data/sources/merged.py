"""Parts of one table, put together by column names: what does not fit is named, not guessed."""

import pyarrow as pa

from mainline.core.errors import DataError


def merged(parts: dict[str, pa.Table]) -> pa.Table:
    """All rows of all parts, in their order, without a copy of them; the keys name the parts.

    Types may be narrower in one part than in another (whole numbers beside fractions, a column
    that is null throughout). Raises DataError that names part and column where one lacks, is new,
    or holds another kind of value.
    """
    (first, model), *others = parts.items()
    schema = model.schema
    for name, part in others:
        for lacks, has, columns in (
            (name, first, [c for c in model.column_names if c not in part.column_names]),
            (first, name, [c for c in part.column_names if c not in model.column_names]),
        ):
            if columns:
                raise DataError(f"{lacks} has no column {_list(columns)}, which {has} has.")
        schema = _widened(schema, part.schema, name)
    try:
        return pa.concat_tables(parts.values(), promote_options="permissive")
    except pa.ArrowInvalid as error:
        raise DataError(
            f"{first} and the {len(others)} more do not fit together: {error}"
        ) from None


def _widened(known: pa.Schema, more: pa.Schema, name: str) -> pa.Schema:
    for column in more.names:
        pair = [pa.schema([schema.field(column)]) for schema in (known, more)]
        try:
            pa.unify_schemas(pair, promote_options="permissive")
        except pa.ArrowException:
            raise DataError(
                f"{name} holds column '{column}' as {more.field(column).type}, "
                f"those before it as {known.field(column).type}."
            ) from None
    plain = [schema.remove_metadata() for schema in (known, more)]
    widened: pa.Schema = pa.unify_schemas(plain, promote_options="permissive")
    return widened


def _list(columns: list[str]) -> str:
    return ", ".join(map(repr, columns))
