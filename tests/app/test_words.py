"""The service's pages in Chinese: every sentence is there, with its values, in the language of who asks."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.problems import ANOTHER, DETAILS, WRONG
from app.routes.pages import FAMILIES
from app.services import shipped
from app.settings import Settings
from app.training.folder import EventWriter, JobFolder, write_json

_APP = Path(__file__).parents[2] / "app"
_WORDS: dict[str, str] = json.loads((_APP / "words.zh-CN.json").read_text(encoding="utf-8"))
_CHINESE = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.8"}
_BROKEN = json.dumps(
    {
        "class_name": "Sequential",
        "keras_version": "2.15.0",
        "config": {
            "name": "m",
            "layers": [
                {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [None, 4]}},
                {"class_name": "Conv2D", "config": {"name": "y", "filters": 2, "kernel_size": 3}},
            ],
        },
    }
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(data=tmp_path_factory.mktemp("data"), max_jobs=0)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        yield client


_REFUSALS = {"Problem": 1, "Refused": 0, "not_built": 0, "_refused": 1, "_asked_wrongly": 0}
"""What refuses a request, and where its sentence stands."""


def _refusals() -> set[str]:
    """The sentences of refused requests: as they are written, or under the name that they have in their file."""
    found = {*DETAILS.values(), *WRONG.values(), ANOTHER} | {
        HTTPStatus(status).phrase for status in (400, 404, 405, 409, 412, 422, 428, 501)
    }
    for path in sorted(_APP.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            target.id: node.value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        several = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and _is_detail(node)]
        found |= {str(node.value.value) for node in several if isinstance(node.value, ast.Constant)}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _REFUSALS:
                place = _REFUSALS[call.func.id]
                said = call.args[place] if len(call.args) > place else None
                text = named.get(said.id) if isinstance(said, ast.Name) else getattr(said, "value", None)
                found |= {text} if isinstance(text, str) else set()
                assert not isinstance(said, ast.JoinedStr), f"{path.name}:{call.lineno} has its values in its sentence"
    return found


def _is_detail(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "detail" for target in node.targets)


def _in_templates() -> set[str]:
    """What stands in `_("…")`, and the nouns of `counted`."""
    found: set[str] = set()
    for path in shipped("templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        found |= {said.replace('\\"', '"') for said in re.findall(r'\b_\("((?:[^"\\]|\\.)*)"', text)}
        found |= {f"{{n}} {noun}s" for noun in re.findall(r'counted\("(\w+)"\)', text)}
    return found


def _in_python() -> set[str]:
    """What `said` and `say` are called with, and the nouns of `counted`."""
    found: set[str] = set(FAMILIES.values())
    for path in (*_APP.glob("*.py"), *(_APP / "routes").glob("*.py")):
        if path.name == "words.py":
            continue
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call) or not call.args:
                continue
            called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            texts = [
                part.value for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant) and part.value != 1
            ]
            if called in ("said", "say"):
                found |= {text for text in texts if isinstance(text, str)}
    return found


def test_every_sentence_of_a_page_has_a_chinese_one() -> None:
    assert (_in_templates() | _in_python()) - _WORDS.keys() == set()


def test_every_refusal_has_a_chinese_sentence() -> None:
    assert len(_refusals()) > 50
    assert _refusals() - _WORDS.keys() == set()


def test_what_is_listed_has_a_chinese_title(client: TestClient) -> None:
    for path in ("/api/v1/examples", "/api/v1/datasets"):
        english, chinese = (client.get(path, params={"language": one}).json()["items"] for one in ("en", "zh-CN"))
        for one, other in zip(english, chinese, strict=True):
            assert re.search("[\u4e00-\u9fff]", other["description"]), one
            # Keras's own models are called so in each language.
            assert (one["title"] == other["title"]) == one["title"].endswith(("ResNet50", "NASNetLarge"))


def test_a_value_that_a_route_does_not_take_is_refused_in_our_words(client: TestClient) -> None:
    def refused(path: str, language: str, **more: Any) -> str:
        headers = {"accept-language": language, "content-type": "application/json"}
        answer = client.request("PATCH" if more else "GET", path, headers=headers, **more)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        return str(answer.json()["detail"])

    wrong = (
        "/api/v1/projects?limit=0&after=x",
        '"after" is "x"; it takes what fits ^\\d{1,18}-[0-9a-f]{16}$; "limit" is "0"; it takes a number from 1 on',
        '"after" 是 "x"，而它需要符合 ^\\d{1,18}-[0-9a-f]{16}$ 的内容；"limit" 是 "0"，而它需要不小于 1 的数',
    )
    assert (refused(wrong[0], "en"), refused(wrong[0], "zh-CN")) == wrong[1:]
    assert refused("/api/v1/examples?language=fr", "zh-CN") == '"language" 是 "fr"，而它可取：en, zh-CN'
    assert refused("/api/v1/projects?limit=many", "en") == '"limit" is "many"; it takes a whole number'
    project = f"/api/v1/projects/{'0' * 16}"
    assert refused(project, "zh", content=b"{") == "请求正文不是 JSON"
    assert refused(project, "en", json=[]) == "The body is not a JSON object"
    assert refused(project, "en", json={"name": 3}) == '"name" is 3; it takes a text'
    assert refused(project, "en", json={"deleted": "x" * 90}) == f'"deleted" is "{"x" * 59}; it takes false'


def test_a_refused_request_says_why_in_the_language_of_who_asks(client: TestClient) -> None:
    def refused(**headers: str) -> tuple[str, str]:
        said = client.get("/api/v1/jobs/none", headers=headers).json()
        return said["title"], said["detail"]

    assert refused() == ("Not Found", "There is no job 'none'")
    assert refused(**_CHINESE) == ("未找到", "没有任务 'none'")
    assert refused(cookie="layerwright-language=zh-CN") == ("未找到", "没有任务 'none'")
    nothing = client.post("/api/v1/plot", content=b"[]", headers=_CHINESE).json()
    assert nothing["detail"] == "没有可以绘制的模型"
    assert [one["code"] for one in nothing["diagnostics"]] == ["GC004"]
    assert nothing["diagnostics"][0]["message"] == "文件是一个 list，不是模型的配置"
    assert (
        client.get("/api/v1/jobs", headers={**_CHINESE, "host": "elsewhere"}).json()["detail"].startswith("服务的名称")
    )


def test_what_keeps_a_job_from_working_is_said_in_chinese(client: TestClient) -> None:
    """Sentences of the service and of graphcore, and the ways out that are offered."""
    model = json.loads((_APP / "examples" / "mlp.json").read_text())
    plan = {"loss": "mse", "epochs": 0, "metrics": ["accurracy"]}
    said: list[str] = []
    for data in ({"dataset": "nothing"}, {"dataset": "boston-housing"}, {"synthetic": {"samples": 0}}, {}):
        request = {"model": model, "data": data, "plan": plan}
        answer = client.post("/api/v1/jobs", json=request, params={"language": "zh-CN"}, headers=_CHINESE).json()
        assert answer["detail"] == "这个任务不能按要求运行"
        for one in answer["diagnostics"]:
            said += [one["message"], one["hint"] or "无", *(fix["title"] for fix in one["fixes"])]
    assert len(said) > 12
    assert [text for text in said if not re.search("[\u4e00-\u9fff]", text)] == []


def test_both_languages_have_the_same_values_and_marks() -> None:
    def parts(text: str) -> list[str]:
        return sorted(re.findall(r"\{\w+\}|</?\w+[^>]*>", text))

    assert {text: other for text, other in _WORDS.items() if parts(text) != parts(other)} == {}


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/report", "上传模型"),
        ("/diagnostics", "每个问题都有一个不变的代码"),
        ("/diagnostics?q=broadcast", "对应"),
        ("/diagnostics/GC404", "输入无法逐元素合并"),
        ("/docs", "模型按原样发送"),
        ("/projects", "还没有项目"),
        ("/nothing-here", "这个地址没有内容"),
    ],
)
def test_a_page_is_in_the_browsers_language(client: TestClient, path: str, shown: str) -> None:
    html = client.get(path, headers={"accept": "text/html", **_CHINESE}).text
    assert '<html lang="zh-CN">' in html
    assert shown in html
    english = client.get(path, headers={"accept": "text/html", **_CHINESE}, params={"language": "en"}).text
    client.cookies.clear()
    assert '<html lang="en">' in english
    assert shown not in english


def test_what_was_chosen_in_the_editor_counts_before_the_browser(client: TestClient) -> None:
    html = client.get("/report", headers={"cookie": "layerwright-language=zh-CN"}).text
    assert '<html lang="zh-CN">' in html
    assert '<html lang="en">' in client.get("/report", headers={"cookie": "layerwright-language=xx"}).text
    for path in ("/report", "/projects"):
        assert "layerwright-language=zh-CN" in client.get(path, params={"language": "zh-CN"}).headers["set-cookie"]
        assert "set-cookie" not in client.get(path, params={"language": "<x>"}).headers
        client.cookies.clear()


def test_a_report_is_in_chinese_from_top_to_bottom(client: TestClient) -> None:
    html = client.post("/report", files={"file": ("m.json", _BROKEN)}, headers=_CHINESE).text
    for shown in ("Keras 拒绝这个模型：1 个错误", "Conv2D “y”需要秩 4", "可训练", "文件中的任何内容都没有被执行"):
        assert shown in html.replace("&#34;", '"'), shown
    said = re.sub(r"<(code|pre|script|style|svg)\b.*?</\1>|<[^>]+>", "", html, flags=re.DOTALL)
    assert re.findall(r"\b[a-z]{3,} [a-z]{3,}\b", said) == []


def test_json_is_english_unless_it_is_asked_for_another_language(client: TestClient) -> None:
    """A program reads the same whatever the browser that it sits in says."""
    said = client.post("/api/v1/check", content=_BROKEN, headers=_CHINESE).json()["diagnostics"][0]
    assert said["message"].startswith('Conv2D "y" needs rank 4')
    chinese = client.post("/api/v1/check?language=zh-CN", content=_BROKEN).json()["diagnostics"][0]
    assert chinese["message"] == "Conv2D “y”需要秩 4 或更高，得到秩为 2 的 (None, 4)"
    assert {k: v for k, v in chinese.items() if k not in ("message", "hint", "fixes", "related")} == {
        k: v for k, v in said.items() if k not in ("message", "hint", "fixes", "related")
    }
    assert [fix["diff"] for fix in chinese["fixes"]] == [fix["diff"] for fix in said["fixes"]]
    assert client.post("/api/v1/check?language=tlh", content=_BROKEN).status_code == 422
    asked = {"model": json.loads(_BROKEN), "layer": "y"}
    why = client.post("/api/v1/explain?language=zh-CN", json=asked).json()
    assert "需要秩 4" in why["problem"]["message"]
    meant = client.post(
        "/api/v1/explain?language=zh-CN", json={"traceback": "ValueError: Layer x has no inbound nodes"}
    ).json()
    assert "从未被调用" in meant["diagnostics"][0]["message"]


def test_why_a_training_ended_is_said_in_the_language_of_who_asks(tmp_path: Path) -> None:
    reason = "The loss became NaN in epoch 1, step 3: a smaller learning_rate or clipnorm usually helps"
    outcome = {"state": "failed", "error": {"code": "nan-loss", "message": reason, "log_tail": ["nan"]}}
    folder = JobFolder(tmp_path / "jobs" / "0123456789abcdef")
    folder.create({}, {"epochs": 1}, {})
    with closing(EventWriter(folder)) as writer:
        writer.append("end", outcome)
    write_json(folder.outcome, outcome)
    with TestClient(create_app(Settings(data=tmp_path)), base_url="http://localhost") as client:
        for language, begins in (("en", "The loss became NaN"), ("zh-CN", "损失在第 1 轮第 3 步变为 NaN")):
            asked = {"language": language}
            ended = client.get(f"/api/v1/jobs/{folder.id}/events", params=asked).text
            error = json.loads(ended.rpartition("data: ")[2])["error"]
            assert error["message"].startswith(begins)
            assert client.get(f"/api/v1/jobs/{folder.id}", params=asked).json()["error"] == error
            assert [one["error"] for one in client.get("/api/v1/jobs", params=asked).json()["items"]] == [error]
