"""A short list put in order, with what belongs to it."""

from __future__ import annotations

from bundling.location.kernel import kernel


@kernel
def sort_together(key, item, count):
    """Put the first `count` of `key` in rising order, and `item` with them; for short lists."""
    for p in range(1, count):
        value, thing = key[p], item[p]
        q = p
        while q > 0 and key[q - 1] > value:
            key[q], item[q] = key[q - 1], item[q - 1]
            q -= 1
        key[q], item[q] = value, thing
