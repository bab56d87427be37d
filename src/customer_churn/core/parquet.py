"""Tables between stages: Parquet files of ours, read with errors that name who writes them."""

from pathlib import Path

import pandas as pd

from customer_churn.core import paths
from customer_churn.core.errors import UserError


def read(path: Path, *, made_by: str) -> pd.DataFrame:
    """Read one table. Raises UserError naming the step that writes it."""
    try:
        return pd.read_parquet(path)
    except FileNotFoundError:
        raise UserError(f"{path} does not exist; `{made_by}` writes it.") from None
    except Exception as error:  # pyarrow's errors have no common base below Exception
        raise UserError(f"{path} is damaged ({error}); `{made_by}` writes it anew.") from None


def read_part(root: Path, part: str) -> pd.DataFrame:
    """The `train`, `validation` or `test` rows that stage `split` wrote."""
    return read(root / paths.SPLIT / f"{part}.parquet", made_by="dvc repro split")
