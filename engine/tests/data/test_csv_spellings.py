import pytest
from pydantic import ValidationError

from mainline.data.sources.file import FileSource

HEADER = "id,age,city,left\n"


@pytest.fixture
def read(project):
    def run(text, **source):
        project.source.update(source)
        project.csv(text)
        return project.ingest()

    return run


def test_byte_order_mark(read):
    table = read(b"\xef\xbb\xbf" + f"{HEADER}007,30,Zürich,yes\n8,31,x,no\n".encode())

    assert table["id"].tolist() == ["007", "8"]
    assert table["city"].tolist() == ["Zürich", "x"]


def test_quoted_names(read):
    table = read('"id","age","city","left","a, b"\na,30,north,yes,1\nb,31,south,no,2\n')

    assert table["age"].tolist() == [30, 31]


def test_blanks_around_names_and_values(read):
    table = read("id, age , city,left\n a,30 , north ,yes\nb, 31,south,no \n")

    assert table["id"].tolist() == ["a", "b"]
    assert table["age"].tolist() == [30, 31]
    assert table["city"].tolist() == ["north", "south"]


def test_delimiters_newlines_and_quotes_inside_quotes(read):
    table = read(HEADER + 'a,30,"north,\nby ""the"" sea",yes\nb,31,south,no\n')

    assert table["city"].tolist() == ['north,\nby "the" sea', "south"]


def test_newlines_inside_quotes_wherever_the_reader_cuts_a_long_file(read):
    lines = [f'{i},30,"{"x" * 300}\n{"y" * 300}",{("yes", "no")[i % 2]}' for i in range(4000)]

    assert read(HEADER + "\n".join(lines))["city"].str.len().unique().tolist() == [601]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(read, delimiter):
    text = f"{HEADER}a,30,north,yes\nb,31,south,no\n".replace(",", delimiter)

    assert read(text, delimiter=delimiter)["age"].tolist() == [30, 31]


def test_delimiter_of_two_characters(project):
    project.source["delimiter"] = ";;"

    assert "'data.source.delimiter' is ';;' (str)" in project.refused()


def test_line_ends_of_windows_and_none_at_the_end(read):
    table = read(f"{HEADER}a,30,north,yes\nb,31,south,no".replace("\n", "\r\n"))

    assert table["left"].tolist() == [1, 0]


def test_codes_keep_their_zeros(read):
    table = read(f"{HEADER}007,30,01,yes\n7,31,1,no\n")

    assert table["id"].tolist() == ["007", "7"]
    assert table["city"].tolist() == ["01", "1"]


@pytest.mark.parametrize("spelling", ["", "  ", "NA", "N/A", "NaN", "null", "None"])
def test_usual_spellings_of_no_value(read, spelling):
    table = read(f"{HEADER}a,{spelling},{spelling},yes\nb,31,south,no\n")

    assert table["age"].isna().tolist() == [True, False]
    assert table["city"].isna().tolist() == [True, False]


def test_spellings_of_no_value_can_be_others(read):
    table = read(f"{HEADER}a,?,NA,yes\nb,31,?,no\n", missing=["?"])

    assert table["age"].isna().tolist() == [True, False]
    assert table["city"].fillna("none").tolist() == ["NA", "none"]


def test_names_of_the_file_become_ours(read):
    table = read(
        "key,years,city,left\na,30,x,yes\nb,31,y,no\n", rename={"key": "id", "years": "age"}
    )

    assert table.columns.tolist() == ["id", "age", "city", "left"]
    assert table["age"].tolist() == [30, 31]


@pytest.mark.parametrize("delimiter", ["\uff1b", "§", "\0", '"', "\n", "ab", ""])
def test_what_no_reader_takes_as_a_delimiter_is_refused_before_anything_runs(delimiter):
    with pytest.raises(ValidationError, match="delimiter"):
        FileSource(path="rows.csv", delimiter=delimiter)
