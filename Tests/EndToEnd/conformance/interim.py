"""Responses before the response (RFC 9110 §15.2)."""

from conformance.row import fetched, hit, may, must, should

FRESH = "Cache-Control: max-age=3600"
LINK = "Link: </styles.css>; rel=preload; as=style"
HINT = (103, [LINK, "X-My-Header: test"])

ROWS = [
    should("RFC 9110 §15.2", "a 102 passes", fetched(FRESH, hints=[(102, [])], hinted=[(102, [])]), hit(hinted=[])),
    should("RFC 8297 §2", "a 103 passes with its fields", fetched(FRESH, hints=[HINT], hinted=[HINT]), hit(hinted=[])),
    should(
        "RFC 9110 §15.2",
        "several pass in order",
        fetched(FRESH, hints=[(102, []), HINT, (103, ["A: 1"])], hinted=[(102, []), HINT, (103, ["A: 1"])]),
        hit(hinted=[]),
    ),
    should(
        "RFC 9110 §15.2",
        "one that is not known passes",
        fetched(FRESH, hints=[(199, ["A: 1"])], hinted=[(199, ["A: 1"])]),
        hit(),
    ),
    must("RFC 9111 §3", "what is not final is not stored", fetched(FRESH, hints=[HINT]), hit(hinted=[], gets=200)),
    must("RFC 9111 §3", "what only a hint says keeps nothing", fetched(hints=[(103, [FRESH])]), fetched()),
    must(
        "RFC 9111 §3",
        "what only a hint says forbids nothing",
        fetched(FRESH, hints=[(103, ["Cache-Control: no-store"])]),
        hit(),
    ),
    must(
        "RFC 9111 §3.1",
        "fields of a hint are not stored",
        fetched(FRESH, hints=[HINT], lacks=["X-My-Header"]),
        hit(lacks=["X-My-Header", "Link"]),
    ),
    must(
        "RFC 9110 §7.6.1",
        "fields of the connection end here",
        fetched(FRESH, hints=[(103, ["Connection: a", "A: 1", "B: 2"])], hinted=[(103, ["B: 2"])]),
    ),
    must(
        "RFC 9110 §15.2.1", "a 100 that nobody waits for ends here", fetched(FRESH, hints=[(100, [])], hinted=[]), hit()
    ),
    may(
        "RFC 9110 §15.2",
        "hints pass where nothing is stored",
        fetched("Cache-Control: no-store", hints=[HINT], hinted=[HINT]),
    ),
    may(
        "RFC 9110 §15.2", "hints pass on other methods", fetched(method="POST", sends="a", hints=[HINT], hinted=[HINT])
    ),
]
