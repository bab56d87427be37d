"""Dashboards and alerts in k8s/components, rendered by the engine and committed in each project."""

from pathlib import Path

from mainline.core.files import write_text
from mainline.core.layout import Layout
from mainline.gateway import gateway_alerts, gateway_dashboard
from mainline.monitoring import model_alerts, model_dashboard

FILES = {
    "gateway-monitoring/gateway.json": gateway_dashboard.render,
    "gateway-monitoring/alerts.yaml": gateway_alerts.render,
    "model-monitoring/monitor.json": model_dashboard.render,
    "model-monitoring/alerts.yaml": model_alerts.render,
}


def rendered() -> dict[Path, str]:
    """The text of each file, by its path in a project."""
    return {Layout.components / name: render() for name, render in FILES.items()}


def write(root: Path) -> None:
    """Write all of them into the project in `root`."""
    for path, text in rendered().items():
        write_text(root / path, text)
