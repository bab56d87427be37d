"""The pipeline of the working tree, brought up to date by `run`, `try` and `propose`."""

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
    """Bring the pipeline up to date; with a DVC remote, take from there what others have made.

    `variables` and `quoted` are those of `repro`, which also says what is returned and raised. What
    is needed next is imported meanwhile.
    """
    variables = variables or environment()
    ready(root)
    recover(root)
    keep.prepare(root)
    remote = probe.default(root, variables)
    # A remote may refuse to be listed and yet give files; one that is silent is waited for by DVC
    # for minutes, file by file.
    if not remote.name or remote.silent:
        if remote.silent:
            print(remote.without, flush=True)
        return repro(root, variables=variables, quoted=quoted, meanwhile=AFTERWARDS)
    ran: list[str] = []
    try:
        return repro(root, "--pull", variables=variables, quoted=quoted, meanwhile=AFTERWARDS)
    except StageFailedError as error:
        if not remote.trouble:
            hint = f"{error.hint} Was it the remote that failed? `dvc repro` goes on without it."
            raise StageFailedError(
                error.message, stage=error.stage, lines=error.lines, hint=hint
            ) from None
        ran = error.ran
    print(remote.without, flush=True)
    return [*ran, *repro(root, variables=variables, quoted=quoted)]
