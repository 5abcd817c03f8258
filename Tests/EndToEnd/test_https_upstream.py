"""Upstreams behind TLS and HTTP/2, with an authority that only this test trusts."""

import hashlib
import os

import openai
import pytest

from peers.curl import PARTIAL, start_curl
from peers.waiting import eventually
from peers.weir import cache_status
from peers.wire import Wire

LARGE = int(os.environ.get("LARGE_BODY_MIB", "1024")) << 18


@pytest.fixture
def secure(weir, https_origin, demo):
    """Weir in front of nginx with TLS, which serves files and leads on to the stand-ins."""
    app = f"proxy_pass {demo.app.url}/; proxy_http_version 1.1; proxy_buffering off; proxy_request_buffering off;"
    ai = f"proxy_pass {demo.openai.url}; proxy_http_version 1.1; proxy_buffering off;"
    origin = https_origin(f"location /app/ {{ {app} }} location /v1/ {{ {ai} }}")
    (origin.files / "page.txt").write_text("over TLS\n" * 500)
    proxy = weir(f"""
upstreams:
  secure: {{url: "{origin.url}", ca_file: "{origin.ca_file}"}}
routes:
  - {{path: /v1, upstream: secure, cache: {{mode: persona, ttl: 1h}}}}
  - {{path: /page.txt, upstream: secure, cache: {{mode: http, ttl: 60s}}}}
  - {{path: /, upstream: secure}}
""")
    proxy.origin = origin
    return proxy


def test_a_file_comes_through_http_2_and_is_cached(secure):
    first = secure.get("/page.txt")
    assert first.status_code == 200
    assert first.text == "over TLS\n" * 500
    second = secure.get("/page.txt")
    assert second.content == first.content and cache_status(second)["hit"]
    secure.origin.expect_access("/page.txt", ["HTTP/2.0 GET 200"])


def test_a_body_goes_up_and_its_answer_comes_down(secure):
    body = os.urandom(300_000)
    echo = secure.client.post("/app/echo", content=body).json()
    assert echo["body"] == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    secure.origin.expect_access("/app/echo", ["HTTP/2.0 POST 200"])


def test_a_chunked_body_goes_up_too(secure):
    pieces = [os.urandom(50_000) for _ in range(5)]
    echo = secure.client.post("/app/echo", content=iter(pieces)).json()
    assert echo["body"]["sha256"] == hashlib.sha256(b"".join(pieces)).hexdigest()


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_pass(secure, method):
    secure.client.request(method, "/app/echo")
    secure.origin.expect_access("/app/echo", [f"HTTP/2.0 {method} 200"])


def test_events_arrive_one_by_one(secure, demo):
    demo.app.hold("g")
    with Wire(secure.port) as wire:
        wire.get("/app/stream?events=3&interval=0&event_gate=g")
        wire.read_head()
        for tick in range(1, 4):
            assert f'{{"tick":{tick}}}'.encode() in wire.read_chunk()
            if tick < 3:
                eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
                demo.app.let_pass("g")
        assert wire.read_chunk() == b""


def test_the_official_client_works_through_it(secure, demo):
    with openai.OpenAI(base_url=f"{secure.url}/v1", api_key="sk-one", max_retries=0) as ai:
        messages = [{"role": "user", "content": "over TLS"}]
        whole = ai.chat.completions.create(model="gpt-4o-mini", messages=messages)
        stream = ai.chat.completions.create(model="gpt-4o-mini", messages=messages, stream=True)
        streamed = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
        assert whole.choices[0].message.content == streamed
        with pytest.raises(openai.AuthenticationError):
            ai.chat.completions.create(model="demo-error-401", messages=messages)
    assert demo.openai.calls("POST /v1/chat/completions") == 2


def test_many_calls_share_a_connection(secure, demo):
    demo.app.hold("g")
    clients = [start_curl(f"{secure.url}/app/answer?size=10&gate=g&n={number}") for number in range(20)]
    eventually(lambda: demo.app.waiting("g") == 20, what="twenty calls")
    demo.app.release("g")
    assert all(len(client.communicate(timeout=30)[0]) == 10 for client in clients)
    assert secure.metric("weir_upstream_connections", upstream="secure") <= 20


def test_a_large_answer_passes_with_flat_memory(secure):
    secure.get("/app/bytes/1000000")
    before = secure.program.memory_kib()
    count = 0
    with secure.client.stream("GET", f"/app/bytes/{LARGE}", headers={"Accept-Encoding": "identity"}) as answer:
        for piece in answer.iter_raw(1 << 20):
            count += len(piece)
    assert count == LARGE
    assert secure.program.memory_kib() - before < 64 * 1024


def test_a_client_that_leaves_ends_the_upstream_call(secure, demo):
    demo.app.hold("g")
    client = start_curl(f"{secure.url}/app/stream?events=3&interval=0&event_gate=g")
    eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
    client.kill()
    client.communicate()
    # nginx itself goes on with a stream that has been reset.
    eventually(
        lambda: secure.metric("weir_upstream_requests_total", upstream="secure", outcome="cancelled") == 1,
        what="the cancelled call",
    )


def test_an_answer_that_breaks_off_is_visibly_broken(secure):
    client = start_curl(f"{secure.url}/app/cut?size=4000&after=1000")
    client.communicate(timeout=30)
    assert client.returncode == PARTIAL


def test_an_authority_that_is_not_trusted_is_502(weir, https_origin):
    origin = https_origin()
    proxy = weir(f'upstreams:\n  secure: {{url: "{origin.url}"}}\nroutes: [{{path: /, upstream: secure}}]\n')
    answer = proxy.get("/ready")
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "upstream_tls")


def test_a_certificate_for_another_name_is_502(weir, https_origin):
    origin = https_origin()
    url = origin.url.replace("localhost", "127.0.0.2")
    proxy = weir(
        f'upstreams:\n  secure: {{url: "{url}", ca_file: "{origin.ca_file}"}}\nroutes: [{{path: /, upstream: secure}}]\n'
    )
    assert proxy.get("/ready").status_code == 502


def test_an_expired_certificate_is_502_with_its_reason_and_nothing_goes_in_the_clear(weir, https_origin):
    origin = https_origin(days=0)
    proxy = weir(
        f'upstreams:\n  secure: {{url: "{origin.url}", ca_file: "{origin.ca_file}"}}\n'
        "routes: [{path: /, upstream: secure, cache: {mode: http, ttl: 60s}}]\n"
    )
    for _ in range(2):
        answer = proxy.get("/ready")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (502, "upstream_tls")
        assert "expired" in error["message"]
    assert "expired" in proxy.program.log
    assert proxy.metric("weir_upstream_requests_total", upstream="secure", outcome="tls") == 2
    [breaker] = proxy.stats()["upstreams"][0]["breakers"]
    assert breaker["consecutiveFailures"] == 2
    assert proxy.metric("weir_cache_entries") == 0
    assert origin.access("/ready") == []
    assert "plain HTTP" not in (origin.folder / "error.log").read_text()
