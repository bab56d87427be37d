"""The command `task compact`: tidies the gateway's log, by the settings in a clone."""

from pathlib import Path

from mainline.cluster.checkout import Checkout, clone
from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.core.progress import say
from mainline.request_log import compact

GATEWAY = Path("settings/gateway/settings.yaml")  # below k8s


def run(work: Path, *, revision: str, directory: Path, store: str, commit_file: Path) -> None:
    """Work below `work`, an empty folder. Raises MainlineError as `clone` and `compact.run` do."""
    checkout = clone(work, revision, directory)
    write_text(commit_file, checkout.commit)
    compact.run(checkout.root, settings_of(checkout), store)


def settings_of(checkout: Checkout) -> Path | None:
    """The gateway's settings, as k8s/settings has them for every environment."""
    path = Layout(checkout.root).manifests / GATEWAY
    if not path.is_file():
        say("settings", f"there is no {Layout.manifests / GATEWAY}: the defaults hold")
        return None
    return path
