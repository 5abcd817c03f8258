"""HTTP/2 towards clients: over TLS, and in plain by prior knowledge."""

import hashlib
import json
import os
import re
import socket
import subprocess

import httpx
import pytest

from conftest import ROUTES
from peers.curl import curl, start_curl
from peers.http2 import CALM, INTERNAL_ERROR, NO_ERROR, PROTOCOL_ERROR, REFUSED_STREAM, HTTP2Wire
from peers.program import clean_environment
from peers.waiting import eventually
from peers.weir import cache_status
from test_tls import client_context, connect

import h2.connection
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

LARGE = int(os.environ.get("LARGE_BODY_MIB", "1024")) << 18
PRIOR = ["--http2-prior-knowledge"]


@pytest.fixture
def start_http2(weir, upstreams, authority):
    def start(config=""):
        tls = "{certificate: certificates/server.pem, key: certificates/server.key}"
        proxy = weir(config + upstreams + ROUTES, tls=tls)
        proxy.authority = authority
        return proxy

    return start


@pytest.fixture
def proxy(start_http2):
    return start_http2()


def https(proxy):
    return httpx.Client(
        base_url=proxy.secure_url, verify=client_context(proxy), http1=False, http2=True, trust_env=False, timeout=60
    )


def test_curl_over_tls_negotiates_http_2(proxy):
    code, output = curl("-i", "--http2", "--cacert", proxy.authority.file, f"{proxy.secure_url}/echo")
    assert code == 0 and output.startswith(b"HTTP/2 200")
    assert b'"via":["2.0 weir"]' in output and b'"x-forwarded-proto":["https"]' in output
    assert b'"host":' in output and b"transfer-encoding" not in output.lower().split(b"\r\n\r\n")[0]
    code, output = curl("-i", "--http1.1", "--cacert", proxy.authority.file, f"{proxy.secure_url}/echo")
    assert code == 0 and output.startswith(b"HTTP/1.1 200")


def test_a_client_that_leaves_breaks_no_rule(proxy):
    """curl leaves without closing TLS, as browsers do."""
    code, _ = curl("--http2", "--cacert", proxy.authority.file, f"{proxy.secure_url}/echo")
    assert code == 0
    eventually(lambda: proxy.metric("weir_connections") == 0, what="the end of the connection")
    assert proxy.metric("weir_http2_connections_total") == 1
    assert proxy.metric("weir_http2_connection_errors_total") == 0


def test_curl_by_prior_knowledge_and_http_1_share_a_port(proxy):
    code, output = curl("-i", *PRIOR, f"{proxy.url}/echo")
    assert code == 0 and output.startswith(b"HTTP/2 200")
    # An offer to upgrade is not taken (RFC 9113 §3.1).
    code, output = curl("-i", "--http2", f"{proxy.url}/echo")
    assert code == 0 and output.startswith(b"HTTP/1.1 200")
    assert proxy.metric("weir_http2_connections_total") == 1


def test_both_protocols_share_what_is_stored(proxy):
    assert cache_status(proxy.get("/courses/1"))["fwd"] == "uri-miss"
    code, output = curl("-i", *PRIOR, "-H", f"Host: {proxy.address}", f"{proxy.url}/courses/1")
    assert code == 0 and b"cache-status: weir; hit" in output
    code, output = curl("-i", *PRIOR, "-H", 'If-None-Match: "course-1-1"', f"{proxy.url}/courses/1")
    assert code == 0 and output.startswith(b"HTTP/2 304")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
def test_methods_pass(proxy, method):
    with https(proxy) as client:
        answer = client.request(method, "/echo")
        assert answer.status_code == 200 and answer.http_version == "HTTP/2"
        if method == "HEAD":
            assert answer.content == b"" and int(answer.headers["content-length"]) > 0
        else:
            assert answer.json()["method"] == method


def test_large_bodies_pass_both_ways_with_flat_memory(proxy):
    with https(proxy) as client:
        client.get("/bytes/1000000")
        before = proxy.program.memory_kib()
        count = 0
        with client.stream("GET", f"/bytes/{LARGE}", headers={"Accept-Encoding": "identity"}) as answer:
            for piece in answer.iter_raw(1 << 20):
                count += len(piece)
        assert count == LARGE
        piece, digest = os.urandom(1 << 20), hashlib.sha256()

        def pieces():
            for _ in range(LARGE >> 23):
                digest.update(piece)
                yield piece

        echo = client.post("/echo", content=pieces()).json()
        assert echo["body"] == {"bytes": LARGE >> 23 << 20, "sha256": digest.hexdigest()}
        known = client.post("/echo", content=piece).json()
        assert known["headers"]["content-length"] == [str(1 << 20)]
        assert proxy.program.memory_kib() - before < 64 * 1024


def test_many_streams_run_at_once_on_one_connection(start_http2, demo):
    proxy = start_http2("limits: {streams: 40}\n")
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as wire:
        wire.send(WindowUpdateFrame(0, window_increment=1 << 20))
        wire.send(*[wire.headers(1 + 2 * n, wire.request(f"/answer?size=1000&gate=g&n={n}")) for n in range(40)])
        eventually(lambda: demo.app.waiting("g") == 40, what="forty calls")
        # One more is one too many, whether the client has acknowledged the limit or not.
        wire.send(wire.headers(81, wire.request("/echo")))
        assert wire.find(RstStreamFrame, stream=81).error_code in (PROTOCOL_ERROR, REFUSED_STREAM)
        demo.app.release("g")
        bodies = {}
        for frame in wire.frames():
            if isinstance(frame, DataFrame):
                bodies[frame.stream_id] = bodies.get(frame.stream_id, 0) + len(frame.data)
            if len(bodies) == 40 and sum(bodies.values()) == 40_000:
                break
        wire.send(wire.headers(83, wire.request("/echo")))
        assert wire.status(83) == 200


def test_a_client_that_never_learns_the_limit_on_streams_is_let_go(start_http2, demo):
    proxy = start_http2("limits: {streams: 5}\n")
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as wire:
        streams = iter(range(1, 1 << 30, 2))
        assert flood(wire, lambda: [wire.headers(next(streams), wire.request("/answer?size=1&gate=g")) for _ in range(10)])
        assert demo.app.waiting("g") <= 5
    demo.app.release("g")


def test_events_arrive_one_by_one(proxy, demo):
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request("/stream?events=3&interval=0&event_gate=g")))
        for tick in range(1, 4):
            assert f'{{"tick":{tick}}}'.encode() in wire.find(DataFrame).data
            if tick < 3:
                eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
                demo.app.let_pass("g")


def test_cookies_are_joined(proxy):
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request("/echo") + [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2")]))
        fields, body = wire.response(1)
        assert fields[":status"] == "200" and json.loads(body)["headers"]["cookie"] == [
            "sha256:" + hashlib.sha256(b"a=1; b=2").hexdigest()[:12]
        ]


REFUSED = {
    "a path without a slash": [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "echo")],
    "an absolute path": [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "http://b/echo")],
    "an asterisk": [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "*")],
    "a fragment": [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/a#b")],
    "an odd scheme": [(":method", "GET"), (":scheme", "ftp"), (":authority", "a"), (":path", "/")],
    "two authorities": [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/"), ("host", "b")],
    "two hosts": [(":method", "GET"), (":scheme", "http"), (":path", "/"), ("host", "a"), ("host", "a")],
    "no authority": [(":method", "GET"), (":scheme", "http"), (":path", "/")],
    "userinfo": [(":method", "GET"), (":scheme", "http"), (":authority", "u@a"), (":path", "/")],
    "a control byte": HTTP2Wire.request(x="a\x01b"),
    "an unknown expectation": HTTP2Wire.request(method="POST", expect="something"),
    "a broken escape": HTTP2Wire.request("/%0"),
    "an encoded NUL": HTTP2Wire.request("/a%00"),
}

MALFORMED = {
    "no method": [(":scheme", "http"), (":authority", "a"), (":path", "/")],
    "no scheme": [(":method", "GET"), (":authority", "a"), (":path", "/")],
    "no path": [(":method", "GET"), (":scheme", "http"), (":authority", "a")],
    "an empty path": HTTP2Wire.request(""),
    "a repeated path": HTTP2Wire.request() + [(":path", "/")],
    "two paths at the front": [(":path", "/a")] + HTTP2Wire.request(),
    "an unknown pseudo-header field": [(":x", "y")] + HTTP2Wire.request(),
    "a response's pseudo-header field": [(":status", "200")] + HTTP2Wire.request(),
    "a late pseudo-header field": [(":method", "GET"), (":scheme", "http"), ("a", "b"), (":path", "/")],
    "an upper-case name": HTTP2Wire.request() + [("X-Upper", "1")],
    "connection": HTTP2Wire.request(connection="close"),
    "transfer-encoding": HTTP2Wire.request(method="POST", transfer_encoding="chunked"),
    "upgrade": HTTP2Wire.request(upgrade="websocket"),
    "keep-alive": HTTP2Wire.request(keep_alive="1"),
    "proxy-connection": HTTP2Wire.request(proxy_connection="close"),
    "te": HTTP2Wire.request(te="gzip"),
    "CR in a value": HTTP2Wire.request(x="a\rb"),
    "LF in a value": HTTP2Wire.request(x="a\nb"),
    "NUL in a value": HTTP2Wire.request(x="a\0b"),
    "CR LF in a path": HTTP2Wire.request("/a HTTP/1.1\r\nx: y"),
    "CR LF in an authority": [(":method", "GET"), (":scheme", "http"), (":authority", "a\r\nb: c"), (":path", "/")],
    "a space in a name": HTTP2Wire.request() + [("a b", "1")],
    "a colon in a name": HTTP2Wire.request() + [("a:b", "1")],
    "a space in the path": [(":method", "GET"), (":scheme", "http"), (":authority", "a"), (":path", "/a HTTP/1.1")],
    "a space in the method": [(":method", "GET /b"), (":scheme", "http"), (":authority", "a"), (":path", "/a")],
    "a length that lies": HTTP2Wire.request(content_length="5"),
    "a negative length": HTTP2Wire.request(content_length="-1"),
    "two lengths": HTTP2Wire.request() + [("content-length", "0"), ("content-length", "1")],
}


def encoded(fields):
    """Without the encoder's own ideas of what a field may hold: literals that are not indexed (RFC 7541 §6.2.2)."""

    def text(value):
        value = value.encode("latin-1")
        assert len(value) < 127
        return bytes([len(value)]) + value

    return b"".join(b"\0" + text(name) + text(value) for name, value in fields)


@pytest.mark.parametrize("fields", REFUSED.values(), ids=REFUSED.keys())
def test_a_request_that_http_1_would_refuse_is_refused(proxy, demo, fields):
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, None, block=encoded(fields)))
        answer, body = wire.response(1)
        assert answer[":status"] in ("400", "417"), answer
        assert json.loads(body)["error"]["type"] == "weir_error"
        # The next one on the same connection is served.
        wire.send(wire.headers(3, wire.request("/echo")))
        assert wire.status(3) == 200
    assert demo.app.calls("GET /echo") == 1


@pytest.mark.parametrize("fields", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_request_is_a_stream_error(proxy, demo, fields):
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, None, block=encoded(fields)))
        assert wire.status(1) in (1, 400)
        wire.send(wire.headers(3, wire.request("/echo")))
        assert wire.status(3) == 200
    assert demo.app.calls("GET /echo") == 1


@pytest.mark.parametrize("sent", [b"", b"123", b"123456"])
def test_data_that_does_not_match_its_length_is_a_stream_error(proxy, sent):
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request(method="POST", content_length="5"), ends=False))
        wire.send(wire.data(1, sent, ends=True))
        assert wire.status(1) == 1
        assert wire.is_alive()


def test_a_head_over_the_limit_is_431_and_far_over_ends_the_connection(proxy):
    with HTTP2Wire(proxy.port) as wire:
        # The client has Weir's settings by now, and Weir knows.
        assert wire.is_alive() and wire.is_alive()
        fields = wire.request() + [(f"x-{n}", "v" * 1000) for n in range(33)]
        block = wire.encoder.encode(fields)
        first = wire.headers(1, None, block=block[:16000])
        first.flags.discard("END_HEADERS")
        rest = [ContinuationFrame(1, data=block[at : at + 16000]) for at in range(16000, len(block), 16000)]
        rest[-1].flags.add("END_HEADERS")
        wire.send(first, *rest)
        assert wire.status(1) == 431
        wire.send(wire.headers(3, wire.request("/echo") + [("x", "y")] * 300))
        assert wire.status(3) == 431
        assert wire.is_alive()


def test_large_heads_are_a_connection_s_first(proxy):
    """Before its SETTINGS are acknowledged, by a real client and by hand."""
    cookie = "Cookie: " + "c" * 17000
    code, output = curl("-i", "--http2", "--cacert", proxy.authority.file, "-H", cookie, f"{proxy.secure_url}/echo")
    assert code == 0 and output.startswith(b"HTTP/2 200")
    for path, more, status in (("/echo", {"cookie": "c" * 31000}, 200), ("/" + "t" * 17000, {}, 414)):
        with HTTP2Wire(proxy.port) as wire:
            block = wire.encoder.encode(wire.request(path, **more), huffman=False)
            first = wire.headers(1, None, block=block[:16000])
            first.flags.discard("END_HEADERS")
            last = ContinuationFrame(1, data=block[16000:])
            last.flags.add("END_HEADERS")
            wire.send(first, last)
            assert wire.status(1) == status
            assert wire.is_alive()


def test_a_head_has_its_time(start_http2, demo):
    proxy = start_http2("limits: {head_time: 500ms}\n")
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request("/answer?size=10&gate=g")))
        eventually(lambda: demo.app.waiting("g") == 1, what="the request at its gate")
        # SETTINGS are acknowledged by now.
        assert wire.is_alive()
        wire.socket.sendall(wire.headers(3, wire.request()).serialize()[:12])
        goaway = wire.find(GoAwayFrame)
        assert (goaway.last_stream_id, goaway.error_code) == (1, CALM)
        assert wire.read_frame() is None
    assert proxy.metric("weir_http2_slow_heads_total") == 1
    demo.app.release("g")


def test_what_no_upstream_takes_is_bounded(weir, demo):
    """Bodies that wait for a connection, over HTTP/2 and HTTP/1.1, count in limits.memory."""
    upstreams = f"upstreams: {{app: {{url: '{demo.app.url}', pool: {{max: 1, pending: 1000, pending_wait: 20s}}}}}}\n"
    routes = "routes: [{path: /, upstream: app}]\n"
    proxy = weir("workers: 1\nlimits: {memory: 1MiB}\n" + upstreams + routes)
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as first, HTTP2Wire(proxy.port) as wire:
        first.send(first.headers(1, first.request("/answer?size=10&gate=g")))
        eventually(lambda: demo.app.waiting("g") == 1, what="the request at its gate")
        streams = range(1, 101, 2)
        for stream in streams:
            wire.send(wire.headers(stream, wire.request("/echo", "POST"), ends=False))
        for stream in streams:
            wire.send(wire.data(stream, b"x" * 16000), wire.data(stream, b"x" * 16000))
        wire.send(PingFrame(opaque_data=b"everyone"))
        refused = {}
        for frame in wire.frames():
            if isinstance(frame, HeadersFrame):
                refused[frame.stream_id] = dict(frame.fields)[":status"]
            if isinstance(frame, PingFrame):
                break
        assert set(refused.values()) == {"503"} and 10 <= len(refused) <= 40 and 1 not in refused
        assert proxy.metric("weir_buffer_bytes") <= 1 << 20
        demo.app.release("g")
        assert first.status(1) == 200
        wire.send(wire.data(1, b"", ends=True))
        assert wire.status(1) == 200
    eventually(lambda: proxy.metric("weir_buffer_bytes") == 0, what="the memory")


def test_a_header_bomb_is_not_unpacked(proxy):
    with HTTP2Wire(proxy.port) as wire:
        before = proxy.program.memory_kib("VmRSS")
        # One field of 4 KB in the table, then 16,000 times a byte that names it: 64 MB.
        seed = wire.encoder.encode([("x-bomb", "b" * 4000)])
        block = encoded(wire.request()) + seed + b"\xbe" * 16000
        first = wire.headers(1, None, block=block[:16000])
        first.flags.discard("END_HEADERS")
        last = ContinuationFrame(1, data=block[16000:])
        last.flags.add("END_HEADERS")
        wire.try_send(first, last)
        assert wire.end() is not None
        assert proxy.program.memory_kib("VmRSS") - before < 16 * 1024
    assert proxy.metric("weir_http2_connection_errors_total") == 1


def flood(wire, frames):
    """Sends until the connection is closed; True if it is."""
    for _ in range(200):
        if not wire.try_send(*frames()):
            return True
    return wire.end() is not None


def test_floods_end_the_connection(proxy):
    streams = iter(range(1, 1 << 30, 2))

    def rapid_reset(wire):
        stream = next(streams)
        return [wire.headers(stream, wire.request()), RstStreamFrame(stream, error_code=8)]

    floods = {
        "rapid reset": lambda wire: rapid_reset(wire) * 1 + rapid_reset(wire) + rapid_reset(wire),
        "ping": lambda wire: [PingFrame(opaque_data=b"12345678")] * 10,
        "settings": lambda wire: [SettingsFrame(settings={1: 4096})] * 10,
        "priority": lambda wire: [PriorityFrame(stream_id=1, stream_weight=1, depends_on=3)] * 10,
    }
    for name, frames in floods.items():
        with HTTP2Wire(proxy.port) as wire:
            assert flood(wire, lambda: frames(wire)), name
        assert proxy.get("/echo").status_code == 200, name
    assert proxy.metric("weir_http2_connection_errors_total") == len(floods)


def test_empty_frames_end_the_connection(proxy):
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request(method="POST"), ends=False))
        assert flood(wire, lambda: [wire.data(1, b"")] * 10)
    with HTTP2Wire(proxy.port) as wire:
        first = wire.headers(1, wire.request())
        first.flags.discard("END_HEADERS")
        wire.send(first)
        assert flood(wire, lambda: [ContinuationFrame(1, data=b"")] * 10)
    assert proxy.get("/echo").status_code == 200


def test_resets_that_a_client_provokes_end_the_connection(proxy):
    """MadeYouReset: the client breaks a rule on each stream, so that it is Weir that sends the resets."""
    with HTTP2Wire(proxy.port) as wire:
        streams = iter(range(1, 1 << 30, 2))

        def provoke():
            stream = next(streams)
            return [wire.headers(stream, wire.request(method="POST"), ends=False), WindowUpdateFrame(stream, window_increment=0x7FFFFFFF)]

        assert flood(wire, provoke)
    assert proxy.metric("weir_http2_connection_errors_total") == 1
    with HTTP2Wire(proxy.port) as wire:
        streams = iter(range(1, 1 << 30, 2))
        # Each is answered before its body, which Weir then does not want.
        refused = [(":method", "POST"), (":scheme", "http"), (":authority", "weir.test"), (":path", "nowhere")]
        codes = []
        for _ in range(400):
            stream = next(streams)
            if not wire.try_send(wire.headers(stream, None, ends=False, block=encoded(refused))):
                break
            for frame in wire.frames():
                if isinstance(frame, GoAwayFrame):
                    codes.append(frame.error_code)
                if isinstance(frame, (RstStreamFrame, GoAwayFrame)):
                    break
            if codes:
                break
        assert codes == [CALM]
    assert proxy.get("/echo").status_code == 200


def test_an_answer_before_the_body_tells_the_client_to_stop(proxy):
    with HTTP2Wire(proxy.port) as wire:
        refused = [(":method", "POST"), (":scheme", "http"), (":authority", "weir.test"), (":path", "nowhere")]
        wire.send(wire.headers(1, None, ends=False, block=encoded(refused)))
        assert wire.status(1) == 400
        assert wire.find(RstStreamFrame, stream=1).error_code == NO_ERROR
        assert wire.is_alive()


def test_a_client_that_gives_no_room_is_held_up_and_then_let_go(start_http2, demo):
    proxy = start_http2("limits: {write_idle: 1s}\n")
    before = proxy.program.memory_kib("VmRSS")
    with HTTP2Wire(proxy.port, settings={4: 0}) as wire:
        wire.send(*[wire.headers(1 + 2 * n, wire.request(f"/bytes/{64 << 20}")) for n in range(10)])
        # Nothing of the bodies goes out, and little is taken in; in the end the streams are reset.
        resets = set()
        for frame in wire.frames():
            assert not (isinstance(frame, DataFrame) and frame.data)
            if isinstance(frame, RstStreamFrame):
                resets.add(frame.stream_id)
            if len(resets) == 10:
                break
        assert proxy.program.memory_kib("VmRSS") - before < 24 * 1024
        assert wire.is_alive()
    eventually(lambda: proxy.metric("weir_upstream_connections", state="active") == 0, what="no call left")


def test_one_slow_stream_does_not_hold_up_another(proxy):
    with HTTP2Wire(proxy.port) as wire:
        # The first response is not taken in; the second comes all the same.
        wire.send(WindowUpdateFrame(0, window_increment=1 << 20))
        wire.send(wire.headers(1, wire.request(f"/bytes/{8 << 20}")))
        assert wire.find(DataFrame, stream=1) is not None
        wire.send(wire.headers(3, wire.request("/echo")))
        assert wire.status(3) == 200


def test_an_upstream_that_does_not_read_holds_up_its_stream_alone(weir, demo):
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        proxy = weir(f"""
upstreams:
  app: {{url: "{demo.app.url}"}}
  deaf: {{url: "http://127.0.0.1:{deaf.getsockname()[1]}"}}
routes:
  - {{path: /deaf, upstream: deaf}}
  - {{path: /, upstream: app}}
""")
        before = proxy.program.memory_kib("VmRSS")
        with HTTP2Wire(proxy.port) as wire:
            wire.send(wire.headers(1, wire.request("/deaf", method="POST"), ends=False))
            # As much as there is room for, until no more room is given.
            windows, sent = {0: 65535, 1: 65535}, 0
            wire.socket.settimeout(2)
            try:
                while sent < 64 << 20:
                    if min(windows.values()) < 16384:
                        frame = wire.read_frame()
                        if isinstance(frame, WindowUpdateFrame) and frame.stream_id in windows:
                            windows[frame.stream_id] += frame.window_increment
                        continue
                    wire.send(wire.data(1, bytes(16384)))
                    sent += 16384
                    windows = {stream: window - 16384 for stream, window in windows.items()}
            except TimeoutError:
                pass
            assert sent < 24 << 20
            assert proxy.program.memory_kib("VmRSS") - before < 24 * 1024
            wire.socket.settimeout(15)
            wire.send(wire.headers(3, wire.request("/echo")))
            assert wire.status(3) == 200


def test_a_response_that_breaks_off_is_a_reset(proxy):
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request("/cut?size=4000&after=1000")))
        code, body = wire.response(1)
        assert code == INTERNAL_ERROR and len(body) <= 1000
        assert wire.is_alive()
    code, _ = curl(*PRIOR, f"{proxy.url}/cut?size=4000&after=1000")
    assert code == 92


def test_a_client_that_resets_a_stream_ends_its_call(proxy, demo):
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request("/stream?events=3&interval=0&event_gate=g")))
        eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
        wire.send(RstStreamFrame(1, error_code=8))
        cancelled = lambda: proxy.metric("weir_upstream_requests_total", upstream="app", outcome="cancelled") == 1
        eventually(cancelled, what="the cancelled call")
        assert wire.is_alive()


def test_an_idle_connection_is_told_to_go(start_http2):
    proxy = start_http2("limits: {keep_alive: 1s}\n")
    with HTTP2Wire(proxy.port) as wire:
        assert wire.find(GoAwayFrame).error_code == NO_ERROR
        ping = wire.find(PingFrame)
        wire.send(PingFrame(opaque_data=ping.opaque_data, flags=["ACK"]))
        assert wire.end() == NO_ERROR


def test_stopping_finishes_the_streams_under_way(proxy, demo):
    demo.app.hold("g")
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, wire.request("/answer?size=1000&gate=g")))
        eventually(lambda: demo.app.waiting("g") == 1, what="the call")
        proxy.program.process.terminate()
        assert wire.find(GoAwayFrame).error_code == NO_ERROR
        # What the client sent before it knew is served too.
        wire.send(wire.headers(3, wire.request("/echo")))
        assert wire.status(3) == 200
        wire.send(PingFrame(opaque_data=b"weirleav", flags=["ACK"]))
        assert wire.find(GoAwayFrame).last_stream_id == 3
        demo.app.release("g")
        fields, body = wire.response(1)
        assert fields[":status"] == "200" and len(body) == 1000
        assert wire.read_frame() is None
    assert proxy.program.process.wait(15) == 0


def test_bytes_that_are_no_http_2_end_the_connection(proxy):
    with HTTP2Wire(proxy.port) as wire:
        wire.socket.sendall(b"\xff" * 100)
        assert wire.end() is not None
    with HTTP2Wire(proxy.port) as wire:
        # A stream that was never opened.
        wire.send(wire.data(5, b"x"))
        assert wire.end() is not None
    with HTTP2Wire(proxy.port) as wire:
        wire.send(wire.headers(1, None, block=encoded(wire.request() + [("", "1")])))
        assert wire.end() is not None
    assert proxy.get("/echo").status_code == 200


def test_h2load_finds_no_failure(proxy):
    environment = clean_environment()
    for target in (f"http://{proxy.address}/courses/1", f"{proxy.secure_url}/echo"):
        result = subprocess.run(
            ["h2load", "-n", "2000", "-c", "4", "-m", "20", target],
            capture_output=True, text=True, timeout=120, env=environment,
        )
        assert re.search(r"requests: 2000 total, 2000 started, 2000 done, 2000 succeeded, 0 failed", result.stdout), (
            result.stdout + result.stderr
        )


def test_http_2_can_be_switched_off(weir, upstreams, authority):
    tls = "{certificate: certificates/server.pem, key: certificates/server.key}, http2: false"
    proxy = weir(upstreams + ROUTES, tls=tls)
    proxy.authority = authority
    code, output = curl("-i", "--http2", "--cacert", authority.file, f"{proxy.secure_url}/echo")
    assert code == 0 and output.startswith(b"HTTP/1.1 200")


def test_clients_that_leave_while_it_is_found_out_what_they_speak_harm_nobody(proxy):
    upload = h2.connection.H2Connection()
    upload.initiate_connection()
    begun = upload.data_to_send()
    # Of a length that it does not have, and on a stream that has ended: what Weir has to say of that finds nobody.
    wrong = DataFrame(1, b"a", flags=["END_STREAM"]).serialize()
    for stream, body in ((1, wrong), (3, wrong + DataFrame(3, bytes(16000)).serialize()), (5, b"")):
        upload.send_headers(
            stream,
            [
                (":method", "POST"),
                (":scheme", "http"),
                (":authority", "localhost"),
                (":path", "/echo"),
                ("content-length", "70000"),
            ],
        )
        begun += upload.data_to_send() + body
    for _ in range(2000):
        with socket.create_connection(("127.0.0.1", proxy.port)) as client:
            client.sendall(begun)
    # Nothing is left of them, and the next one is served.
    eventually(lambda: proxy.stats()["connections"]["open"] == 0, what="the last of them to be closed")
    eventually(lambda: proxy.stats()["buffers"]["bytes"] == 0, what="the bodies to be let go")
    assert proxy.get("/courses").status_code == 200
    assert proxy.program.process.poll() is None
