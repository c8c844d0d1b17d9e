"""The timeline of an answer as a chart: bars to a readable scale, gaps of the archive, ways to other stretches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

from search import timeline
from search.engine import Interval, TimeBucket
from search.parse import period
from web import words
from web.addresses import results_address
from web.form import Form
from web.messages import gettext as _
from web.messages import lazy_gettext

MAX_BARS = 150  # of longer timelines the periods without any article of the archive are left out, then the oldest
MAX_ADDRESSES = 24_000  # characters of all bars' addresses: with a long query, bars are no links
WIDTH, HEIGHT = 264, 80  # of the drawing, in units that are pixels about
WIDEST = 32  # units of a bar
FILLED = 0.78  # share of its period's width that a bar takes
LEAST = 2  # units: one article among thousands is seen

TITLES = {
    Interval.DECADE: lazy_gettext("Articles by decade"),
    Interval.YEAR: lazy_gettext("Articles by year"),
    Interval.MONTH: lazy_gettext("Articles by month"),
    Interval.DAY: lazy_gettext("Articles by day"),
}

_WRITTEN = {Interval.YEAR: 4, Interval.MONTH: 7, Interval.DAY: 10}  # characters of an ISO date


@dataclass(frozen=True, slots=True)
class Bar:
    """One period. address: of the same search in it; None without articles, and where addresses would be too long"""

    bucket: TimeBucket
    left: float
    width: float
    height: float
    address: str | None

    @property
    def start(self) -> date:
        return self.bucket.start

    @property
    def area(self) -> str:
        """What can be pointed at: the whole height, above a low bar too."""
        return f"M{self.left:.4g} 0h{self.width:.4g}v{HEIGHT}h-{self.width:.4g}z"


@dataclass(frozen=True)
class Chart:
    """bars: oldest first. top: the number of articles at the upper end of the scale"""

    bars: tuple[Bar, ...]
    interval: Interval
    top: int

    @property
    def has_shares(self) -> bool:
        """Whether the archive has more than was found."""
        return any(bar.bucket.count != bar.bucket.archive for bar in self.bars)

    @cached_property
    def drawn(self) -> str:
        """The bars, as one path."""
        shown = (bar for bar in self.bars if bar.height)
        return "".join(map(_standing, shown))

    @cached_property
    def gaps(self) -> str:
        """The periods without any article of the archive, as one path; empty where there are none."""
        runs = (run for run in self.runs if not run[0].bucket.archive)
        return "".join(
            f"M{run[0].left:.4g} 0H{run[-1].left + run[-1].width:.4g}V{HEIGHT}H{run[0].left:.4g}z" for run in runs
        )

    @property
    def runs(self) -> Iterator[list[Bar]]:
        """Each bar for itself, but those of a gap together."""
        for is_gap, together in groupby(self.bars, lambda bar: not bar.bucket.archive):
            run = list(together)
            yield from [run] if is_gap else ([bar] for bar in run)

    @property
    def middle(self) -> Bar | None:
        """The bar below which there is room for a label, and which stands in the middle, all but."""
        count = len(self.bars)
        return self.bars[count // 2] if count >= 20 or (count >= 3 and count % 2) else None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A calendar unit around the dates asked for. start, interval: None of all time"""

    start: date | None
    interval: Interval | None
    address: str


def chart(buckets: Sequence[TimeBucket], interval: Interval, form: Form) -> Chart | None:
    """None for fewer than two periods, of which there is nothing to compare."""
    shown = list(buckets)
    if len(shown) > MAX_BARS:
        shown = [bucket for bucket in shown if bucket.archive][-MAX_BARS:]
    if len(shown) < 2:
        return None
    top = readable(max(bucket.count for bucket in shown))
    step = WIDTH / len(shown)
    width = min(step * FILLED, WIDEST)
    base = results_address(form.put("from").put("to"))
    linked = len(base) * sum(bool(bucket.count) for bucket in shown) <= MAX_ADDRESSES
    return Chart(
        bars=tuple(
            Bar(
                bucket=bucket,
                left=step * place if not bucket.archive else step * place + (step - width) / 2,
                width=step if not bucket.archive else width,
                height=max(LEAST, bucket.count / top * HEIGHT) if bucket.count else 0,
                address=_within(base, bucket.start, interval) if linked and bucket.count else None,
            )
            for place, bucket in enumerate(shown)
        ),
        interval=interval,
        top=top,
    )


def readable(count: int) -> int:
    """The least of 1, 2, 4, 6, 8, 10, 20, 40 and so on that is not below it: each but 1 has a whole half."""
    ten = 1
    while ten * 10 <= count:
        ten *= 10
    return next(digit * ten for digit in (1, 2, 4, 6, 8, 10) if digit * ten >= count)


def linked(chart: Chart) -> Iterator[tuple[Bar, str]]:
    """The bars that lead to their period, each with what it stands for: `June 2012: 12 of 340 articles, 3.5%`."""
    of_archive, alone = _("%(period)s: %(count)s of %(articles)s, %(share)s"), _("%(period)s: %(articles)s")
    message = of_archive if chart.has_shares else alone
    for bar in chart.bars:
        if bar.address:
            found, archive = bar.bucket.count, bar.bucket.archive
            yield (
                bar,
                message
                % {
                    "period": words.period(bar.start, chart.interval),
                    "count": words.number(found),
                    "articles": words.counted(archive),
                    "share": words.share(found, archive),
                },
            )


def wider(form: Form) -> list[Stretch]:
    """The month, the year and all time around the dates asked for, where they are wider; none without such dates."""
    first, last = form.text("from"), form.text("to")
    if not (first or last):
        return []
    widest = Stretch(None, None, results_address(form.put("from").put("to")))
    if not (first and last):
        return [widest]
    start, (_, after) = period(first.strip())[0], period(last.strip())
    end = date.max if after is None else after - timedelta(days=1)
    return [*_around(start, end, form), widest]


def _around(start: date, end: date, form: Form) -> Iterator[Stretch]:
    for interval in (Interval.MONTH, Interval.YEAR):
        first = timeline.beginning(start, interval)
        last = timeline.ending(first, interval)
        if end <= last and (first, last) != (start, end):
            written = _as_typed(first, interval)
            yield Stretch(first, interval, results_address(form.put("from", written).put("to", written)))


def _within(base: str, start: date, interval: Interval) -> str:
    """`base` narrowed to the period that begins then."""
    if interval is Interval.DECADE:
        first, last = (_as_typed(day, Interval.YEAR) for day in (start, timeline.ending(start, interval)))
    else:
        first = last = _as_typed(start, interval)
    return f"{base}{'&' if '?' in base else '?'}from={first}&to={last}"


def _as_typed(start: date, interval: Interval) -> str:
    return start.isoformat()[: _WRITTEN[interval]]


def _standing(bar: Bar) -> str:
    return f"M{bar.left:.4g} {HEIGHT}v-{bar.height:.3g}h{bar.width:.4g}V{HEIGHT}z"
