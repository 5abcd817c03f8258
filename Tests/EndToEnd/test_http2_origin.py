"""HTTP/2 upstreams that give connections up, idle or under the request that comes on one."""

import hashlib
import os

import httpx
import pytest

from peers.http2_origin import HTTP2Origin
from peers.waiting import eventually

BODIES = {"small": b"x" * 10, "large": os.urandom(40_000)}


@pytest.fixture
def origin(authority):
    """Starts an origin that behaves as it is told."""
    origins = []

    def start_origin(*behave):
        certificate, key = authority.folder / "server.pem", authority.folder / "server.key"
        origins.append(HTTP2Origin(certificate, key, *behave))
        return origins[-1]

    yield start_origin
    for started in origins:
        started.stop()


def start_weir(weir, origin, authority, more=""):
    return weir(
        f'upstreams:\n  api: {{url: "https://localhost:{origin.port}", ca_file: "{authority.file}"{more}}}\n'
        "routes: [{path: /, upstream: api}]\n"
    )


def expect_no_failure(proxy, successes):
    """No breaker has counted anything, and nothing was a retry; calls are successes, or found their connection dead."""
    [breaker] = proxy.stats()["upstreams"][0]["breakers"]
    assert (breaker["state"], breaker["consecutiveFailures"]) == ("closed", 0)
    counted = proxy.metrics()["weir_upstream_requests_total"]
    counted = {labels["outcome"]: int(value) for labels, value in counted if value}
    assert counted.pop("success") == successes and set(counted) <= {"lost_idle"}
    assert proxy.metric("weir_upstream_retries_total") == 0


def request(proxy, kind):
    """One request of a kind, and what its answer has to be."""
    if kind == "get":
        return proxy.get("/get"), b"hello"
    body = BODIES[kind.split("-")[1]]
    content = iter([body[:7], body[7:]]) if "chunked" in kind else body
    headers = {"Idempotency-Key": "k"} if "marked" in kind else {}
    return proxy.client.post("/post", content=content, headers=headers), body


KINDS = ["get", "post-small", "post-large", "post-small-chunked", "post-small-marked"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_said_goodbye_while_idle_is_not_used(weir, origin, authority, kind):
    peer = origin()
    proxy = start_weir(weir, peer, authority)
    for count in range(1, 4):
        answer, expected = request(proxy, kind)
        assert (answer.status_code, answer.content) == (200, expected)
        assert len(peer.calls) == count
        connection = peer.connections[-1]
        assert connection.index == count - 1
        connection.go_away(2 * connection.count - 1)
        connection.close()
    expect_no_failure(proxy, 3)


def once_on_a_used_connection(act):
    """Does so with the second request of the first connection, and with no other."""

    def behave(connection, stream, number):
        if (connection.index, number) != (0, 2):
            return False
        act(connection, stream)
        return True

    return behave


@pytest.mark.parametrize("kind", KINDS)
def test_a_request_that_a_goodbye_crosses_goes_out_again(weir, origin, authority, kind):
    """GOAWAY with a last stream before this one: it was not processed, whatever it asks for (RFC 9113 section 6.8)."""

    def go_away(connection, stream):
        connection.go_away(stream - 2)
        connection.close()

    peer = origin(once_on_a_used_connection(go_away))
    proxy = start_weir(weir, peer, authority)
    for _ in range(3):
        answer, expected = request(proxy, kind)
        assert (answer.status_code, answer.content) == (200, expected)
    assert [index for index, *_ in peer.calls] == [0, 1, 1]
    assert len(peer.seen) == 4
    expect_no_failure(proxy, 3)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind == "get" or "marked" in kind])
def test_a_request_that_is_refused_by_itself_goes_out_again(weir, origin, authority, kind):
    """As far as it may be made twice: libcurl does not say why a stream was reset."""
    peer = origin(once_on_a_used_connection(lambda connection, stream: connection.refuse(stream)))
    proxy = start_weir(weir, peer, authority)
    for _ in range(3):
        answer, expected = request(proxy, kind)
        assert (answer.status_code, answer.content) == (200, expected)
    assert len(peer.calls) == 3
    expect_no_failure(proxy, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_dies_under_a_request_costs_no_more_than_that(weir, origin, authority, kind):
    """The upstream may have acted: only what may be made twice is."""
    peer = origin(once_on_a_used_connection(lambda connection, stream: connection.close()))
    proxy = start_weir(weir, peer, authority)
    assert request(proxy, kind)[0].status_code == 200
    answer, expected = request(proxy, kind)
    if kind == "get" or "marked" in kind:
        assert (answer.status_code, answer.content) == (200, expected)
        assert len(peer.calls) == 2
    else:
        assert answer.status_code == 502 and answer.json()["error"]["code"] == "upstream_reset"
        assert len(peer.calls) == 1
    assert len(peer.seen) == (3 if answer.status_code == 200 else 2)
    answer, expected = request(proxy, kind)
    assert (answer.status_code, answer.content) == (200, expected)
    [breaker] = proxy.stats()["upstreams"][0]["breakers"]
    assert (breaker["state"], breaker["consecutiveFailures"]) == ("closed", 0)
