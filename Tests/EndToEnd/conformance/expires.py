"""How long a response is fresh by Expires (RFC 9111 §4.2.1, §5.3), and the forms of dates (RFC 9110 §5.6.7)."""

from conformance.row import fetched, hit, may, must, should


def _fresh(*lines):
    return fetched(*lines), hit()


def _stale(*lines):
    return fetched(*lines), fetched()


READ = [
    ("exactly 32 bits", "Tue, 19 Jan 2038 14:14:08 GMT"),
    ("far in the future", "Sun, 21 Nov 2286 04:46:39 GMT"),
    ("the end of all dates", "Fri, 31 Dec 9999 23:59:59 GMT"),
    ("of RFC 850", "<850+3600>"),
    ("of asctime()", "<asc+3600>"),
    ("of asctime() with one digit of the day", "Thu Aug  8 02:01:18 2050"),
    ("weekday in capitals", "THU, 18 Aug 2050 02:01:18 GMT"),
    ("month in capitals", "Thu, 18 AUG 2050 02:01:18 GMT"),
    ("zone in odd case", "Thu, 18 Aug 2050 02:01:18 gMT"),
    ("a leap day", "Tue, 29 Feb 2028 02:01:18 GMT"),
    ("a leap second", "Thu, 18 Aug 2050 23:59:60 GMT"),
]

NOT_READ = [
    ("zero", "0"),
    ("minus one", "-1"),
    ("nothing", ""),
    ("a number of seconds", "4102444800"),
    ("UTC", "Thu, 18 Aug 2050 02:01:18 UTC"),
    ("another zone", "Thu, 18 Aug 2050 02:01:18 AEST"),
    ("an offset", "Thu, 18 Aug 2050 02:01:18 +0000"),
    ("no zone", "Thu, 18 Aug 2050 02:01:18"),
    ("a year of two digits", "Thu, 18 Aug 50 02:01:18 GMT"),
    ("no comma", "Thu 18 Aug 2050 02:01:18 GMT"),
    ("several spaces", "Thu, 18  Aug  2050 02:01:18 GMT"),
    ("dashes", "Thu, 18-Aug-2050 02:01:18 GMT"),
    ("full stops", "Thu, 18 Aug 2050 02.01.18 GMT"),
    ("an hour of one digit", "Thu, 18 Aug 2050 2:01:18 GMT"),
    ("a day of one digit", "Mon, 8 Aug 2050 02:01:18 GMT"),
    ("a day that does not exist", "Wed, 30 Feb 2050 02:01:18 GMT"),
    ("an hour that does not exist", "Thu, 18 Aug 2050 24:01:18 GMT"),
    ("a month that does not exist", "Thu, 18 Foo 2050 02:01:18 GMT"),
    ("something behind it", "Thu, 18 Aug 2050 02:01:18 GMT a"),
    ("quotation marks", '"Thu, 18 Aug 2050 02:01:18 GMT"'),
    ("ISO 8601", "2050-08-18T02:01:18Z"),
]

ROWS = [
    should("RFC 9111 §4.2.1", "Expires in the future makes fresh", *_fresh("Expires: <+2592000>")),
    must("RFC 9111 §4.2.1", "Expires in the past is stale", *_stale("Expires: <-2592000>")),
    must("RFC 9111 §4.2.1", "Expires right now is stale", *_stale("Date: <0>", "Expires: <0>")),
    must(
        "RFC 9111 §4.2.1",
        "Expires before Date is stale, though both lie ahead",
        *_stale("Date: <+400>", "Expires: <+300>"),
    ),
    must("RFC 9111 §4.2.1", "Expires counts from a Date that is behind", *_fresh("Date: <-10>", "Expires: <+3600>")),
    must(
        "RFC 9111 §4.2.3",
        "an Age longer than Expires less a slow Date is stale",
        *_stale("Date: <-10>", "Expires: <+10>", "Age: 25"),
    ),
    must(
        "RFC 9111 §4.2.3",
        "an Age longer than Expires less a fast Date is stale",
        *_stale("Date: <+10>", "Expires: <+20>", "Age: 15"),
    ),
    should(
        "RFC 9111 §4.2.1",
        "Expires without a Date counts from when it came",
        fetched("Expires: <+60>", dated=False),
        hit(),
    ),
    must(
        "RFC 9111 §4.2.1",
        "Expires in the past without a Date is stale",
        fetched("Expires: <-60>", dated=False),
        fetched(),
    ),
    should(
        "RFC 9111 §4.2.1",
        "Expires beside a Date that is no date counts from when it came",
        *_fresh("Date: foo", "Expires: <+60>"),
    ),
    should(
        "RFC 9111 §5.3",
        "Expires beside directives that are no lifetime",
        *_fresh("Cache-Control: public", "Expires: <+60>"),
    ),
    must("RFC 9111 §5.3", "Expires twice, whatever it says", *_stale("Expires: <+60>", "Expires: <+90>")),
    may(
        "RFC 9111 §4.2.1",
        "Expires twice, the same",
        *_stale("Expires: Thu, 18 Aug 2050 02:01:18 GMT", "Expires: Thu, 18 Aug 2050 02:01:18 GMT"),
    ),
    should("RFC 9111 §5.3", "Expires stays as it was", fetched("Expires: <+3600>"), hit(same=["Expires", "Date"])),
    *(should("RFC 9110 §5.6.7", f"a date is read: {name}", *_fresh(f"Expires: {date}")) for name, date in READ),
    may(
        "RFC 9110 §5.6.7",
        "a date with the wrong name of its day is read",
        *_fresh("Expires: Mon, 18 Aug 2050 02:01:18 GMT"),
    ),
    *(must("RFC 9111 §5.3", f"a date is not read: {name}", *_stale(f"Expires: {date}")) for name, date in NOT_READ),
    must(
        "RFC 9110 §5.6.7",
        "a year of two digits more than 50 years ahead is in the past",
        *_stale("Expires: Sunday, 06-Nov-94 08:49:37 GMT"),
    ),
]
