"""Closed segments become files in the store, and are deleted when these are there."""

import sys

from mainline.core.errors import MainlineError
from mainline.core.files import write_json
from mainline.process.defects import say_defect
from mainline.request_log import segment_files
from mainline.request_log.log_store import Store
from mainline.request_log.ship_settings import Shipping
from mainline.request_log.spool import Spool, set_aside, whole
from mainline.request_log.typed_columns import Privacy


def ship(spool: Spool, settings: Shipping) -> None:
    """Ship what is closed now, oldest first. Raises MainlineError or OSError of the store.

    A name in the store is made of the segment's name and the hour alone: after a crash at any point
    the same segment makes the same files again.
    """
    if not (paths := spool.closed()):
        return
    store, privacy = Store(settings.store), Privacy(settings)
    _warn(privacy.unknown(spool.metadata()))
    for path in paths:
        try:
            made = list(segment_files.files(path, spool.metadata(), privacy))
        except (MemoryError, OSError):  # of the machine; later it may work
            raise
        except Exception as defect:  # of ours: the segment is kept, and does not stop the others
            say_defect("log ship", defect)
            set_aside(path, "could not be converted")
            continue
        for hour, content, _ in made:
            store.put(hour, path.stem, content)
        if whole(path):
            path.unlink()
        else:
            set_aside(path, "its end is damaged; what stands before is in the store")
        _count(spool, sum(count for _, _, count in made))


def _warn(names: set[str]) -> None:
    if names:
        listed = ", ".join(sorted(names))
        print(f"log ship: the settings name {listed}: no input of the model", file=sys.stderr)


def _count(spool: Spool, rows: int) -> None:
    try:
        write_json(spool.shipped, {"rows": spool.shipped_rows() + rows})
    except (OSError, MainlineError) as error:  # a full disk: the count is late, the rows are there
        print(f"log ship: {error}", file=sys.stderr)
