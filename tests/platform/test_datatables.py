"""Data tables: schemas, rows, CSV, jobs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.platform import datatables
from ringback.platform.errors import ApiError
from tests.platform.client import Client
from tests.platform.conftest import Server
from tests.platform.seeding import put

TABLES = "/api/v2/flows/datatables"
NOBODY = "00000000-0000-4000-8000-000000000000"


def column(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


def schema(**columns: Any) -> dict[str, Any]:
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "required": ["key"],
        "additionalProperties": False,
        "properties": {
            "key": {"$id": "/properties/key", "type": "string", "title": "Phone", "displayOrder": 0},
            **columns,
        },
    }


FOUR = schema(
    zone=column("string", displayOrder=2, default="north"),
    open=column("boolean", displayOrder=1, title="Is open"),
    seats=column("integer", displayOrder=3),
    rate=column("number", displayOrder=4, default=1.5),
)


def made(api: Client, name: str, of: dict[str, Any] = FOUR) -> str:
    answer = api.post(TABLES, {"name": name, "schema": of}).ok()
    return str(answer["selfUri"])


class TestTables:
    def test_life(self, api: Client) -> None:
        sent = {"name": "Life", "description": "d", "schema": FOUR}
        table = api.post(TABLES, sent).ok()
        assert table["division"]["name"] == "Home"
        assert "schema" not in api.get(table["selfUri"]).ok()
        full = api.get(table["selfUri"], expand="schema").ok()
        assert full["schema"] == FOUR
        assert list(full["schema"]["properties"]) == list(FOUR["properties"])
        assert api.get(f"{TABLES}/divisionviews/{table['id']}", expand="schema").ok() == full
        api.post(TABLES, {"name": "LIFE", "schema": FOUR}).refused(409)
        page = api.get(TABLES, name="life", expand="schema").ok()
        assert (page["entities"], page["pageCount"]) == ([full], 1)
        assert api.get(f"{TABLES}/divisionviews", name="lif*").ok()["total"] == 1
        assert api.delete(table["selfUri"], force="true").status == 204
        api.get(table["selfUri"]).refused(404)

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            (None, "schema.properties"),
            ({"properties": None}, "schema.properties"),
            ({"properties": {}}, "schema.properties.key"),
            ({"properties": {"key": column("integer")}}, "schema.properties.key"),
            ({"type": "array"}, "schema.type"),
            ({"required": []}, "schema.required"),
            ({"required": None}, "schema.required"),
            ({"additionalProperties": True}, "schema.additionalProperties"),
            ({"properties": {"key": column("string"), "x": column("array")}}, "schema.properties.x.type"),
            ({"properties": {"key": column("string"), "x": 5}}, "schema.properties.x.type"),
            (
                {"properties": {"key": column("string"), "x": column("integer", default="1")}},
                "schema.properties.x.default",
            ),
            (
                {"properties": {"key": column("string", displayOrder="first")}},
                "schema.properties.key.displayOrder",
            ),
        ],
    )
    def test_schemas_that_are_refused(self, api: Client, change: Any, field: str) -> None:
        of = None if change is None else FOUR | change
        body = api.post(TABLES, {"name": "Refused", "schema": of}).refused(400)
        assert body["details"][0]["fieldName"] == field

    def test_a_name_is_needed(self, api: Client) -> None:
        api.post(TABLES, {"schema": FOUR}).refused(400)

    def test_too_many_columns(self, api: Client) -> None:
        many = schema(**{f"c{number}": column("string") for number in range(50)})
        assert api.post(TABLES, {"name": "Wide", "schema": many}).refused(400)["limit"]["value"] == 50

    def test_a_changed_schema(self, api: Client) -> None:
        uri = made(api, "Changed")
        api.post(f"{uri}/rows", {"key": "1", "zone": "west", "seats": 4}).ok()
        smaller = schema(seats=column("integer", default=9), extra=column("string", default="new"))
        api.put(uri, {"name": "Changed", "schema": smaller}).ok()
        assert api.get(f"{uri}/rows/1", showbrief="false").ok() == {"key": "1", "seats": 4, "extra": "new"}
        api.put(uri, {"name": "Changed", "schema": FOUR}).ok()
        assert api.get(f"{uri}/rows/1", showbrief="false").ok()["zone"] == "north"
        api.put(uri, {"name": "Changed", "schema": schema(seats=column("string"))}).refused(400)
        renamed = api.put(uri, {"name": "Changed name"}, expand="schema").ok()
        assert (renamed["name"], renamed["schema"]) == ("Changed name", FOUR)

    def test_one_that_flows_use(self, api: Client, server: Server) -> None:
        uri = made(api, "Used")
        table_id = uri.rpartition("/")[2]
        put(server, "flow", keys=[("uses", f"DATATABLE:{table_id}")], name="Uses it")
        assert "Uses it" in api.delete(uri).refused(409, "datatable.in.use")["message"]
        assert api.delete(uri, force="true").status == 204


class TestRows:
    def test_life(self, api: Client) -> None:
        rows = f"{made(api, 'Rows')}/rows"
        full = {"key": "a b/c", "zone": "north", "open": True, "seats": 0, "rate": 1.5}
        assert api.post(rows, {"key": "a b/c", "open": True}).ok() == full
        item = f"{rows}/a%20b%2Fc"
        assert api.get(item).ok() == {"key": "a b/c"}
        assert api.get(item, showbrief="false").ok() == full
        assert api.put(item, {"key": "a b/c", "seats": 2}).ok()["seats"] == 2
        assert api.put(item, {"rate": 2}).ok() == full | {"open": False, "rate": 2}
        api.put(item, {"key": "other"}).refused(400)
        api.put(f"{rows}/other", {"key": "other"}).refused(404)
        api.post(rows, {"key": "a b/c"}).refused(409, "row.exists")
        assert api.delete(item).status == 204
        api.get(item).refused(404)
        api.delete(item).refused(404)

    def test_pages(self, api: Client) -> None:
        rows = f"{made(api, 'Paged rows')}/rows"
        for number in range(3):
            api.post(rows, {"key": f"k{number}", "seats": number})
        page = api.get(rows, pageSize=2).ok()
        assert page["entities"] == [{"key": "k0"}, {"key": "k1"}]
        assert (page["total"], page["pageCount"]) == (3, 2)
        full = api.get(rows, showbrief="false", sortOrder="descending").ok()["entities"]
        assert [row["seats"] for row in full] == [2, 1, 0]
        api.get(f"{TABLES}/{NOBODY}/rows").refused(404)

    @pytest.mark.parametrize(
        ("row", "field"),
        [
            ({}, "key"),
            ({"key": 5}, "key"),
            ({"key": ""}, "key"),
            ({"key": "k" * 257}, "key"),
            ({"key": "x", "zone": 5}, "zone"),
            ({"key": "x", "zone": None}, "zone"),
            ({"key": "x", "open": "true"}, "open"),
            ({"key": "x", "open": 1}, "open"),
            ({"key": "x", "seats": 1.5}, "seats"),
            ({"key": "x", "seats": True}, "seats"),
            ({"key": "x", "rate": "1"}, "rate"),
            ({"key": "x", "rate": [1]}, "rate"),
            ({"key": "x", "unknown": 1}, "unknown"),
        ],
    )
    def test_rows_that_are_refused(self, api: Client, row: dict[str, Any], field: str) -> None:
        found = api.get(TABLES, name="Refusing rows").ok()["entities"]
        uri = found[0]["selfUri"] if found else made(api, "Refusing rows")
        assert api.post(f"{uri}/rows", row).refused(400)["details"][0]["fieldName"] == field

    def test_a_column_may_have_any_name(self, api: Client) -> None:
        rows = f"{made(api, 'Any name', schema(id=column('string'), row=column('integer')))}/rows"
        row = {"key": "1", "id": "mine", "row": 7}
        api.post(rows, row).ok()
        assert api.get(f"{rows}/1", showbrief="false").ok() == row


class TestJobs:
    CSV = b"key,Is open,seats\r\n1,TRUE,5\r\n2,,\r\n3,maybe,1\r\n"

    def fed(self, api: Client, uri: str, content: bytes, *, mode: str = "Append") -> dict[str, Any]:
        job = api.post(f"{uri}/import/csv/jobs", {"importMode": mode}).ok()
        assert job["status"] == "WaitingForUpload"
        upload = api.send("PUT", job["uploadURI"], content=content, headers=job["uploadHeaders"])
        assert upload.status == 200
        done: dict[str, Any] = api.get(job["selfUri"]).ok()
        assert api.get(f"{uri}/import/jobs").ok()["entities"][0]["status"] == done["status"]
        return done

    def test_export(self, api: Client) -> None:
        uri = made(api, "Exported")
        api.post(f"{uri}/rows", {"key": '"1", 2', "zone": "a\nb", "seats": 3})
        job = api.post(f"{uri}/export/jobs").ok()
        assert api.get(job["selfUri"]).ok()["status"] == "Succeeded"
        with Client("") as anyone:
            answer = anyone.get(api.get(job["selfUri"]).ok()["downloadURI"])
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content == b'key,open,zone,seats,rate\r\n"""1"", 2",false,"a\nb",3,1.5\r\n'
        assert job["countRecordsProcessed"] == 1
        api.post(f"{TABLES}/{NOBODY}/export/jobs").refused(404)

    def test_import_appends(self, api: Client) -> None:
        uri = made(api, "Imported")
        api.post(f"{uri}/rows", {"key": "2", "seats": 8})
        api.post(f"{uri}/rows", {"key": "9"})
        done = self.fed(api, uri, self.CSV)
        counts = [done[f"countRecords{name}"] for name in ("Updated", "Deleted", "Failed")]
        assert (done["status"], counts) == ("Succeeded", [2, 0, 1])
        assert "maybe" in done["errorInformation"]["message"]
        rows = api.get(f"{uri}/rows", showbrief="false").ok()["entities"]
        assert [(row["key"], row["open"], row["seats"]) for row in rows] == [
            ("1", True, 5),
            ("2", False, 0),
            ("9", False, 0),
        ]

    def test_import_replaces(self, api: Client) -> None:
        uri = made(api, "Replaced rows")
        api.post(f"{uri}/rows", {"key": "9"})
        done = self.fed(api, uri, b"\xef\xbb\xbfPhone\n1\n", mode="ReplaceAll")
        assert (done["countRecordsUpdated"], done["countRecordsDeleted"]) == (1, 1)
        assert api.get(f"{uri}/rows").ok()["entities"] == [{"key": "1"}]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "no column `key`"),
            (b"zone\nx\n", "no column `key`"),
            (b"key,nothing\n1,2\n", "no column 'nothing'"),
            (b"key,Phone\n1,2\n", "there twice"),
            (b'key\n"open', "no CSV"),
            (b"key\n\xff", "not UTF-8"),
            (b"key\n" + b"\n".join(b"%d" % number for number in range(5001)), "5000"),
        ],
    )
    def test_a_file_that_cannot_be_read_changes_nothing(
        self, api: Client, content: bytes, reason: str
    ) -> None:
        found = api.get(TABLES, name="Unread").ok()["entities"]
        uri = found[0]["selfUri"] if found else made(api, "Unread")
        done = self.fed(api, uri, content, mode="ReplaceAll")
        assert done["status"] == "Failed"
        assert reason in done["errorInformation"]["message"]
        assert api.get(f"{uri}/rows").ok()["total"] == 0

    def test_a_job_runs_once(self, api: Client) -> None:
        uri = made(api, "Once")
        job = api.post(f"{uri}/import/jobs", {}).ok()
        for content, status in ((b"key\n1\n", 200), (b"key\n2\n", 404)):
            answer = api.send("PUT", job["uploadURI"], content=content, headers=job["uploadHeaders"])
            assert answer.status == status
        assert api.get(f"{uri}/rows").ok()["entities"] == [{"key": "1"}]


VALUES = {
    "string": st.text(st.characters(exclude_categories=("Cs",)), min_size=1),
    "integer": st.integers(-(10**17), 10**17),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**17), 10**17),
    "boolean": st.booleans(),
}
ROWS = st.fixed_dictionaries(
    {
        "key": st.text(
            st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=256
        )
    },
    optional={name: VALUES[each["type"]] for name, each in FOUR["properties"].items() if name != "key"},
)


class TestProperties:
    @given(ROWS)
    def test_a_good_row_is_taken_and_shown_whole(self, row: dict[str, Any]) -> None:
        full = datatables.shown(FOUR, datatables.check_row(FOUR, row))
        assert list(full) == list(FOUR["properties"])
        assert {name: full[name] for name in row} == row
        assert datatables.check_row(FOUR, full) == full

    @given(st.lists(ROWS))
    def test_csv_goes_out_and_comes_in(self, rows: list[dict[str, Any]]) -> None:
        back = list(datatables.from_csv(FOUR, datatables.to_csv(FOUR, rows)))
        assert [datatables.shown(FOUR, row) for row in back if isinstance(row, dict)] == [
            datatables.shown(FOUR, row) for row in rows
        ]

    @given(st.binary())
    def test_any_bytes_are_rows_or_an_error(self, content: bytes) -> None:
        rows: list[Any] = []
        try:
            rows += datatables.from_csv(FOUR, b"key,seats\n" + content)
        except ApiError as error:
            rows.append(error)
        assert all(row.status == 400 if isinstance(row, ApiError) else "key" in row for row in rows)

    @given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=3))
    def test_a_column_takes_only_its_type(self, value: Any) -> None:
        good = {str: "zone", bool: "open", float: "rate"}.get(type(value))
        for name in ("zone", "open", "seats", "rate"):
            row = {"key": "1", name: value}
            if name == good:
                assert datatables.check_row(FOUR, row) == row
            else:
                with pytest.raises(ApiError):
                    datatables.check_row(FOUR, row)
