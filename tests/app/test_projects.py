"""Projects: kept, saved one upon another, found, undone, and carried away as one file; and their page."""

from __future__ import annotations

import io
import json
import re
import sqlite3
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import graphcore
from app.main import create_app
from app.projects.keeping import Keeping
from app.projects.kept import Kept, NoProjectFile
from app.projects.project_file import State, Unpacked, pack, unpack
from app.projects.store import Store, newest, open_sqlite
from app.projects.thumbnail import thumbnail
from app.settings import Settings

from .configs import functional, layer, regressor, source
from .test_pages import HOSTILE, Seen

API = "/api/v1/projects"


def settings(data: Path, **given: Any) -> Settings:
    return Settings(data=data, max_jobs=0, **given)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(settings(tmp_path_factory.mktemp("data")))
    with TestClient(app, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """A service that keeps nothing yet."""
    for is_deleted in (False, True):
        for project in store_of(served).search(is_deleted=is_deleted, most=1000).items:
            if not is_deleted:
                store_of(served).delete(project.id)
            store_of(served).purge(project.id)
    return served


def store_of(client: TestClient) -> Store:
    client.get(API)  # opens it
    store: Store = client.app.state.services.projects._store  # type: ignore[attr-defined]  # an app of ours
    return store


def document(units: int = 8, **more: Any) -> dict[str, Any]:
    model = functional(source("x", 8), layer("Dense", "y", ["x"], units=units))
    return {"layerwright": 1, "model": model, "view": {}, "plan": {}, **more}


def create(client: TestClient, model: Any = None, name: str | None = None) -> dict[str, Any]:
    body = b"" if model is None else json.dumps(model).encode()
    answer = client.post(API, content=body, params={} if name is None else {"name": name})
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{API}/{answer.json()['id']}"
    assert answer.headers["etag"] == answer.json()["etag"]
    made: dict[str, Any] = answer.json()
    return made


def save(client: TestClient, project: dict[str, Any], model: Any, tag: str | None = None) -> Any:
    headers = {"if-match": project["etag"] if tag is None else tag}
    return client.put(f"{API}/{project['id']}/document", content=json.dumps(model), headers=headers)


def names(client: TestClient, **asked: Any) -> list[str]:
    return [project["name"] for project in client.get(API, params=asked).json()["items"]]


# What is kept


def test_a_document_comes_back_byte_for_byte(client: TestClient) -> None:
    body = json.dumps(document(own={"a": [1, 2.50]}), indent=3).encode()
    made = client.post(API, content=body).json()
    answer = client.get(f"{API}/{made['id']}/document")
    assert (answer.content, answer.headers["etag"]) == (body, made["etag"])
    assert made["name"] == "model"
    assert made["summary"] == {
        "ok": True, "errors": 0, "warnings": 0, "more": 0, "layers": 2, "parameters": 72, "known_parameters": 72,
    }  # fmt: skip
    assert (made["revision"], made["deleted"]) == (1, None)
    assert client.get(f"{API}/{made['id']}").json() == made


def test_a_model_is_kept_as_a_document_and_an_empty_body_as_an_empty_model(client: TestClient) -> None:
    made = create(client, regressor(), "House prices")
    kept = client.get(f"{API}/{made['id']}/document").json()
    assert (made["name"], kept["layerwright"]) == ("House prices", 1)
    empty = create(client)
    assert (empty["name"], empty["summary"]["layers"]) == ("Untitled", 0)


def test_a_broken_document_is_kept_and_counted(client: TestClient) -> None:
    made = create(client, document(units=-1))
    assert (made["summary"]["ok"], made["summary"]["errors"]) == (False, 1)
    for odd in ({"layerwright": 1}, {"layerwright": 1, "model": None}, {"layerwright": 1, "model": 5}):
        assert create(client, odd)["summary"]["layers"] == 0


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"a": 1}', b"PK\x03\x04 no archive", b"\x89HDF\r\n\x1a\n", b"\xff"]
)
def test_what_is_no_model_is_refused_with_the_reason(client: TestClient, body: bytes) -> None:
    answer = client.post(API, content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.json()["diagnostics"]
    assert names(client) == []


def test_a_body_over_the_limit_is_refused(tmp_path: Path) -> None:
    with TestClient(create_app(settings(tmp_path, body_bytes=500)), base_url="http://localhost") as client:
        assert client.post(API, content=json.dumps(document()).encode()).status_code == 413
        made = client.post(API).json()
        assert save(client, made, document()).status_code == 413


# Saves


def test_a_save_follows_the_state_that_it_names(client: TestClient) -> None:
    made = create(client, document())
    second = save(client, made, document(units=9))
    assert (second.status_code, second.json()["revision"]) == (200, 2)
    assert second.headers["etag"] == second.json()["etag"] != made["etag"]
    late = save(client, made, document(units=10))
    assert (late.status_code, late.headers["etag"]) == (412, second.headers["etag"])
    assert client.get(f"{API}/{made['id']}/document").json() == document(units=9)
    either = save(client, made, document(units=11), f"{made['etag']}, {second.headers['etag']}")
    assert either.json()["revision"] == 3
    assert save(client, made, document(units=12), "*").json()["revision"] == 4


@pytest.mark.parametrize(
    ("tag", "status"), [(None, 428), ("", 412), ('"other"', 412), ("W/{}", 412), ("nonsense", 412), ("{}", 200)]
)
def test_a_save_says_what_it_follows(client: TestClient, tag: str | None, status: int) -> None:
    made = create(client, document())
    headers = {} if tag is None else {"if-match": tag.replace("{}", made["etag"])}
    address = f"{API}/{made['id']}/document"
    assert client.put(address, content=json.dumps(document(units=9)), headers=headers).status_code == status


def test_the_same_bytes_are_no_new_revision(client: TestClient) -> None:
    made = create(client, document())
    again = save(client, made, document())
    assert again.json()["etag"] == made["etag"]
    assert [one["number"] for one in client.get(f"{API}/{made['id']}/revisions").json()["items"]] == [1]


def test_a_document_that_is_known_is_not_sent_again(client: TestClient) -> None:
    made = create(client, document())
    address = f"{API}/{made['id']}/document"
    known = client.get(address, headers={"if-none-match": f'"x", W/{made["etag"]}'})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", made["etag"])
    assert client.get(address, headers={"if-none-match": '"x"'}).status_code == 200


def test_of_saves_at_once_one_wins_and_none_is_lost(tmp_path: Path) -> None:
    store = open_sqlite(tmp_path / "p.sqlite", 500)
    project = store.create("p", _kept(b"0"))
    results: list[str] = []
    start = threading.Barrier(8)

    def write(i: int) -> None:
        start.wait()
        for round_ in range(5):
            seen = store.get(project.id)
            try:
                store.save(project.id, _kept(f"{i} {round_}".encode()), [seen.tag])
                results.append("saved")
            except Exception as error:  # counted below
                results.append(type(error).__name__)

    threads = [threading.Thread(target=write, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    saved = results.count("saved")
    assert set(results) <= {"saved", "Conflict"} and len(results) == 40 and saved >= 5
    assert store.get(project.id).revision == saved + 1
    assert [one.number for one in store.revisions(project.id)] == list(range(saved + 1, 0, -1))
    store.close()


# Revisions


def test_revisions_are_listed_named_compared_and_restored(client: TestClient) -> None:
    made = create(client, document())
    for units in (9, 10):
        made = save(client, made, document(units=units)).json()
    address = f"{API}/{made['id']}/revisions"
    listed = client.get(address, params={"limit": 2}).json()
    assert ([one["number"] for one in listed["items"]], listed["next"]) == ([3, 2], "2")
    older = client.get(address, params={"before": listed["next"]}).json()
    assert ([one["number"] for one in older["items"]], older["next"]) == ([1], None)
    assert older["items"][0]["bytes"] == len(json.dumps(document()))

    named = client.patch(f"{address}/1", json={"name": "as printed"})
    assert named.json() == {**older["items"][0], "name": "as printed"}
    assert client.get(f"{address}/1").json() == document()

    changed = client.get(f"{address}/3/diff").json()
    assert (changed["added"], changed["removed"]) == ({}, {})
    ((was, now),) = changed["updated"].values()
    assert (was["config"]["units"], now["config"]["units"]) == (9, 10)
    assert client.get(f"{address}/3/diff", params={"since": 3}).json() == {"added": {}, "updated": {}, "removed": {}}
    since = client.get(f"{address}/3/diff", params={"since": 1}).json()
    assert [pair[0]["config"]["units"] for pair in since["updated"].values()] == [8]

    assert client.post(f"{address}/1/restore").status_code == 428
    assert client.post(f"{address}/1/restore", headers={"if-match": '"old"'}).status_code == 412
    restored = client.post(f"{address}/1/restore", headers={"if-match": made["etag"]}).json()
    assert restored["revision"] == 4
    assert client.get(f"{API}/{made['id']}/document").json() == document()


def test_a_diff_shows_what_came_and_went(client: TestClient) -> None:
    made = create(client, document())
    model = functional(source("x", 8), layer("Dense", "z", ["x"], units=8))
    save(client, made, {**document(), "model": model})
    changed = client.get(f"{API}/{made['id']}/revisions/2/diff").json()
    assert {"layer/z", "call/z/0"} <= changed["added"].keys()
    assert {"layer/y", "call/y/0"} <= changed["removed"].keys()


def test_only_so_many_unnamed_revisions_are_kept(tmp_path: Path) -> None:
    store = open_sqlite(tmp_path / "p.sqlite", 3)
    project = store.create("p", _kept(b"0"))
    store.name_revision(project.id, 1, "the first")
    for i in range(1, 9):
        store.save(project.id, _kept(str(i).encode()), None)
    assert [one.number for one in store.revisions(project.id)] == [9, 8, 7, 1]
    assert store.document(project.id, 1).document == b"0"
    store.close()


# Lists, names, the way back


def test_projects_are_found_by_name_classes_and_problems(client: TestClient) -> None:
    create(client, document(), "Straße 100%")
    create(client, document(units=-1), "Broken_one")
    assert names(client) == ["Broken_one", "Straße 100%"]
    assert names(client, q="STRASSE") == ["Straße 100%"]
    assert names(client, q="is:error") == ["Broken_one"]
    assert names(client, q="type:dense code:gc204") == ["Broken_one"]
    assert names(client, q="100%") == ["Straße 100%"]
    assert names(client, q="%") == ["Straße 100%"]
    assert names(client, q="_") == ["Broken_one"]
    assert names(client, q="type:LSTM") == []


def test_a_long_list_comes_in_pages(client: TestClient) -> None:
    made = [create(client, None, f"p{i}")["name"] for i in range(5)]
    seen, after = [], None
    while True:
        page = client.get(API, params={"limit": 2} | ({"after": after} if after else {})).json()
        seen += [project["name"] for project in page["items"]]
        if (after := page["next"]) is None:
            break
    assert seen == made[::-1]
    assert client.get(API, params={"after": "1 or 1=1"}).status_code == 422
    assert client.get(API, params={"limit": 100_000}).status_code == 422


def test_a_project_is_renamed(client: TestClient) -> None:
    made = create(client)
    changed = client.patch(f"{API}/{made['id']}", json={"name": "  New name "}).json()
    assert (changed["name"], changed["etag"]) == ("New name", made["etag"])
    for name in ("", "   ", "x" * 201, "a\nb", "a\x00b"):
        assert client.patch(f"{API}/{made['id']}", json={"name": name}).status_code == 422
    assert client.patch(f"{API}/{made['id']}", content=b'{"name": "\\ud800"}').status_code == 422
    assert names(client) == ["New name"]


def test_a_deleted_project_can_be_had_back(client: TestClient) -> None:
    made = create(client, document(), "p")
    address = f"{API}/{made['id']}"
    assert client.delete(f"{address}?forever=true").status_code == 404  # not before it is deleted
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404
    assert [client.get(f"{address}{path}").status_code for path in ("", "/document", "/revisions")] == [404] * 3
    assert save(client, made, document(units=9)).status_code == 404
    assert (names(client), names(client, deleted=True)) == ([], ["p"])
    assert client.patch(address, json={"deleted": False}).json() == made
    assert names(client) == ["p"]
    client.delete(address)
    assert client.delete(f"{address}?forever=true").status_code == 204
    assert client.patch(address, json={"deleted": False}).status_code == 404


def test_what_was_deleted_long_ago_goes_for_good(tmp_path: Path) -> None:
    path = tmp_path / "p.sqlite"
    store = open_sqlite(path, 10)
    old, new = store.create("old", _kept(b"{}")), store.create("new", _kept(b"{}"))
    for project in (old, new):
        store.delete(project.id)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE projects SET deleted = 1 WHERE name = 'old'")
    connection.close()
    store = open_sqlite(path, 10)
    assert [project.name for project in store.search(is_deleted=True).items] == ["new"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (1,)
    connection.close()
    store.close()


def test_a_copy_has_the_newest_document_and_a_life_of_its_own(client: TestClient) -> None:
    made = create(client, document(), "x" * 200)
    copy = client.post(f"{API}/{made['id']}/duplicate").json()
    assert (copy["name"], copy["revision"]) == ("x" * 195 + " copy", 1)
    save(client, copy, document(units=9))
    assert client.get(f"{API}/{made['id']}/document").json() == document()


@pytest.mark.parametrize("id", ["0123456789abcdef", "nothing", "..%2f..", "0123456789ABCDEF", "%00"])
def test_what_is_not_there_is_not_found(client: TestClient, id: str) -> None:
    for path in ("", "/document", "/revisions", "/revisions/1", "/revisions/1/diff", "/export", "/thumbnail"):
        answer = client.get(f"{API}/{id}{path}")
        assert answer.status_code in (404, 422)
        assert answer.headers["content-type"] == "application/problem+json"
    made = create(client)
    assert client.get(f"{API}/{made['id']}/revisions/2").status_code == 404
    assert client.get(f"{API}/{made['id']}/revisions/1/diff?since=9").status_code == 404
    assert client.patch(f"{API}/{made['id']}/revisions/9", json={"name": "x"}).status_code == 404


# Restart, and a folder that cannot be written


def test_projects_outlive_the_service(tmp_path: Path) -> None:
    with TestClient(create_app(settings(tmp_path)), base_url="http://localhost") as client:
        made = create(client, document(), "kept")
        made = save(client, made, document(units=9)).json()
    with TestClient(create_app(settings(tmp_path)), base_url="http://localhost") as client:
        assert client.get(f"{API}/{made['id']}").json() == made
        assert save(client, made, document(units=10)).json()["revision"] == 3


def test_a_database_that_cannot_be_written_still_shows_what_it_has(tmp_path: Path) -> None:
    with TestClient(create_app(settings(tmp_path)), base_url="http://localhost") as client:
        made = create(client, document(), "kept")
        _make_read_only(store_of(client))
        answer = save(client, made, document(units=9))
        assert answer.status_code == 507
        assert "readonly database" in answer.json()["detail"]
        assert client.get(f"{API}/{made['id']}/document").json() == document()


def test_a_database_that_cannot_be_opened_is_said_and_the_rest_serves(tmp_path: Path) -> None:
    (tmp_path / "projects.sqlite").mkdir()
    with TestClient(create_app(settings(tmp_path)), base_url="http://localhost") as client:
        answer = client.get(API)
        assert (answer.status_code, answer.headers["content-type"]) == (507, "application/problem+json")
        assert client.post("/api/v1/check", content=json.dumps(regressor())).json()["ok"]


def test_a_service_that_keeps_nothing_does_not_load_the_database() -> None:
    code = "import sys, app.main; print([m for m in ('sqlalchemy', 'alembic') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert said.strip() == "[]"


def test_the_tables_are_those_that_the_migrations_make(tmp_path: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from app.projects.tables import METADATA

    store = open_sqlite(tmp_path / "p.sqlite", 10)
    with store._engine.connect() as connection:
        migrated = MigrationContext.configure(connection)
        assert compare_metadata(migrated, METADATA) == []
        assert migrated.get_current_revision() == newest()
    store.close()


def test_projects_that_are_there_open_with_the_service_and_without_alembic(tmp_path: Path) -> None:
    """Nobody waits then for half a second of imports; a service without projects has none of them."""
    path = tmp_path / "p.sqlite"
    Keeping(path, 10).open_soon()
    assert not path.exists()
    open_sqlite(path, 10).close()
    code = f"""
import sys, threading
from pathlib import Path
from app.projects.keeping import Keeping
keeping = Keeping(Path({str(path)!r}), 10)
keeping.open_soon()
[one.join() for one in threading.enumerate() if one.name == "projects"]
print([name for name in ("sqlalchemy", "alembic") if name in sys.modules], keeping._store.count())
keeping.close()
"""
    said = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True).stdout
    assert said.strip() == "['sqlalchemy'] 0"


# As one file


def test_a_project_is_carried_away_and_brought_back(client: TestClient) -> None:
    made = create(client, document(), "päth/../x\u202e")
    save(client, made, document(units=9))
    client.patch(f"{API}/{made['id']}/revisions/1", json={"name": "first"})
    answer = client.get(f"{API}/{made['id']}/export")
    assert answer.headers["content-type"] == "application/zip"
    assert (
        answer.headers["content-disposition"] == "attachment; filename*=UTF-8''p%C3%A4th%2F..%2Fx%E2%80%AE.layerwright"
    )
    assert client.get(f"{API}/{made['id']}/export").content == answer.content
    back = client.post(API, content=answer.content).json()
    assert back["id"] != made["id"]
    assert (back["name"], back["revision"]) == (made["name"], 2)
    assert client.get(f"{API}/{back['id']}/document").json() == document(units=9)
    listed = client.get(f"{API}/{back['id']}/revisions").json()["items"]
    assert [(one["number"], one["name"]) for one in listed] == [(2, None), (1, "first")]
    assert client.get(f"{API}/{back['id']}/revisions/1").json() == document()


def _archive(index: Any, method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("project.json", index if isinstance(index, bytes) else json.dumps(index))
        for name, data in members.items():
            archive.writestr(f"revisions/{name[1:]}.json", data)
    return made.getvalue()


_GOOD: dict[str, Any] = {"layerwright_project": 1, "name": "p", "revisions": [{"number": 1, "name": None, "saved": 0}]}


@pytest.mark.parametrize(
    "packed",
    [
        _archive(b"{"),
        _archive({**_GOOD, "layerwright_project": 2}, _1=b"{}"),
        _archive({**_GOOD, "name": None}, _1=b"{}"),
        _archive({**_GOOD, "revisions": []}),
        _archive({**_GOOD, "revisions": [{"number": -1, "name": None, "saved": 0}]}, _1=b"{}"),
        _archive({**_GOOD, "revisions": _GOOD["revisions"] * 2}, _1=b"{}"),
        _archive({**_GOOD, "revisions": [{"number": 1, "name": "\x00", "saved": 0}]}, _1=b"{}"),
        _archive({**_GOOD, "revisions": [{"number": 1, "name": None, "saved": 1e300}]}, _1=b"{}"),
        _archive(_GOOD),
        _archive(_GOOD, zipfile.ZIP_LZMA, _1=b"{}"),
        _archive(_GOOD, zipfile.ZIP_STORED, _1=b"{}").replace(b'"name": "p"', b'"name": "q"'),
        _archive(_GOOD, _1=b"[]"),
        _archive(_GOOD, _1=b"[" * 100_000),
        _archive(_GOOD, _1=b" " * 2_000_000 + b"{}"),
    ],
)
def test_a_file_that_only_says_it_is_a_project_is_refused(packed: bytes) -> None:
    with pytest.raises(NoProjectFile):
        unpack(packed, 1_000_000)


def test_a_file_is_taken_for_what_it_is(client: TestClient) -> None:
    states = [State(2, "first", 1.5, b"{}"), State(7, None, 2.5, b'{"a": 1}')]
    assert unpack(pack("p", states), 1000) == Unpacked("p", states)
    assert unpack(b"PK\x03\x04", 1000) is None
    refused = client.post(API, content=_archive({**_GOOD, "revisions": []}))
    assert (refused.status_code, names(client)) == (422, [])
    keras = zipfile.ZipFile(made := io.BytesIO(), "w")
    keras.writestr("config.json", json.dumps(regressor()))
    keras.close()
    assert client.post(API, content=made.getvalue()).status_code == 201  # a model is in it, and no project


# Pictures and the page


def test_the_small_picture_is_an_image_without_words(client: TestClient) -> None:
    # A deep model has more rows, so that a stack of a hundred layers does not look like one of nine.
    for name, rows in {"mlp": 4, "unet": 9, "nasnetlarge": 21, "broken": 9}.items():
        made = client.post(API, content=client.get(f"/api/v1/examples/{name}").content).json()
        answer = client.get(f"{API}/{made['id']}/thumbnail")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
        assert answer.text.startswith("<svg ") and "<text" not in answer.text and "<script" not in answer.text
        assert len(set(re.findall(r'<rect [^>]* y="([^"]+)"', answer.text))) == rows
        assert rows <= answer.text.count("<rect") <= 4 * rows
        assert answer.text.count("<path") >= answer.text.count("<rect") - 4
        assert len(answer.content) < 20_000


def test_a_wire_that_would_lie_behind_a_box_goes_around_it() -> None:
    dense = [layer("Dense", name, [before], units=8) for name, before in (("a", "x"), ("b", "a"), ("c", "b"))]
    model = functional(source("x", 8), *dense, layer("Add", "sum", ["c", "x"]))
    drawn = thumbnail(json.loads(graphcore.render_json(graphcore.check(model)))["nodes"])
    assert re.findall(r'd="(M[^"]+)"', drawn) == [
        "M100 33.8L100 38.75",
        "M100 45.3L100 50.25",
        "M100 56.8L100 61.75",
        "M82 30.525C56 33.8 56 73.25 82 76.525",
        "M100 68.3L100 73.25",
    ]


def test_the_page_lists_projects_and_its_forms_act(client: TestClient) -> None:
    empty = Seen(client.get("/projects", headers={"accept": "text/html"}).text)
    assert "No project yet" in empty.text
    opened = client.post("/projects", files={"file": ("mlp.json", json.dumps(regressor()))}, follow_redirects=False)
    assert opened.status_code == 303
    id = opened.headers["location"].removeprefix("/p/")
    assert client.get(f"{API}/{id}").status_code == 200
    assert client.get(opened.headers["location"]).status_code == 200
    assert client.post("/projects/new", follow_redirects=False).headers["location"].startswith("/p/")
    assert client.post(f"/projects/{id}/rename", data={"name": "Prices"}, follow_redirects=False).status_code == 303
    client.post(f"/projects/{id}/duplicate")
    assert sorted(names(client)) == ["Prices", "Prices copy", "Untitled"]
    page = client.post(f"/projects/{id}/delete", headers={"accept": "text/html"})
    assert "“Prices” was deleted." in Seen(page.text).text
    assert "Prices" not in names(client)
    client.post(f"/projects/{id}/undo")
    assert "Prices" in names(client)
    found = Seen(client.get("/projects", params={"q": "prices copy"}).text)
    assert "Found 1" in " ".join(found.text.split())
    assert client.post("/projects", files={"file": ("x", b"")}).status_code == 422
    for action in ("rename", "duplicate", "delete", "undo"):
        assert client.post(f"/projects/0123456789abcdef/{action}", data={"name": "x"}).status_code == 404


def test_the_page_shows_cards_and_pages_of_many(client: TestClient) -> None:
    create(client)
    for i in range(101):
        store_of(client).create(f"p{i}", _kept(b"{}"))
    seen = Seen(client.get("/projects").text)
    assert "Recent" in seen.text and "102" in seen.text
    older = next(link for link in seen.links if "after=" in link)
    assert "First page" in Seen(client.get(older).text).text


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_name_stays_a_name(client: TestClient, words: str) -> None:
    model = functional(source("x", 8), layer("Dense", words, ["x"], units=2))
    model["config"]["name"] = words
    made = client.post(API, content=json.dumps(model).encode())
    assert made.status_code == 201
    client.post(f"/projects/{made.json()['id']}/rename", content=b"name=" + words.encode("utf-8", "replace")[:300],
                headers={"content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    answer = client.get("/projects", params={"undo": made.json()["id"], "q": ""})
    seen = Seen(answer.text)
    assert (answer.status_code, seen.inline, seen.open) == (200, [], [])
    assert "script" not in seen.tags
    assert "\u202e" not in answer.text
    assert client.get(API, params={"q": words.encode("utf-8", "replace").decode()[:400]}).status_code == 200
    client.delete(f"{API}/{made.json()['id']}")
    assert Seen(client.get("/projects", params={"undo": made.json()["id"]}).text).inline == []


def _kept(body: bytes) -> Kept:
    summary = {"ok": True, "errors": 0, "warnings": 0, "more": 0, "layers": 0, "parameters": 0, "known_parameters": 0}
    return Kept(body, "", summary, "", "<svg/>")


def _make_read_only(store: Store) -> None:
    """As if the disk had been mounted again for reading: connections that are open and new ones refuse to write."""
    from sqlalchemy import event

    def refuse(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(store._engine, "connect", refuse)
    store._engine.dispose()
