"""Our own image, which nobody may have built yet."""

import pinned_tree
import pytest
from pinned_tree import BASE, FILES, SMOKE

from customer_churn import cli
from customer_churn.images import pin
from registry_stub import Fault

pytestmark = pytest.mark.usefixtures("nobody", "waits")


@pytest.fixture
def ours(root, registry):
    """Our own image has a name, and nobody has built it yet."""
    text = FILES[SMOKE].replace("ghcr.io/{nobody}", f"{registry.host}/o")
    (root / SMOKE).write_text(text)
    return text


@pytest.mark.parametrize("status", [401, 403, 404])
def test_our_own_image_before_its_first_build(root, registry, ours, capsys, status):
    registry.faults = [Fault(status, where="customer-churn")]
    pin.run(root, [])
    assert (root / SMOKE).read_text() == ours
    assert "customer-churn:0.1.0 left alone: nobody has pushed it yet" in capsys.readouterr().out
    assert "digest" in (root / BASE).read_text()


def test_our_own_image_once_it_is_built(root, registry, ours):
    digest = registry.tag("o/customer-churn:0.1.0-abc", pinned_tree.index("e"))
    pin.run(root, [f"{registry.host}/o/customer-churn:0.1.0-abc"])
    tagged = ours.replace('"0.1.0"', f'"0.1.0-abc"\n    digest: {digest}')
    assert (root / SMOKE).read_text() == tagged


def test_our_own_image_that_is_gone_or_was_asked_for(root, registry, ours, capsys):
    before = pinned_tree.read(root)
    assert cli.main(["pin", f"{registry.host}/o/customer-churn:0.1.0-abc"]) == 1
    assert pinned_tree.read(root) == before
    assert "no o/customer-churn:0.1.0-abc" in capsys.readouterr().err
    (root / SMOKE).write_text(f"{ours}\n    digest: sha256:{'1' * 64}\n")
    pinned_tree.closed(root, capsys, "no o/customer-churn:0.1.0, which")
