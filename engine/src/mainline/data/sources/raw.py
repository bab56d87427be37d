"""What every source hands over."""

from dataclasses import dataclass, field

import pandas as pd


@dataclass(frozen=True)
class Raw:
    """Rows as the source has them: text where it knows no types, extra columns included.

    `description` says where they came from in one line of plain words; `notes` are counts that
    belong into the catalogue (labels not yet known, for one).
    """

    frame: pd.DataFrame
    description: str
    notes: dict[str, int] = field(default_factory=dict)
