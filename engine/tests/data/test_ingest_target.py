import pytest


@pytest.mark.parametrize(
    ("values", "shown"),
    [(["no"], "1 different value(s): 'no'"), (["no", "maybe", "yes"], "3 different value(s)")],
)
def test_target_without_two_classes(project, rows, values, shown):
    project.csv(rows.assign(left=[values[i % len(values)] for i in range(len(rows))]))

    message = project.refused()

    assert f"column 'left' (the target) has {shown}" in message
    assert "expected two, one of them table.positive ('yes')" in message


def test_two_classes_of_which_none_is_the_positive_one(project):
    project.params["table"]["positive"] = "gone"

    message = project.refused()

    assert "has 2 different value(s): 'no', 'yes'; expected two, one of them" in message
    assert "table.positive ('gone')" in message


def test_row_without_a_label(project, rows):
    project.csv(rows.assign(left=rows["left"].where(rows["id"] != "c004")))

    message = project.refused()

    assert "column 'left' (the target) has no value in 1 rows, first in data row 5." in message


def test_many_different_values_are_not_all_printed(project, rows):
    project.csv(rows.assign(left=rows["id"]))

    assert "'c005' …;" in project.refused()
