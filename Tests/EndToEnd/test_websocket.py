"""WebSocket through Weir, with a real client and a real server."""

import os
import signal
import ssl
import threading
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.sync.client import connect
from websockets.sync.server import serve

from peers.program import free_port
from peers.waiting import eventually

LARGE = 4 << 20


@pytest.fixture
def echo_server():
    """Sends back what it gets; tells how a connection ended."""
    ended = []

    def echo(connection):
        try:
            for message in connection:
                connection.send(message)
        finally:
            ended.append(connection.close_code)

    port = free_port()
    with serve(echo, "127.0.0.1", port, max_size=None, origins=None, subprotocols=["v1"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        server.port, server.ended = port, ended
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(weir, echo_server):
    return weir(
        f'upstreams:\n  app: {{url: "http://127.0.0.1:{echo_server.port}/base"}}\n'
        "routes: [{path: /, upstream: app, cache: {mode: http}}]\nlimits: {tunnel_idle: 2s}\n"
    )


def open_socket(proxy, **more):
    return connect(f"ws://{proxy.address}/chat", max_size=None, proxy=None, subprotocols=["v1"], **more)


def test_messages_go_both_ways_whatever_their_size(proxy, echo_server):
    with open_socket(proxy) as socket:
        assert socket.subprotocol == "v1"
        assert socket.response.headers["Via"] == "1.1 weir"
        assert "permessage-deflate" in socket.response.headers["Sec-WebSocket-Extensions"]
        for message in ["hello", os.urandom(150_000), "é" * LARGE, ""]:
            socket.send(message)
            assert socket.recv() == message
        tunnels = proxy.stats()["tunnels"]
        assert (tunnels["open"], tunnels["total"]) == (1, 1)
        assert proxy.metric("weir_tunnels") == 1
    eventually(lambda: echo_server.ended == [1000], what="the server to see the close")
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnel's end")
    assert proxy.metric("weir_tunnel_bytes_total", direction="received") > 140_000
    assert proxy.metric("weir_tunnel_bytes_total", direction="sent") > 140_000
    assert proxy.metric("weir_upstream_requests_total", outcome="success") == 1


def test_sockets_over_tls(weir, echo_server, authority):
    proxy = weir(
        f'upstreams:\n  app: {{url: "http://127.0.0.1:{echo_server.port}"}}\nroutes: [{{path: /, upstream: app}}]\n',
        tls="{certificate: certificates/server.pem, key: certificates/server.key}",
    )
    context = ssl.create_default_context(cafile=authority.file)
    address = f"wss://localhost:{proxy.secure_port}/chat"
    with connect(address, ssl=context, max_size=None, proxy=None, subprotocols=["v1"]) as socket:
        for message in ["hello", os.urandom(150_000), "é" * LARGE]:
            socket.send(message)
            assert socket.recv() == message
    eventually(lambda: echo_server.ended == [1000], what="the server to see the close")
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnel's end")


def test_many_sockets_at_once(proxy):
    with ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(open_socket(proxy)) for _ in range(50)]
        for number, socket in enumerate(sockets):
            socket.send(f"message {number}")
        assert [socket.recv() for socket in sockets] == [f"message {number}" for number in range(50)]
    eventually(lambda: proxy.stats()["tunnels"]["open"] == 0, what="the tunnels' end")
    assert proxy.stats()["tunnels"]["total"] == 50


def test_a_refused_handshake_passes_as_it_is(proxy):
    with pytest.raises(InvalidStatus) as refused:
        open_socket(proxy, additional_headers={"Sec-WebSocket-Version": "1"})
    assert refused.value.response.status_code in (400, 426)
    assert proxy.stats()["tunnels"]["total"] == 0


def test_a_silent_socket_is_cut_off(proxy, echo_server):
    with open_socket(proxy, ping_interval=None) as socket:
        with pytest.raises(ConnectionClosedError):
            socket.recv(timeout=15)
    eventually(lambda: len(echo_server.ended) == 1, what="the server to see the end")


def test_stopping_resets_sockets_at_the_end_of_the_drain(proxy):
    with open_socket(proxy, ping_interval=0.5) as socket:
        socket.send("x")
        assert socket.recv() == "x"
        assert proxy.program.terminate(within=15) == 0
        with pytest.raises(ConnectionClosedError):
            socket.recv(timeout=15)


def test_stopping_is_over_with_the_last_socket(weir, echo_server):
    proxy = weir(
        f'upstreams:\n  app: {{url: "http://127.0.0.1:{echo_server.port}"}}\nroutes: [{{path: /, upstream: app}}]\n',
        drain="60s",
    )
    with open_socket(proxy) as socket:
        proxy.program.process.send_signal(signal.SIGTERM)
        eventually(lambda: proxy.admin.get("/readyz").status_code == 503, what="the draining")
        socket.send("x")
        assert socket.recv() == "x"
    assert proxy.program.process.wait(15) == 0
    assert echo_server.ended == [1000]


def test_a_reload_leaves_sockets_alone(proxy):
    with open_socket(proxy) as socket:
        text = proxy.config_path.read_text()
        proxy.config_path.write_text(text.replace("tunnel_idle: 2s", "tunnel_idle: 3s").replace("/base", ""))
        eventually(lambda: proxy.stats()["configuration"]["generation"] == 2, what="the reload")
        socket.send("x")
        assert socket.recv() == "x"
        assert proxy.stats()["tunnels"]["open"] == 1
