"""Requests and answers pass through Weir as HTTP wants it."""

import hashlib
import json
import os

import pytest

from conftest import ROUTES
from peers.curl import PARTIAL, curl, start_curl
from peers.program import free_port
from peers.waiting import eventually
from peers.wire import Wire

LARGE = int(os.environ.get("LARGE_BODY_MIB", "1024")) << 20


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_reaches_the_upstream_with_its_body(proxy, method):
    body = b"" if method == "GET" else os.urandom(100_000)
    echo = proxy.client.request(method, "/echo", content=body).json()
    assert echo["method"] == method
    assert echo["body"] == {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def test_a_chunked_request_body_arrives_whole(proxy):
    pieces = [os.urandom(size) for size in (1, 70_000, 3, 16_384)]
    echo = proxy.client.post("/echo", content=iter(pieces)).json()
    assert echo["body"]["sha256"] == hashlib.sha256(b"".join(pieces)).hexdigest()


@pytest.mark.parametrize("status", [200, 201, 204, 301, 304, 400, 404, 418, 429, 500, 503])
def test_a_status_of_the_upstream_passes_as_it_is(weir, upstreams, status):
    proxy = weir(upstreams + "routes: [{path: /, upstream: app}]\n")
    assert proxy.get(f"/status/{status}").status_code == status


def test_head_answers_have_the_fields_of_get_and_no_body(proxy):
    with Wire(proxy.port) as wire:
        wire.send("HEAD /bytes/1234 HTTP/1.1\nHost: weir.test\n\n")
        head = wire.read(to_head=True)
        assert (head.status, head.field("Content-Length")) == (200, "1234")
        wire.get("/echo")
        assert json.loads(wire.read().body)["method"] == "GET"


@pytest.mark.parametrize("target", ["/echo?b=2&a=1", "/echo?x=%2F%20+&&y", "/echo?"])
def test_the_target_is_forwarded_byte_for_byte(proxy, target):
    with Wire(proxy.port) as wire:
        wire.get(target)
        assert json.loads(wire.read().body)["path"] == target


def test_fields_of_one_connection_are_not_forwarded(proxy):
    with Wire(proxy.port) as wire:
        wire.get("/echo", "Connection: keep-alive, X-Private", "X-Private: 1", "X-Kept: 2", "Keep-Alive: timeout=5",
                 "TE: gzip", "Proxy-Connection: keep-alive", "Upgrade: h2c")
        headers = json.loads(wire.read().body)["headers"]
    assert headers["x-kept"] == ["2"]
    assert not {"x-private", "keep-alive", "te", "proxy-connection", "upgrade"} & headers.keys()


def test_the_upstream_learns_who_asked_and_cannot_be_told_lies(proxy):
    echo = proxy.get(
        "/echo", headers={"Host": "shop.test", "X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"}
    ).json()
    headers = echo["headers"]
    assert headers["x-forwarded-for"] == ["127.0.0.1"]
    assert headers["x-forwarded-proto"] == ["http"]
    assert headers["x-forwarded-host"] == ["shop.test"]
    assert "weir" in headers["via"][0]


def test_the_host_is_the_upstreams_unless_the_configuration_preserves_it(proxy, demo):
    headers = proxy.get("/echo", headers={"Host": "shop.test"}).json()["headers"]
    assert headers["host"] == [demo.app.address]


def test_the_clients_host_is_kept_where_the_upstream_asks_for_it(weir, demo):
    proxy = weir(
        f'upstreams:\n  app: {{url: "{demo.app.url}", host: preserve}}\nroutes: [{{path: /, upstream: app}}]\n'
    )
    assert proxy.get("/echo", headers={"Host": "shop.test"}).json()["headers"]["host"] == ["shop.test"]


def test_a_request_id_of_the_client_goes_both_ways(proxy):
    answer = proxy.get("/echo", headers={"X-Request-Id": "mine-42"})
    assert answer.headers["X-Request-Id"] == "mine-42"
    assert answer.json()["headers"]["x-request-id"] == ["mine-42"]


def test_a_request_without_an_id_gets_one_of_its_own(proxy):
    first, second = proxy.get("/echo"), proxy.get("/echo")
    assert first.json()["headers"]["x-request-id"] == [first.headers["X-Request-Id"]]
    assert first.headers["X-Request-Id"] != second.headers["X-Request-Id"]


def test_weirs_own_request_fields_are_taken_off(proxy):
    headers = proxy.get("/echo", headers={"X-Weir-TTL": "5", "X-Weir-Tags": "a", "X-Other": "b"}).json()["headers"]
    assert headers["x-other"] == ["b"]
    assert not [name for name in headers if name.startswith("x-weir-")]


def test_answers_name_weir_in_via_and_cache_status(proxy):
    answer = proxy.get("/echo")
    assert "weir" in answer.headers["Via"]
    assert answer.headers["Cache-Status"].startswith("weir")


def test_a_connection_serves_one_request_after_the_other(proxy):
    with Wire(proxy.port) as wire:
        for size in (10, 0, 5000):
            wire.get(f"/bytes/{size}")
            assert len(wire.read().body) == size


def test_a_connection_closes_when_the_client_asks(proxy):
    with Wire(proxy.port) as wire:
        wire.get("/bytes/10", "Connection: close")
        message = wire.read()
        assert message.field("Connection") == "close"
        assert wire.is_at_end()


def test_http_1_0_gets_no_chunks_and_a_close(proxy):
    with Wire(proxy.port) as wire:
        wire.send("GET /stream?events=2&interval=0 HTTP/1.0\n\n")
        message = wire.read()
        assert message.field("Transfer-Encoding") is None
        assert message.body.count(b"data:") == 2
        assert wire.is_at_end()


def test_pipelined_requests_are_answered_in_their_order(proxy):
    sizes = [5000, 0, 1, 70_000, 3, 2, 900, 10]
    with Wire(proxy.port) as wire:
        wire.send("".join(f"GET /bytes/{size} HTTP/1.1\nHost: weir.test\n\n" for size in sizes))
        assert [len(wire.read().body) for _ in sizes] == sizes


def test_expect_100_continue_is_answered_before_the_body(proxy):
    with Wire(proxy.port) as wire:
        wire.send("POST /echo HTTP/1.1\nHost: weir.test\nContent-Length: 5\nExpect: 100-continue\n\n")
        assert wire.read().status == 100
        wire.send("hello")
        assert json.loads(wire.read().body)["body"]["bytes"] == 5


def test_events_arrive_one_by_one_as_they_are_sent(proxy, demo):
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/stream?events=4&interval=0&event_gate=g")
        head = wire.read_head()
        assert head.field("Content-Type").startswith("text/event-stream")
        for tick in range(1, 5):
            received = b""
            while not received.endswith(b"\n\n"):
                received += wire.read_chunk()
            assert received.decode() == f'id: {tick}\nevent: tick\ndata: {{"tick":{tick}}}\n\n'
            if tick < 4:
                # The next event cannot have been sent: it is this one that let it.
                eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
                demo.app.let_pass("g")
        assert wire.read_chunk() == b""


def test_a_client_that_leaves_ends_the_upstream_call(proxy, demo):
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/stream?events=3&interval=0&event_gate=g")
        wire.read_head()
        eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
    eventually(lambda: demo.app.abandoned("GET /stream") == 1, what="the upstream's lost client")


@pytest.mark.parametrize("query", ["size=2000&after=1000", "size=2000&after=1000&chunked=1"])
def test_a_body_that_breaks_off_upstream_is_visibly_broken(proxy, query):
    code, output = curl(f"{proxy.url}/cut?{query}")
    assert (code, len(output)) == (PARTIAL, 1000)
    code, _ = curl(f"{proxy.url}/cut?{query}")
    assert code == PARTIAL


def pattern_digest(count):
    block = bytes(index % 251 for index in range(251 * 4096))
    digest = hashlib.sha256()
    for _ in range(count // len(block)):
        digest.update(block)
    digest.update(block[: count % len(block)])
    return digest.hexdigest()


def test_a_large_answer_passes_with_flat_memory(proxy):
    proxy.get("/bytes/1000000")
    before = proxy.program.memory_kib()
    digest = hashlib.sha256()
    with proxy.client.stream("GET", f"/bytes/{LARGE}", headers={"Accept-Encoding": "identity"}) as answer:
        for piece in answer.iter_raw(1 << 20):
            digest.update(piece)
    assert digest.hexdigest() == pattern_digest(LARGE)
    assert proxy.program.memory_kib() - before < 64 * 1024


def test_a_large_request_passes_with_flat_memory(proxy):
    proxy.client.post("/echo", content=b"x" * 1_000_000)
    before = proxy.program.memory_kib()
    piece = bytes(index % 251 for index in range(251 * 4096))

    def pieces():
        left = LARGE
        while left > 0:
            yield piece[: min(left, len(piece))]
            left -= min(left, len(piece))

    echo = proxy.client.post("/echo", content=pieces(), headers={"Content-Length": str(LARGE)}, timeout=120).json()
    assert echo["body"] == {"bytes": LARGE, "sha256": pattern_digest(LARGE)}
    assert proxy.program.memory_kib() - before < 64 * 1024


def test_a_slow_reader_holds_back_the_upstream(proxy, demo):
    with Wire(proxy.port) as wire:
        wire.get(f"/bytes/{256 << 20}")
        wire.read_head()
        before = proxy.program.memory_kib("VmRSS")
        # Whatever Weir takes in ahead of this reader, it has taken in by the time another request has been served.
        for _ in range(20):
            assert len(proxy.get("/bytes/1000000").content) == 1_000_000
        assert proxy.program.memory_kib("VmRSS") - before < 64 * 1024


def weir_error(answer, status, code):
    assert answer.status_code == status, answer.text
    error = answer.json()["error"]
    assert (error["type"], error["code"], error["param"]) == ("weir_error", code, None)
    assert error["message"]
    assert error["request_id"] == answer.headers["X-Request-Id"]


def test_an_upstream_that_is_not_there_is_502_in_json(weir):
    proxy = weir(
        f'upstreams:\n  gone: {{url: "http://127.0.0.1:{free_port()}"}}\nroutes: [{{path: /, upstream: gone}}]\n'
    )
    weir_error(proxy.get("/"), 502, "upstream_unreachable")


def test_an_upstream_that_breaks_off_before_its_answer_is_502(weir, upstreams, demo):
    proxy = weir(upstreams + "routes: [{path: /, upstream: app}]\n")
    demo.app.fail(1, path="/status")
    weir_error(proxy.client.post("/status/200"), 502, "upstream_reset")


def test_an_upstream_that_is_too_slow_is_504(weir, upstreams, demo):
    proxy = weir(upstreams + "routes: [{path: /, upstream: app, timeouts: {first_byte: 200ms}}]\n")
    demo.app.hold("g")
    weir_error(proxy.get("/answer?gate=g"), 504, "upstream_first_byte_timeout")


def test_an_upstream_that_falls_silent_breaks_the_answer_off(weir, upstreams, demo):
    proxy = weir(upstreams + "routes: [{path: /, upstream: app, timeouts: {idle: 300ms}}]\n")
    demo.app.hold("g")
    code, output = curl(f"{proxy.url}/stream?events=3&interval=0&event_gate=g")
    assert (code, output.count(b"data:")) == (PARTIAL, 1)


def test_a_path_without_a_route_is_404(weir, upstreams):
    proxy = weir(upstreams + "routes: [{path: /courses, upstream: app}]\n")
    weir_error(proxy.get("/other"), 404, "no_route")
    assert proxy.get("/courses").status_code == 200
    weir_error(proxy.get("/coursesandmore"), 404, "no_route")


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /" + "a" * 20_000 + " HTTP/1.1\nHost: x\n\n", 414),
        ("GET / HTTP/1.1\nHost: x\nX-Long: " + "a" * 40_000 + "\n\n", 431),
        ("GET / HTTP/1.1\nHost: x\n" + "X-A: b\n" * 300 + "\n", 431),
        ("GET / HTTP/1.1\n\n", 400),
        ("GET / HTTP/1.1\nHost: x\nHost: y\n\n", 400),
        ("POST / HTTP/1.1\nHost: x\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n", 400),
        ("POST / HTTP/1.1\nHost: x\nContent-Length: 3, 4\n\nabc", 400),
        ("POST / HTTP/1.1\nHost: x\nTransfer-Encoding: gzip\n\n", (400, 501)),
        ("GET / HTTP/1.1\nHost: x\nX-Space : 1\n\n", 400),
        ("GET / HTTP/1.1\nHost: x\n folded: 1\n\n", 400),
        ("GET / HTTP/3.0\nHost: x\n\n", (400, 505)),
        ("CONNECT x:443 HTTP/1.1\nHost: x:443\n\n", 405),
    ],
    ids=lambda value: value[:40].replace("\n", "~") if isinstance(value, str) else None,
)
def test_a_request_that_is_not_sound_is_refused_and_the_connection_closed(proxy, demo, request_text, status):
    with Wire(proxy.port) as wire:
        wire.send(request_text + "GET /echo?smuggled HTTP/1.1\nHost: x\n\n")
        message = wire.read()
        assert message.status in (status if isinstance(status, tuple) else (status,))
        assert json.loads(message.body)["error"]["type"] == "weir_error"
        assert wire.is_at_end()
    assert demo.app.counts()["total"] == 0


def test_a_request_in_single_bytes_is_as_good_as_in_one(proxy):
    with Wire(proxy.port) as wire:
        for byte in b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n":
            wire.send(bytes([byte]))
        assert json.loads(wire.read().body)["body"]["sha256"] == hashlib.sha256(b"abc").hexdigest()


def test_features_switched_off_leave_a_plain_proxy(weir, upstreams, demo):
    off = "features: {cache: false, etag: false, gzip: false, dedupe: false, breaker: false}\n"
    proxy = weir(off + upstreams + ROUTES)
    for _ in range(2):
        answer = proxy.get("/courses", headers={"Accept-Encoding": "gzip"})
        assert "Content-Encoding" not in answer.headers
    assert demo.app.calls("GET /courses") == 2


def test_a_feature_can_be_switched_off_from_the_environment(weir, upstreams, demo):
    proxy = weir(upstreams + ROUTES, {"WEIR_FEATURES_CACHE": "false"})
    for _ in range(2):
        proxy.get("/courses")
    assert demo.app.calls("GET /courses") == 2


def test_many_clients_at_once_get_each_their_own_answer(proxy):
    waiting = [start_curl("-d", f"body-{number}", f"{proxy.url}/echo?n={number}") for number in range(30)]
    for number, process in enumerate(waiting):
        output, _ = process.communicate(timeout=30)
        assert json.loads(output)["path"] == f"/echo?n={number}"
