"""A thousand damaged `params.yaml`: each is accepted, or refused in words for a person.

One case again: `CASES=137 pytest tests/faults/test_fuzzed_params.py`.
"""

from pathlib import Path

import blocks
import outcome
import params_mutations
import pytest

from mainline.core.layout import Layout


@pytest.fixture
def here(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("numbers", blocks.blocks())
def test_each_is_accepted_or_refused_in_words_for_a_person(here, numbers):
    wrong = []
    for number in numbers:
        name, content = params_mutations.case(number)
        Layout(here).params.write_bytes(content)
        try:
            outcome.run("params")
        except BaseException as error:  # one defect must not hide the next
            if isinstance(error, KeyboardInterrupt):
                raise
            wrong.append(f"case {number} ({name}): {type(error).__name__}: {str(error)[:400]}")
    assert not wrong, "\n".join(wrong)
