"""A score item by item: the running range after each tap, and the total with missing items."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.flows.button_rows import in_one_row
from bot.flows.grammar import UNKNOWN, Option, Value
from bot.logic.points import Points
from bot.lookup.scores.items import Item, by_id, write_items
from bot.screens.screen import Button, Rows, in_rows

Given = Mapping[str, Value]
MOST_TYPED: Final = 12
MOST_OPTIONS_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Score:
    """A score: its command, name, typed example, items, and how they add up."""

    command: str
    title: str
    example: str
    most: int
    items: tuple[Item, ...]
    points: Callable[[Given], Points]
    band: Callable[[Points], str]

    def say_total(self, given: Given) -> str:
        """Say the total, or the range while items are missing, with its band."""
        points = self.points(given)
        return f"{self.title} {points.said} of {self.most}: {self.band(points)}"

    def lines(self, values: Sequence[Value]) -> Iterator[str]:
        """Say each answered item with its points."""
        for item, value in zip(self.items, values, strict=False):
            alone = self.points({item.id: value})
            most = alone.high - self.points({item.id: self._least(item)}).high
            points = f"0 to {most}" if value == UNKNOWN else str(alone.low)
            yield f"{item.words.label}: {item.say(value)} – {points}"

    def would_change(self, values: Sequence[Value]) -> Iterator[str]:
        """For each item not known, say how it would change the total and the band."""
        given = by_id(self.items, values)
        for item in self.items:
            if given[item.id] == UNKNOWN:
                yield f"{item.words.label}: {'; '.join(self._outcomes(item, given))}"

    def ask(self, values: Sequence[Value]) -> tuple[str, str]:
        """Ask for the next item, and say how to answer."""
        words = self.items[len(values)].words
        return words.ask, words.help

    def rows(self, values: Sequence[Value]) -> tuple[tuple[Button, ...], ...]:
        """Return the buttons of the next item; when all are answered, only the undo buttons."""
        more = len(values) < len(self.items)
        item = self.items[len(values)] if more else None
        options = tuple(self._rows(item, values)) if item else ()
        unknown = (
            (self._button(item.words.unknown, (*values, UNKNOWN), typed=True),) if item else ()
        )
        return (*options, (*unknown, *self.way_back(values)))

    def way_back(self, values: Sequence[Value]) -> tuple[Button, ...]:
        """Return the buttons that undo the last item, or all; none if nothing is answered."""
        if not values:
            return ()
        return (self._button("Back", values[:-1]), self._button("Start again", ()))

    def state(self, values: Sequence[Value]) -> str:
        """Return the command that shows these answers."""
        return f"{self.command} {write_items(values)}".strip()

    def begun(self, values: Sequence[Value]) -> str:
        """Return the command that a typed answer to the next item completes; "" at the end."""
        if len(values) == len(self.items):
            return ""
        return f"{self.state(values)}," if values else f"{self.command} "

    def _least(self, item: Item) -> Value:
        def points(option: Option) -> int:
            return self.points({item.id: option.value}).low

        return min(item.offered, key=points).value

    def _outcomes(self, item: Item, given: Given) -> Iterator[str]:
        names = dict[Points, list[str]]()
        for option in item.offered:
            points = self.points({**given, item.id: option.value})
            names.setdefault(points, []).append(item.words.in_full(option.key))
        now = self.band(self.points(given))
        for points, options in names.items():
            more = " …" if len(options) > MOST_OPTIONS_NAMED else ""
            named = ", ".join(options[:MOST_OPTIONS_NAMED])
            band = self.band(points)
            changed = "" if band == now else f", {band}"
            yield f"{named}{more} → {points.said}{changed}"

    def _rows(self, item: Item, values: Sequence[Value]) -> Rows:
        options = (*item.offered, *item.unscored)
        typed = len(options) <= MOST_TYPED
        labels = [item.words.option(option) for option in options]
        buttons = [
            self._button(label, (*values, option.value), typed=typed, danger=option.danger)
            for label, option in zip(labels, options, strict=True)
        ]
        return in_rows(buttons, in_one_row([len(label) for label in labels]))

    def _button(
        self, label: str, values: Sequence[Value], *, typed: bool = False, danger: bool = False
    ) -> Button:
        does = self.state(values)
        style = "danger" if danger else "plain"
        return Button(label, does, typed=f"/{does}" if typed else "", style=style)  # type: ignore[arg-type]
