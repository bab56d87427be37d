"""Brings the pipeline of the working tree up to date, for `run`, `try` and `propose`."""

from pathlib import Path

from mainline.core.errors import StageFailedError
from mainline.dvc import probe
from mainline.dvc.recover import recover
from mainline.dvc.repro import repro
from mainline.lock.running import ready
from mainline.process.children import environment
from mainline.snapshots import keep

AFTERWARDS = ("mainline.pipeline.judge", "mainline.serving.ask")


def reproduce(
    root: Path, *, variables: dict[str, str] | None = None, quoted: bool = False
) -> list[str]:
    """Bring the pipeline up to date. With a DVC remote, download existing outputs from there.

    `variables`, `quoted`, the return value and the errors are those of `repro`. The modules that
    are needed next are imported in parallel.
    """
    variables = variables or environment()
    ready(root)
    recover(root)
    keep.prepare(root)
    remote = probe.default(root, variables)
    # A remote that refuses a listing may still give files. For a silent one DVC would wait minutes,
    # for each file.
    if not remote.name or remote.silent:
        if remote.silent:
            print(remote.without, flush=True)
        return repro(root, variables=variables, quoted=quoted, meanwhile=AFTERWARDS)
    ran: list[str] = []
    try:
        return repro(root, "--pull", variables=variables, quoted=quoted, meanwhile=AFTERWARDS)
    except StageFailedError as error:
        if not remote.trouble:
            hint = f"{error.hint} If the remote failed, `dvc repro` continues without it."
            raise StageFailedError(
                error.message, stage=error.stage, lines=error.lines, hint=hint
            ) from None
        ran = error.ran
    print(remote.without, flush=True)
    return [*ran, *repro(root, variables=variables, quoted=quoted)]
