"""All tables, by subject."""

from conformance import (
    age,
    cache_status,
    codings,
    collapsing,
    conditionals,
    expires,
    freshness,
    head,
    headers,
    heuristics,
    interim,
    invalidation,
    keys,
    partial,
    request_directives,
    stale,
    storing,
    targeted,
    updating,
    validation,
    vary,
)

TABLES = {
    module.__name__.rpartition(".")[2]: module.ROWS
    for module in (
        storing,
        keys,
        headers,
        freshness,
        expires,
        heuristics,
        age,
        vary,
        validation,
        updating,
        head,
        conditionals,
        request_directives,
        invalidation,
        stale,
        targeted,
        partial,
        codings,
        interim,
        collapsing,
        cache_status,
    )
}
