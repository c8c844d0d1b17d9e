"""Which articles report the same story: from sketches to pairs worth a look, to links, to stories.

    copies    share most of their text, whatever their dates: an agency's report in several papers, a later edition
    reports   share the rare words and names that they are about, and came out within NEAR_DAYS of each other; where
              one is undated, more has to be shared

Copies are put together first, and count as one from there on, dated by the first of them. Reports are joined by average
linkage, the closest first (Sokal and Michener 1958; usual for stories since TDT, Allan and others 1998): two groups
become one where all their members are alike on average, and no story is longer than SPAN_DAYS. So a great event does
not swallow its neighbours link by link, and texts made by the same template stay apart unless they are copies.

A wrong story hides an article and a missed one only repeats it, so that every figure below is on the side of precision.
They were chosen by reading some hundreds of pairs, and the largest groups, of two public collections. Of pairs of one
story, drawn at random and read at the end, 56 of 60 were right in Reuters-21578 (a newswire of 1987; every fifth pair
is of copies) and 48 of 50 among 2,225 undated BBC articles. Generated articles form no stories.

What is found depends on the articles alone and not on their order, but for two bounds. Up to ALWAYS_ANEW articles all
is found anew in each commit. In a larger archive only what is new is compared: how rare words are is counted again when
the archive has grown by GROWTH, and a pair once found stays found, though a rebuild, with all that came since, might
look at other NEIGHBOURS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.sketches import NO_DAY, NO_HASH, NO_TERM, SHINGLES, Rows, Sketches

METHOD = 1  # raised with every change of what follows: stories found by another are found anew

# Links. Shares are in percent, so that sums are exact in any order.
COPY = 60  # of the text in common, within NEAR_DAYS: another edition, or an agency's report in another paper
COPY_EVER = 80  # whatever the dates
FORM = 10  # from here to FORM_COPY, of one publisher on different days: a form filled in anew, a market report, say
FORM_COPY = 95  # only then does a publisher print the same again
NEAR_DAYS = 3  # from one report to another: papers follow within two days, weeklies and time zones take the third
ALIKE = 35  # of reports: from here on some nine of ten pairs are right
ALIKE_UNDATED = 38  # where no date speaks for it
WEAK = 15  # from here on a likeness counts in averages
SHARED = 6  # rare words in common at least: with fewer it is often the same company and another matter
DOUBT = 4  # likeness is multiplied by n / (n + DOUBT) for n words in common
COMMON = 0.02  # a word of more articles than this share tells no story
KNOWN = 10_000  # articles that an archive is taken to have beside its own, each word in one: a few prove little

# Stories
AVERAGE = 22  # least likeness on average between all of two groups that are joined
COPIES_AVERAGE = 60  # the same for copies, of their text
IDENTICAL = 100  # text in common: copies without regard to averages
SPAN_DAYS = 7  # from the first report of a story to the last, copies aside

# Pairs worth a look: articles that are next neighbours, by day, under one probed shingle, or under PROBES_SHARED words
PROBED_SHINGLES = 8  # of each article, the lowest
PROBES_SHARED = 3  # rare words
NEIGHBOURS = 16  # under one hash, by day. An event with far more reports, no copies among them, is several stories
UNDATED_ARTICLES = 16  # a word in so many at most is looked at without regard to dates
MIDDLE = 32  # links of an article, the closest, whose other ends are compared with each other: averages ask for that

ALWAYS_ANEW = 20_000  # articles
GROWTH = 0.25
BLOCK = 1 << 14  # articles, and
PAIRS = 1 << 13  # pairs, that are in memory at a time

Numbers = NDArray[np.int64]
Pairs = tuple[Numbers, Numbers]  # the first of each pair has the lower number


@dataclass(frozen=True, slots=True)
class Rarity:
    """In how many articles a word is; terms ascending. Words of one article are not listed."""

    terms: NDArray[np.uint32]
    counts: NDArray[np.uint32]
    articles: int

    def counts_of(self, terms: NDArray[np.uint32]) -> NDArray[np.uint32]:
        if not len(self.terms):
            return np.ones(terms.shape, np.uint32)
        place = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        return np.where(self.terms[place] == terms, self.counts[place], np.uint32(1))

    def weights(self, rows: Rows) -> NDArray[np.float32]:
        """Of each article's terms, together of length 1; 0 for those that are too common."""
        share = (self.counts_of(rows["terms"]) + 1) / (self.articles + KNOWN)
        rare = np.maximum(np.log((1 + 1 / share) * COMMON), 0)
        weights = np.where(rows["terms"] == NO_TERM, 0, rows["weights"] * rare)
        length = np.sqrt(np.square(weights).sum(axis=1, keepdims=True))
        scaled: NDArray[np.float32] = (weights / np.maximum(length, 1e-9)).astype(np.float32)
        return scaled


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of articles that are alike, the first with the lower number.

    text:  share of their text in common, in percent, where they are copies, else 0
    alike: likeness of what they are about, in percent, where they are reports of a story, else 0
    """

    first: NDArray[np.uint32]
    second: NDArray[np.uint32]
    text: NDArray[np.uint8]
    alike: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.first)

    def chosen(self, mask: NDArray[np.bool_]) -> Links:
        return Links(self.first[mask], self.second[mask], self.text[mask], self.alike[mask])

    def renumbered(self, numbers: Numbers) -> Links:
        """With the numbers that articles have now, -1 for those that are gone."""
        first, second = numbers[self.first], numbers[self.second]
        stay = (first >= 0) & (second >= 0)
        first, second = first[stay], second[stay]
        lower, higher = np.minimum(first, second), np.maximum(first, second)
        return Links(lower.astype(np.uint32), higher.astype(np.uint32), self.text[stay], self.alike[stay])


@dataclass(frozen=True, slots=True)
class Stories:
    """What is known of an archive's stories.

    keys:    of its articles, in their order: `search.sketches.SKETCH`
    story:   of each article, the number of its story from 1; 0 where it is alone
    links:   by which stories are found
    rarity:  by which links were found
    """

    keys: NDArray[np.uint64]
    story: NDArray[np.uint32]
    links: Links
    rarity: Rarity


_NO_LINKS = Links(np.empty(0, np.uint32), np.empty(0, np.uint32), np.empty(0, np.uint8), np.empty(0, np.uint8))


def find(sketches: Sketches, before: Stories | None = None) -> Stories:
    """The stories of an archive. before: those of the archive as it was, from which only what has changed differs."""
    keys = sketches.column("key").astype(np.uint64)
    if before is None or len(keys) <= ALWAYS_ANEW or len(keys) > before.rarity.articles * (1 + GROWTH):
        return _anew(sketches, keys)
    now = _numbers_now(before.keys, keys)
    stayed = now[now >= 0]
    fresh = np.ones(len(keys), bool)
    fresh[stayed] = False
    kept = before.links.renumbered(now)
    links = _joined(kept, _links(sketches, before.rarity, fresh))
    links = _closed(links, _reached(links, np.flatnonzero(fresh), len(keys)), sketches, before.rarity)
    story = np.zeros(len(keys), np.uint32)
    story[stayed] = before.story[now >= 0]
    lost = _numbers_beside_the_lost(before.links, now)
    changed = _reached(links, np.union1d(np.flatnonzero(fresh), lost), len(keys))
    return Stories(keys, _regrouped(story, changed, links, sketches), links, before.rarity)


def _anew(sketches: Sketches, keys: NDArray[np.uint64]) -> Stories:
    rarity = _rarity(sketches)
    links = _links(sketches, rarity, np.ones(len(keys), bool))
    links = _closed(links, np.arange(len(keys)), sketches, rarity)
    story = np.zeros(len(keys), np.uint32)
    return Stories(keys, _regrouped(story, np.arange(len(keys)), links, sketches), links, rarity)


def _numbers_now(before: NDArray[np.uint64], now: NDArray[np.uint64]) -> Numbers:
    """Of each article that was, the number it has now; -1 where it is gone."""
    order = np.argsort(now)
    place = np.searchsorted(now, before, sorter=order)
    found = order[np.minimum(place, len(now) - 1)] if len(now) else np.zeros(len(before), np.int64)
    same = now[found] == before if len(now) else np.zeros(len(before), bool)
    return np.where(same, found, -1)


def _numbers_beside_the_lost(links: Links, now: Numbers) -> Numbers:
    """Articles that were linked to one that is gone."""
    first, second = now[links.first], now[links.second]
    return np.concatenate((first[(first >= 0) & (second < 0)], second[(second >= 0) & (first < 0)]))


def _joined(one: Links, other: Links) -> Links:
    return Links(*(np.concatenate((getattr(one, name), getattr(other, name))) for name in Links.__slots__))


def _rarity(sketches: Sketches) -> Rarity:
    terms, counts = np.unique(sketches.column("terms"), return_counts=True)
    several = (counts > 1) & (terms != NO_TERM)
    return Rarity(terms[several].astype(np.uint32), counts[several].astype(np.uint32), len(sketches))


# Links


def _links(sketches: Sketches, rarity: Rarity, fresh: NDArray[np.bool_]) -> Links:
    """Those with an article that is fresh at one end."""
    copies = _copies(sketches, fresh)
    reports = [_reports(sketches, rarity, pairs) for pairs in _near_pairs(sketches, rarity, fresh)]
    reports.append(_reports(sketches, rarity, _undated_pairs(sketches, rarity, fresh)))
    return _merged([copies, *reports], len(sketches))


def _merged(parts: Iterable[Links], size: int) -> Links:
    """Each pair once, with all that is known of it."""
    every = _NO_LINKS
    for part in parts:
        every = _joined(every, part)
    codes, place = np.unique(_codes(every.first, every.second, size), return_inverse=True)
    text, alike = np.zeros(len(codes), np.uint8), np.zeros(len(codes), np.uint8)
    np.maximum.at(text, place, every.text)
    np.maximum.at(alike, place, every.alike)
    return Links((codes // max(size, 1)).astype(np.uint32), (codes % max(size, 1)).astype(np.uint32), text, alike)


def _codes(first: NDArray[np.integer], second: NDArray[np.integer], size: int) -> Numbers:
    codes: Numbers = np.minimum(first, second).astype(np.int64) * size + np.maximum(first, second)
    return codes


def _pairs(codes: Numbers, size: int) -> Pairs:
    return codes // max(size, 1), codes % max(size, 1)


def _copies(sketches: Sketches, fresh: NDArray[np.bool_]) -> Links:
    numbers = _with_shingles_of(sketches, fresh)
    rows = sketches.take(numbers)
    probes = rows["shingles"][:, :PROBED_SHINGLES]
    codes, _ = _neighbours(probes, probes != NO_HASH, rows, within=None)
    first, second = _pairs(codes, len(rows))
    new = fresh[numbers]
    first, second = (end[new[first] | new[second]] for end in (first, second))
    text = np.empty(len(first), np.uint8)
    for part in _slices(len(first)):
        text[part] = _resemblance(rows["shingles"][first[part]], rows["shingles"][second[part]])
    days = rows["day"].astype(np.int64)
    near = _apart(days[first], days[second]) <= NEAR_DAYS
    least = np.where(_again(rows[first], rows[second]), FORM_COPY, np.where(near, COPY, COPY_EVER))
    are = text >= least
    return Links(*_ends(numbers, first[are], second[are]), text[are], np.zeros(int(are.sum()), np.uint8))


def _with_shingles_of(sketches: Sketches, fresh: NDArray[np.bool_]) -> Numbers:
    """The articles that share a probed shingle with a fresh one."""
    if fresh.all():
        return np.arange(len(sketches))
    wanted = np.unique(sketches.take(np.flatnonzero(fresh))["shingles"][:, :PROBED_SHINGLES])
    found = [
        start + np.flatnonzero(np.isin(rows["shingles"][:, :PROBED_SHINGLES], wanted).any(axis=1))
        for start, rows in sketches.blocks(BLOCK)
    ]
    return np.concatenate(found)


def _neighbours(
    probes: NDArray[np.uint32], usable: NDArray[np.bool_], rows: Rows, within: int | None
) -> tuple[Numbers, NDArray[np.int64]]:
    """Pairs of rows that stand next to each other, by day, under the same probe, and under how many probes.

    within: days between the two at most; None for any
    """
    docs, _ = np.nonzero(usable)
    hashes = probes[usable]
    days = rows["day"].astype(np.int64)[docs]
    order = np.lexsort((rows["key"][docs], days, hashes))
    docs, hashes, days = docs[order], hashes[order], days[order]
    found = [np.empty(0, np.int64)]
    for step in range(1, NEIGHBOURS + 1):
        near = hashes[step:] == hashes[:-step]
        if not near.any():
            break
        if within is not None:
            near &= days[step:] - days[:-step] <= within
        at = np.flatnonzero(near)
        found.append(_codes(docs[at], docs[at + step], len(rows)))
    return np.unique(np.concatenate(found), return_counts=True)


def _near_pairs(sketches: Sketches, rarity: Rarity, fresh: NDArray[np.bool_]) -> Iterator[Pairs]:
    """Dated articles within NEAR_DAYS that share rare words, one of them fresh."""
    days, keys = sketches.column("day").astype(np.int64), sketches.column("key")
    new = np.unique(days[fresh])
    place = np.minimum(np.searchsorted(new, days - NEAR_DAYS), max(len(new) - 1, 0))
    close = (days != NO_DAY) & (new[place] <= days + NEAR_DAYS) if len(new) else np.zeros(len(days), bool)
    numbers = np.flatnonzero(close)
    numbers = numbers[np.lexsort((keys[numbers], days[numbers]))]
    days = days[numbers]
    for start in range(0, len(numbers), BLOCK):
        end = min(start + BLOCK, len(numbers))
        reach = int(np.searchsorted(days, days[end - 1] + NEAR_DAYS, "right"))
        first, second = _sharing(sketches.take(numbers[start:reach]), rarity, NEAR_DAYS)
        mine = first < end - start  # of two rows the earlier comes first: later blocks have the others
        first, second = numbers[start + first[mine]], numbers[start + second[mine]]
        new_pair = fresh[first] | fresh[second]
        yield first[new_pair], second[new_pair]


def _sharing(rows: Rows, rarity: Rarity, within: int | None, most: int | None = None) -> Pairs:
    """most: articles that a shared word is in; None for any number"""
    codes, counts = _neighbours(rows["terms"], _probes(rows, rarity, most), rows, within)
    return _pairs(codes[counts >= PROBES_SHARED], len(rows))


def _probes(rows: Rows, rarity: Rarity, most: int | None) -> NDArray[np.bool_]:
    """Which of the terms others are looked for by."""
    usable: NDArray[np.bool_] = rarity.weights(rows) > 0
    if most is not None:
        usable &= rarity.counts_of(rows["terms"]) <= most
    return usable


def _undated_pairs(sketches: Sketches, rarity: Rarity, fresh: NDArray[np.bool_]) -> Pairs:
    """Pairs of which one is fresh and one is undated."""
    undated = sketches.column("day") == NO_DAY
    looked_for = fresh & undated
    numbers = np.flatnonzero(undated | fresh) if undated.any() else np.empty(0, np.int64)
    if looked_for.any():
        rows = sketches.take(np.flatnonzero(looked_for))
        terms = np.unique(rows["terms"][_probes(rows, rarity, UNDATED_ARTICLES)])
        numbers = np.union1d(numbers, _with_terms(sketches, terms))
    first, second = _sharing(sketches.take(numbers), rarity, None, UNDATED_ARTICLES)
    first, second = numbers[first], numbers[second]
    wanted = (undated[first] | undated[second]) & (fresh[first] | fresh[second])
    return first[wanted], second[wanted]


def _with_terms(sketches: Sketches, terms: NDArray[np.uint32]) -> Numbers:
    found = [
        start + np.flatnonzero(np.isin(rows["terms"], terms).any(axis=1)) for start, rows in sketches.blocks(BLOCK)
    ]
    return np.concatenate([np.empty(0, np.int64), *found])


def _reports(sketches: Sketches, rarity: Rarity, pairs: Pairs) -> Links:
    first, second = pairs
    alike = np.empty(len(first), np.uint8)
    for part in _slices(len(first)):
        one, other = sketches.take(first[part]), sketches.take(second[part])
        alike[part] = np.where(_same_form(one, other), 0, _likeness(one, other, rarity))
    are = alike >= WEAK
    return Links(*_ends(None, first[are], second[are]), np.zeros(int(are.sum()), np.uint8), alike[are])


def _closed(links: Links, around: Numbers, sketches: Sketches, rarity: Rarity) -> Links:
    """With the likeness of articles that are both linked to a third, one of `around`."""
    size = len(sketches)
    sure = links.chosen(links.alike >= ALIKE)
    middles = np.concatenate((sure.first, sure.second)).astype(np.int64)
    ends = np.concatenate((sure.second, sure.first)).astype(np.int64)
    here = np.isin(middles, around)
    middles, ends, close = middles[here], ends[here], np.tile(sure.alike, 2)[here].astype(np.int64)
    order = np.lexsort((sketches.take(ends)["key"], -close, middles))
    middles, ends = middles[order], ends[order]
    rank = np.arange(len(middles)) - np.searchsorted(middles, middles)
    middles, ends = middles[rank < MIDDLE], ends[rank < MIDDLE]
    codes = [np.empty(0, np.int64)]
    for step in range(1, MIDDLE):
        at = np.flatnonzero(middles[step:] == middles[:-step])
        codes.append(_codes(ends[at], ends[at + step], size))
    unknown = np.setdiff1d(np.concatenate(codes), _codes(links.first, links.second, size))
    first, second = _pairs(unknown, size)
    days = sketches.column("day").astype(np.int64)
    apart = np.abs(days[first] - days[second])
    may = (apart <= SPAN_DAYS) | (days[first] == NO_DAY) | (days[second] == NO_DAY)
    return _joined(links, _reports(sketches, rarity, (first[may], second[may])))


def _ends(numbers: Numbers | None, first: Numbers, second: Numbers) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    if numbers is not None:
        first, second = numbers[first], numbers[second]
    return np.minimum(first, second).astype(np.uint32), np.maximum(first, second).astype(np.uint32)


def _slices(count: int) -> Iterator[slice]:
    return (slice(start, start + PAIRS) for start in range(0, count, PAIRS))


def _apart(first: Numbers, second: Numbers) -> Numbers:
    """Days between two articles; where one is undated, more than any two."""
    return np.where((first == NO_DAY) | (second == NO_DAY), np.int64(1 << 40), np.abs(first - second))


def _resemblance(one: NDArray[np.uint32], other: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Share of the text in common, in percent: of the SHINGLES lowest hashes of both, those that both have."""
    both = np.sort(np.concatenate((one, other), axis=1), axis=1)
    again = np.zeros(both.shape, bool)
    again[:, 1:] = (both[:, 1:] == both[:, :-1]) & (both[:, 1:] != NO_HASH)
    distinct = ~again & (both != NO_HASH)
    low = np.cumsum(distinct, axis=1) <= SHINGLES
    shared, whole = (again & low).sum(axis=1), (distinct & low).sum(axis=1)
    share: NDArray[np.uint8] = (100 * shared // np.maximum(whole, 1)).astype(np.uint8)
    return share


def _again(one: Rows, other: Rows) -> NDArray[np.bool_]:
    """Which are of one publisher and of different days."""
    dated = (one["day"] != NO_DAY) & (other["day"] != NO_DAY)
    known = one["publisher"] != NO_TERM
    again: NDArray[np.bool_] = (one["publisher"] == other["publisher"]) & known & (one["day"] != other["day"]) & dated
    return again


def _same_form(one: Rows, other: Rows) -> NDArray[np.bool_]:
    share = _resemblance(one["shingles"], other["shingles"])
    same: NDArray[np.bool_] = _again(one, other) & (share >= FORM) & (share < FORM_COPY)
    return same


def _likeness(one: Rows, other: Rows, rarity: Rarity) -> NDArray[np.uint8]:
    """Of what two articles are about, in percent: the cosine of their rare words, less where they share few."""
    weights, others = rarity.weights(one), rarity.weights(other)
    terms = np.where(weights > 0, one["terms"], NO_TERM)
    same = (terms[:, :, None] == other["terms"][:, None, :]) & (terms[:, :, None] != NO_TERM)
    pair, left, right = np.nonzero(same)
    cosine = np.bincount(pair, weights[pair, left] * others[pair, right], len(one))
    shared = np.bincount(pair, minlength=len(one))
    likeness = np.where(shared >= SHARED, 100 * cosine * shared / (shared + DOUBT), 0)
    return np.minimum(likeness, 100).astype(np.uint8)


# Stories


def _reached(links: Links, seeds: Numbers, size: int) -> Numbers:
    """The seeds, and all that links lead to from them."""
    ends = np.concatenate((links.first, links.second)).astype(np.int64)
    others = np.concatenate((links.second, links.first)).astype(np.int64)
    order = np.argsort(ends, kind="stable")
    others, starts = others[order], np.searchsorted(ends[order], np.arange(size + 1))
    reached = np.zeros(size, bool)
    reached[seeds] = True
    edge = seeds
    while len(edge):
        beside = np.concatenate([others[starts[one] : starts[one + 1]] for one in edge.tolist()])
        edge = np.unique(beside[~reached[beside]])
        reached[edge] = True
    return np.flatnonzero(reached)


def _regrouped(story: NDArray[np.uint32], changed: Numbers, links: Links, sketches: Sketches) -> NDArray[np.uint32]:
    """story: of each article, as it was; what it says of those that changed is found anew"""
    story = story.copy()
    story[changed] = 0
    touched = np.zeros(len(story), bool)
    touched[changed] = True
    number = int(story.max(initial=0))
    for members in _grouped(links.chosen(touched[links.first]), sketches):
        number += 1
        story[members] = number
    several = np.bincount(story) > 1
    several[:1] = False
    places = np.cumsum(several)
    return np.where(several[story], places[story], 0).astype(np.uint32)


def _grouped(links: Links, sketches: Sketches) -> list[list[int]]:
    """Groups of two and more, by copies first."""
    linked = np.unique(np.concatenate((links.first, links.second))).astype(np.int64)
    rows = sketches.take(linked)
    ranks = np.argsort(np.argsort(rows["key"]))  # what decides between equals must not depend on numbers
    first, second = ranks[np.searchsorted(linked, links.first)], ranks[np.searchsorted(linked, links.second)]
    days = np.empty(len(linked), np.int64)
    days[ranks] = rows["day"]
    article = np.empty(len(linked), np.int64)
    article[ranks] = linked
    edition, copies = _editions(first, second, links.text, days)
    found = _of_editions(edition[first], edition[second], links.alike, copies)
    return [[int(article[one]) for group in groups for one in copies[group].members] for groups in found]


@dataclass(frozen=True, slots=True)
class _Edition:
    """Copies of one text; day: of the first of them, None where all are undated."""

    members: tuple[int, ...]
    day: int | None


def _editions(
    first: Numbers, second: Numbers, text: NDArray[np.uint8], days: Numbers
) -> tuple[Numbers, dict[int, _Edition]]:
    """Of each article the lowest number among its copies, and the editions by that number.

    A text printed very often has links to its next NEIGHBOURS only, so that averages say nothing there; nor are they
    needed: what is the same as a third is the same. It counts as one among its near copies.
    """
    edition = np.arange(len(days))
    for least, average in ((IDENTICAL, 0), (0, COPIES_AVERAGE)):
        use = text >= least
        linkage = _Linkage(average)
        linkage.join(_edges(edition[first[use]], edition[second[use]], text[use]))
        lowest = np.arange(len(days))
        for group in linkage.groups():
            lowest[group] = min(group)
        edition = lowest[edition]
    members: dict[int, list[int]] = defaultdict(list)
    for one, of in enumerate(edition.tolist()):
        members[of].append(one)
    return edition, {of: _Edition(tuple(group), _first_day(days[group])) for of, group in members.items()}


def _first_day(days: Numbers) -> int | None:
    dated = days[days != NO_DAY]
    return int(dated.min()) if len(dated) else None


def _of_editions(
    first: Numbers, second: Numbers, alike: NDArray[np.uint8], editions: dict[int, _Edition]
) -> list[list[int]]:
    days = {of: edition.day for of, edition in editions.items()}
    linkage = _Linkage(AVERAGE, days)
    linkage.join(_edges(first, second, alike), ALIKE, ALIKE_UNDATED)
    together = linkage.groups()
    grouped = {of for group in together for of in group}
    copied = [[of] for of, edition in editions.items() if len(edition.members) > 1 and of not in grouped]
    return together + copied


Edge = tuple[int, int, int]  # two numbers, the lower first, and how close they are


def _edges(first: Numbers, second: Numbers, close: NDArray[np.uint8]) -> list[Edge]:
    """The closest first, of each pair the closest."""
    lower, higher = np.minimum(first, second), np.maximum(first, second)
    use = (close > 0) & (lower != higher)
    lower, higher, close = lower[use], higher[use], close[use]
    order = np.lexsort((higher, lower, -close.astype(np.int64)))
    edges: dict[tuple[int, int], int] = {}
    for one, other, how in zip(lower[order].tolist(), higher[order].tolist(), close[order].tolist(), strict=True):
        edges.setdefault((one, other), how)
    return [(one, other, how) for (one, other), how in edges.items()]


class _Linkage:
    """Groups that grow by average linkage, over the links there are: what is not linked counts as 0."""

    def __init__(self, average: int, days: dict[int, int | None] | None = None) -> None:
        self._average = average
        self._days = days
        self._parent: dict[int, int] = {}
        self._size: dict[int, int] = {}
        self._span: dict[int, tuple[int, int] | None] = {}
        self._between: dict[int, dict[int, int]] = defaultdict(dict)  # sums of closeness

    def join(self, edges: list[Edge], least: int = 0, undated: int = 0) -> None:
        """least: closeness of two from which their groups may become one; undated: the same where one has no day"""
        for one, other, close in edges:
            for end in (one, other):
                self._parent.setdefault(end, end)
                self._size.setdefault(end, 1)
                day = None if self._days is None else self._days[end]
                self._span[end] = None if day is None else (day, day)
            self._between[one][other] = self._between[other][one] = close
        for one, other, close in edges:
            if close >= (undated if self._days and None in (self._days[one], self._days[other]) else least):
                self._try(self._find(one), self._find(other))

    def groups(self) -> list[list[int]]:
        members: dict[int, list[int]] = defaultdict(list)
        for one in sorted(self._parent):
            members[self._find(one)].append(one)
        return [group for group in members.values() if len(group) > 1]

    def _find(self, one: int) -> int:
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def _try(self, one: int, other: int) -> None:
        if one == other:
            return
        pairs = self._size[one] * self._size[other]
        span = _spanned(self._span[one], self._span[other])
        if self._between[one].get(other, 0) < self._average * pairs or (span and span[1] - span[0] > SPAN_DAYS):
            return
        if len(self._between[one]) < len(self._between[other]):
            one, other = other, one
        self._parent[other] = one
        self._size[one] += self._size[other]
        self._span[one] = span
        for third, close in self._between.pop(other).items():
            del self._between[third][other]
            if third != one:
                total = self._between[one].get(third, 0) + close
                self._between[one][third] = self._between[third][one] = total


def _spanned(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])
