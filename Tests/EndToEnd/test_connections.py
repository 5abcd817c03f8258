"""What clients' connections can take, and what happens when there is no more."""

import os
import resource
import socket
import subprocess
from contextlib import ExitStack

from peers.waiting import eventually
from peers.wire import Wire

FILES = 128


def routes(upstreams, limits=""):
    return f"{upstreams}routes: [{{path: /, upstream: app}}]\n{limits}"


def test_a_client_that_is_done_sending_gets_its_answer(proxy, demo):
    demo.app.hold("g")
    with Wire(proxy.port) as wire:
        wire.get("/stream?events=2&interval=0&event_gate=g")
        wire.socket.shutdown(socket.SHUT_WR)
        eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
        demo.app.release("g")
        answer = wire.read()
        assert answer.status == 200 and answer.body.count(b"data:") == 2
        assert wire.is_at_end()


def test_netcat_like_clients_get_large_bodies(proxy):
    with Wire(proxy.port) as wire:
        wire.get("/bytes/5000000", "Connection: close")
        wire.socket.shutdown(socket.SHUT_WR)
        message = wire.read()
        assert (message.status, len(message.body)) == (200, 5_000_000)


def test_a_connection_closes_after_its_last_request(weir, upstreams):
    proxy = weir(routes(upstreams, "limits: {requests_per_connection: 2}\n"))
    with Wire(proxy.port) as wire:
        for closes in (None, "close"):
            wire.get("/bytes/3")
            assert wire.read().field("Connection") == closes
        assert wire.is_at_end()


def test_one_address_has_its_share_of_connections(weir, upstreams):
    proxy = weir(routes(upstreams, "limits: {connections_per_address: 2}\n"))
    with Wire(proxy.port) as first, Wire(proxy.port) as second:
        for wire in (first, second):
            wire.get("/bytes/3")
            assert wire.read().status == 200
        with Wire(proxy.port) as third:
            refusal = third.read()
            assert refusal.status == 503 and b'"too_many_from_address"' in refusal.body
            assert third.is_at_end()


def stream_at_its_gate(proxy, demo):
    """A connection that has the head of a stream whose second event waits."""
    demo.app.hold("g")
    wire = Wire(proxy.port)
    wire.get("/stream?events=2&interval=0&event_gate=g")
    assert wire.read_head().status == 200
    eventually(lambda: demo.app.waiting("g") == 1, what="the stream at its gate")
    return wire


def test_few_files_are_few_connections_and_who_is_too_many_is_told(weir, upstreams, demo):
    proxy = weir(routes(upstreams), files=FILES)
    assert "limits.connections is 36, not 10000: the system allows 128 open files" in proxy.program.log
    with ExitStack() as stack:
        under_way = stack.enter_context(stream_at_its_gate(proxy, demo))
        begun = [stack.enter_context(Wire(proxy.port)) for _ in range(35)]
        for wire in begun:
            wire.send(b"GET /bytes/3 HTTP/1.1\r\n")
        eventually(lambda: proxy.stats()["connections"]["open"] == 36, what="the connections")
        for _ in range(2 * FILES):
            with Wire(proxy.port) as late:
                refusal = late.read()
                assert refusal.status == 503 and b'"too_many_connections"' in refusal.body
        # Whoever watches is answered, and what has begun is served.
        assert proxy.stats()["connections"]["open"] == 36
        demo.app.let_pass("g")
        assert under_way.read_chunk()
        for wire in begun:
            wire.send(b"Host: localhost\r\n\r\n")
            assert wire.read().body == b"\0\1\2"
        # Those that wait without a request make room for those that have one.
        eventually(lambda: is_served(proxy), what="room")
    assert proxy.stats()["connections"]["acceptPauses"] == 0


def is_served(proxy):
    with Wire(proxy.port) as wire:
        wire.get("/bytes/3")
        return wire.read().status == 200


def test_where_files_run_out_all_the_same_the_old_finishes_and_the_new_is_served_later(weir, upstreams, demo):
    proxy = weir(routes(upstreams))
    with ExitStack() as stack:
        under_way = stack.enter_context(stream_at_its_gate(proxy, demo))
        pid = proxy.program.process.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{pid}/fd")) + 10, FILES))
        for _ in range(30):
            stack.enter_context(socket.create_connection(("127.0.0.1", proxy.port)))
        eventually(lambda: "no connection can be accepted" in proxy.program.log, what="the shortage")
        # Those that wait without a request have to make room.
        with Wire(proxy.port) as late:
            late.get("/bytes/3")
            assert late.read().body == b"\0\1\2"
        demo.app.let_pass("g")
        assert under_way.read_chunk()
    assert proxy.program.process.poll() is None
    eventually(lambda: proxy.stats()["connections"]["acceptPauses"] > 0, what="somebody to tell")


def test_curl_can_send_a_body_with_get_past_the_cache(proxy):
    for _ in range(2):
        answer = subprocess.run(
            ["curl", "-si", "-X", "GET", "-d", "question", f"{proxy.url}/courses/1"],
            capture_output=True,
            text=True,
            timeout=30,
        ).stdout
        assert "cache-status: weir; fwd=request; detail=body" in answer.lower()
