"""Reads the Parquet files between stages. Errors name the command that writes the file."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mainline.core.errors import DataError
from mainline.core.layout import Layout


def read(path: Path, *, made_by: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that has `columns`. Raises DataError with the command that writes it."""
    try:
        frame = pd.read_parquet(path)
    except FileNotFoundError:
        raise DataError("does not exist.", where=path, hint=f"`{made_by}` writes it.") from None
    except Exception as error:  # pyarrow's errors have no common base below Exception
        raise DataError(
            f"damaged ({error}).", where=path, hint=f"`{made_by}` writes it again."
        ) from None
    if missing := [name for name in columns if name not in frame]:
        raise DataError(
            f"no column {', '.join(map(repr, missing))}: {Layout.params} names other columns than "
            "this table was made from.",
            where=path,
            hint=f"`{made_by}` makes it again.",
        )
    return frame


def read_part(root: Path, part: str, columns: Sequence[str] = ()) -> pd.DataFrame:
    """The `train`, `validation` or `test` rows that stage `split` wrote."""
    path = Layout(root).split / f"{part}.parquet"
    return read(path, made_by="dvc repro split", columns=columns)
