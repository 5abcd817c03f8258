"""One stored response in several codings (RFC 9110 §7.7, §8.4, §8.8.3.3, §12.5.3)."""

from conformance.row import fetched, hit, may, must, should, validated

FRESH = "Cache-Control: max-age=3600"
STALE = ("Cache-Control: max-age=10", "Age: 20")
TAG, CODED = 'ETag: "abc"', 'ETag: "abc-gzip"'
TEXT = "a text that is worth compressing, " * 100
GZIP = "Accept-Encoding: gzip"


def _coded(level, section, name, accepts, *, is_coded):
    step = (
        hit(asks=[accepts], any_body=True, gives=["Content-Encoding: gzip", CODED], settles=True)
        if is_coded
        else hit(asks=[accepts], lacks=["Content-Encoding"], gives=[TAG])
    )
    return level(section, name, fetched(FRESH, TAG, says=TEXT), step)


ROWS = [
    _coded(may, "RFC 9110 §12.5.3", "who takes gzip gets it", GZIP, is_coded=True),
    may(
        "RFC 9110 §12.5.3",
        "who takes anything gets what Weir likes best",
        fetched(FRESH, TAG, says=TEXT),
        hit(
            asks=["Accept-Encoding: *"], any_body=True, gives=["Content-Encoding: br", 'ETag: "abc-br"'], settles=True
        ),
    ),
    _coded(
        must, "RFC 9110 §12.5.3", "who does not take gzip does not get it", "Accept-Encoding: gzip;q=0", is_coded=False
    ),
    _coded(
        must,
        "RFC 9110 §12.5.3",
        "who takes other codings does not get gzip",
        "Accept-Encoding: compress, deflate",
        is_coded=False,
    ),
    _coded(
        should,
        "RFC 9110 §12.5.3",
        "who would rather not does not get gzip",
        "Accept-Encoding: gzip;q=0.1, identity",
        is_coded=False,
    ),
    _coded(
        must, "RFC 9110 §12.5.3", "who takes nothing but the plain form gets that", "Accept-Encoding: ", is_coded=False
    ),
    must(
        "RFC 9110 §12.5.5",
        "every form says that there are others",
        fetched(FRESH, TAG, says=TEXT, gives=["Vary: Accept-Encoding"]),
        hit(gives=["Vary: Accept-Encoding"]),
        hit(asks=[GZIP], any_body=True, gives=["Vary: Accept-Encoding", CODED], settles=True),
        hit(asks=[GZIP, 'If-None-Match: "abc-gzip"'], gets=304, gives=["Vary: Accept-Encoding", CODED]),
    ),
    must(
        "RFC 9110 §8.8.3.3",
        "the tag of one form is not that of another",
        fetched(FRESH, TAG, says=TEXT),
        hit(asks=[GZIP, 'If-None-Match: "abc"'], any_body=True, gives=["Content-Encoding: gzip", CODED], settles=True),
        hit(asks=['If-None-Match: "abc-gzip"'], gives=[TAG]),
    ),
    must(
        "RFC 9110 §8.8.3.3",
        "a weak tag is for all forms",
        fetched(FRESH, 'ETag: W/"abc"', says=TEXT),
        hit(asks=[GZIP, 'If-None-Match: W/"abc"'], gets=304, gives=['ETag: W/"abc"']),
    ),
    should(
        "RFC 9111 §4.3.1",
        "the origin is asked about its own tag, and the client is told of its form",
        fetched(*STALE, TAG, says=TEXT),
        validated(
            FRESH,
            TAG,
            asks=[GZIP, 'If-None-Match: "abc-gzip"'],
            sees=['If-None-Match: "abc"'],
            gets=304,
            # It is not made yet: what would be made on the way has no bytes of its own to stand for.
            gives=['ETag: W/"abc-gzip"'],
        ),
        hit(asks=[GZIP], any_body=True, gives=[CODED], settles=True),
    ),
    must(
        "RFC 9110 §7.7",
        "no-transform keeps an answer as it is",
        fetched("Cache-Control: max-age=3600, no-transform", TAG, says=TEXT),
        hit(asks=[GZIP], lacks=["Content-Encoding"], gives=[TAG]),
    ),
    should(
        "RFC 9111 §5.2.1.6",
        "a client's no-transform keeps an answer as it is",
        fetched(FRESH, TAG, says=TEXT),
        hit(asks=[GZIP, "Cache-Control: no-transform"], lacks=["Content-Encoding"], gives=[TAG]),
    ),
    must(
        "RFC 9110 §8.4",
        "an answer in a coding that is not Weir's stays in it",
        fetched(FRESH, TAG, "Content-Encoding: test", says=TEXT),
        hit(asks=[GZIP], gives=["Content-Encoding: test", TAG]),
    ),
    must(
        "RFC 9110 §14.2",
        "a part is of the form that the client gets",
        fetched(FRESH, TAG, says=TEXT),
        hit(asks=["Range: bytes=0-5"], gets=206, body=TEXT[:6], gives=[TAG]),
        hit(asks=["Range: bytes=0-5", 'If-Range: "abc-gzip"'], gets=200, gives=[TAG]),
    ),
]
