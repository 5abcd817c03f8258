"""`weir warm`: a list of requests whose answers are stored before anybody asks for them."""

import json
import os
import subprocess
from decimal import Decimal

import httpx
import pytest

from conftest import ROUTES
from peers.waiting import eventually
from peers.weir import WEIR, cache_status

CHAT = "/v1/chat/completions"
CREDENTIAL = "Bearer sk-warm"
NDJSON = {"Content-Type": "application/x-ndjson"}


def body(question):
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}]}


def line(question, **headers):
    return json.dumps({"path": CHAT, "headers": headers, "body": body(question)})


def written(folder, *lines):
    path = folder / "list.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def totals(output):
    return dict(row.split(" ", 1) for row in output.splitlines())


def test_what_was_warmed_is_there_for_those_who_ask(proxy, demo, tmp_path):
    path = written(
        tmp_path,
        line("What is a weir?"),
        line("What is a weir?", **{"X-Persona-Learning-Style": "visual"}),
        "",
        json.dumps({"path": "/courses/1"}),
        json.dumps({"path": "/echo"}),
    )
    proxy.environment["WEIR_WARM_AUTHORIZATION"] = CREDENTIAL
    done = proxy.run("warm", path)
    assert (done.returncode, done.stderr) == (0, "")
    first = totals(done.stdout)
    assert (first["hits"], first["stored"], first["passed"], first["failed"]) == ("0", "3", "1: bypass 1", "0")
    assert Decimal(first["cost"]) > 0 and Decimal(first["saved"]) == 0
    for persona in ({}, {"X-Persona-Learning-Style": "visual"}):
        answer = proxy.client.post(CHAT, json=body("What is a weir?"), headers={"Authorization": CREDENTIAL} | persona)
        assert cache_status(answer)["hit"]
    assert cache_status(proxy.get("/courses/1"))["hit"]
    assert demo.openai.calls(f"POST {CHAT}") == 2
    again = totals(proxy.run("warm", path).stdout)
    assert (again["hits"], again["stored"], again["cost"], again["saved"]) == ("3", "0", "0", first["cost"])
    counts = {"hits": 3, "stored": 3, "passed": 2, "failed": 0}
    assert proxy.stats()["warming"] == counts
    assert proxy.metric("weir_warm_requests_total") == sum(counts.values())
    assert CREDENTIAL not in done.stdout + done.stderr + proxy.program.log


def test_a_wrong_line_is_told_and_the_others_are_warmed(proxy, demo, tmp_path):
    path = written(tmp_path, line("one"), '{"path": "http://elsewhere/"}', "", "{", line("two"), '{"path": "/v1/nowhere"}')
    demo.openai.fail(1, 400, "/v1/nowhere", code="nothing_there")
    done = proxy.run("warm", path, "--concurrency", "1", "--header", "Authorization: Bearer a")
    assert done.returncode == 1
    assert [row.split(": ")[0] for row in done.stderr.splitlines()] == [f"{path}:{number}" for number in (2, 4, 6)]
    assert "expected 'path'" in done.stderr and "expected a JSON object" in done.stderr
    assert totals(done.stdout)["stored"] == "2" and totals(done.stdout)["failed"] == "3"


def test_a_list_comes_from_standard_input_and_in_parts(proxy, demo):
    lines = [line(f"Question {index} " + "x" * 50_000) for index in range(50)] + ["wrong"]
    done = subprocess.run(
        [WEIR, "warm", "-", "--concurrency", "16", "--config", proxy.config_path],
        input="\n".join(lines),
        capture_output=True,
        text=True,
        timeout=60,
        env=proxy.environment,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("<stdin>:51: expected a JSON object")
    assert totals(done.stdout)["stored"] == "50"
    assert demo.openai.calls(f"POST {CHAT}") == 50


def test_a_terminal_sees_a_bar(proxy, tmp_path):
    path = written(tmp_path, *(line(str(index)) for index in range(4)))
    ours, theirs = os.openpty()
    try:
        done = subprocess.run(
            [WEIR, "warm", path, "--config", proxy.config_path],
            stdout=subprocess.PIPE,
            stderr=theirs,
            timeout=30,
            env=proxy.environment,
        )
        assert done.returncode == 0 and b"stored 4" in done.stdout
        bar = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert f"[{'#' * 30}] 4 of 4: 0 hits, 4 stored, 0 failed, cost 0." in bar and bar.endswith("\r\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["no-such-file"], "no-such-file: cannot be read"),
        (["-", "--header", "nonsense"], "--header expects 'name: value'"),
        (["-", "--header", "Connection: close"], "no field of a connection"),
        (["-", "--concurrency", "65"], "--concurrency expects 1 to 64"),
    ],
)
def test_what_cannot_be_done_is_said(proxy, arguments, error):
    done = proxy.run("warm", *arguments)
    assert done.returncode != 0 and error in done.stderr


def test_no_weir_is_said(proxy, tmp_path):
    done = proxy.run("warm", written(tmp_path, line("one")), "--admin", "http://127.0.0.1:9")
    assert done.returncode == 1 and "is Weir running?" in done.stderr


def test_a_credential_that_is_none_is_said_and_not_shown(proxy, tmp_path):
    proxy.environment["WEIR_WARM_AUTHORIZATION"] = "Bearer sk-secret\n"
    done = proxy.run("warm", written(tmp_path, line("one")))
    assert (done.returncode, done.stdout) == (1, "") and "WEIR_WARM_AUTHORIZATION" in done.stderr
    assert "sk-secret" not in done.stderr


def test_a_weir_that_goes_leaves_the_totals_so_far(proxy, demo, tmp_path):
    demo.openai.hold("chat")
    path = written(tmp_path, line("one"), line("two", **{"X-Demo-Gate": "chat"}))
    warming = subprocess.Popen(
        [WEIR, "warm", path, "--config", proxy.config_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=proxy.environment,
    )
    eventually(lambda: demo.openai.waiting("chat") == 1, what="the second call")
    eventually(lambda: proxy.metric("weir_warm_requests_total") == 1, what="the first answer")
    proxy.program.stop()
    output, errors = warming.communicate(timeout=30)
    assert warming.returncode == 1
    assert totals(output)["stored"] == "1" and totals(output)["failed"] == "1"
    assert f"{path}:2: 503 draining" in errors


def test_the_endpoint_answers_in_lines(proxy, demo):
    demo.openai.hold("chat")
    with proxy.admin.stream(
        "POST",
        "/api/admin/dashboard/cache/warm?concurrency=2",
        content="\n".join(line(str(index)) for index in range(4)),
        headers=NDJSON | {"Warm-Authorization": CREDENTIAL, "Warm-X-Demo-Gate": "chat"},
    ) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        rows = (json.loads(row) for row in answer.iter_lines())
        first = next(rows)
        assert first["done"] is False
        demo.openai.release("chat")
        *_, last = rows
    assert last["done"] is True and (last["stored"], last["lines"], last["failed"]) == (4, 4, 0)


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("", {"Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        ("?concurrency=0", NDJSON, 400, "invalid_parameter"),
        ("?concurrency=many", NDJSON, 400, "invalid_parameter"),
        ("", NDJSON | {"Warm-Content-Length": "5"}, 400, "invalid_parameter"),
    ],
)
def test_the_endpoint_refuses(proxy, path, headers, status, code):
    answer = proxy.admin.post("/api/admin/dashboard/cache/warm" + path, content=line("one"), headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_the_token_is_asked_for_and_a_list_has_its_limit(weir, upstreams, tmp_path):
    proxy = weir(upstreams + ROUTES, token="secret", environment={"WEIR_ADMIN_MAX_WARM": "1MiB"})
    path = "/api/admin/dashboard/cache/warm"
    assert proxy.admin.post(path, content=line("one"), headers=NDJSON).status_code == 401
    authorized = NDJSON | {"Authorization": "Bearer secret"}
    assert proxy.admin.post(path, content="x" * (1 << 20) + "x", headers=authorized).status_code == 413
    done = proxy.run("warm", written(tmp_path, line("one")))
    assert done.returncode == 0 and totals(done.stdout)["stored"] == "1"


def test_who_goes_ends_the_warming(proxy, demo):
    demo.openai.hold("chat")
    lines = "\n".join(line(str(index)) for index in range(50))
    with proxy.admin.stream(
        "POST",
        "/api/admin/dashboard/cache/warm",
        content=lines,
        headers=NDJSON | {"Warm-X-Demo-Gate": "chat"},
    ) as answer:
        assert json.loads(next(answer.iter_lines()))["done"] is False
    # It finds out when it tells of its totals again.
    eventually(lambda: proxy.metric("weir_requests_aborted_total") == 4, what="the end of the warming")
    demo.openai.release("chat")
    assert demo.openai.calls(f"POST {CHAT}") == 4
