"""The command `task watch`: watches a model in a clone, and hands the verdict to the next pod."""

import base64
import gzip
import json
import os
from pathlib import Path

from mainline.cluster.checkout import Checkout, clone
from mainline.core.errors import MainlineError
from mainline.core.files import json_text, write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.monitoring import monitor
from mainline.monitoring.finding import Verdict
from mainline.params import params

MOST = 60_000  # characters: Argo cannot start a pod whose arguments are longer than 128 KiB
GATEWAY = Path("settings/gateway/settings.yaml")  # below k8s


def run(
    work: Path,
    *,
    revision: str,
    directory: Path,
    environment: str,
    store: str,
    push: str,
    commit_file: Path,
    verdict_file: Path,
) -> None:
    """Work below `work`, an empty folder. Prints the page of the verdict.

    `commit_file` gets the commit, `verdict_file` the verdict as `packed` makes it. An empty `push`
    is no Pushgateway. Raises MainlineError as `clone` and `monitor.run` do.
    """
    checkout = clone(work, revision, directory)
    root = checkout.root
    write_text(commit_file, checkout.commit)
    address = os.environ.get("MLFLOW_TRACKING_URI") or params.check(root).record.tracking_uri
    monitor.run(
        root,
        environment=environment,
        store=store,
        settings_file=settings_of(checkout),
        push=push or None,
        record=bool(address),  # a database here would end with the pod
    )
    folder = Layout(root).monitor
    print((folder / "page.md").read_text(encoding="utf-8"), flush=True)
    write_text(verdict_file, packed(Verdict.read(folder / "verdict.json")))


def settings_of(checkout: Checkout) -> Path | None:
    """The gateway's settings, as k8s/settings has them for every environment."""
    path = Layout(checkout.root).manifests / GATEWAY
    if not path.is_file():
        say("settings", f"there is no {Layout.manifests / GATEWAY}: the defaults hold")
        return None
    return path


def packed(verdict: Verdict) -> str:
    """The verdict's JSON on one line, compressed. Raises MainlineError when that is too long."""
    text = json_text(verdict.as_json()).encode()
    short = base64.b64encode(gzip.compress(text, mtime=0)).decode()
    if len(short) > MOST:
        raise MainlineError(
            f"the verdict has {len(short):,} characters, packed; a pod may be told {MOST:,}.",
            hint="Watch fewer slices: `evaluation.slices` in params.yaml.",
        )
    return short


def unpacked(text: str) -> Verdict:
    """The verdict that `packed` made. Raises MainlineError when it is none."""
    try:
        found = json.loads(gzip.decompress(base64.b64decode(text, validate=True)))
    except (ValueError, OSError, EOFError) as error:
        raise MainlineError(f"it cannot be read: {error}.", where="--verdict") from None
    return Verdict.parse(found, name="--verdict")
