"""The days of the log that are watched together."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self

from mainline.core.errors import SettingsError


@dataclass(frozen=True)
class Window:
    """From the first moment of `first` to the last one of `last`, in UTC."""

    first: date
    last: date

    @classmethod
    def ending(cls, last: date, days: int) -> Self:
        """So many days, `last` among them."""
        return cls(last - timedelta(days=days - 1), last)

    @classmethod
    def parse(cls, first: str, last: str) -> Self:
        """Both as 2026-11-29. Raises SettingsError when they are no days, or in the wrong order."""
        found = []
        for text in (first, last):
            try:
                found.append(date.fromisoformat(text))
            except ValueError:
                raise SettingsError("a day is written as 2026-11-29.", found=text) from None
        if found[0] > found[1]:
            raise SettingsError(f"the window begins on {first}, after its end on {last}.")
        return cls(*found)

    @property
    def start(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1

    def as_json(self) -> dict[str, str]:
        """`from` and `to`, both in it."""
        return {"from": str(self.first), "to": str(self.last)}

    def __str__(self) -> str:
        return str(self.first) if self.days == 1 else f"{self.first} to {self.last}"
