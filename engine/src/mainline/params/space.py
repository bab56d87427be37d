"""The space of `tune`: its paths and values against the section `train` that they change."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mainline.core import config
from mainline.core.errors import SettingsError
from mainline.core.layout import Layout
from mainline.core.table import TableSettings
from mainline.model.settings import TrainSettings
from mainline.params.tune import TuneSettings

SECTION = "train"
APART = ("seed", "baseline")  # below `train`, but no setting of what ships


def changed(train: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The section `train` with other values at dotted paths, which begin with `train`."""
    whole = {SECTION: copy.deepcopy(dict(train))}
    for path, value in values.items():
        *parents, last = path.split(".")
        place: Any = whole
        for parent in parents:
            place = place.setdefault(parent, {})
            if not isinstance(place, dict):
                raise SettingsError(f"'{path}' has no place: '{parent}' is no group of settings.")
        place[last] = value
    return whole[SECTION]


def check(tune: TuneSettings, train: Mapping[str, Any], *, name: str) -> None:
    """Raises SettingsError for a path or a value that `TrainSettings` refuses.

    `train` is the section of the file called `name`. What the project's options take is checked
    by `today`.
    """
    for path, dimension in tune.space.items():
        first, _, rest = path.partition(".")
        if first != SECTION or not rest or rest.split(".")[0] in APART:
            raise _wrong(name, path, "it is no setting of `train` that changes what ships.")
        for value in dimension.ends:
            try:
                config.parse(
                    TrainSettings, changed(train, {path: value}), name=name, prefix=(SECTION,)
                )
            except SettingsError as error:
                raise _refused(name, path, value, error) from None


def today(
    root: Path, table: TableSettings, train: Mapping[str, Any], tune: TuneSettings
) -> dict[str, Any]:
    """The values that `train` has now at the paths of the space.

    Raises SettingsError when the project's network refuses a path or a value, or when the space
    does not hold the value of today.
    """
    from mainline.model.design import Design  # noqa: PLC0415  imports TensorFlow

    name, found = str(Layout.params), {}
    for path, dimension in tune.space.items():
        for value in dimension.ends:
            settings = config.parse(TrainSettings, changed(train, {path: value}), name=name)
            try:
                Design.of(root, table, settings)
            except SettingsError as error:
                raise _refused(name, path, value, error) from None
        settings = config.parse(TrainSettings, dict(train), name=name)
        found[path] = _value(settings, Design.of(root, table, settings).options, path, name)
        if not dimension.holds(found[path]):
            raise _wrong(name, path, f"it does not hold the value of today, {found[path]!r}.")
    return found


def _value(settings: TrainSettings, options: Any, path: str, name: str) -> Any:
    """What stands at `path`, or the default."""
    parts = path.split(".")[1:]
    place: Any = settings
    if parts[0] == "options":
        place, parts = options, parts[1:]
    for part in parts:
        place = place.get(part, _NONE) if isinstance(place, dict) else getattr(place, part, _NONE)
        if place is _NONE:
            raise _wrong(name, path, "there is no such setting today.")
    return list(place) if isinstance(place, tuple) else place


_NONE = object()


def _refused(name: str, path: str, value: Any, error: SettingsError) -> SettingsError:
    said = str(error).splitlines()[0].removeprefix(f"{name}: ")
    return _wrong(name, path, f"{value!r} is refused: {said}")


def _wrong(name: str, path: str, why: str) -> SettingsError:
    return SettingsError(f"{name}: 'tune.space.{path}': {why}")
