"""Where rows come from: one file a source, with its settings and a `read(as_of, root)`.

To add one, write the file and name its class in `Source`; `kind` in `params.yaml` then picks it.
"""

from typing import Annotated

from pydantic import Field

from customer_churn.data.sources.file import FileSource
from customer_churn.data.sources.simulator import SimulatorSource
from customer_churn.data.sources.sql import SqlSource

Source = Annotated[SimulatorSource | FileSource | SqlSource, Field(discriminator="kind")]
