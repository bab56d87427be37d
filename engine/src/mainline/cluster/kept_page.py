"""The page of a verdict, kept in the log's store: a pod's own files end with it."""

from pathlib import Path

from mainline.core.places import Place, reaching
from mainline.monitoring.finding import Verdict
from mainline.monitoring.monitor import FILE
from mainline.monitoring.verdict_outputs import PAGE

FOLDER = "monitor"  # beside the log's folders `day=…`


def keep(folder: Path, store: str, verdict: Verdict) -> str:
    """Copy page and verdict to `monitor/DAY/` in the store, DAY the window's last; its address.

    Files of an earlier run of this window are replaced. Raises MainlineError when the store does
    not take them.
    """
    place = Place.of(store).below(f"{FOLDER}/{verdict.window.last}")
    with reaching(place.uri):
        if not place.remote:
            place.system.create_dir(place.path, recursive=True)
        for name in (PAGE, FILE):
            with place.system.open_output_stream(f"{place.path}/{name}") as stream:
                stream.write((folder / name).read_bytes())
    return f"{place.named(place.path)}/{PAGE}"
