"""Refuse names that would not work before anything is rendered."""

import importlib
import json
import sys

# Cookiecutter fills these in; `tojson` keeps any answer inside its string.
answers, template = json.loads(
    r"""[{{ cookiecutter | tojson }}, {{ template_location | tojson }}]"""
)
sys.path.insert(0, template)
sys.dont_write_bytecode = True  # the template may be somebody's working tree

steps = importlib.import_module("steps")
sys.exit(steps.check(answers))
