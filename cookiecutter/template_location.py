"""Tells the hooks where this template is, whatever `cookiecutter` was pointed at."""

from pathlib import Path

from jinja2 import Environment
from jinja2.ext import Extension


class TemplateLocation(Extension):
    """Gives a hook the variable `template_location`.

    Cookiecutter's own `_repo_dir` may be relative to a directory that a hook cannot know, since
    hooks run in the new project. While it renders a hook, though, cookiecutter itself stands in
    the template's directory, and an extension runs inside cookiecutter.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals["template_location"] = Path.cwd().as_posix()
