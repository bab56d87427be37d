"""The gateway's settings in a clone: the tasks `compact` and `watch` go by them."""

from pathlib import Path

from mainline.cluster.checkout import Checkout
from mainline.core.layout import Layout
from mainline.core.progress import say

GATEWAY = Path("settings/gateway/settings.yaml")  # below k8s


def settings_of(checkout: Checkout) -> Path | None:
    """The gateway's settings, as k8s/settings has them for every environment."""
    path = Layout(checkout.root).manifests / GATEWAY
    if not path.is_file():
        say("settings", f"there is no {Layout.manifests / GATEWAY}: the defaults hold")
        return None
    return path
