"""Texts that are no rule, by mistake or on purpose: an error that says where, and no more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainline.data.rules.compiled import compiled
from mainline.data.rules.syntax import RuleError

KINDS = {"age": "a number", "pay": "a number", "city": "a text", "day": "a time"}

PYTHON = """
__import__('os') | ().__class__ | ''.__class__.__mro__ | age.__class__ == 1 | age.values > 1
open('/etc/passwd') | eval('1') == age | exec('age') | getattr(age, 'x') > 1 | print(age)
age() > 1 | (lambda: age)() > 1 | lambda: 1 | [x for x in age] | {x for x in age}
{1: 2}[1] == age | age[0] > 1 | age[:1] > 1 | (age := 3) > 1 | age > 1 if city else 2
f'{age}' == city | f'{city!r:>{age}}' == city | await age | yield | import os | age > 1; age
age = 3 | del age | *age | max(*pay, 1) > 1 | ... | age == ... | age ** 2 > 1 | 9**9**9
9**9**9 < age | age % 2 == 0 | age // 2 == 1 | age << 64 > 1 | age >> 1 == 1 | age & 1 == 1
age PIPE 1 == 1 | age ^ 1 == 1 | ~age == 1 | age @ pay == 1 | age == 1j | city == b'x'
age > True | 'a' * 999999999 == city | city * 99 == 'a' | city + 'a' == 'a' | [0] * 99 == age
abs.__globals__ == age | abs == age | abs(age | abs() > 1 | abs(age, pay) > 1 | abs(x=age) > 1
min(age) > 1 | abs(city) > 1 | abs
"""
MEANING = """
age | not age | city and age > 1 | 1 < 2 | True | None | "a" == "a" | age == None | age is 1
age is None is None | None is None | 1 is None | "a" is None | 1 is age | age is pay
age in pay | age in [] | age in [pay] | age in ['a'] | age in [1, None] | age in [[1]]
age in [1 + 1] | city in 'bonn' | city in [1] | 1 in [1] | day in ['2026-01-01'] | city == 3
city > age | city < 'a' | day > 'yesterday' | day > 3 | day > city | day + 1 > day
-city == 'a' | age > 1 == (age > 2) | (age > 1) + 1 > 1 | age < 1e999 | age < 1e16
age < -1e999 | age < 0xffffffffffffffffffff | age > 1 # and pay > 1 | # | (age > 1 # ) | age >
> age | age > > 1 | age 1 | 'age > 1 | "age > 1 | agee > 1 | AGE > 1 | \u0430ge > 1 | \uff41ge > 1
\u1d43ge > 1 | age\u200b > 1 | age > \uff11 | age \uff1e 1 | age > 1\0 | \0 | \ud800 > age
"""
HOSTILE = [
    text.strip().replace("PIPE", "|")
    for block in (PYTHON, MEANING)
    for line in block.splitlines()
    for text in line.split(" | ")
    if text.strip()
]
LONG = {
    "nothing": "",
    "blanks": " \n\t",
    "a megabyte": "age > 1" + " " * 1_000_000 + "or age < 1",
    "a megabyte of names": "age" * 333_333,
    "brackets": "(" * 400 + "age" + ")" * 400,
    "open brackets": "(" * 900,
    "lists": "age in " + "[" * 450 + "]" * 450,
    "signs": "-" * 900 + "age > 1",
    "negations": "not " * 200 + "age > 1",
    "sums": "+".join(["age"] * 200) + " > 1",
    "powers": "**".join(["9"] * 300) + " > age",
    "digits": "age > " + "9" * 900,
    "hexadecimal digits": "age > 0x" + "f" * 900,
    "too many digits for Python": "age > " + "9" * 4999,
    "calls": "abs(" * 150 + "age" + ")" * 150 + " > 1",
    "a long list": f"age in {[1] * 300}".replace(" ", ""),
}


def refused(text):
    with pytest.raises(RuleError) as caught:
        compiled(text, KINDS)
    message = str(caught.value)
    assert message
    assert len(message) < 400
    return message


def test_there_are_more_than_a_hundred():
    assert len(HOSTILE) + len(LONG) > 130


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_rule_is_refused(text):
    refused(text)


@pytest.mark.parametrize("name", LONG)
def test_what_is_too_long_or_too_deep_is_refused(name):
    refused(LONG[name])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "pay > 1 and agee > 1",
            "position 13: 'agee' is not a column of `table` (a text has quotes); did you mean",
        ),
        ("city == 'köln' or agee", "position 19: 'agee' is not a column"),
        ("age ** 2 > 1", "position 1: 'age ** 2' is not allowed in a rule; allowed are columns,"),
        ("city == 3", "position 1: 'city == 3' compares a text with a number."),
        (
            "age == None",
            "position 8: 'None' is not a value; test for a null with `column is None`",
        ),
        ("age > 1; pay", "position 8: invalid syntax."),
        ("day > 'May'", """position 7: ''May'' is not a day or time such as "2026-01-31"."""),
        ("age > 1 # and pay > 1", "a comment; write it outside the rule."),
    ],
)
def test_the_error_says_where_and_what(text, message):
    assert message in refused(text)


WORDS = """age pay city day 1 -1 0 1e3 'bonn' "2026-01-01" None True ( ) [ ] , . and or not in is
< <= == != >= > + - * / ** % // abs( min( max( lambda : := if else for __class__ \\ # \0"""


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60), st.lists(st.sampled_from(WORDS.split()), max_size=14).map(" ".join)
    )
)
def test_any_text_is_a_rule_or_an_error_for_people(text):
    try:
        found = compiled(text, KINDS)
    except RuleError:
        return
    assert found.statement.columns <= set(KINDS)
    assert found.statement.columns
