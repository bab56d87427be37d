"""A page that a pod wrote, kept in a store: a pod's own files end with it."""

from collections.abc import Sequence
from pathlib import Path

from mainline.core.places import Place, reaching


def keep(files: Sequence[Path], store: str, folder: str) -> str:
    """Copy `files` to `folder` in the store. Returns the address of the first, the page.

    Files of an earlier run are replaced. Raises MainlineError when the store does not take them.
    """
    place = Place.of(store).below(folder)
    with reaching(place.uri):
        if not place.remote:
            place.system.create_dir(place.path, recursive=True)
        for path in files:
            with place.system.open_output_stream(f"{place.path}/{path.name}") as stream:
                stream.write(path.read_bytes())
    return f"{place.named(place.path)}/{files[0].name}"
