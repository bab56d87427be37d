"""The day of the new rows, and whether they say more than those that main's model learnt from."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import fsspec

from mainline.core.errors import DataError, SettingsError
from mainline.core.files import remove
from mainline.core.layout import Layout
from mainline.data import catalogue, ingest
from mainline.data.sources import address
from mainline.data.sources.file import FileSource
from mainline.data.sources.sql import SqlSource
from mainline.dvc.outputs import remote_name
from mainline.git import Git
from mainline.proposal.no_remote import MISSING
from mainline.retraining.on_main import OnMain
from mainline.snapshots import keep, snapshot
from mainline.snapshots.day import a_day

OF_SNAPSHOT = (Layout.params, Layout.manifest, Layout.snapshots_dvc)
LOOKED_BACK = 366  # days, for the newest file


@dataclass(frozen=True)
class Rows:
    """The rows as of `day`: how many, and how many more than in main's table.

    `files` are texts that the branch has beside `params.yaml`; `content` is the rows' hash.
    """

    day: date
    count: int
    more: int | None
    files: dict[Path, str] = field(default_factory=dict)
    content: str = ""


def day_of(text: str | None, main: OnMain, root: Path, today: date) -> date | None:
    """The new `data.as_of`: the day that is named, or the newest one that is over.

    None when the source has nothing after main's day. Raises SettingsError for a named day that
    is in the future, or not after main's.
    """
    before = main.data.as_of
    if text is None:
        return _newest(main, root, today)
    day = a_day(text, "--as-of")
    if day > today:
        raise SettingsError("--as-of is in the future.", found=day, expected=f"at most {today}")
    if day <= before:
        raise SettingsError(
            "--as-of is not after main's data.as_of.", found=day, expected=f"later than {before}"
        )
    return day


def _newest(main: OnMain, root: Path, today: date) -> date | None:
    source, before = main.data.source, main.data.as_of
    yesterday = today - timedelta(days=1)
    days = [yesterday]
    if isinstance(source, FileSource) and "{as_of}" in source.path:
        days = [yesterday - timedelta(days=back) for back in range(LOOKED_BACK)]
        days = [day for day in days if day > before]
        return next((day for day in days if _there(source, day, root)), None)
    return yesterday if yesterday > before else None


def _there(source: FileSource, day: date, root: Path) -> bool:
    name = source.path.replace("{as_of}", day.isoformat())
    try:
        system, path = fsspec.core.url_to_fs(address.absolute(name, root))
        return bool(system.glob(path) if "*" in path else system.exists(path))
    except Exception as error:  # every file system of fsspec has exceptions of its own
        raise DataError(f"{name} (data.source.path) {address.why(error)}") from None


def rows(root: Path, main: OnMain, day: date, *, share: bool, judged: str = "") -> Rows | None:
    """The rows of that day; None when main's table has the same, or `judged` is their hash.

    A live source is asked, and its answer kept as a batch: in the DVC cache and, with `share`, in
    the DVC remote. The working tree is as before. Raises MainlineError when `params.yaml` is not
    main's, or the source cannot be read.
    """
    source = main.data.source
    if isinstance(source, FileSource) and source.sha256 is not None:
        raise SettingsError(
            "data.source.sha256 names one file, so new rows need a hash that a person gives.",
            hint="Change data.as_of and data.source.sha256 together in a pull request.",
        )
    _as_on_main(root, main)
    if not isinstance(source, SqlSource):
        return _compared(root, main, day, judged)
    if share and not remote_name(root):
        raise DataError(MISSING)
    with _undone(root, day):
        snapshot.run(root, as_of=str(day))
        found = _compared(root, main, day, judged)
        if found is None:
            return None
        if share:
            keep.share(root)
        texts = {name: (root / name).read_text(encoding="utf-8") for name in OF_SNAPSHOT[1:]}
        return replace(found, files=texts)


def _compared(root: Path, main: OnMain, day: date, judged: str) -> Rows | None:
    data = main.data.model_copy(update={"as_of": day})
    _, frame = ingest.read(root, data, main.table)
    before, content = main.catalogue, catalogue.content_hash(frame)
    if content in (before.get("content"), judged):
        return None
    known = before.get("rows")
    more = len(frame) - known if isinstance(known, int) else None
    return Rows(day, len(frame), more, content=content)


def _as_on_main(root: Path, main: OnMain) -> None:
    git = Git(root)
    names = OF_SNAPSHOT if isinstance(main.data.source, SqlSource) else (Layout.params,)
    for name in names:
        path = root / name
        here = path.read_text(encoding="utf-8") if path.is_file() else None
        if here != git.show(main.commit, name):
            raise SettingsError(
                f"{name} is not main's, and a retraining starts at main.",
                hint="Commit or stash your changes, then `git switch main` and `git pull`.",
            )


@contextmanager
def _undone(root: Path, day: date) -> Iterator[None]:
    """Afterwards the three files and the folder of batches are as before."""
    paths = [root / name for name in OF_SNAPSHOT]
    before = {path: path.read_bytes() if path.is_file() else None for path in paths}
    batch = Layout(root).snapshots / f"{day}.parquet"
    had = batch.exists()
    try:
        yield
    finally:
        for path, content in before.items():
            if content is None:
                remove(path)
            else:
                path.write_bytes(content)
        if not had:
            remove(batch)
