"""What a run is asked to score, checked before it begins."""

from mainline.core.errors import SettingsError
from mainline.core.places import Place
from mainline.scoring.parquet_input import Source


def checked(source: str, into: str, allow_failed: int) -> tuple[Source, Place]:
    """The input, and the folder for the scores.

    Raises MainlineError when one of them cannot be read, when the folder lies in the input, and
    when `allow_failed` is below 0.
    """
    place, target = Place.of(source), Place.of(into)
    if place.contains(target):
        raise SettingsError(f"OUTPUT {into} lies in INPUT {source}: a later run would read it.")
    if allow_failed < 0:
        raise SettingsError(f"--allow-failed {allow_failed} is below 0.")
    return Source(place), target
