"""`weir popular`: the keys that are hit most, and their requests as a list for `weir warm`."""

import json
import subprocess

import pytest

from conftest import ROUTES
from peers.weir import WEIR, cache_status

CHAT = "/v1/chat/completions"
CREDENTIAL = {"Authorization": "Bearer sk-popular"}
POPULAR = "/api/admin/dashboard/cache/popular"


def ask(proxy, question, **headers):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}]}
    answer = proxy.client.post(CHAT, json=body, headers=CREDENTIAL | headers)
    assert answer.status_code == 200
    return cache_status(answer)


def test_what_is_asked_for_most_stands_first(proxy):
    for question, count in (("often", 4), ("twice", 3), ("once", 1)):
        for _ in range(count):
            ask(proxy, question)
    for _ in range(2):
        proxy.get("/courses/1?secret=query")
    keys = proxy.admin.get(POPULAR).json()["keys"]
    assert [key["hits"] for key in keys] == [3, 2, 1]
    assert [key["path"] for key in keys] == [CHAT, CHAT, "/courses/1"]
    assert [key["route"] for key in keys] == [CHAT, CHAT, "/courses/{id}"]
    assert keys[0]["savedDollars"] > keys[1]["savedDollars"] > keys[2]["savedDollars"] == 0
    assert all(key["ttlSeconds"] > 0 and key["ageSeconds"] >= 0 and not key["hasRequest"] for key in keys)
    assert len(proxy.admin.get(POPULAR, params={"limit": 1}).json()["keys"]) == 1
    assert proxy.admin.get(POPULAR, params={"limit": 0}).status_code == 400
    printed = proxy.run("popular").stdout.splitlines()
    assert printed[0].split() == ["HITS", "SAVED", "AGE", "TTL", "ROUTE", "PATH", "KEY"]
    assert [row.split()[0] for row in printed[1:]] == ["3", "2", "1"]
    # A key in the list is one that can be purged.
    assert proxy.invalidate(key=keys[0]["key"]) == 1
    none = proxy.run("popular", "--export")
    assert (none.returncode, none.stdout) == (0, "") and "cache.popular.requests" in none.stderr


@pytest.fixture
def keeping(weir, upstreams):
    return weir(upstreams + ROUTES + "cache: {popular: {keys: 50, requests: true, memory: 1MiB}}\n")


def test_the_list_is_exported_and_warmed(keeping, demo):
    persona = {"X-Persona-Learning-Style": "visual", "X-User-Id": "ada"}
    for _ in range(3):
        ask(keeping, "What is a weir?", **persona)
        keeping.get("/courses/1")
    exported = keeping.run("popular", "--export")
    assert (exported.returncode, exported.stderr) == (0, "")
    lines = [json.loads(row) for row in exported.stdout.splitlines()]
    assert sorted(line["path"] for line in lines) == ["/courses/1", CHAT]
    assert "sk-popular" not in exported.stdout
    assert keeping.invalidate(all=True) == 2
    warmed = subprocess.run(
        [WEIR, "warm", "-", "--config", keeping.config_path],
        input=exported.stdout,
        capture_output=True,
        text=True,
        timeout=30,
        env=keeping.environment | {"WEIR_WARM_AUTHORIZATION": CREDENTIAL["Authorization"]},
    )
    assert (warmed.returncode, warmed.stderr) == (0, "")
    assert "stored 2" in warmed.stdout.splitlines()
    calls = demo.openai.calls(f"POST {CHAT}")
    assert ask(keeping, "What is a weir?", **persona)["hit"] and cache_status(keeping.get("/courses/1"))["hit"]
    assert demo.openai.calls(f"POST {CHAT}") == calls == 2


def test_the_list_is_for_who_may_administer(weir, upstreams):
    proxy = weir(upstreams + ROUTES, token="secret")
    for path in (POPULAR, POPULAR + "/requests"):
        assert proxy.admin.get(path).status_code == 401
