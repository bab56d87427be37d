"""Fill the new directory: cookiecutter made it, `render.py` knows what belongs in it."""

import importlib
import json
import sys
from pathlib import Path

# Cookiecutter fills these in; `tojson` keeps any answer inside its string.
answers, template = json.loads(
    r"""[{{ cookiecutter | tojson }}, {{ template_location | tojson }}]"""
)
sys.path.insert(0, template)
sys.dont_write_bytecode = True  # the template may be somebody's working tree

steps = importlib.import_module("steps")
sys.exit(steps.make(answers, Path.cwd()))
