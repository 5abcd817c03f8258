"""WebSocket to upstreams behind TLS, with real clients, a real server, and peers by hand."""

import hashlib
import os
import socket
import ssl
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import serve

from peers.authority import Authority
from peers.connect_proxy import ConnectProxy
from peers.program import free_port
from peers.secure import SWITCH, SecurePeer
from peers.waiting import eventually
from peers.wire import Wire

LARGE = 4 << 20
HUGE = int(os.environ.get("TUNNEL_MIB", "100")) << 20
PIECE = bytes(range(256)) * 4096
OFFER = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"]


@pytest.fixture
def echo_server(authority):
    """Sends back what it gets, over TLS; tells how a connection ended, and where it was asked for."""
    ended, paths = [], []

    def echo(connection):
        paths.append(connection.request.path)
        try:
            for message in connection:
                if message == "leave":
                    connection.close(code=4000)
                else:
                    connection.send(message)
        finally:
            ended.append(connection.close_code)

    def refuse(connection, request):
        if request.path.endswith("/forbidden"):
            return connection.respond(403, "not for you\n")
        return None

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.folder / "server.pem", authority.folder / "server.key")
    port = free_port()
    with serve(echo, "127.0.0.1", port, ssl=context, max_size=None, process_request=refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        server.port, server.ended, server.paths = port, ended, paths
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def secure_peer(authority):
    """Starts a peer by hand with the certificate of `authority`."""
    peers = []

    def start_peer(script, **more):
        certificate, key = authority.folder / "server.pem", authority.folder / "server.key"
        peers.append(SecurePeer(certificate, key, script, **more))
        return peers[-1]

    yield start_peer
    for peer in peers:
        peer.stop()
        assert peer.errors == []


def upstream(port, authority, host="localhost", more=""):
    return (
        f'upstreams:\n  api: {{url: "https://{host}:{port}/base", ca_file: "{authority.file}"{more}}}\n'
        "routes: [{path: /, upstream: api, cache: {mode: http}}]\n"
    )


@pytest.fixture
def proxy(weir, echo_server, authority):
    return weir(
        upstream(echo_server.port, authority) + "limits: {tunnel_idle: 2s}\n",
        tls="{certificate: certificates/server.pem, key: certificates/server.key}",
    )


@pytest.fixture(params=["ws", "wss"])
def open_socket(request, proxy, authority):
    """Connects to Weir, in the clear and over TLS."""
    if request.param == "wss":
        context = ssl.create_default_context(cafile=authority.file)
        address, secure = f"wss://localhost:{proxy.secure_port}", {"ssl": context}
    else:
        address, secure = f"ws://{proxy.address}", {}
    return lambda path="/chat", **more: connect(address + path, max_size=None, proxy=None, **secure, **more)


def offer(proxy, *fields):
    """An offer to switch, by hand: the answer, or 101 and the connection."""
    wire = Wire(proxy.port)
    wire.get("/chat", *OFFER, *fields)
    return wire


def breaker(proxy):
    [breaker] = proxy.stats()["upstreams"][0]["breakers"]
    return breaker


def pool(proxy):
    return proxy.stats()["upstreams"][0]["pool"]


def expect_tls_error(proxy, text):
    with offer(proxy) as wire:
        answer = wire.read()
    assert answer.status == 502, answer.body
    assert b'"upstream_tls"' in answer.body
    assert text.encode() in answer.body, answer.body


def test_messages_go_both_ways_whatever_their_size(open_socket, proxy, echo_server):
    with open_socket() as client:
        assert client.response.headers["Via"] == "1.1 weir"
        for message in ["hello", os.urandom(150_000), "é" * LARGE, ""]:
            client.send(message)
            assert client.recv() == message
        tunnels = proxy.stats()["tunnels"]
        assert (tunnels["open"], tunnels["total"]) == (1, 1)
        assert pool(proxy)["activeConnections"] == 1
    eventually(lambda: echo_server.ended == [1000], what="the server to see the close")
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnel's end")
    eventually(lambda: pool(proxy)["activeConnections"] == 0, what="the place to be free")
    assert echo_server.paths == ["/base/chat"]
    assert proxy.metric("weir_tunnel_bytes_total", direction="received") > 140_000
    assert proxy.metric("weir_upstream_requests_total", outcome="success") == 1
    assert breaker(proxy)["consecutiveFailures"] == 0


def test_the_server_may_close_first(open_socket, proxy):
    with open_socket() as client:
        client.send("leave")
        with pytest.raises(ConnectionClosedError) as closed:
            client.recv(timeout=15)
        assert closed.value.rcvd.code == 4000
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnel's end")


def test_a_refused_handshake_passes_as_it_is_and_its_connection_closes(open_socket, proxy):
    for _ in range(2):
        with pytest.raises(InvalidStatus) as refused:
            open_socket("/forbidden")
        assert refused.value.response.status_code == 403
        assert refused.value.response.body == b"not for you\n"
    assert proxy.stats()["tunnels"]["total"] == 0
    assert pool(proxy)["activeConnections"] == pool(proxy)["idleCount"] == 0
    assert proxy.metric("weir_upstream_requests_total", outcome="success") == 2


@pytest.mark.parametrize("fields", ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\nTrailer: X\r\n", ""])
def test_an_answer_of_any_framing_is_passed_on_and_its_connection_never_kept(weir, secure_peer, authority, fields):
    body = {"C": b"hello", "T": b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", "": b"hello"}[fields[:1]]
    ends = []

    def answer(connection):
        connection.read_head()
        connection.send(b"HTTP/1.1 403 Forbidden\r\nCache-Control: max-age=60\r\n" + fields.encode() + b"\r\n" + body)
        if not fields:
            connection.say_goodbye()
        else:
            ends.append(connection.read_to_end())

    peer = secure_peer(answer)
    proxy = weir(upstream(peer.port, authority))
    for number in range(1, 3):
        with offer(proxy, "TE: trailers") as wire:
            answer = wire.read()
            assert (answer.status, answer.body) == (403, b"hello")
            assert "hit" not in answer.field("Cache-Status")
        eventually(lambda: fields == "" or ends == [b""] * number, what="the upstream's connection to be closed")  # noqa: B023
    assert proxy.metric("weir_cache_entries") == 0


def test_the_request_goes_up_whole_with_the_upstreams_name(weir, secure_peer, authority):
    heads = []

    def answer(connection):
        heads.append(connection.read_head())
        connection.send(SWITCH + b"early")
        connection.read_to_end()

    peer = secure_peer(answer)
    proxy = weir(upstream(peer.port, authority, more=', headers: {Authorization: "Bearer own"}'))
    with offer(proxy, "Sec-WebSocket-Protocol: realtime", "Authorization: Bearer client") as wire:
        assert wire.read_head().status == 101
        assert wire.reader.read(5) == b"early"
    [head] = heads
    assert head[0] == "GET /base/chat HTTP/1.1"
    assert f"Host: localhost:{peer.port}" in head
    assert {"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Protocol: realtime"} <= set(head)
    assert [line for line in head if line.startswith("Authorization")] == ["Authorization: Bearer own"]
    assert peer.names == ["localhost"]


@pytest.mark.parametrize("reader", ["client", "upstream"])
def test_who_stops_reading_stops_the_other_and_nothing_is_lost(weir, secure_peer, authority, reader):
    digest, go_on, peers = hashlib.sha256(), threading.Event(), []

    def pour(send, progress):
        for _ in range(HUGE // len(PIECE)):
            send(PIECE)
            progress.append(len(PIECE))

    poured = []

    def script(connection):
        peers.append(connection)
        connection.read_head()
        connection.send(SWITCH)
        if reader == "client":
            pour(connection.send, poured)
            connection.say_goodbye()
        else:
            assert go_on.wait(60)
            digest.update(connection.read(HUGE))
            connection.send(b"done")
            connection.read_to_end()

    def stands_still():
        before = len(poured)
        time.sleep(0.3)
        return before > 0 and len(poured) == before

    peer = secure_peer(script)
    proxy = weir(upstream(peer.port, authority))
    with offer(proxy) as wire:
        wire.socket.settimeout(60)
        assert wire.read_head().status == 101
        if reader == "upstream":
            client = threading.Thread(target=pour, args=(wire.socket.sendall, poured))
            client.start()
        eventually(stands_still, what="the sender to stand still")
        assert sum(poured) < HUGE
        assert proxy.program.memory_kib() < 128 * 1024
        go_on.set()
        if reader == "client":
            for _ in range(HUGE // len(PIECE)):
                digest.update(wire.reader.read(len(PIECE)))
            assert wire.is_at_end()
        else:
            assert wire.reader.read(4) == b"done"
            client.join()
    expected = hashlib.sha256()
    for _ in range(HUGE // len(PIECE)):
        expected.update(PIECE)
    assert digest.hexdigest() == expected.hexdigest()
    assert proxy.program.memory_kib() < 128 * 1024
    eventually(lambda: pool(proxy)["activeConnections"] == 0, what="the place to be free")


@pytest.mark.parametrize("first", ["client", "upstream"])
def test_one_side_may_end_before_the_other(weir, secure_peer, authority, first):
    heard = []

    def script(connection):
        connection.read_head()
        connection.send(SWITCH)
        if first == "client":
            heard.append(connection.read_to_end())
        connection.send(b"answer")
        connection.say_goodbye()

    peer = secure_peer(script)
    proxy = weir(upstream(peer.port, authority))
    with offer(proxy) as wire:
        assert wire.read_head().status == 101
        if first == "client":
            wire.send(b"question")
            wire.socket.shutdown(1)
        assert wire.reader.read() == b"answer"
    assert heard == ([b"question"] if first == "client" else [])
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnel's end")


@pytest.mark.parametrize("how", ["cut", "reset"])
@pytest.mark.parametrize("secure", [False, True])
def test_an_upstream_that_breaks_off_amid_frames_is_seen_to(weir, secure_peer, authority, how, secure):
    go_on = threading.Event()

    def script(connection):
        connection.read_head()
        connection.send(SWITCH + b"\x82\x7e\x10\x00" + b"half of a frame")
        assert go_on.wait(15)
        getattr(connection, how)()

    peer = secure_peer(script)
    proxy = weir(
        upstream(peer.port, authority),
        tls="{certificate: certificates/server.pem, key: certificates/server.key}",
    )
    wire = Wire(proxy.secure_port if secure else proxy.port)
    if secure:
        context = ssl.create_default_context(cafile=authority.file)
        wire.socket = context.wrap_socket(wire.socket, server_hostname="localhost", suppress_ragged_eofs=False)
        wire.reader = wire.socket.makefile("rb")
    wire.get("/chat", *OFFER)
    assert wire.read_head().status == 101
    assert wire.reader.read(19) == b"\x82\x7e\x10\x00half of a frame"
    go_on.set()
    if secure:
        # TLS's good-bye would say that this was all.
        with pytest.raises(OSError):
            wire.reader.read(1)
    else:
        assert wire.is_at_end()
    wire.close()
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnel's end")
    eventually(lambda: pool(proxy)["activeConnections"] == 0, what="the place to be free")


def test_a_real_client_sees_that_its_server_is_gone(weir, secure_peer, authority, echo_server):
    proxy = weir(upstream(echo_server.port, authority))
    with connect(f"ws://{proxy.address}/chat", proxy=None) as client:
        client.send("x")
        assert client.recv() == "x"
        proxy.program.terminate()
        with pytest.raises(ConnectionClosedError):
            client.recv(timeout=15)


def test_a_silent_tunnel_is_cut_off(open_socket, echo_server, proxy):
    with open_socket(ping_interval=None) as client:
        with pytest.raises(ConnectionClosedError):
            client.recv(timeout=15)
    eventually(lambda: len(echo_server.ended) == 1, what="the server to see the end")
    eventually(lambda: pool(proxy)["activeConnections"] == 0, what="the place to be free")


def test_an_upstream_that_is_half_open_is_cut_off(weir, secure_peer, authority):
    """It has gone without a word: nothing comes back, whatever is sent."""
    stay = threading.Event()

    def script(connection):
        connection.read_head()
        connection.send(SWITCH)
        stay.wait(30)

    peer = secure_peer(script)
    proxy = weir(upstream(peer.port, authority) + "limits: {tunnel_idle: 1s}\n")
    with offer(proxy) as wire:
        assert wire.read_head().status == 101
        wire.send(b"is anybody there?")
        assert wire.is_at_end()
    eventually(lambda: pool(proxy)["activeConnections"] == 0, what="the place to be free")
    stay.set()


def test_an_authority_that_is_not_trusted_is_502_and_counts(weir, echo_server, authority, tmp_path):
    other = Authority(tmp_path / "other")
    proxy = weir(upstream(echo_server.port, other, more=", retry: {attempts: 1}, breaker: {failures: 3}"))
    for failures in range(1, 4):
        expect_tls_error(proxy, "unable to get local issuer certificate")
        if failures < 3:
            assert breaker(proxy)["consecutiveFailures"] == failures
    assert proxy.metric("weir_upstream_requests_total", upstream="api", outcome="tls") == 3
    with offer(proxy) as wire:
        answer = wire.read()
    assert answer.status == 503 and b'"breaker_open"' in answer.body
    assert echo_server.paths == []


def test_the_systems_authorities_do_not_vouch_for_a_throw_away_one(weir, echo_server):
    proxy = weir(
        f'upstreams:\n  api: {{url: "https://localhost:{echo_server.port}"}}\nroutes: [{{path: /, upstream: api}}]\n'
    )
    expect_tls_error(proxy, "unable to get local issuer certificate")


def test_a_certificate_for_another_name_is_502(weir, authority, secure_peer):
    """Name and address are each proved by themselves: neither stands for the other."""
    named = authority.issue("named", names="DNS:localhost")
    addressed = authority.issue("addressed", names="IP:127.0.0.1")
    peer = secure_peer(lambda connection: connection.read_head())
    peer.use(*named)
    expect_tls_error(weir(upstream(peer.port, authority, host="127.0.0.1")), "IP address mismatch")
    peer.use(*addressed)
    expect_tls_error(weir(upstream(peer.port, authority)), "hostname mismatch")


def test_an_address_that_the_certificate_names_is_good(weir, authority, echo_server):
    proxy = weir(upstream(echo_server.port, authority, host="127.0.0.1"))
    with connect(f"ws://{proxy.address}/chat", proxy=None) as client:
        client.send("x")
        assert client.recv() == "x"


def test_an_expired_certificate_is_502(weir, authority, secure_peer):
    peer = secure_peer(lambda connection: connection.read_head())
    peer.use(*authority.issue("expired", days=0))
    proxy = weir(upstream(peer.port, authority))
    expect_tls_error(proxy, "certificate has expired")
    assert len(peer.failed) > 0


def test_a_peer_that_speaks_no_tls_is_502(weir, authority, demo):
    expect_tls_error(weir(upstream(demo.app.url.rsplit(":")[-1], authority)), "wrong version number")


def test_a_peer_that_does_not_shake_hands_is_504(weir, authority):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        proxy = weir(upstream(silent.getsockname()[1], authority, more=", timeouts: {connect: 300ms}"))
        with offer(proxy) as wire:
            answer = wire.read()
    assert answer.status == 504 and b'"upstream_connect_timeout"' in answer.body


def test_a_peer_that_does_not_answer_is_504(weir, authority, secure_peer):
    peer = secure_peer(lambda connection: connection.read_to_end())
    proxy = weir(upstream(peer.port, authority, more=", timeouts: {first_byte: 300ms}"))
    with offer(proxy) as wire:
        answer = wire.read()
    assert answer.status == 504 and b'"upstream_first_byte_timeout"' in answer.body


def test_a_rotated_ca_file_is_read_again(weir, authority, secure_peer, tmp_path):
    def script(connection):
        connection.read_head()
        connection.send(SWITCH)
        connection.read_to_end()

    peer = secure_peer(script)
    proxy = weir(upstream(peer.port, authority, more=", retry: {attempts: 1}"))
    with offer(proxy) as wire:
        assert wire.read_head().status == 101
    later = Authority(tmp_path / "later")
    peer.use(*later.issue("server"))
    expect_tls_error(proxy, "unable to get local issuer certificate")
    later.file.replace(authority.file)
    with offer(proxy) as wire:
        assert wire.read_head().status == 101
    authority.file.unlink()
    expect_tls_error(proxy, "cannot be read")


def test_tunnels_and_calls_share_the_pool(weir, authority, secure_peer):
    def script(connection):
        head = connection.read_head()
        if "Upgrade: websocket" in head:
            connection.send(SWITCH)
            connection.read_to_end()
        else:
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

    peer = secure_peer(script)
    more = ", pool: {max: 2, pending: 1, pending_wait: 5s}, retry: {attempts: 1}"
    proxy = weir(upstream(peer.port, authority, more=more))
    with Wire(proxy.port) as wire:
        wire.get("/plain")
        assert wire.read().body == b"ok"
    tunnels = [offer(proxy), offer(proxy)]
    assert [wire.read_head().status for wire in tunnels] == [101, 101]
    assert pool(proxy)["activeConnections"] == 2
    with Wire(proxy.port) as waiting:
        waiting.get("/plain")
        eventually(lambda: pool(proxy)["waitingCount"] == 1, what="the call that waits")
        with offer(proxy) as refused:
            answer = refused.read()
            assert answer.status == 503 and b'"upstream_busy"' in answer.body
        tunnels[0].close()
        answer = waiting.read()
        assert (answer.status, answer.body) == (200, b"ok")
    tunnels[1].close()
    eventually(lambda: pool(proxy)["activeConnections"] == 0, what="the places to be free")


def test_stopping_waits_for_a_tunnel_and_resets_it_in_the_end(weir, echo_server, authority):
    proxy = weir(upstream(echo_server.port, authority), drain="1s")
    with connect(f"ws://{proxy.address}/chat", proxy=None, ping_interval=0.2) as client:
        client.send("x")
        assert client.recv() == "x"
        assert proxy.program.terminate(within=15) == 0
        with pytest.raises(ConnectionClosedError):
            client.recv(timeout=15)


@pytest.fixture
def connect_proxy():
    """Starts a proxy that leads on, or refuses."""
    proxies = []

    def start_proxy(*arguments):
        proxies.append(ConnectProxy(*arguments))
        return proxies[-1]

    yield start_proxy
    for proxy in proxies:
        proxy.stop()


def test_the_way_leads_through_the_proxy_that_calls_take(weir, echo_server, authority, connect_proxy):
    outbound = connect_proxy()
    environment = {"HTTPS_PROXY": f"http://weir:p%40ss@127.0.0.1:{outbound.port}"}
    proxy = weir(upstream(echo_server.port, authority), environment)
    with connect(f"ws://{proxy.address}/chat", max_size=None, proxy=None) as client:
        for message in ["hello", os.urandom(150_000)]:
            client.send(message)
            assert client.recv() == message
    with Wire(proxy.port) as wire:
        wire.get("/plain")
        assert wire.read().status in (400, 426)
    # Both have asked alike.
    assert [request[0] for request in outbound.requests] == [f"CONNECT localhost:{echo_server.port} HTTP/1.1"] * 2
    for request in outbound.requests:
        assert f"Host: localhost:{echo_server.port}" in request
        assert "Proxy-Authorization: Basic d2VpcjpwQHNz" in request
    assert echo_server.ended == [1000]


def test_a_proxy_is_passed_by_where_the_environment_says_so(weir, echo_server, authority, connect_proxy):
    outbound = connect_proxy()
    environment = {"https_proxy": f"127.0.0.1:{outbound.port}", "NO_PROXY": "example.com, localhost"}
    proxy = weir(upstream(echo_server.port, authority), environment)
    with connect(f"ws://{proxy.address}/chat", proxy=None) as client:
        client.send("x")
        assert client.recv() == "x"
    assert outbound.requests == []


@pytest.mark.parametrize(
    ("setting", "message"),
    [("http://127.0.0.1:{port}", "the proxy answers with 407"), ("socks5://127.0.0.1:{port}", "speaks socks5")],
)
def test_without_a_way_through_the_proxy_there_is_none(weir, echo_server, authority, connect_proxy, setting, message):
    outbound = connect_proxy("407 Proxy Authentication Required")
    environment = {"HTTPS_PROXY": setting.format(port=outbound.port)}
    proxy = weir(upstream(echo_server.port, authority), environment)
    with offer(proxy) as wire:
        answer = wire.read()
    assert answer.status == 502 and b'"upstream_unreachable"' in answer.body
    assert message.encode() in answer.body
    assert echo_server.paths == []
