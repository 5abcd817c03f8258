"""Crowds of real connections, and what they take of Weir's memory."""

import resource

import pytest

from peers.waiting import eventually
from peers.wire import Wire

COUNT = 10_000
SIZE = 16_000
HUGE = 8_000_000


@pytest.fixture
def files():
    """As many open files as there may be, for this process and for those that it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < COUNT + 1_000:
        pytest.skip(f"no more than {hard} open files are allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (COUNT + 1_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_ten_thousand_who_ask_for_the_same_make_one_upstream_call(files, weir, upstreams, demo):
    route = "{path: /, upstream: app, cache: {mode: http, leader_age: 10m}, timeouts: {first_byte: 10m}}"
    proxy = weir(f"limits: {{connections: {COUNT + 100}}}\n{upstreams}routes: [{route}]\n")
    path = f"/answer?size={SIZE}&cache_control=max-age=60&gate=g"
    before = proxy.program.memory_kib()
    demo.app.hold("g")
    clients = []
    try:
        for _ in range(COUNT):
            client = Wire(proxy.port, timeout=60)
            clients.append(client)
            client.get(path)
        eventually(
            lambda: proxy.metric("weir_flights_total", role="follower") == COUNT - 1,
            within=120,
            what="all but one to follow",
        )
        waiting = proxy.program.memory_kib()
        demo.app.release("g")
        bodies = set()
        for client in clients:
            answer = client.read()
            assert answer.status == 200
            bodies.add(answer.body)
        assert len(bodies) == 1 and len(bodies.pop()) == SIZE
    finally:
        for client in clients:
            client.close()
    assert demo.app.calls("GET /answer") == 1
    eventually(lambda: proxy.stats()["connections"]["open"] == 0, what="no connection left")
    most = proxy.program.memory_kib()
    print(f"{before} KiB before, {waiting} KiB with {COUNT} waiting, {most} KiB at most")
    # A copy of the answer for each of them would be more.
    assert most - waiting < 64 * 1024
    assert waiting - before < COUNT * 32
    stats = proxy.stats()
    assert (stats["flights"]["open"], stats["flights"]["full"], stats["requests"]["aborted"]) == (0, 0, 0)


def test_clients_that_do_not_take_a_huge_hit_take_no_memory_each(proxy):
    path = f"/answer?size={HUGE}&cache_control=max-age=600"
    host = {"Host": "weir.test"}
    assert len(proxy.get(path, headers=host).content) == HUGE
    eventually(lambda: proxy.metric("weir_cache_entries") == 1, what="the stored answer")
    before = proxy.program.memory_kib()
    clients = [Wire(proxy.port) for _ in range(50)]
    for client in clients:
        client.get(path)
    for client in clients:
        assert client.read_head().field("Cache-Status").startswith("weir; hit")
    for _ in range(5):
        assert len(proxy.get(path, headers=host).content) == HUGE
    assert proxy.program.memory_kib() - before < 64 * 1024
    for client in clients:
        client.close()
