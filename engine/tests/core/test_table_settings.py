import pytest

from mainline.core import config
from mainline.core.errors import MainlineError
from mainline.core.table import TableSettings

GOOD = {"entity": "id", "target": "left", "positive": "yes", "numbers": ["age"]}


def table(**changed):
    return config.parse(TableSettings, GOOD | changed, name="params.yaml", prefix=("table",))


def test_columns_come_as_key_features_target():
    assert table(time="day", categories=["city"]).columns == ["id", "day", "age", "city", "left"]


def test_key_is_the_entity_alone_when_it_is_seen_once():
    assert table().key == ["id"]


def test_table_without_a_feature():
    with pytest.raises(MainlineError, match="'table': numbers and categories are both empty"):
        table(numbers=[])


def test_column_with_two_roles():
    with pytest.raises(MainlineError, match="'table': these columns have two roles: left"):
        table(categories=["left"])


@pytest.mark.parametrize("name", ["days since", "größe", "1st", "a-b", "", "self"])
def test_name_that_no_served_model_can_have(name):
    with pytest.raises(MainlineError, match=r"'table.categories': .* \(data.source.rename maps"):
        table(categories=[name])
