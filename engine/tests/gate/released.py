"""Releases without bytes: what main's history says of them."""

from mainline.core.files import write_json
from mainline.core.layout import Layout
from mainline.packaging.content import version
from mainline.release.release_file import Release
from project import Project

A, B, C = (f"sha256:{letter * 64}" for letter in "abc")
PACKAGE = {"name": "small", "image": "registry.example/small-model"}


def release(project: Project, content: str) -> None:
    """A release file for a model."""
    digest = content.replace("sha256:", "sha256:0")[:71]
    descriptor = PACKAGE | {"content": content, "digest": digest, "version": version(content)}
    path = Layout(project.root).release
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(Release.from_descriptor(descriptor).render())


def merged(project: Project, content: str, roc_auc: float | None, **params: object) -> str:
    """A release with its recorded figure, merged under these settings. Returns the commit."""
    release(project, content)
    path = Layout(project.root).figures
    path.parent.mkdir(exist_ok=True)
    write_json(path, {"model": {"roc_auc": {"value": roc_auc}}})
    project.set(**params)
    return project.merge(f"Model {content[7]}")
