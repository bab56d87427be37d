"""Where rows come from: one file a source, with its settings and a `read(as_of, root)`.

`python` calls a function of the project; `kind` in `params.yaml` picks one.
"""

from typing import Annotated

from pydantic import Field

from mainline.data.sources.file import FileSource
from mainline.data.sources.python import PythonSource
from mainline.data.sources.sql import SqlSource

Source = Annotated[PythonSource | FileSource | SqlSource, Field(discriminator="kind")]
