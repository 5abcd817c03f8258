"""What those see who run sidecars with Redis: logs, statistics, metrics, reloads, rights."""

import re
from itertools import count

import pytest

from conftest import ROUTES
from peers.program import ROOT, free_port
from peers.redis import Redis
from peers.waiting import eventually
from peers.weir import Weir, cache_status

README = (ROOT / "README.md").read_text()


@pytest.fixture
def make_redis(start, tmp_path):
    def make(*options):
        folder = tmp_path / "redis"
        folder.mkdir()
        return start(Redis(folder, *options))

    return make


@pytest.fixture
def sidecar(start, tmp_path, upstreams):
    """Starts one more Weir, with `cache` as its settings of the cache."""
    numbers = count(1)

    def start_sidecar(cache, environment=None):
        folder = tmp_path / f"sidecar-{next(numbers)}"
        folder.mkdir()
        return start(Weir(folder, f"cache: {cache}\n{upstreams}{ROUTES}", environment))

    return start_sidecar


def redis_stats(weir):
    return weir.stats()["cache"]["redis"]


def wait_until_subscribed(*weirs):
    for weir in weirs:
        eventually(lambda: redis_stats(weir)["subscribed"], what="a subscription")


def get(weir, path):
    # Sidecars have one name for their clients, whatever their ports are here.
    return weir.get(path, headers={"Host": "app.test"})


def lines(weir, text):
    return [line for line in weir.program.log.splitlines() if text in line]


def test_without_a_redis_weir_starts_and_says_so_once_and_again_when_there_is_one(sidecar, start, tmp_path, demo):
    port = free_port()
    weir = sidecar(f'{{redis: "redis://:hunter2@127.0.0.1:{port}"}}')
    assert cache_status(get(weir, "/courses/1"))["stored"] is True
    assert cache_status(get(weir, "/courses/1"))["hit"] is True
    eventually(lambda: redis_stats(weir)["connections"]["failed"] >= 6, what="some tries")
    stats = redis_stats(weir)
    assert stats["subscribed"] is False and stats["connections"]["up"] == 0
    assert stats["events"]["skipped"] == 1 and stats["events"]["written"] == 0
    said = lines(weir, "connection refused")
    assert len(said) == 1 and "Redis" in said[0] and f"127.0.0.1:{port}" in said[0]
    assert "hunter2" not in weir.program.log
    (tmp_path / "late").mkdir()
    start(Redis(tmp_path / "late", "--requirepass", "hunter2", port=port))
    wait_until_subscribed(weir)
    assert len(lines(weir, "Redis takes connections again")) == 1
    # Each event loop has a connection of its own.
    paths = (f"/courses/2?{number}" for number in count())
    eventually(lambda: get(weir, next(paths)) and redis_stats(weir)["events"]["written"], what="an answer in Redis")
    assert "hunter2" not in weir.program.log


def test_a_check_finds_nothing_wrong_with_a_redis_that_is_not_there(sidecar):
    weir = sidecar("{}", {"WEIR_CACHE_REDIS": f"redis://127.0.0.1:{free_port()}"})
    checked = weir.run("check")
    assert checked.returncode == 0 and "redis" not in checked.stderr
    assert redis_stats(weir)["connections"]["up"] == 0


def test_without_redis_there_is_nothing_of_it_in_stats_and_metrics(sidecar):
    weir = sidecar('{redis: "${REDIS_URL:-}"}')
    assert "redis" not in weir.stats()["cache"]
    assert not [name for name in weir.metrics() if name.startswith("weir_redis")]


def test_a_change_of_redis_waits_for_a_restart(sidecar, make_redis):
    redis = make_redis()
    weir = sidecar(f'{{redis: "{redis.url}"}}')
    wait_until_subscribed(weir)
    text = weir.config_path.read_text()
    weir.config_path.write_text(text.replace(redis.url, f'{redis.url}1'))
    eventually(lambda: weir.stats()["configuration"]["generation"] == 2, what="the reload")
    assert weir.stats()["configuration"]["waitingForRestart"] == ["cache.redis"]
    assert "a new value of 'cache.redis' waits for a restart" in weir.program.log
    get(weir, "/courses/1")
    eventually(lambda: redis_stats(weir)["events"]["written"] == 1, what="the answer in the first Redis")
    weir.config_path.write_text(text)
    eventually(lambda: weir.stats()["configuration"]["generation"] == 3, what="the reload")
    assert weir.stats()["configuration"]["waitingForRestart"] == []


def test_stats_and_metrics_tell_what_redis_did(sidecar, make_redis):
    redis = make_redis()
    first, second = (sidecar(f'{{redis: "{redis.url}"}}') for _ in range(2))
    wait_until_subscribed(first, second)
    get(first, "/courses/1")
    assert cache_status(get(second, "/courses/1"))["detail"] == "redis"
    assert second.invalidate(tag="course:1") == 1
    eventually(lambda: redis_stats(first)["purges"]["received"] == 1, what="the purge")
    assert redis_stats(first)["events"]["miss"] == 1 and redis_stats(first)["events"]["written"] == 1
    stats = redis_stats(second)
    assert stats["events"]["hit"] == 1 and stats["events"]["written"] == 0
    assert stats["purges"] == {"sent": 1, "received": 0, "untold": 0, "doubts": 1}
    assert stats["connections"]["up"] >= 1 and stats["breaker"] == "closed"
    assert [node["address"] for node in stats["nodes"]] == [f"127.0.0.1:{redis.port}"]
    assert stats["latency"]["count"] > 0 and 0 < stats["latency"]["meanSeconds"] <= stats["latency"]["maxSeconds"]
    assert second.metric("weir_redis_lookups_total", outcome="hit") == 1
    assert first.metric("weir_redis_lookups_total", outcome="miss") == 1
    assert first.metric("weir_redis_writes_total", outcome="written") == 1
    assert first.metric("weir_redis_purges_total", direction="received") == 1
    assert second.metric("weir_redis_purges_total", direction="sent") == 1
    assert second.metric("weir_redis_subscribed") == 1
    assert second.metric("weir_redis_breaker_state", node=f"127.0.0.1:{redis.port}") == 0
    assert second.metric("weir_redis_connections", state="up") == stats["connections"]["up"]
    calls = second.metric("weir_redis_call_duration_seconds_count")
    assert second.metric("weir_redis_call_duration_seconds_bucket", le="+Inf") == calls > 0


def test_the_rights_that_the_readme_gives_are_all_that_it_needs(sidecar, make_redis):
    redis = make_redis()
    line = re.search(r"^ACL (SETUSER weir .*)$", README, re.MULTILINE)[1].replace("choose-one", "s3cret")
    assert redis.run("ACL", *line.split()) == "OK"
    url = f"redis://weir:s3cret@127.0.0.1:{redis.port}"
    # On a busy machine an answer may take longer than the default.
    first, second = (sidecar(f'{{redis: {{url: "{url}", timeout: 1s}}}}') for _ in range(2))
    wait_until_subscribed(first, second)
    for path in ["/courses/1", "/echo?vary=Accept-Language", "/slow?ms=10"]:
        get(first, path)
    assert cache_status(get(second, "/courses/1"))["detail"] == "redis"
    for purge in [{"tag": "course:1"}, {"pattern": "/slow*"}, {"all": True}, {"tag": "course:1", "soft": True}]:
        second.invalidate(**purge)
    eventually(lambda: redis_stats(first)["purges"]["received"] == 4, what="the purges")
    assert cache_status(get(first, "/courses/1"))["stored"] is True
    assert redis.run("ACL", "LOG") == []
    for weir in first, second:
        stats = redis_stats(weir)
        assert stats["errorReplies"] <= stats["commands"]
        assert (stats["events"]["failed"], stats["events"]["unwritten"]) == (0, 0)
        assert not lines(weir, "Redis refuses")


def test_who_may_not_publish_purges_once_and_the_others_see_it(sidecar, make_redis):
    redis = make_redis()
    redis.run("ACL", "SETUSER", "weir", "on", ">s3cret", "~*", "&*", "+@all", "-publish")
    first = sidecar(f'{{redis: {{url: "redis://weir:s3cret@127.0.0.1:{redis.port}", timeout: 1s}}}}')
    second = sidecar(f'{{redis: {{url: "{redis.url}", timeout: 1s}}}}')
    wait_until_subscribed(first, second)
    get(second, "/courses/1")
    answer = first.admin.post("/api/admin/dashboard/cache/invalidate", json={"tag": "course:1"})
    # What is told is not told again.
    assert answer.json() == {"removed": 0}
    eventually(lambda: redis_stats(second)["purges"]["received"] == 1, what="the purge")
    assert "hit" not in cache_status(get(second, "/courses/1"))


@pytest.mark.parametrize(
    "right, command, consequence",
    [
        ("subscribe", "SUBSCRIBE", "the others' purges are not heard of"),
        ("zrangebyscore", "EVAL", "the others' purges are not heard of"),
        ("set", "EVAL", "answers are not written to it"),
        ("unlink", "EVAL", "what a newer answer has replaced is not removed from it"),
        ("get", "GET", "no answers are read from it"),
    ],
)
def test_a_right_that_its_user_lacks_is_logged_once_with_what_becomes_of_it(
    sidecar, make_redis, demo, right, command, consequence
):
    redis = make_redis()
    redis.run("ACL", "SETUSER", "weir", "on", ">s3cret", "~*", "&*", "+@all", f"-{right}")
    weir = sidecar(f'{{redis: {{url: "redis://weir:s3cret@127.0.0.1:{redis.port}", max_object: 4KiB}}}}')
    if consequence.startswith("the others"):
        eventually(lambda: redis_stats(weir).get("lastError"), what="an error")
    else:
        wait_until_subscribed(weir)
    for number in range(3):
        assert get(weir, f"/courses/{number + 1}").status_code == 200
        # Too large for Redis.
        assert get(weir, f"/answer?size=5000&cache_control=max-age=60&number={number}").status_code == 200
    eventually(lambda: any(consequence in line for line in lines(weir, "does not let")), what="a line of it")
    said = lines(weir, "Redis does not let its user run a command: " + consequence)
    assert len(said) == 1 and f"command={command}" in said[0]
    assert redis_stats(weir)["lastError"]
    assert "s3cret" not in weir.program.log


def test_a_wrong_password_is_logged_once_without_it_and_costs_nothing_else(sidecar, make_redis):
    redis = make_redis("--requirepass", "right")
    weir = sidecar(f'{{redis: {{url: "redis://:hunter2@127.0.0.1:{redis.port}"}}}}')
    eventually(lambda: redis_stats(weir)["connections"]["failed"] >= 6, what="some tries")
    assert cache_status(get(weir, "/courses/1"))["stored"] is True
    said = lines(weir, "Redis refuses connections")
    assert len(said) == 1 and "WRONGPASS" in said[0]
    assert "hunter2" not in weir.program.log
