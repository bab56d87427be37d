"""Where rows come from: one file a source, with its settings and a `read(as_of, root)`.

To add one, write the file and name its class in `Source`; `kind` in `params.yaml` then picks it.
"""

from typing import Annotated

from customer_churn.simulator import SimulatorSource
from pydantic import Field

from mainline.data.sources.file import FileSource
from mainline.data.sources.sql import SqlSource

Source = Annotated[SimulatorSource | FileSource | SqlSource, Field(discriminator="kind")]
