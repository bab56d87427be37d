import pytest
import yaml

from mainline.core import strict_yaml
from mainline.core.errors import MainlineError
from mainline.core.strict_yaml import read_yaml


@pytest.fixture(autouse=True)
def nothing_is_kept():
    strict_yaml._parsed.cache_clear()


@pytest.fixture(autouse=True, params=["C", "Python"])
def code(request, monkeypatch):
    """PyYAML may have been built without libyaml."""
    if request.param == "Python":
        monkeypatch.setattr(strict_yaml, "_Fast", strict_yaml._Clear)
    return request.param


def test_the_wheel_of_pyyaml_has_the_c_code(code):
    assert issubclass(strict_yaml._Fast, yaml.CSafeLoader) == (code == "C")


def value(text):
    return read_yaml(f"key: {text}", name="x.yaml")["key"]


def refused(text):
    with pytest.raises(MainlineError) as caught:
        read_yaml(text, name="x.yaml")
    return str(caught.value)


@pytest.mark.parametrize("text", ["a: 1\na: 2", "top:\n  b: 1\n  a: 1\n  a: 2"])
def test_key_that_stands_twice(text):
    message = refused(text)

    assert message.startswith("x.yaml is not valid YAML: the key 'a' is here twice")
    assert f"line {text.count(chr(10)) + 1}" in message


def test_invalid_yaml_names_the_line_and_shows_it():
    assert 'line 2, column 4:\n    b: "' in refused('a: 1\nb: "1, 2\n')


def test_a_merged_mapping_is_no_key_twice():
    text = "a: &a {k: 1}\nb: {c: {d: &d {<<: *a, k: 2}}}\ne: {<<: *d}"

    assert read_yaml(text, name="x.yaml")["e"] == {"k": 2}


@pytest.mark.parametrize("text", ["a:\tb", "a: 1\n\tb: 2"])
def test_a_tab_between_values(text):
    assert "character '\\t' that cannot start any token" in refused(text)


def test_a_file_that_says_it_is_of_another_version():
    assert "remove the line %YAML" in refused("%YAML 1.1\n---\na: yes")


@pytest.mark.parametrize("text", ["a: 2026-13-45", "? [a]\n: 1", "a: !!python/name:os.system"])
def test_value_that_cannot_be_built(text):
    assert refused(text).startswith("x.yaml is not valid YAML")


@pytest.mark.parametrize("text", ["", "# nothing", "- a\n- b", "just text"])
def test_file_without_keys(text):
    assert refused(text) == "x.yaml has no `key: value` lines."


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "y", "N"])
def test_only_true_and_false_are_boolean(text):
    assert value(text) == text


@pytest.mark.parametrize("text", ["true", "False", "TRUE"])
def test_true_and_false_are_boolean(text):
    assert value(text) is (text.lower() == "true")


@pytest.mark.parametrize("text", ["1e-3", "1.0e-3", "0.001", "1E-3", ".001", "+1e-03"])
def test_every_spelling_of_a_number_is_a_number(text):
    assert value(text) == pytest.approx(0.001)


def test_numbers_with_a_point_are_no_integers():
    assert isinstance(value("3."), float)


def test_numbers_without_one_are():
    assert isinstance(value("3"), int)


@pytest.mark.parametrize("text", ["1.2.3", "e3", "1e", "true story", "v1.0"])
def test_text_that_looks_a_little_like_something_else_stays_text(text):
    assert value(text) == text


@pytest.mark.parametrize(
    ("text", "number"), [("010", 10), ("0o10", 8), ("-0x1F", -31), ("0b11", 3), ("1_000", 1000)]
)
def test_integers_are_those_of_yaml_1_2(text, number):
    assert value(text) == number


def test_minutes_are_no_number():
    assert value("1:30") == "1:30"


def test_merged_keys_work():
    text = "base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}"

    assert read_yaml(text, name="x.yaml")["other"] == {"a": 1, "b": 3}


@pytest.mark.parametrize(
    "text",
    ["!!bool maybe", "!!int ''", "!!float '-'", "!!timestamp x", "&a [*a]", "&a {b: *a}"],
)
def test_a_value_that_is_not_what_it_says_or_holds_itself(text):
    assert refused(f"key: {text}").startswith("x.yaml is not valid YAML: ")


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 100_000, "? " * 100_000])
def test_depth_has_a_limit(text):
    assert "nested too deeply" in refused(text)


def bomb(line: str) -> str:
    names = [", ".join([f"*x{level}"] * 10) for level in range(12)]
    return "x0: &x0 {a: 1}\n" + "".join(
        line.format(level=level + 1, names=name) for level, name in enumerate(names)
    )


def test_aliases_of_aliases_are_bounded():
    assert "more than 100,000 values" in refused(bomb("x{level}: &x{level} [{names}]\n"))


def test_merges_of_merges_are_bounded():
    assert "merges more than 100,000 keys" in refused(
        bomb("x{level}: &x{level}\n  <<: [{names}]\n")
    )


def test_a_file_for_people_has_a_length():
    assert refused("a: " + "x" * 1_000_000).startswith("x.yaml is 1,000,003 characters long")


@pytest.fixture
def parses(monkeypatch):
    """Every text that was parsed."""
    told = []
    load = yaml.load
    monkeypatch.setattr(yaml, "load", lambda text, **how: told.append(text) or load(text, **how))
    return told


def test_a_text_is_parsed_once(parses):
    assert [read_yaml("a: [1]", name=name) for name in "xyz"] == [{"a": [1]}] * 3
    assert parses == ["a: [1]"]


def test_a_caller_that_changes_its_values_changes_those_of_no_other():
    read_yaml("a: {b: [1]}", name="x.yaml")["a"]["b"].append(2)
    first = read_yaml("a: {b: [1]}", name="x.yaml")
    first["c"] = 3

    assert read_yaml("a: {b: [1]}", name="x.yaml") == {"a": {"b": [1]}}


def test_a_text_that_is_refused_is_refused_under_each_name():
    for name in ("x.yaml", "y.yaml"):
        with pytest.raises(MainlineError, match=f"^{name} is not valid YAML"):
            read_yaml("a: [", name=name)


def test_what_is_kept_is_bounded():
    for number in range(3 * strict_yaml.KEPT):
        read_yaml(f"a: {number}", name="x.yaml")

    assert strict_yaml._parsed.cache_info().currsize == strict_yaml.KEPT
