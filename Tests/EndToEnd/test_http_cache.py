"""`mode: http`: a shared cache after RFC 9111."""

import email
import email.policy
import subprocess

import httpx
import pytest

from conftest import ROUTES
from peers.waiting import eventually
from peers.weir import cache_status


def test_the_second_request_is_a_hit_and_both_say_so(proxy, demo):
    first = proxy.get("/courses")
    second = proxy.get("/courses")
    assert first.headers["Cache-Status"] == "weir; fwd=uri-miss; stored"
    assert second.headers["Cache-Status"] in ("weir; hit; ttl=60", "weir; hit; ttl=59")
    assert second.content == first.content
    assert demo.app.calls("GET /courses") == 1


def test_a_hit_has_an_age_and_the_origins_fields(proxy):
    first = proxy.get("/courses")
    second = proxy.get("/courses")
    assert int(second.headers["Age"]) in (0, 1)
    for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control", "Date"):
        assert second.headers[name] == first.headers[name]


def test_another_query_is_another_answer(proxy, demo):
    proxy.get("/answer?size=10&cache_control=max-age=60")
    other = proxy.get("/answer?size=11&cache_control=max-age=60")
    assert len(other.content) == 11
    assert demo.app.calls("GET /answer") == 2


def test_the_querys_order_is_part_of_the_key(proxy):
    proxy.get("/answer?size=10&cache_control=max-age=60")
    answer = proxy.get("/answer?cache_control=max-age=60&size=10")
    assert cache_status(answer)["fwd"] == "uri-miss"


def test_another_host_is_another_answer(proxy):
    proxy.get("/courses", headers={"Host": "one.test"})
    assert cache_status(proxy.get("/courses", headers={"Host": "two.test"}))["fwd"] == "uri-miss"


def test_a_client_with_the_current_etag_gets_304_from_the_store(proxy, demo):
    first = proxy.get("/courses")
    answer = proxy.get("/courses", headers={"If-None-Match": first.headers["ETag"]})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == first.headers["ETag"]
    assert cache_status(answer)["hit"]
    assert demo.app.calls("GET /courses") == 1


@pytest.mark.parametrize("candidates", ['W/{etag}', '"other", {etag}', "*"])
def test_if_none_match_compares_weakly_and_takes_lists(proxy, candidates):
    etag = proxy.get("/courses").headers["ETag"]
    answer = proxy.get("/courses", headers={"If-None-Match": candidates.format(etag=etag)})
    assert answer.status_code == 304


def test_a_client_with_an_old_etag_gets_the_whole_answer(proxy):
    proxy.get("/courses")
    answer = proxy.get("/courses", headers={"If-None-Match": '"old"'})
    assert answer.status_code == 200 and answer.content


def test_if_modified_since_is_answered_from_the_store(proxy, demo):
    modified = proxy.get("/courses").headers["Last-Modified"]
    assert proxy.get("/courses", headers={"If-Modified-Since": modified}).status_code == 304
    earlier = proxy.get("/courses", headers={"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"})
    assert earlier.status_code == 200
    assert demo.app.calls("GET /courses") == 1


def test_an_answer_without_an_etag_gets_a_strong_one_from_its_bytes(proxy, demo):
    url = "/answer?size=3000&cache_control=max-age=60"
    proxy.get(url)
    etag = proxy.get(url).headers["ETag"]
    assert etag.startswith('"') and len(etag) > 10
    assert proxy.get(url, headers={"If-None-Match": etag}).status_code == 304
    proxy.invalidate(all=True)
    proxy.get(url)
    assert proxy.get(url).headers["ETag"] == etag
    assert demo.app.calls("GET /answer") == 2


def test_head_is_answered_from_a_stored_get(proxy, demo):
    whole = proxy.get("/courses")
    head = proxy.client.head("/courses", headers={"Accept-Encoding": "identity"})
    assert cache_status(head)["hit"]
    assert head.headers["Content-Length"] == str(len(whole.content))
    assert (head.headers["ETag"], head.content) == (whole.headers["ETag"], b"")
    assert demo.app.calls("HEAD /courses") == 0


def test_vary_keeps_answers_apart_and_each_is_stored(proxy, demo):
    for language in ("de", "fr"):
        assert proxy.get("/vary", headers={"Accept-Language": language}).json() == {"language": language}
    for language in ("de", "fr"):
        answer = proxy.get("/vary", headers={"Accept-Language": language})
        assert answer.json() == {"language": language}
        assert cache_status(answer)["hit"]
    assert demo.app.calls("GET /vary") == 2


def test_a_miss_by_vary_alone_says_so(proxy):
    proxy.get("/vary", headers={"Accept-Language": "de"})
    answer = proxy.get("/vary", headers={"Accept-Language": "fr"})
    assert answer.headers["Cache-Status"] == "weir; fwd=vary-miss; stored"


@pytest.mark.parametrize(
    "query",
    [
        "cache_control=no-store",
        "cache_control=private,max-age=60",
        "cache_control=max-age=60&set_cookie=a=b",
        "cache_control=max-age=60&vary=*",
        "etag=x",
    ],
)
def test_what_must_not_be_stored_is_not(proxy, demo, query):
    for _ in range(2):
        status = cache_status(proxy.get(f"/answer?size=10&{query}"))
        assert "hit" not in status
    assert demo.app.calls("GET /answer") == 2


def test_an_answer_to_a_request_with_credentials_is_not_shared(proxy, demo):
    for _ in range(2):
        proxy.get("/courses", headers={"Authorization": "Bearer mine"})
    assert "hit" not in cache_status(proxy.get("/courses"))
    assert demo.app.calls("GET /courses") == 3


def test_an_answer_that_allows_it_is_shared_in_spite_of_credentials(proxy):
    url = "/answer?size=10&cache_control=public,max-age=60"
    proxy.get(url, headers={"Authorization": "Bearer mine"})
    assert cache_status(proxy.get(url))["hit"]


def test_a_post_is_not_cached(proxy, demo):
    for _ in range(2):
        assert cache_status(proxy.client.post("/status/200"))["fwd"] == "method"
    assert demo.app.calls("POST /status/200") == 2


def no_hit(proxy, url):
    """The first answer that is no hit, once the stored one has run out."""

    def ask():
        answer = proxy.get(url)
        return None if cache_status(answer).get("hit") else answer

    return eventually(ask, what=f"the end of {url}'s life")


def test_a_stale_answer_is_revalidated_and_the_304_gives_it_new_life(proxy, demo):
    url = "/courses/1?max_age=2"
    first = proxy.get(url)
    revalidated = no_hit(proxy, url)
    assert revalidated.status_code == 200
    assert revalidated.content == first.content
    status = cache_status(revalidated)
    assert (status["fwd"], status["fwd-status"]) == ("stale", 304)
    assert demo.app.not_modified("GET /courses/1") == 1
    eventually(lambda: cache_status(proxy.get(url)).get("hit"), what="a hit on the renewed answer")


def test_a_stale_answer_that_has_changed_is_replaced(proxy, demo):
    url = "/courses/2?max_age=2"
    assert proxy.get(url).json()["revision"] == 1
    changed = httpx.put(
        demo.app.url + "/courses/2", json={"title": "Changed behind Weir's back"}, trust_env=False
    )
    assert changed.status_code == 200
    assert no_hit(proxy, url).json()["revision"] == 2
    assert demo.app.not_modified("GET /courses/2") == 0


def test_a_client_can_ask_for_a_fresh_answer(proxy, demo):
    proxy.get("/courses")
    answer = proxy.get("/courses", headers={"Cache-Control": "no-cache"})
    assert answer.status_code == 200
    assert cache_status(answer)["fwd"] == "request"
    assert demo.app.calls("GET /courses") == 2


def test_a_client_can_ask_for_nothing_but_the_cache(proxy, demo):
    only = {"Cache-Control": "only-if-cached"}
    answer = proxy.get("/courses", headers=only)
    assert (answer.status_code, answer.json()["error"]["code"]) == (504, "not_cached")
    proxy.get("/courses")
    assert cache_status(proxy.get("/courses", headers=only))["hit"]
    assert demo.app.calls("GET /courses") == 1


def test_a_write_that_succeeds_invalidates_its_url_and_the_routes_tags(proxy, demo):
    for path in ("/courses", "/courses/1", "/courses/2"):
        proxy.get(path)
    assert proxy.client.put("/courses/1", json={"title": "New"}).status_code == 200
    assert proxy.get("/courses/1").json()["title"] == "New"
    assert proxy.get("/courses").json()["courses"][0]["title"] == "New"
    assert cache_status(proxy.get("/courses/2"))["hit"]


def test_a_write_that_fails_invalidates_nothing(proxy, demo):
    proxy.get("/courses")
    demo.app.fail(1, 500, "/courses")
    assert proxy.client.put("/courses/1", json={}).status_code == 500
    assert cache_status(proxy.get("/courses"))["hit"]


def test_a_stale_answer_is_served_when_the_upstream_fails_and_it_allows_that(proxy, demo):
    url = "/answer?size=100&etag=x&cache_control=max-age=1,stale-if-error=300"
    first = proxy.get(url)
    demo.app.fail(10_000, 503, "/answer")
    answer = no_hit(proxy, url)
    assert (answer.status_code, answer.content) == (200, first.content)
    assert cache_status(answer)["fwd"] == "stale"


def test_a_stale_answer_is_not_served_in_place_of_an_error_without_leave(proxy, demo):
    url = "/answer?size=100&etag=x&cache_control=max-age=1"
    proxy.get(url)
    demo.app.fail(10_000, 503, "/answer")
    assert no_hit(proxy, url).status_code == 503


def test_a_stale_answer_is_served_while_a_new_one_is_fetched(proxy, demo):
    url = "/answer?size=100&cache_control=max-age=1,stale-while-revalidate=300&gate=g"
    first = proxy.get(url)
    demo.app.hold("g")

    def is_stale():
        # A hit throughout: nobody waits for the fetch, which stands at its gate.
        answer = proxy.get(url)
        assert answer.content == first.content
        return demo.app.waiting("g") == 1

    eventually(is_stale, what="the fetch in the background")
    assert cache_status(proxy.get(url))["hit"]
    demo.app.release("g")
    eventually(lambda: cache_status(proxy.get(url)).get("ttl", -1) >= 0, what="the new answer")
    assert demo.app.calls("GET /answer") >= 2


@pytest.mark.parametrize(
    "ranges", ["0-0", "10-19", "990-", "-10", "1000-", "0-", "5-4000", "0-1,5-6", "9-,3-4"]
)
def test_ranges_of_a_stored_answer_are_those_of_a_real_origin(weir, nginx_origin, ranges):
    origin = nginx_origin("location / { expires 60s; }")
    (origin.files / "data.bin").write_bytes(bytes(range(250)) * 4)
    proxy = weir(
        f'upstreams:\n  site: {{url: "{origin.url}"}}\nroutes: [{{path: /, upstream: site, cache: {{mode: http}}}}]\n'
    )
    tag = proxy.get("/data.bin").headers["ETag"]
    for condition in ({}, {"If-Range": tag}, {"If-Range": '"other"'}):
        headers = {"Range": f"bytes={ranges}", **condition}
        own = proxy.get("/data.bin", headers=headers)
        theirs = httpx.get(f"{origin.url}/data.bin", headers=headers)
        assert own.status_code == theirs.status_code
        assert cache_status(own)["hit"]
        if own.status_code == 416:
            assert own.headers["Content-Range"] == theirs.headers["Content-Range"] == "bytes */1000"
        else:
            assert parts(own) == parts(theirs)


def parts(answer):
    """Each part's place, type and bytes."""
    kind = answer.headers["Content-Type"]
    if not kind.startswith("multipart/byteranges"):
        return [(answer.headers.get("Content-Range"), kind, answer.content)]
    text = f"Content-Type: {kind}\r\n\r\n".encode() + answer.content
    return [
        (part["Content-Range"], part["Content-Type"], part.get_payload(decode=True))
        for part in email.message_from_bytes(text, policy=email.policy.HTTP).get_payload()
    ]


def test_curl_resumes_a_download_from_the_store(proxy, tmp_path):
    url = f"{proxy.url}/answer?size=100000&cache_control=max-age=60"
    whole = proxy.get("/answer?size=100000&cache_control=max-age=60").content
    file = tmp_path / "download"
    file.write_bytes(whole[:12345])
    subprocess.run(["curl", "-sS", "-C", "-", "-o", file, url], check=True, timeout=30)
    assert file.read_bytes() == whole


def test_an_object_over_the_limit_passes_and_is_not_stored(weir, upstreams, demo):
    proxy = weir("cache: {memory: 64MiB, max_object: 64KiB}\n" + upstreams + ROUTES)
    for _ in range(2):
        answer = proxy.get("/answer?size=100000&cache_control=max-age=60")
        assert len(answer.content) == 100_000
    assert demo.app.calls("GET /answer") == 2


def test_the_stores_budget_holds(weir, upstreams):
    proxy = weir("cache: {memory: 4MiB, max_object: 256KiB}\n" + upstreams + ROUTES)
    for number in range(100):
        proxy.get(f"/answer?size=100000&cache_control=max-age=60&n={number}")
    assert proxy.metric("weir_cache_bytes") <= 4 << 20
    assert proxy.metric("weir_cache_evictions_total") > 0
    assert proxy.metric("weir_cache_entries") > 0


def test_an_answer_cut_off_upstream_is_not_stored(proxy, demo):
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            proxy.get("/cut?size=2000&after=1000")
    assert demo.app.calls("GET /cut") == 2
    assert proxy.metric("weir_cache_entries") == 0


def test_files_of_a_real_origin_are_kept_with_its_validators(weir, nginx_origin):
    origin = nginx_origin("location / { expires 60s; }")
    (origin.files / "page.html").write_text("<p>first</p>\n" * 200)
    proxy = weir(
        f'upstreams:\n  site: {{url: "{origin.url}"}}\nroutes: [{{path: /, upstream: site, cache: {{mode: http}}}}]\n'
    )
    first = proxy.get("/page.html")
    assert first.content == (origin.files / "page.html").read_bytes()
    hit = proxy.get("/page.html")
    assert cache_status(hit)["hit"] and hit.headers["ETag"] == first.headers["ETag"]
    assert proxy.get("/page.html", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    origin.expect_access("/page.html", ["HTTP/1.1 GET 200"])


def test_a_real_origin_revalidates_with_304(weir, nginx_origin):
    origin = nginx_origin("location / { add_header Cache-Control max-age=1; }")
    (origin.files / "page.html").write_text("<p>first</p>\n" * 200)
    proxy = weir(
        f'upstreams:\n  site: {{url: "{origin.url}"}}\nroutes: [{{path: /, upstream: site, cache: {{mode: http}}}}]\n'
    )
    first = proxy.get("/page.html")
    assert no_hit(proxy, "/page.html").content == first.content
    origin.expect_access("/page.html", ["HTTP/1.1 GET 200", "HTTP/1.1 GET 304"])
