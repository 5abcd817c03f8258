"""docs/CACHING.md: what it says of behaviours is what the tables say."""

import os

from conformance.document import with_behaviours
from peers.program import ROOT

DOCUMENT = ROOT / "docs" / "CACHING.md"


def test_the_document_says_what_the_tables_say():
    text = DOCUMENT.read_text()
    current = with_behaviours(text)
    if os.environ.get("UPDATE_REFERENCE"):
        DOCUMENT.write_text(current)
    else:
        assert text == current, "run this test with UPDATE_REFERENCE=1"
