import pytest

from mainline.core.errors import MainlineError
from mainline.data.sources import database


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://host/shop",
        "postgresql+psycopg://reader:${PW}@host:5432/shop?sslmode=require&sslkey=/run/a.pem",
        "postgresql://${USER}:${PW}@${HOST}/shop",
        "postgresql://reader@/shop?host=/run/postgresql&password=${PW}",
        "postgresql://reader@acme:${PW}@host:5432/shop",
        "mssql+pyodbc:///?odbc_connect=${ODBC}",
        "sqlite:///data/shop@home.db",
        "${DATABASE_URL}",
    ],
)
def test_addresses_without_secrets(url):
    assert database.check(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:hunter2@host/shop",
        "postgresql://reader:hun/ter@host/shop",
        "postgresql://:hunter2@host/shop",
        "postgresql://reader@acme:hunter2@host/shop",
        "mssql+pyodbc:///?odbc_connect=UID%3Dreader%3BPWD%3Dhunter2",
        "postgresql://reader:${PW}x@host/shop",
        "postgresql://reader@host/shop?sslmode=require&sslpassword=hunter2",
        "snowflake://reader@account/shop?access_token=hunter2",
        "host=localhost password=hunter2",
    ],
)
def test_addresses_with_secrets_are_refused_without_showing_them(url):
    with pytest.raises(ValueError, match=r"stands in it|is not a database URL") as caught:
        database.check(url)
    assert "hunter2" not in str(caught.value)


def test_in_user_and_password_every_character_counts_as_itself():
    url = "postgresql://${U}:${P}@${H}/shop?host=${S}"
    values = {"U": "a@b", "P": "p/w:%41", "H": "db:5432", "S": "/run/x"}
    assert database.filled(url, values) == (
        "postgresql://a%40b:p%2Fw%3A%2541@db:5432/shop?host=/run/x"
    )
    assert database.filled("postgresql://me@acme:${P}@h/s", {"P": "a@b"}) == (
        "postgresql://me@acme:a%40b@h/s"
    )


def test_a_whole_address_from_the_environment():
    whole = {"URL": "postgresql://a:b@host/shop"}
    assert database.filled("${URL}", whole) == "postgresql://a:b@host/shop"
    assert database.masked("no way to postgresql://a:b@host/shop", "${URL}", whole) == (
        "no way to ${URL}"
    )
    part = {"URL": "postgresql://ann:p%2Fw@host/shop"}
    assert database.masked("p/w is not p%2Fw", "${URL}", part) == "${URL} is not ${URL}"


def test_variables_that_are_not_set_or_empty_are_named():
    assert database.absent("postgresql://${U}:${P}@h/s", {"U": "a", "P": ""}) == ["P"]
    with pytest.raises(MainlineError, match="environment variable P, which is not set"):
        database.filled("postgresql://${U}:${P}@h/s", {"U": "a"})


def test_a_message_keeps_secrets_in_either_spelling():
    url, values = "postgresql://me:${P}@h/s", {"P": "p/w"}
    assert database.masked("p/w or p%2Fw", url, values) == "${P} or ${P}"


def test_a_description_has_neither_login_nor_options():
    url = "postgresql://me:${P}@db.example:5432/shop?password=${P}"
    assert database.describe(url) == "postgresql://db.example:5432/shop"
    assert database.describe("postgresql://me@acme:a/b@db.example/shop") == (
        "postgresql://db.example/shop"
    )
    assert database.describe("https://db.example:5000") == "https://db.example:5000"
