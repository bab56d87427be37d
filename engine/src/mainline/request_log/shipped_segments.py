"""Closed segments become files in the store, and are deleted when these are there."""

import sys
from pathlib import Path

from mainline.core.errors import MainlineError, SettingsError
from mainline.core.files import write_json
from mainline.process.defects import say_defect
from mainline.request_log import input_types, segment_files
from mainline.request_log.log_store import Store
from mainline.request_log.ship_settings import Shipping, unknown
from mainline.request_log.spool import Spool, set_aside, versions, whole
from mainline.request_log.typed_columns import Privacy


def ship(spool: Spool, settings: Shipping) -> None:
    """Ship what is closed now, oldest first. Raises MainlineError or OSError of the store.

    Raises SettingsError at rows of a version that lacks a column which the settings name.

    A name in the store is made of the segment's name and the hour alone: after a crash at any point
    the same segment makes the same files again.
    """
    if not (paths := spool.closed()):
        return
    store, privacy = Store(settings.store), Privacy(settings)
    for path in paths:
        try:
            if settings.leave_out or settings.hash:
                _refuse_unknown(spool, settings, path)
            made = list(segment_files.files(path, spool.metadata(), privacy))
        except (MemoryError, OSError, SettingsError):  # later it may work
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


def _refuse_unknown(spool: Spool, settings: Shipping, path: Path) -> None:
    if why := unknown(settings, input_types.of_these(spool.metadata(), versions(path))):
        raise SettingsError(why)


def _count(spool: Spool, rows: int) -> None:
    try:
        write_json(spool.shipped, {"rows": spool.shipped_rows() + rows})
    except (OSError, MainlineError) as error:  # a full disk: the count is late, the rows are there
        print(f"log ship: {error}", file=sys.stderr)
