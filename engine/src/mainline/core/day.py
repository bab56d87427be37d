"""A day in `params.yaml`. It is written in quotes because DVC refuses YAML dates."""

import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator


def _parse(value: Any) -> datetime.date:
    if isinstance(value, datetime.date):
        raise ValueError(f'write the day in quotes, "{value}": DVC refuses an unquoted one.')
    try:
        return datetime.date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f'{value!r} is not a day, such as "2026-06-30".') from None


Day = Annotated[datetime.date, BeforeValidator(_parse)]
