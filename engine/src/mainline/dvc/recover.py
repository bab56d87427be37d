"""Removes leftovers of a killed `dvc` that would stop the next run."""

import json
from pathlib import Path

from mainline.core.errors import MainlineError
from mainline.core.layout import Layout
from mainline.core.progress import say


def recover(root: Path) -> None:
    """Remove a truncated `dvc.lock`, and DVC locks whose processes are gone.

    DVC restores the outputs from its cache. Raises MainlineError when `dvc.lock` has a merge
    conflict.
    """
    _busy(Layout(root).dvc_busy)
    _lock(Layout(root).lock)


def _lock(path: Path) -> None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    if any(line.startswith("<<<<<<<") for line in text.splitlines()):
        raise MainlineError(
            f"{path} holds a merge conflict. Take one side and train again: "
            f"`git checkout HEAD -- {Layout.lock}`; see docs/continuous-integration.md, "
            '"Both sides changed the model".'
        )
    if not _whole(text):
        path.unlink()
        say("run", f"{Layout.lock} was cut off, as by a kill; the cache has what it named")


def _whole(text: str) -> bool:
    """Whether DVC can read the lock. DVC writes it in place, so a kill can truncate it anywhere."""
    from dvc.schema import COMPILED_LOCKFILE_SCHEMA  # noqa: PLC0415
    from dvc.utils.serialize import parse_yaml  # noqa: PLC0415

    try:
        COMPILED_LOCKFILE_SCHEMA(parse_yaml(text, str(Layout.lock)))
    except Exception:  # the parser's, the schema's, or what either makes of half a value
        return False
    return bool(text.strip())


def _busy(path: Path) -> None:
    """Remove DVC's list of readers and writers if none of their processes is a running DVC."""
    try:
        noted = json.loads(path.read_bytes())
        holders = [*noted.get("write", {}).values()]
        holders += [reader for readers in noted.get("read", {}).values() for reader in readers]
        if any(_is_dvc(int(holder["pid"])) for holder in holders):
            return
    except FileNotFoundError:
        return
    except (ValueError, TypeError, AttributeError, KeyError):  # truncated
        pass
    path.unlink(missing_ok=True)


def _is_dvc(number: int) -> bool:
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415  it comes with DVC

    try:
        return any("dvc" in Path(word).name for word in psutil.Process(number).cmdline()[:4])
    except psutil.AccessDenied:
        return True
    except psutil.Error:
        return False
