"""The command `explain`: why rows have their scores, one column at a time."""

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from mainline.core import config, parquet
from mainline.core.errors import DataError, SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.packaging.settings import operations
from mainline.scoring import columns
from mainline.scoring.first_rows import first_rows
from mainline.scoring.reasons import Explained, Value, explained, usual
from mainline.scoring.scores import BatchScorer
from mainline.serving.staged import staged_model


def run(
    root: Path,
    *,
    source: Path | None = None,
    entity: str | None = None,
    rows: int = 1,
    top: int = 5,
    as_json: bool = False,
) -> None:
    """Print the score and the `top` reasons of the first `rows` rows of `source`, or of `entity`.

    An entity's rows are those of the test part. Raises MainlineError when there is no model, no
    such row, or a column is missing.
    """
    if (source is None) == (entity is None):
        raise SettingsError("name either a file of rows or `--entity ID`.")
    for name, value in (("--rows", rows), ("--top", top)):
        if value < 1:
            raise SettingsError(f"{name} {value} is below 1.")
    release, directory = staged_model(root)
    table = config.section(root, "table", TableSettings)
    with closing(BatchScorer(directory, operations(root))) as scorer:
        if source is not None:
            asked = first_rows(source, rows, set(scorer.inputs) - {*columns.texts(scorer.inputs)})
        else:
            asked = _of_entity(root, table, str(entity), rows)
        where = str(source or Layout.split / "test.parquet")
        columns.check(asked.schema, scorer.inputs, [], where)
        usually = usual(parquet.read_part(root, "train", list(scorer.inputs)), scorer.inputs)
        batches = asked.select(list(scorer.inputs)).combine_chunks().to_batches()
        arrays = columns.arrays(batches[0], scorer.inputs)
        found = [
            explained(scorer, {name: each[[at]] for name, each in arrays.items()}, usually)
            for at in range(asked.num_rows)
        ]
    model = f"{release.name} {release.version}"
    if as_json:
        print(json.dumps({"model": model, "rows": [_as_json(each, top) for each in found]}))
        return
    keys = [name for name in table.key if name in asked.column_names]
    for place, each in enumerate(found):
        key = "".join(f", {name} {asked[name][place]}" for name in keys)
        print(f"row {place + 1}{key}: {_said(each)} by {model}")
        print("\n".join(_lines(each, top)))


def _of_entity(root: Path, table: TableSettings, entity: str, count: int) -> Any:
    test = parquet.read_part(root, "test", [table.entity])
    found = test[test[table.entity].astype("str") == entity].head(count)
    if found.empty:
        raise DataError(
            f"no row has {table.entity} '{entity}'.",
            where=Layout.split / "test.parquet",
            hint="It has the test rows alone; for another row name a file.",
        )
    return pa.Table.from_pandas(found, preserve_index=False)


def _said(row: Explained) -> str:
    label = "" if row.label is None else f" of {row.label}"
    return f"score {row.score:.6g}{label}"


def _lines(row: Explained, top: int) -> list[str]:
    cells = [("column", "value", "usual", "change")]
    for each in row.reasons[:top]:
        values = (_shown(each.value), _shown(each.usual))
        cells.append((each.column, *values, f"{each.change:+.4g}"))
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  "
        + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def _shown(value: Value) -> str:
    return "missing" if value is None else f"{value:g}" if isinstance(value, float) else value


def _as_json(row: Explained, top: int) -> dict[str, Any]:
    return asdict(row) | {"reasons": [asdict(each) for each in row.reasons[:top]]}
