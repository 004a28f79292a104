"""The pages: what a browser gets, what it may do with it, and that a file's words stay words."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import graphcore
from app.main import create_app
from app.routes.pages import tokens_in
from app.services import shipped
from app.settings import Settings

from .configs import functional, layer, regressor, source

PAGES = [
    "/",
    "/p/0123456789abcdef",
    "/projects",
    "/report",
    "/diagnostics",
    "/docs",
    *(f"/diagnostics/{id}" for id in graphcore.CODES),
]
HOSTILE = [
    '<script>alert("x")</script>',
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "--><!--",
    "</pre></table></main>",
    "gnp.\u202eexe",
    "a\x1b[31mb\x00c",
    "\ud800",
    "n" * 50_000,
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), max_jobs=0)
    with TestClient(create_app(settings), base_url="http://localhost", headers={"accept": "text/html"}) as client:
        yield client


class Seen(HTMLParser):
    """What stands in a page: its tags, what of it would run or style inline, its text, and whether tags are closed."""

    VOID = frozenset({"meta", "link", "input", "img", "br", "rect", "circle", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.inline.append(tag)
        if id := given.get("id"):
            self.ids.append(id)
        if tag == "a" and (href := given.get("href")):
            self.links.append(href)
        if tag not in self.VOID and (tag != "li"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag != "li":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def report_of(client: TestClient, model: Any, name: str = "model.json") -> str:
    body = model if isinstance(model, bytes) else json.dumps(model).encode()
    answer = client.post("/report", files={"file": (name, body)})
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_and_has_nothing_inline(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    seen = Seen(answer.text)
    assert (seen.inline, seen.open) == ([], [])
    assert len(set(seen.ids)) == len(seen.ids)
    assert seen.tags.count("title") == 1


@pytest.mark.parametrize("path", ["/", "/report", "/diagnostics/GC404", "/docs", "/nothing"])
def test_a_page_may_run_and_load_only_what_is_ours(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert "unsafe" not in policy and "*" not in policy


@pytest.mark.parametrize("path", ["/projects", "/report", "/diagnostics", "/diagnostics/GC404", "/docs", "/nothing"])
def test_links_of_a_page_lead_somewhere(client: TestClient, path: str) -> None:
    seen = Seen(client.get(path).text)
    for link in set(seen.links):
        client.cookies.clear()  # a link to another language is remembered
        address, _, fragment = link.partition("#")
        if address:
            answer = client.get(address, follow_redirects=False)
            assert answer.status_code == 200, link
            assert not fragment or fragment in Seen(answer.text).ids, link
        else:
            assert fragment in seen.ids, link
    client.cookies.clear()


def test_the_report_of_the_perceptron(client: TestClient) -> None:
    seen = Seen(report_of(client, client.get("/api/v1/examples/mlp").content, "mlp.json"))
    assert "Keras accepts this model: no problems" in seen.text
    assert "mlp.json" in seen.text
    assert "55,050" in seen.text
    assert "(None, 64)" in seen.text
    assert "img" in seen.tags


def test_the_report_of_a_broken_model_has_every_problem_with_its_place(client: TestClient) -> None:
    model = client.get("/api/v1/examples/broken").content
    said = client.post("/api/v1/check", content=model).json()["diagnostics"]
    seen = Seen(report_of(client, model, "broken.json"))
    assert len(said) >= 4
    assert "Keras refuses this model" in seen.text
    for problem in said:
        assert f"{problem['severity']}[{problem['code']}] {problem['message']}" in seen.text
        assert f"broken.json:{problem['line']}:{problem['column']}" in seen.text
        assert f"/diagnostics/{problem['code']}" in seen.links


def test_the_line_of_a_problem_is_shown_with_a_mark_under_the_value(client: TestClient) -> None:
    model = functional(source("x", 8), layer("Dense", "y", ["x"], units=-3))
    seen = Seen(report_of(client, json.dumps(model, indent=1).encode()))
    line, marked = re.search(r"\n *\d+ \| ( *\"units\": -3.*)\n *\| ( *\^+)", seen.text).groups()  # type: ignore[union-attr]  # a failure says so
    assert line[marked.index("^") : len(marked)] in ("-3", '"units"')


def test_a_place_in_a_file_without_line_breaks_is_shown_too(client: TestClient) -> None:
    layers = [layer("Dense", f"dense_{i}", [f"dense_{i - 1}"] if i else ["x"], units=8) for i in range(50)]
    layers[40]["config"]["units"] = -3
    seen = Seen(report_of(client, functional(source("x", 8), *layers)))
    shown = [line for line in seen.text.splitlines() if re.match(r" *1 \| ", line)]
    assert "-3" in shown[0] and len(shown[0]) < 100


def test_bodies_of_nested_models_and_calls_of_shared_layers_are_rows(client: TestClient) -> None:
    inner = functional(source("a", 8), layer("Dense", "inside", ["a"], units=4), name="encoder")
    nested = {**inner, "name": "encoder", "inbound_nodes": layer("Dense", "encoder", ["x"])["inbound_nodes"]}
    shared = layer("Dense", "twice", ["encoder"], units=4)
    shared["inbound_nodes"] += layer("Dense", "twice", ["twice"])["inbound_nodes"]
    end = layer("Add", "end", ["encoder", "twice"])
    end["inbound_nodes"][0]["args"][0][1]["config"]["keras_history"][1] = 1
    seen = Seen(report_of(client, functional(source("x", 8), nested, shared, end)))
    rows = re.sub(r"\s+", " ", seen.text)
    assert "inside Dense (None, 4) 36 a[0][0]" in rows
    assert "twice call 0 Dense (None, 4) 20 encoder[0][0]" in rows
    assert "twice call 1 Dense (None, 4) shared twice[0][0]" in rows


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_file_says_stays_text(client: TestClient, name: str) -> None:
    model = functional(
        source("x", 3), layer("Dense", name, ["x"], units=1), layer(name, "z", [name]), layer("Add", "y", ["x", name]),
        outputs=["y"], name=name,
    )  # fmt: skip
    html = report_of(client, model, "m.json")
    seen = Seen(html)
    assert (seen.inline, seen.open) == ([], [])
    assert seen.tags.count("script") == 0 and seen.tags.count("img") <= 1
    assert not re.search("[\x00-\x08\x0b-\x1f\u202e\ud800]", html)
    assert not [link for link in seen.links if not link.startswith(("/", "#"))]
    for picture in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html):
        drawn = base64.b64decode(picture).decode()
        assert not re.search(r"<script|<image|<foreignObject|<[^>]*\s(on\w+|style|\S*href)=", drawn)


@pytest.mark.parametrize(
    "name", ['"><script>.json', "..\\..\\evil.json", "../../etc/passwd", "\u202e.json", "x" * 2_000]
)
def test_the_files_name_stays_text(client: TestClient, name: str) -> None:
    seen = Seen(report_of(client, regressor(), name))
    assert (seen.inline, seen.open, seen.tags.count("script")) == ([], [], 0)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"null", b"[]", b"\x00\x01", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"\xff\xfe{"]
)
def test_the_report_of_what_is_no_model_says_so(client: TestClient, body: bytes) -> None:
    seen = Seen(report_of(client, body, "file"))
    assert "There is no model in this file" in seen.text
    assert "GC0" in seen.text


def test_a_large_model_has_a_table_and_no_diagram(client: TestClient) -> None:
    seen = Seen(report_of(client, client.get("/api/v1/examples/nasnetlarge").content))
    assert "88,949,818" in seen.text
    assert "img" not in seen.tags
    assert "cannot be read on a page" in seen.text


def test_a_form_without_a_file_is_told_what_is_missing(client: TestClient) -> None:
    answer = client.post("/report", data={"other": "x"}, files={"wrong": ("m.json", b"{}")})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "no part called file" in Seen(answer.text).text


def test_our_own_form_may_be_sent(client: TestClient) -> None:
    policy = client.get("/report").headers["referrer-policy"]
    assert policy != "no-referrer"  # with it, browsers send the form with `Origin: null`
    answer = client.post("/report", files={"file": ("m.json", b"{}")}, headers={"origin": "http://localhost"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/diagnostics/GC999", 404), ("/diagnostics/%3Cscript%3E", 404)]
)
def test_a_refusal_is_a_page_for_people_and_a_problem_for_programs(client: TestClient, path: str, status: int) -> None:
    page = client.get(path)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert Seen(page.text).inline == [] and "script" not in Seen(page.text).tags
    problem = client.get(path, headers={"accept": "application/json"})
    assert (problem.status_code, problem.headers["content-type"]) == (status, "application/problem+json")


@pytest.mark.parametrize("code", graphcore.CODES.values(), ids=lambda code: code.id)
def test_a_codes_page_shows_its_example_and_what_is_said_about_it(client: TestClient, code: graphcore.Code) -> None:
    seen = Seen(client.get(f"/diagnostics/{code.id}").text)
    assert code.title in seen.text and code.slug in seen.text
    if code.example.kind in ("model", "safety"):
        assert f"{code.severity}[{code.id}]" in seen.text
    if code.example.kind == "model":
        example = client.get(f"/diagnostics/{code.id}/example")
        assert (example.text, example.headers["content-type"]) == (code.example.text, "application/json")


def test_the_documentation_tells_every_route_and_form(client: TestClient) -> None:
    openapi = client.get("/openapi.json").json()
    seen = Seen(client.get("/docs").text)
    for path in openapi["paths"]:
        assert path in seen.text
    assert set(openapi["components"]["schemas"]) <= set(seen.ids)
    assert {content for methods in openapi["paths"].values() for operation in methods.values()
            for content in operation["responses"]["default"]["content"]} == {"application/problem+json"}  # fmt: skip


def test_what_pages_link_is_served(client: TestClient) -> None:
    links = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/report").text)
    links += ["/static/fonts/inter.woff2", "/static/fonts/OFL-Inter.txt", "/static/fonts/OFL-JetBrainsMono.txt"]
    assert len(links) >= 6
    for link in links:
        assert client.get(link).status_code == 200
    assert client.get("/favicon.ico").headers["content-type"] == "image/svg+xml"


def test_a_browser_asks_again_for_what_may_change(client: TestClient) -> None:
    first = client.get("/static/css/tokens.css")
    assert first.headers["cache-control"] == "no-cache"
    again = client.get("/static/css/tokens.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_styles_find_their_fonts(client: TestClient) -> None:
    tokens = client.get("/static/css/tokens.css").text
    for font in re.findall(r'url\("\.\./(fonts/[^"]+)"\)', tokens):
        assert client.get(f"/static/{font}").status_code == 200


def test_without_a_built_editor_the_page_says_how_to_build_it(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("app.routes.pages.shipped", lambda folder: tmp_path)
    seen = Seen(client.get("/").text)
    assert "make editor" in seen.text and "/report" in seen.links
    assert "script" not in seen.tags


def test_words_of_keras_find_a_code(client: TestClient) -> None:
    said = "Input 0 of layer conv2d is incompatible with the layer: expected min_ndim=4, found ndim=2"
    page = Seen(client.get("/diagnostics", params={"q": said}).text)
    link = next(link for link in page.links if re.search(r"GC\d{3}$", link))
    assert link.endswith("/diagnostics/GC403")
    nothing = Seen(client.get("/diagnostics", params={"q": "xyzzy"}).text)
    assert "No code is about these words" in nothing.text
    assert client.get("/diagnostics", params={"q": "x" * 4_001}).status_code == 422


@pytest.mark.parametrize("asked", ["GC404", "gc404", " broadcast-mismatch "])
def test_a_code_that_is_named_opens_itself(client: TestClient, asked: str) -> None:
    answer = client.get("/diagnostics", params={"q": asked}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/diagnostics/GC404")


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_what_is_looked_for_stays_words(client: TestClient, text: str) -> None:
    asked = text.encode("utf-8", "replace").decode()
    seen = Seen(client.get("/diagnostics", params={"q": asked}).text)
    assert (seen.inline, seen.open) == ([], [])
    assert "script" not in seen.tags


def test_a_code_shows_what_keras_says(client: TestClient) -> None:
    assert "Inputs have incompatible shapes. Received shapes" in Seen(client.get("/diagnostics/GC404").text).text
    assert "this is about Layerwright and not about Keras" in Seen(client.get("/diagnostics/GC901").text).text


def test_the_page_of_parts_shows_every_token_and_is_there_in_development_only(
    client: TestClient, tmp_path: Path
) -> None:
    assert client.get("/style").status_code == 404
    names = tokens_in((shipped("static") / "css" / "tokens.css").read_text(encoding="utf-8"))
    with TestClient(
        create_app(Settings(data=tmp_path, max_jobs=0, development=True)), base_url="http://localhost"
    ) as c:
        html = c.get("/style").text
    said = Seen(html)
    assert said.inline == []
    assert {name for name in names["colour"] if f'fill="var(--{name})"' not in html} == set()
    kinds = ("space", "radius", "shadow", "motion")
    assert {name for kind in kinds for name in names[kind] if f"<figcaption>{name}" not in html} == set()
    assert {kind: len(names[kind]) for kind in ("type", *kinds)} == {
        "type": 7, "space": 7, "radius": 4, "shadow": 3, "motion": 3,
    }  # fmt: skip
