"""What a project's own code imports from the engine: these names stay.

Each is imported when it is asked for, so that a source needs no TensorFlow.
"""

import importlib
from typing import Any

_PLACES = {
    "Category": "mainline.model.columns",
    "CategoryEmbedding": "mainline.model.layers_columns",
    "Columns": "mainline.model.columns",
    "DataError": "mainline.core.errors",
    "Day": "mainline.core.day",
    "Members": "mainline.model.layers_members",
    "MembersAnswer": "mainline.model.layers_members",
    "Number": "mainline.model.columns",
    "NumberEmbedding": "mainline.model.layers_columns",
    "PiecewiseLinear": "mainline.model.layers_columns",
    "Raw": "mainline.data.sources.raw",
    "Settings": "mainline.core.config",
    "Task": "mainline.model.columns",
}
__all__ = sorted(_PLACES)  # noqa: PLE0605  extension.pyi has them for type checkers


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_PLACES[name]), name)
