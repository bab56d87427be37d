"""A share `k/n` of the input: the same rows in every run, and every row in one share."""

import re
from dataclasses import dataclass
from typing import Self

from mainline.core.errors import SettingsError

MOST = 9999  # four digits in a file's name


@dataclass(frozen=True)
class Partition:
    """The `number`-th of `count` shares, counted from 1."""

    number: int = 1
    count: int = 1

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `3/16`. Raises SettingsError for anything else."""
        found = re.fullmatch(r"([0-9]{1,4})/([0-9]{1,4})", text)
        number, count = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= number <= count:
            raise SettingsError(
                f"--partition {text!r} is no share of the input.",
                expected=f"k/n with 1 <= k <= n <= {MOST}, as 3/16",
            )
        return cls(number, count)

    def __str__(self) -> str:
        """As it was asked for."""
        return f"{self.number}/{self.count}"

    @property
    def stem(self) -> str:
        """The name of its files, without the ending."""
        return f"part-{self.number:04}-of-{self.count:04}"

    def owns(self, start: int, rows: int, total: int) -> bool:
        """Whether a row group is in this share: the one that the group's middle row lies in.

        Shares follow each other in the input's order and have about as many rows each.
        """
        middle = 2 * start + rows
        share = middle * self.count // max(1, 2 * total)
        return min(share, self.count - 1) == self.number - 1
