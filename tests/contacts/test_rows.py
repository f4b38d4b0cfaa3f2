"""Files of contacts: every row is a contact or a reject with its reasons."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.contacts import Contact
from ringback.contacts.columns import Header, parse_mapping, read_header, sniff
from ringback.contacts.duplicates import FirstSeen
from ringback.contacts.rows import ROW_LENGTH, Clash, CsvRows, Reject, Row, read_json_lines
from ringback.core.errors import UsageError
from tests.contacts.bodies import contacts

HEAD = "externalContactId,name,voice\n"


def lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline=""))


def rows(text: str, **options: Any) -> list[Row | Reject]:
    return list(CsvRows(lines(text), **options))


def only(text: str, **options: Any) -> Row | Reject:
    (item,) = rows(text, **options)
    return item


def codes(item: Row | Reject) -> list[tuple[str, str]]:
    assert isinstance(item, Reject), item
    return [(fault.field, fault.code) for fault in item.faults]


def test_a_file() -> None:
    text = "\ufeffExternal Contact ID;Full name;Phone;E-Mail;metadata.consent;"
    text += "interaction_duration_seconds;Notes\r\n"
    text += '1;"Smith; Alice";(212) 555-0123;alice@example.com;yes;600;x\r\n'
    text += "\r\n;;;;;;\r\n2;Bob;;bob@example.com;;;\r\n"
    mapping = parse_mapping(["Full name=name", "Phone=voice", "Phone=channels.sms"])
    source = CsvRows(lines(text), mapping=mapping, country="US")
    assert source.header == Header(
        columns=(
            "External Contact ID",
            "Full name",
            "Phone",
            "E-Mail",
            "metadata.consent",
            "interaction_duration_seconds",
            "Notes",
        ),
        delimiter=";",
        fields={
            "name": 1,
            "voice": 2,
            "sms": 2,
            "externalContactId": 0,
            "email": 3,
            "metadata.consent": 4,
            "interactionDurationSeconds": 5,
        },
        unused=("Notes",),
    )
    first, second = source
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.number, second.number) == (2, 5)
    assert first.payload == {
        "externalContactId": "1",
        "name": "Smith; Alice",
        "channels": {"voice": "+12125550123", "sms": "+12125550123", "email": "alice@example.com"},
        "interactionDurationSeconds": 600,
        "metadata": {"consent": "yes"},
    }
    assert second.contact == Contact("2", "Bob", {"email": "bob@example.com"})


def test_first_and_last_name() -> None:
    text = "External contact id,First name,Last-Name,chat\n1,Alice,Smith,a\n2,Bob,,b\n"
    assert [item.contact.name for item in rows(text) if isinstance(item, Row)] == ["Alice Smith", "Bob"]


def test_cells_with_line_ends() -> None:
    item, other = rows(HEAD + '1,"Alice\nSmith",+12125550123\n2,Bob,+12125550124\n')
    assert isinstance(item, Row)
    assert item.contact.name == "Alice\nSmith"
    assert (item.number, other.number) == (2, 4)


BAD_ROWS = [
    ("1,Alice,(212) 555-0123\n", [("channels.voice", "unknown_country")]),
    ("1,Alice,\n", [("channels", "required")]),
    (
        "a b,,1.2E+10\n",
        [("externalContactId", "bad_characters"), ("name", "required"), ("channels.voice", "spreadsheet")],
    ),
    ("1,Alice\n", [("", "wrong_cells")]),
    ("1,Alice,+12125550123,x\n", [("", "wrong_cells")]),
    ('1,"Al"ice,+12125550123\n', [("", "malformed")]),
    ('1,"Alice,+12125550123\n', [("", "malformed")]),
    ("1,A\x00,+12125550123\n", [("name", "unstorable_character")]),
    ("1," + "A" * ROW_LENGTH + ",+12125550123\n", [("", "malformed")]),
    ('1,"' + "A\n" * 70_000 + '",+12125550123\n', [("", "malformed")]),
]


@pytest.mark.parametrize(("row", "faults"), BAD_ROWS, ids=range(len(BAD_ROWS)))
def test_bad_rows(row: str, faults: list[tuple[str, str]]) -> None:
    first, *_, last = rows(HEAD + row + "9,Zoe,+12125550199\n")
    assert codes(first) == faults
    assert first.number == 2
    # A row at fault takes no other with it.
    assert isinstance(last, Row)
    assert (last.number, last.contact.name) == (2 + row.count("\n"), "Zoe")


def test_a_quote_that_is_not_closed_takes_no_rows_with_it() -> None:
    names = ['"Alice', "Bob", '"Carl"', '"Dora', "Eve"]
    text = HEAD + "".join(f"{n},{name},+1212555010{n}\n" for n, name in enumerate(names, 1))
    first, second, third, fourth, fifth = rows(text)
    assert codes(first) == codes(fourth) == [("", "malformed")]
    assert [item.number for item in (first, second, third, fourth, fifth)] == [2, 3, 4, 5, 6]
    assert isinstance(first, Reject)
    assert first.raw == '1,"Alice,+12125550101'
    assert all(isinstance(item, Row) for item in (second, third, fifth))


def test_the_text_of_a_bad_row_stays() -> None:
    item = only(HEAD + '1,"Alice\nSmith",none\r\n')
    assert isinstance(item, Reject)
    assert item.raw == '1,"Alice\nSmith",none'
    assert item.to_dict() == {
        "row": 2,
        "faults": [
            {
                "field": "channels.voice",
                "code": "not_a_number",
                "reason": "'none' is no telephone number",
            }
        ],
        "raw": '1,"Alice\nSmith",none',
    }
    assert item.reasons == ("channels.voice: 'none' is no telephone number",)


def test_duplicates_and_clashes() -> None:
    text = HEAD.replace("voice", "voice,sms,email")
    text += "1,Alice,+12125550123,+12125550123,a@example.com\n"
    text += "1,Alice again,+12125550124,,\n"
    text += "2,Bob,,+1 212 555 0123,A@Example.com\n"
    text += "3,Carl,+12125550124,,\n"  # the reject above does not count
    first, repeated, clashing, free = rows(text)
    assert isinstance(first, Row)
    assert first.clashes == ()
    assert codes(repeated) == [("externalContactId", "duplicate_in_file")]
    assert isinstance(repeated, Reject)
    assert repeated.reasons == ("externalContactId: 1 stands in line 2 already",)
    assert isinstance(clashing, Row)
    assert clashing.clashes == (Clash("channels.sms", 2), Clash("channels.email", 2))
    assert isinstance(free, Row)
    assert free.clashes == ()


def test_an_id_whose_first_row_is_no_contact_is_free() -> None:
    bad, good = rows(HEAD + "1,Alice,x\n1,Alice,+12125550123\n")
    assert isinstance(bad, Reject)
    assert isinstance(good, Row)


@pytest.mark.parametrize(
    ("line", "mark"),
    [("a,b", ","), ("a;b,c;d", ";"), ("a\tb", "\t"), ("a|b", "|"), ("a", ","), ('"a;b;c",d', ",")],
)
def test_delimiters(line: str, mark: str) -> None:
    assert sniff(line) == mark


def test_empty_lines_before_the_header() -> None:
    assert only("\n \nexternalContactId,name,chat\n1,Alice,a\n").number == 4


def test_one_of_two_columns_of_a_field_is_picked_by_name() -> None:
    item = only("externalContactId,name,Name,chat\n1,A,B,a\n", mapping={"name": "Name"})
    assert isinstance(item, Row)
    assert item.contact.name == "B"


def test_a_column_over_two_lines() -> None:
    text = 'externalContactId,name,"Phone\n(mobile)"\n1,Alice,+12125550123\n'
    item = only(text, mapping={"voice": "Phone\n(mobile)"})
    assert isinstance(item, Row)
    assert item.number == 3


def test_a_quote_in_the_header_that_is_not_closed() -> None:
    with pytest.raises(UsageError):
        CsvRows(lines('externalContactId,"name,voice\n' + "1,Alice,+12125550123\n" * 2_000))


def test_the_line_that_excel_writes() -> None:
    item = only("sep=|\nname|externalContactId|chat\nA|1|x\n")
    assert isinstance(item, Row)


HEADERS = [
    ("", [], "the file has no header"),
    ("sep=;\n", [], "the file has no header"),
    ("name,chat\n", [], "no column gives externalContactId"),
    ("externalContactId,chat\n", [], "no column gives name"),
    ("externalContactId,name\n", [], "no column gives a channel (voice, sms, email, chat)"),
    ("externalContactId,name,chat,chat\n", [], "two columns have the name 'chat'"),
    ("externalContactId,name,Name,chat\n", [], "the columns 'name' and 'Name' both give name"),
    ("externalContactId,n\udce9me,chat\n", [], "the header is no UTF-8 text"),
    ("id,name,chat\n", ["Id=externalContactId"], "there is no column 'Id'"),
    ("x" * (ROW_LENGTH + 1), [], "the header cannot be read: the line has 1,000,001 characters"),
]


@pytest.mark.parametrize(("text", "options", "message"), HEADERS, ids=range(len(HEADERS)))
def test_headers_that_give_no_contacts(text: str, options: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        CsvRows(lines(text), mapping=parse_mapping(options))
    assert message in caught.value.message
    assert caught.value.hint


def test_a_hint_shows_what_to_write() -> None:
    with pytest.raises(UsageError) as caught:
        read_header("Kennung,name,chat")
    assert (
        caught.value.hint
        == "name it with --map 'CSV column=externalContactId'; columns: 'Kennung', 'name', 'chat'"
    )


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("voice", "'voice' is no column mapping"),
        ("=voice", "'=voice' is no column mapping"),
        ("Phone=", "'Phone=' is no column mapping"),
        ("Phone=fone", "'fone' is no field of a contact"),
        ("Phone=metadata.", "'metadata.' is no field of a contact"),
    ],
)
def test_mappings_that_are_none(option: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_mapping([option])


def test_two_columns_for_one_field() -> None:
    with pytest.raises(UsageError, match="two columns are mapped to voice"):
        parse_mapping(["A=voice", "B=channels.voice"])


def test_a_mapped_column_gives_nothing_else() -> None:
    header = read_header(
        "name,title,externalContactId,chat", mapping=parse_mapping(["title=name", "name=metadata.n"])
    )
    assert header.fields == {"name": 1, "metadata.n": 0, "externalContactId": 2, "chat": 3}


def test_json_lines() -> None:
    body = {"externalContactId": "1", "name": "A", "channels": {"voice": "(212) 555-0123"}}
    text = (
        "\ufeff"
        + json.dumps(body)
        + "\n\n{\n[]\n"
        + json.dumps({**body, "name": 3})
        + "\n"
        + json.dumps(body)
    )
    items = list(read_json_lines(lines(text), country="US"))
    first, cut, no_object, faulty, repeated = items
    assert isinstance(first, Row)
    assert first.payload["channels"] == {"voice": "+12125550123"}
    assert [item.number for item in items] == [1, 3, 4, 5, 6]
    assert codes(cut) == [("", "malformed")]
    assert codes(no_object) == [("", "wrong_type")]
    assert codes(faulty) == [("name", "wrong_type")]
    assert codes(repeated) == [("externalContactId", "duplicate_in_file")]


@pytest.mark.parametrize(
    "line", ["[" * 100_000, '{"a":' * 50_000, "\ud800", "x" * (ROW_LENGTH + 1), "NaN", "1e999"]
)
def test_hostile_lines(line: str) -> None:
    (item,) = read_json_lines([line])
    assert isinstance(item, Reject)
    assert item.faults[0].reason


@given(st.lists(contacts(), max_size=5, unique_by=lambda contact: contact.external_contact_id))
def test_contacts_come_back_from_json_lines(given_contacts: list[Contact]) -> None:
    text = [json.dumps(contact.to_dict()) + "\n" for contact in given_contacts]
    assert [item.contact for item in read_json_lines(text) if isinstance(item, Row)] == given_contacts


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=8).map(
    str.strip
)


@given(
    st.lists(st.tuples(cells.filter(bool), cells.filter(bool), cells), max_size=5), st.sampled_from(",;\t|")
)
def test_cells_come_back_from_csv(table: list[tuple[str, str, str]], mark: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=mark)
    writer.writerow(["externalContactId", "name", "chat", "metadata.note"])
    writer.writerows((f"id-{number}", *row) for number, row in enumerate(table))
    found = list(CsvRows(lines(text.getvalue())))
    assert [
        (item.contact.name, item.contact.channels["chat"], item.contact.metadata.get("note", ""))
        for item in found
        if isinstance(item, Row)
    ] == table


@given(st.text(max_size=300))
def test_any_text_ends_in_rows_and_rejects(text: str) -> None:
    for item in (*rows(HEAD + text), *read_json_lines(lines(text))):
        assert item.number >= 1
        if isinstance(item, Reject):
            assert item.faults


def test_first_seen_of_many_values() -> None:
    seen = FirstSeen()
    assert [seen.first(f"v{number}", number + 1) for number in range(20_000)] == list(range(1, 20_001))
    assert [seen.first(f"v{number}", 99_999) for number in range(20_000)] == list(range(1, 20_001))
    assert len(seen) == 20_000
    assert seen.size < 20_000 * 25


@given(st.lists(st.text(max_size=2)))
def test_first_seen_is_the_first(values: list[str]) -> None:
    seen = FirstSeen()
    assert [seen.first(value, row) for row, value in enumerate(values, 1)] == [
        values.index(value) + 1 for value in values
    ]


@pytest.mark.slow
def test_memory_stays_flat() -> None:
    def endless(count: int) -> Iterator[str]:
        yield HEAD
        for number in range(count):
            yield f"EXT-{number},Alice Smith,+1212{5_000_000 + number}\n"

    assert len(list(CsvRows(endless(5_000)))) == 5_000  # fills what is loaded and kept once
    tracemalloc.start()
    try:
        assert sum(isinstance(item, Row) for item in CsvRows(endless(10_000))) == 10_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Two values a row, at most 25 bytes each, and the last few thousand numbers.
    assert peak < 10_000 * 50 + 5_000_000
