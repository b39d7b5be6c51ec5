"""Lost feeling in a place: "numb bum", "cannot feel it when he wipes", in any order.

A place that only hurts, such as a painful buttock beside a numb toe, has not lost its feeling.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

Phrases = Sequence[Sequence[str]]
Meant = Sequence[frozenset[str]]
NEAR: Final = 4  # words between the loss and its place


def find_lost_feeling(
    meant: Meant, losses: Phrases, pain: frozenset[str], places: Mapping[str, Phrases]
) -> Iterator[tuple[str, frozenset[int]]]:
    """Return each row whose place has lost its feeling, with the positions of the words.

    `meant` lists for each typed word the words it may be; `places` are phrases by row.
    """
    hurts = [bool(words & pain) for words in meant]
    lost = [span for loss in losses for span in _spans(meant, loss)]
    for row, phrases in places.items():
        said = set[int]()
        for place in (span for phrase in phrases for span in _spans(meant, phrase)):
            near = 0 if _beside(place, hurts) else NEAR
            for loss in lost:
                if _between(loss, place, hurts) <= near:
                    said |= {*loss, *place}
        if said:
            yield row, frozenset(said)


def _spans(meant: Meant, phrase: Sequence[str]) -> Iterator[range]:
    """Return every run of typed words that may be the phrase."""
    for start in range(len(meant) - len(phrase) + 1):
        if all(word in meant[start + n] for n, word in enumerate(phrase)):
            yield range(start, start + len(phrase))


def _beside(place: range, hurts: Sequence[bool]) -> bool:
    before, after = place.start - 1, place.stop
    return (before >= 0 and hurts[before]) or (after < len(hurts) and hurts[after])


def _between(one: range, other: range, hurts: Sequence[bool]) -> int:
    """Count the words between two runs, ignoring words of pain."""
    first, last = sorted((one, other), key=lambda span: span.start)
    return hurts[first.stop : last.start].count(False)
