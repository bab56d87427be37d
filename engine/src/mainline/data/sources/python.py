"""A function of the project: its rows depend on its code, on the day and on options, on no more."""

import datetime
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from mainline import project
from mainline.core.config import Settings
from mainline.data.sources.raw import Raw
from mainline.project import Function

KEY = "data.source.function"


class PythonSource(Settings):
    """`function` is `package.module:name`; it is called with `as_of` and `options`."""

    kind: Literal["python"] = "python"
    function: str
    options: dict[str, Any] = {}

    @property
    def module(self) -> str:
        """The module inside the project's package."""
        return self.function.partition(":")[0].partition(".")[2]

    def read(self, as_of: datetime.date, root: Path) -> Raw:
        """What the function returns: a DataFrame, or `Raw` with a description and notes.

        Raises SettingsError when the function or its options do not fit, or when it returns
        something else.
        """
        function = self.found(root)
        rows = function(as_of=as_of, options=self._options(function))
        if isinstance(rows, pd.DataFrame):
            rows = Raw(rows, f"function {self.function}")
        if not isinstance(rows, Raw) or not isinstance(rows.frame, pd.DataFrame):
            raise function.wrong(
                "returns no rows.",
                found=f"a {type(rows).__name__}",
                expected="a pandas DataFrame, or mainline.extension.Raw",
            )
        if rows.frame.empty:
            raise function.wrong(f"returns no row for data.as_of {as_of}.")
        return rows

    def check(self, root: Path) -> None:
        """Raises SettingsError when the function or its options do not fit."""
        self._options(self.found(root))

    def found(self, root: Path) -> Function:
        """The project's function."""
        return project.named(root, self.function, ("as_of", "options"), KEY)

    def _options(self, function: Function) -> Any:
        return function.options(self.options, ("data", "source", "options"))
