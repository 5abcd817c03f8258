"""Several sidecars with one Redis Cluster."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import httpx
import pytest

from conftest import ROUTES
from peers.redis_cluster import RedisCluster
from peers.waiting import eventually
from peers.weir import Weir, cache_status

COURSES = [f"/courses/{number}" for number in range(100, 130)]

# What has to come in time has plenty of it, on a busy machine.
PATIENT = "timeout: 1s, connect_timeout: 5s"
# A node that says nothing costs its first few callers no more than that.
SHORT = "timeout: 100ms, connect_timeout: 1s"

# Who has it has the order of purges.
LOG = "weir:{log}:head"
# Sidecars have one name for their clients, whatever their ports are here.
HOST = {"Host": "app.test"}


@pytest.fixture
def make_cluster(start, tmp_path):
    def make(*options):
        # What is on the nodes that are left is served; Redis' own default is that nothing is.
        options = options or ("--cluster-require-full-coverage", "no")
        return RedisCluster(start, tmp_path / "cluster", *options)

    return make


@pytest.fixture
def cluster(make_cluster):
    return make_cluster()


@pytest.fixture
def make_sidecar(start, tmp_path, upstreams):
    """Starts one more Weir, which knows one node of the cluster; `settings` are further ones of `cache.redis`."""
    numbers = count(1)

    def make(cluster, settings=PATIENT):
        number = next(numbers)
        folder = tmp_path / f"sidecar-{number}"
        folder.mkdir()
        seed = cluster.urls[number % len(cluster.urls)]
        cache = f'workers: 2\ncache: {{redis: {{cluster: ["{seed}"], {settings}}}}}\n'
        weir = start(Weir(folder, cache + upstreams + ROUTES))
        eventually(lambda: is_connected(weir), what="the sidecar's connections")
        return weir

    return make


@pytest.fixture
def sidecar(make_sidecar, cluster):
    return lambda settings=PATIENT: make_sidecar(cluster, settings)


@pytest.fixture
def courses(demo):
    """The paths of enough courses that every node has answers about some, with their titles."""
    with httpx.Client(base_url=demo.app.url, trust_env=False) as client:
        for path in COURSES:
            client.put(path, json={"title": f"About {path}"}).raise_for_status()
    return {path: f"About {path}" for path in COURSES}


def tier(weir):
    return weir.stats()["cache"]["redis"]


def is_connected(weir):
    """Every event loop to every node, and purges are heard of."""
    stats = tier(weir)
    return stats["subscribed"] and [node["up"] for node in stats["nodes"]] == [2, 2, 2]


def reached(weir):
    """How many nodes it has connections to."""
    return sum(node["up"] > 0 for node in tier(weir)["nodes"])


def is_current(weir):
    """Purges are heard of, and all have been told."""
    stats = tier(weir)
    return stats["subscribed"] and stats["purges"]["untold"] == 0


def get(weir, path):
    return weir.get(path, headers=HOST)


def read(weir, paths):
    """What becomes of each path; all have to be answered, with what the backend says."""
    outcomes = {}
    for path in paths:
        answer = get(weir, path)
        assert answer.status_code == 200, answer.text
        assert answer.json()["title"] == f"About {path.partition('?')[0]}"
        outcomes[path] = cache_status(answer)
    return outcomes


def is_shared(outcome):
    return outcome.get("hit") is True and outcome.get("detail") == "redis"


def fill_cluster(weir, paths):
    """The first sidecar fetches; what it has written is there."""
    before = tier(weir)["events"]["written"]
    assert not any("hit" in outcome for outcome in read(weir, paths).values())
    eventually(lambda: tier(weir)["events"]["written"] == before + len(paths), what="the answers in the cluster")


def anew(paths, numbers=count(1)):
    """The same answers under names that nobody has asked for."""
    number = next(numbers)
    return [f"{path}?n={number}" for path in paths]


def share_all(first, second):
    """Whether what the one fetches now the other has, on every node."""
    paths = anew(COURSES)
    read(first, paths)
    return all(is_shared(outcome) for outcome in read(second, paths).values())


@contextmanager
def under_load(*weirs):
    """Meanwhile both are asked for what they have, for what the other has, and for what nobody has."""
    is_over = threading.Event()
    numbers = count(1)

    def ask(weir):
        with httpx.Client(base_url=weir.url, trust_env=False, timeout=30) as client:
            asked = 0
            while not is_over.is_set():
                path = COURSES[asked % len(COURSES)]
                answer = client.get(f"{path}?load={next(numbers) // 3}", headers=HOST)
                assert answer.status_code == 200, answer.text
                assert answer.json()["title"] == f"About {path}"
                asked += 1
            return asked

    with ThreadPoolExecutor(2 * len(weirs)) as pool:
        asking = [pool.submit(ask, weir) for weir in weirs for _ in range(2)]
        try:
            yield
        finally:
            is_over.set()
        assert all(each.result() > 0 for each in asking)


# What is shared


def test_what_one_sidecar_has_fetched_another_serves_from_whichever_node_has_it(sidecar, cluster, courses, demo):
    first, second = sidecar(), sidecar()
    fill_cluster(first, courses)
    assert all(any(key.endswith(":e") for key in node.keys()) for node in cluster.nodes)
    outcomes = read(second, courses)
    assert all(is_shared(outcome) for outcome in outcomes.values()), outcomes
    for path in courses:
        assert get(second, path).content == get(first, path).content
        assert demo.app.calls(f"GET {path}") == 1
    assert tier(second)["errorReplies"] == 0


def test_a_purge_on_one_sidecar_is_one_on_all(sidecar, courses, demo):
    first, second, third = sidecar(), sidecar(), sidecar()
    fill_cluster(first, courses)
    read(second, courses)
    purged = COURSES[::3]
    for path in purged:
        assert second.invalidate(tag=f"course:{path[9:]}") == 1
    kept = len(courses) - len(purged)
    eventually(lambda: first.stats()["cache"]["entries"] == kept, what="the other's purges")
    eventually(lambda: tier(third)["purges"]["received"] == len(purged), what="the third to hear of them")
    # The third has none of it in its memory.
    for path, outcome in read(third, courses).items():
        assert is_shared(outcome) == (path not in purged), (path, outcome)
    for path, outcome in read(first, courses).items():
        assert is_shared(outcome) == (path in purged) and outcome["hit"] is True, (path, outcome)
    assert all(demo.app.calls(f"GET {path}") == 1 + (path in purged) for path in courses)


def test_a_crowd_on_two_sidecars_is_one_call(sidecar, cluster, courses, demo):
    weirs = [sidecar(), sidecar()]
    # A third of the crowd for each node, whichever has its lock.
    paths = [f"{path}?gate=crowd" for path in COURSES[:6]]
    demo.app.hold("crowd")
    with ThreadPoolExecutor(60) as pool:
        answers = [(path, pool.submit(get, weirs[index % 2], path)) for path in paths for index in range(10)]
        eventually(lambda: demo.app.waiting("crowd") == len(paths), what="the calls")
        eventually(lambda: all(weir.stats()["flights"]["followers"] == 4 * len(paths) for weir in weirs), what="the crowd")
        demo.app.release("crowd")
        bodies = {path: {answer.result().content for asked, answer in answers if asked == path} for path in paths}
    assert all(len(bodies[path]) == 1 for path in paths)
    assert [demo.app.calls(f"GET {path.partition('?')[0]}") for path in paths] == [1] * len(paths)


# Slots that move


def test_slots_that_move_while_requests_run_cost_nobody_anything(sidecar, cluster, courses, demo):
    first, second = sidecar(), sidecar()
    fill_cluster(first, courses)
    target = cluster.nodes[0]
    slots = sorted({cluster.slot(key) for key in cluster.keys("*:e") if cluster.owner(key) is not target})
    assert len(slots) > 5
    unread = iter(COURSES)
    with under_load(first, second):
        for slot in slots[:5]:
            cluster.move(slot, target)
        # Amid the move of all others: nothing of them is there yet, then a part, then everything.
        for slot in slots[5:]:
            cluster.begin_moving(slot, target)
        assert all(is_shared(outcome) for outcome in read(second, [next(unread) for _ in range(8)]).values())
        for slot in slots[5:]:
            cluster.move_keys(slot, target, count=1)
        assert all(is_shared(outcome) for outcome in read(second, [next(unread) for _ in range(8)]).values())
        for slot in slots[5:]:
            cluster.move_keys(slot, target)
        assert all(is_shared(outcome) for outcome in read(second, [next(unread) for _ in range(8)]).values())
        for slot in slots[5:]:
            cluster.end_moving(slot, target)
    assert all(is_shared(outcome) for outcome in read(second, unread).values())
    assert tier(second)["redirections"] > 0
    eventually(lambda: share_all(first, second), what="the two to share again")
    assert all(demo.app.calls(f"GET {path}") > 0 for path in courses)


def test_purges_reach_all_while_the_slot_of_their_order_moves(sidecar, cluster, courses, demo):
    first, second = sidecar(), sidecar()
    fill_cluster(first, courses)
    read(second, courses)
    second.invalidate(tag="nothing")
    eventually(lambda: is_current(second), what="the order to have begun")
    slot, source = cluster.slot(LOG), cluster.owner(LOG)
    target = next(node for node in cluster.nodes if node is not source)
    steps = [
        lambda: cluster.begin_moving(slot, target),
        # Now each node has one of its two keys, and neither can do what needs both.
        lambda: cluster.move_keys(slot, target, count=1),
        lambda: cluster.move_keys(slot, target),
        lambda: cluster.end_moving(slot, target),
    ]
    for step, path in zip(steps, COURSES):
        step()
        second.invalidate(tag=f"course:{path[9:]}")
        eventually(lambda: "hit" not in read(first, [path])[path], what="the other's purge")
    eventually(lambda: is_current(first) and is_current(second), what="all to be told")
    eventually(lambda: share_all(first, second), what="the two to share again")


# Nodes that fail


def victim(cluster, role):
    """The node with the order of purges, or one without."""
    return next(node for node in cluster.nodes if (node is cluster.owner(LOG)) == (role == "with the order"))


ROLES = pytest.mark.parametrize("role", ["with the order", "without it"])


@ROLES
def test_a_node_that_is_killed_fails_no_request(sidecar, cluster, courses, demo, role):
    first, second = sidecar(), sidecar()
    fill_cluster(first, courses)
    read(second, courses)
    node = victim(cluster, role)
    with under_load(first, second):
        cluster.kill(node)
        read(first, courses)
        read(second, courses)
        eventually(lambda: reached(first) == reached(second) == 2, what="the loss to be noticed")
        purged = COURSES[:2]
        second.invalidate(tag=f"course:{purged[0][9:]}")
        eventually(lambda: "hit" not in read(first, purged)[purged[0]], what="the other's purge")
        if role == "with the order":
            eventually(lambda: not tier(first)["subscribed"], what="the first to know that it may miss some")
            # The load has it validated too, and then it is a hit for as long as `recheck` says.
            eventually(lambda: "hit" not in read(first, COURSES)[COURSES[2]], what="what is in doubt to be validated")
        else:
            assert_that_the_others_are_shared(first, second)
        # Who hears that may miss some.
        first.invalidate(tag=f"course:{purged[1][9:]}")
        eventually(lambda: "hit" not in read(second, purged)[purged[1]], what="the other's purge")
        cluster.start_again(node)
        eventually(lambda: is_connected(first) and is_connected(second), what="the connections")
    eventually(lambda: is_current(first) and is_current(second), what="all to be told")
    eventually(lambda: share_all(first, second), what="the two to share again")


def assert_that_the_others_are_shared(first, second):
    """What lies on the nodes that are left the other sidecar has from there."""
    paths = anew(COURSES)
    read(first, paths)
    outcomes = read(second, paths).values()
    assert 0 < sum(map(is_shared, outcomes)) < len(paths)
    assert all(is_shared(outcome) or outcome["fwd"] == "uri-miss" for outcome in outcomes)


@ROLES
def test_a_replica_that_takes_a_dead_nodes_place_is_found(sidecar, cluster, courses, demo, role):
    first, second, third = sidecar(), sidecar(), sidecar()
    fill_cluster(first, courses)
    node = victim(cluster, role)
    replica = cluster.add_replica(node)
    with under_load(first, second):
        cluster.kill(node)
        eventually(lambda: "role:master" in replica.run("INFO", "replication"), what="the replica to take its place")
        eventually(lambda: reached(first) == reached(second) == reached(third) == 3, what="it to be found")
    if role == "without it":
        assert all(is_shared(outcome) for outcome in read(third, courses).values()), "with what it has"
    second.invalidate(tag=f"course:{COURSES[0][9:]}")
    eventually(lambda: "hit" not in read(first, COURSES[:1])[COURSES[0]], what="the other's purge")
    eventually(lambda: is_current(first) and is_current(second), what="all to be told")
    eventually(lambda: share_all(first, second), what="the two to share again")


def test_a_purge_that_nobody_can_number_is_one_after_the_node_is_back(sidecar, cluster, courses, demo):
    first, second = sidecar(), sidecar()
    fill_cluster(first, courses)
    node = cluster.owner(LOG)
    cluster.kill(node)
    eventually(lambda: not tier(second)["subscribed"], what="the second to know that it may miss some")
    purged = COURSES[::3]
    for path in purged:
        second.invalidate(tag=f"course:{path[9:]}")
    cluster.start_again(node)
    eventually(lambda: is_current(first) and is_current(second), what="all to be told")
    third = sidecar()
    outcomes = read(third, courses)
    assert not any("hit" in outcomes[path] for path in purged)
    assert not any("hit" in outcome for outcome in read(second, purged).values() if not is_shared(outcome))


def test_an_order_that_is_gone_without_a_word_is_noticed(sidecar, cluster, courses, demo):
    first = sidecar()
    fill_cluster(first, courses)
    node = cluster.owner(LOG)
    assert node.run("DEL", LOG, "weir:{log}:purges") == 1
    eventually(lambda: tier(first)["purges"]["doubts"] == 2, what="the doubt")
    assert read(first, COURSES[:1])[COURSES[0]]["fwd-status"] == 304


def test_a_cluster_that_is_down_as_a_whole_fails_no_request(make_cluster, make_sidecar, courses, demo):
    cluster = make_cluster("--cluster-require-full-coverage", "yes")
    first, second = make_sidecar(cluster), make_sidecar(cluster)
    fill_cluster(first, courses)
    read(second, courses)
    node = victim(cluster, "without it")
    left = [other for other in cluster.nodes if other is not node]
    with under_load(first, second):
        cluster.kill(node)
        eventually(lambda: all("cluster_state:fail" in other.run("CLUSTER", "INFO") for other in left), what="the end")
        assert all(outcome["hit"] is True for outcome in read(first, COURSES[5:]).values())
        read(second, anew(COURSES))
        cluster.start_again(node)
    eventually(lambda: share_all(first, second), what="the two to share again")


@ROLES
def test_a_node_that_is_paused_fails_no_request(sidecar, cluster, courses, demo, role):
    first, second = sidecar(SHORT), sidecar(SHORT)
    read(first, courses)
    read(second, courses)
    node = victim(cluster, role)
    cluster.pause(node)
    try:
        for paths in courses, anew(COURSES):
            read(first, paths)
            read(second, paths)
        second.invalidate(tag=f"course:{COURSES[0][9:]}")
        eventually(lambda: "hit" not in read(first, COURSES[:1])[COURSES[0]], what="the other's purge")
        if role == "without it":
            eventually(lambda: is_current(first) and is_current(second), what="a subscription to another node")
            eventually(lambda: are_most_shared(first, second), what="the two to share what the others have")
    finally:
        cluster.resume(node)
    eventually(lambda: is_current(first) and is_current(second), what="all to be told")
    eventually(lambda: share_all(first, second), what="the two to share again")


def are_most_shared(first, second):
    """Whether more than half of what the one fetches now the other has."""
    paths = anew(COURSES)
    read(first, paths)
    return sum(map(is_shared, read(second, paths).values())) > len(paths) / 2


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "one node"])
def test_a_cluster_that_is_full_is_read_on_and_passes_purges_on(sidecar, cluster, courses, demo, whole):
    first, second = sidecar(), sidecar()
    fill_cluster(first, courses)
    full = cluster.nodes if whole else [cluster.owner(LOG)]
    cluster.fill(*full)
    assert all(is_shared(outcome) for outcome in read(second, courses).values()), "what it has is served"
    before = tier(first)["events"]
    fresh = anew(COURSES)
    read(first, fresh)
    eventually(lambda: sum(news(first, before).values()) == len(fresh), what="the fate of the answers")
    refused = news(first, before)["unwritten"]
    assert refused == len(fresh) if whole else 0 < refused < len(fresh)
    assert sum(map(is_shared, read(second, fresh).values())) == len(fresh) - refused
    second.invalidate(tag=f"course:{COURSES[0][9:]}")
    eventually(lambda: "hit" not in read(first, COURSES[:1])[COURSES[0]], what="the other's purge")
    assert tier(second)["purges"]["untold"] == 1
    cluster.empty(*full)
    eventually(lambda: is_current(second), what="the purge to be told")
    eventually(lambda: share_all(first, second), what="the two to share again")


def news(weir, before):
    """What has become of answers to be written since then."""
    events = tier(weir)["events"]
    return {name: events[name] - before[name] for name in ("written", "unwritten")}
