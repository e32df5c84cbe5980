"""What routes cost, remembered: a table by the hash of the sequence and the fleet entry.

Near the end of a search most of what ruin takes out goes back where it was, so most prices have
been asked before. The table has one row a place; a newer route takes the place of an older one.

The hash of stops ``c_1 .. c_m`` is ``sum_k key[c_k] * B^k`` in 64 bits that wrap: the hash with a
stop put in follows from sums over the part before and the part after.
"""

from __future__ import annotations

from bundling.rounds.electric.kernel import kernel

AT_LEAST, EXACTLY = 0, 1
_SPREAD = 0x2545F4914F6CDD1D


@kernel
def note_codes(state, work, r):
    """Bring the hashes of the parts of route `r` up to date."""
    code, at = 0, 0
    c = state.first[r]
    while c >= 0:
        code += work.key[c] * work.power[at]
        state.code[c], state.at[c] = code, at
        at += 1
        c = state.nxt[c]
    state.code_all[r] = code


@kernel
def code_with(state, work, r, before, c):
    """Hash of route `r` with stop `c` after stop `before` (-1: as the first); never 0."""
    head, at, whole = 0, 0, 0
    if state.size[r] > 0:
        whole = state.code_all[r]
        if before >= 0:
            head, at = state.code[before], state.at[before] + 1
    tail = (whole - head) * work.power[1]
    return _finish(state, work, r, head + work.key[c] * work.power[at] + tail)


@kernel
def code_of(state, work, r):
    """Hash of route `r` as it is."""
    return _finish(state, work, r, state.code_all[r])


@kernel
def code_of_order(work, v, m):
    """Hash of the first `m` stops of `Work.order` as a route of fleet entry `v`."""
    code = 0
    for at in range(m):
        code += work.key[work.order[at]] * work.power[at]
    return _of_entry(work, v, code)


@kernel
def _finish(state, work, r, code):
    return _of_entry(work, state.entry[r], code)


@kernel
def _of_entry(work, v, code):
    code = (code + (v + 1) * _SPREAD) * work.power[2]
    code ^= code >> 29
    return (code << 1) | 2


@kernel
def recall(work, code):
    """Return what is known of a route's cost, and money: at least it, or exactly; -1: nothing."""
    slot = (code >> 24) & (len(work.memo_code) - 1)
    stored = work.memo_code[slot]
    if (stored | 1) != (code | 1):
        return -1, 0.0
    return stored & 1, work.memo_eur[slot]


@kernel
def remember(work, code, kind, eur):
    """Keep that a route costs `eur`, exactly or at least."""
    slot = (code >> 24) & (len(work.memo_code) - 1)
    work.memo_code[slot] = code | kind
    work.memo_eur[slot] = eur
