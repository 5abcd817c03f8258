"""Which of several stored responses answers a request (RFC 9111 §4.1)."""

from conformance.row import UNCODED, fetched, hit, may, must, should, validated

FRESH = "Cache-Control: max-age=3600"


def _match(level, name, vary, first, second, *, hits, section="RFC 9111 §4.1", **more):
    vary = [vary] if isinstance(vary, str) else vary
    step = hit(asks=second) if hits else fetched(asks=second)
    return level(section, name, fetched(FRESH, *(f"Vary: {value}" for value in vary), asks=first), step, **more)


def _newest(which, *, first, second, counts):
    """Two stored responses of these dates that both match: the body of the one that counts."""
    return must(
        "RFC 9111 §4",
        f"of two that match the one with the newer Date counts, {which}",
        fetched(FRESH, "Vary: Foo", f"Date: {first}", says="one", asks=["Foo: 1"]),
        fetched(FRESH, "Vary: Bar", f"Date: {second}", says="two", asks=["Foo: 2"]),
        hit(asks=["Foo: 1"], body=counts),
    )


STARS = [["*"], ["*, *"], ["*", "*"], [", *"], ["", "*"], ["*, Foo"], ["Foo, *"], ["Foo", "*"], ["Foo,*,Bar"], [" * "]]
THREE = ["Foo: 1", "Bar: abc", "Baz: 789"]

ROWS = [
    _match(should, "the same value matches", "Foo", ["Foo: 1"], ["Foo: 1"], hits=True),
    _match(must, "another value does not", "Foo", ["Foo: 1"], ["Foo: 2"], hits=False),
    _match(must, "a field that was absent matches no value", "Foo", [], ["Foo: 1"], hits=False),
    _match(must, "a value matches no absent field", "Foo", ["Foo: 1"], [], hits=False),
    _match(must, "an empty value is not an absent field", "Foo", ["Foo: "], [], hits=False),
    _match(should, "absent matches absent", "Foo", [], [], hits=True),
    _match(
        should,
        "fields that are not named do not matter",
        "Foo",
        ["Foo: 1", "Other: 2"],
        ["Foo: 1", "Other: 3"],
        hits=True,
    ),
    _match(should, "names are told in any case", "fOO", ["Foo: 1"], ["FOO: 1"], hits=True),
    _match(must, "names in another case select", "fOO", ["Foo: 1"], ["FOO: 2"], hits=False),
    _match(should, "an empty Vary selects nothing", "", ["Foo: 1"], ["Foo: 2"], hits=True),
    _match(must, "values differ by case", "Foo", ["Foo: a"], ["Foo: A"], hits=False),
    _match(should, "two fields, both the same", "Foo, Bar", THREE[:2], THREE[:2], hits=True),
    _match(must, "two fields, one another", "Foo, Bar", THREE[:2], ["Foo: 2", "Bar: abc"], hits=False),
    _match(must, "two fields, both absent now", "Foo, Bar", THREE[:2], [], hits=False),
    _match(must, "two fields, one absent now", "Foo, Bar", THREE[:2], ["Foo: 1"], hits=False),
    _match(
        must, "two fields on two lines, the second another", ["Foo", "Bar"], THREE[:2], ["Foo: 1", "Bar: x"], hits=False
    ),
    _match(should, "two fields on two lines, both the same", ["Foo", "Bar"], THREE[:2], THREE[:2], hits=True),
    _match(should, "three fields, all the same", "Foo, Bar, Baz", THREE, THREE, hits=True),
    _match(should, "three fields in another order", "Foo, Bar, Baz", THREE, THREE[::-1], hits=True),
    _match(must, "three fields, one another", "Foo, Bar, Baz", THREE, ["Foo: 2", *THREE[1:]], hits=False),
    _match(
        must,
        "three fields, one another, in another order",
        "Foo, Bar, Baz",
        THREE,
        ["Baz: 789", "Bar: abcde", "Foo: 1"],
        hits=False,
    ),
    _match(should, "three fields, one absent both times", "Foo, Bar, Baz", THREE[::2], THREE[::2], hits=True),
    *(
        _match(must, f"a star matches nothing: {' | '.join(vary)}", vary, ["Foo: 1"], ["Foo: 1"], hits=False)
        for vary in STARS
    ),
    _match(may, "a member that is no name matches nothing", "Foo, a b", ["Foo: 1"], ["Foo: 1"], hits=False),
    should(
        "RFC 9111 §4.1",
        "two variants are kept beside each other",
        fetched(FRESH, "Vary: Foo", says="one", asks=["Foo: 1"]),
        fetched(FRESH, "Vary: Foo", says="two", asks=["Foo: 2"]),
        hit(asks=["Foo: 1"], body="one"),
        hit(asks=["Foo: 2"], body="two"),
    ),
    _newest("the later one", first="<-100>", second="<0>", counts="two"),
    _newest("the earlier one", first="<0>", second="<-100>", counts="one"),
    should(
        "RFC 9111 §4.1",
        "what has a Vary is chosen before a newer one that was sent without",
        fetched(FRESH, "Vary: Foo", "Date: <-100>", says="one", asks=["Foo: 1"]),
        fetched(FRESH, "Date: <0>", says="two", asks=["Foo: 2"]),
        hit(asks=["Foo: 1"], body="one"),
    ),
    # Normalising (RFC 9111 §4.1).
    _match(should, "lines of one name count as one", "Foo", ["Foo: 1, 2"], ["Foo: 1", "Foo: 2"], hits=True),
    _match(
        must, "the order of lines of one name matters", "Foo", ["Foo: 1", "Foo: 2"], ["Foo: 2", "Foo: 1"], hits=False
    ),
    _match(
        may,
        "white space around commas matters in a field that is not known: it may be no list",
        "Foo",
        ["Foo: 1,2"],
        ["Foo:  1, 2 "],
        hits=False,
    ),
    _match(must, "white space in quotation marks means something", "Foo", ['Foo: "1,2"'], ['Foo: "1, 2"'], hits=False),
    _match(should, "white space around a value means nothing", "Foo", ["Foo: 1"], ["Foo: \t 1  "], hits=True),
    _match(
        should,
        "white space in a list of languages means nothing",
        "Accept-Language",
        ["Accept-Language: en, de"],
        ["Accept-Language:  en ,   de"],
        hits=True,
    ),
    _match(
        may,
        "languages are told in any case",
        "Accept-Language",
        ["Accept-Language: en, de"],
        ["Accept-Language: eN, De"],
        hits=True,
        section="RFC 9110 §8.5.1",
    ),
    _match(
        may,
        "the order of languages matters: origins go by it",
        "Accept-Language",
        ["Accept-Language: en, de"],
        ["Accept-Language: de, en"],
        hits=False,
        section="RFC 9110 §12.5.4",
    ),
    may(
        "RFC 9110 §12.5.4",
        "other languages are another request, whatever language is stored: origins may go by more",
        fetched(FRESH, "Vary: Accept-Language", "Content-Language: de", asks=["Accept-Language: en, de"]),
        fetched(asks=["Accept-Language: fr;q=0.5, de;q=1.0"]),
    ),
    _match(
        should,
        "codings are Weir's own affair",
        "Accept-Encoding",
        ["Accept-Encoding: br"],
        ["Accept-Encoding: gzip"],
        hits=True,
    ),
    _match(
        must,
        "codings select where Weir does not code",
        "Accept-Encoding",
        ["Accept-Encoding: br"],
        ["Accept-Encoding: gzip"],
        hits=False,
        route=UNCODED,
    ),
    _match(
        should,
        "the same codings match where Weir does not code",
        "Accept-Encoding",
        ["Accept-Encoding: br, gzip"],
        ["Accept-Encoding: br,gzip"],
        hits=True,
        route=UNCODED,
    ),
    _match(must, "a cookie selects", "Cookie", ["Cookie: a=1"], ["Cookie: a=2"], hits=False),
    _match(must, "credentials select", "Authorization", [], ["Authorization: Basic YTpi"], hits=False),
    _match(must, "an origin selects", "Origin", ["Origin: https://a.test"], ["Origin: https://b.test"], hits=False),
    _match(
        may,
        "a field that Weir replaces selects by what the client said",
        "X-Forwarded-Host",
        ["X-Forwarded-Host: a"],
        ["X-Forwarded-Host: b"],
        hits=False,
    ),
    # Validating variants.
    must(
        "RFC 9111 §4.3.1",
        "a stale variant is validated with its own fields",
        fetched("Cache-Control: max-age=10", "Age: 20", "Vary: Foo", 'ETag: "a"', asks=["Foo: 1"]),
        validated("Vary: Foo", 'ETag: "a"', asks=["Foo: 1"], sees=['If-None-Match: "a"', "Foo: 1"]),
    ),
    must(
        "RFC 9111 §4.1",
        "another variant's answer is not given for a tag that was not asked for",
        fetched(FRESH, "Vary: Foo", 'ETag: "a"', asks=["Foo: 1"]),
        fetched(FRESH, "Vary: Foo", 'ETag: "b"', asks=["Foo: 2"]),
    ),
    may(
        "RFC 9111 §4.3.1",
        "where no variant matches none is asked about: many origins give all of theirs one tag",
        fetched(FRESH, "Vary: Foo", 'ETag: "a"', asks=["Foo: 1"]),
        fetched(FRESH, "Vary: Foo", 'ETag: "a"', asks=["Foo: 2"], unseen=["If-None-Match"]),
        hit(asks=["Foo: 2"]),
    ),
    may(
        "RFC 9111 §4.3.1",
        "where several match the tags of all are asked about, and a 304 names the one to use",
        fetched("Cache-Control: max-age=10", "Age: 20", "Vary: Foo", 'ETag: "b"', asks=["Foo: 1"], says="two"),
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"', asks=["Foo: 2"], says="one"),
        validated(FRESH, 'ETag: "a"', asks=["Foo: 1"], sees=['If-None-Match: "b", "a"'], body="one"),
    ),
    must(
        "RFC 9111 §4.3.4",
        "where several match and a 304 does not say which one it means, none is used",
        fetched("Cache-Control: max-age=10", "Age: 20", "Vary: Foo", 'ETag: "b"', asks=["Foo: 1"]),
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"', asks=["Foo: 2"]),
        fetched(FRESH, asks=["Foo: 1"], status=304, gets=200, calls=2, unseen=["If-None-Match"]),
    ),
    must(
        "RFC 9111 §4.3.4",
        "a 304 that varies by more selects by more",
        fetched("Cache-Control: max-age=10", "Age: 20", 'ETag: "a"', asks=["Foo: 1"]),
        validated(FRESH, "Vary: Foo", 'ETag: "a"', asks=["Foo: 1"]),
        hit(asks=["Foo: 1"]),
        fetched(asks=["Foo: 2"]),
    ),
    # Answers to one request.
    must(
        "RFC 9111 §4",
        "a newer answer without Vary takes the place of the variant that the same request had",
        fetched(FRESH, "Vary: Foo", asks=["Foo: 1"], says="old"),
        fetched(FRESH, asks=["Foo: 1", "Cache-Control: no-cache"], says="new"),
        hit(asks=["Foo: 1"], body="new"),
    ),
    must(
        "RFC 9111 §4",
        "so it does where that is stale",
        fetched("Cache-Control: max-age=10", "Age: 20", "Vary: Foo", asks=["Foo: 1"], says="old"),
        fetched(FRESH, asks=["Foo: 1"], says="new"),
        hit(asks=["Foo: 1"], body="new"),
    ),
    must(
        "RFC 9111 §4",
        "an older answer without Vary does not come back behind a newer one that has become stale",
        fetched(FRESH, asks=["Foo: 1"], says="old"),
        fetched(
            "Cache-Control: max-age=10",
            "Age: 20",
            "Vary: Foo",
            asks=["Foo: 1", "Cache-Control: no-cache"],
            says="new",
        ),
        fetched(asks=["Foo: 1"]),
    ),
    must(
        "RFC 9111 §4",
        "nor one that was selected by less",
        fetched(FRESH, "Vary: Foo", asks=["Foo: 1", "Bar: 1"], says="old"),
        fetched(FRESH, "Vary: Foo, Bar", asks=["Foo: 1", "Bar: 1", "Cache-Control: no-cache"], says="new"),
        hit(asks=["Foo: 1", "Bar: 1"], body="new"),
        fetched(asks=["Foo: 1", "Bar: 2"]),
    ),
    should(
        "RFC 9111 §4.1",
        "a newer answer without Vary to another request does not",
        fetched(FRESH, "Vary: Foo", asks=["Foo: 1"], says="one"),
        fetched(FRESH, asks=["Foo: 2"], says="default"),
        hit(asks=["Foo: 1"], body="one"),
    ),
]
