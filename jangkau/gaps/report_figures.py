"""summary.json and the profiles turned into what the report shows: groups, shares, bars; no wording of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from jangkau.charts import bars, tiles, waterfall
from jangkau.charts.bars import Piece
from jangkau.charts.tiles import Tile
from jangkau.charts.waterfall import Step
from jangkau.complaints import Text
from jangkau.gaps import report_words as words
from jangkau.places import province_short

Summary = Mapping[str, Any]
FEW = 100


@dataclass(frozen=True)
class Group:
    """Some of the people: how many the law covers, how many of these are not protected, and how sure that is."""

    name: Text
    note: str
    people: float
    eligible: float
    estimate: float
    low: float | None
    high: float | None
    status: Mapping[str, float]
    mark: bool = False
    bar: Markup | None = None

    @property
    def share(self) -> float:
        return self.estimate / self.eligible if self.eligible > 0 else 0.0


@dataclass(frozen=True)
class Multiple:
    """One small bar among others of its kind, and the numbers it is made of."""

    name: Text
    people: float
    counts: tuple[float, ...]
    drawn: Markup


def multiples(
    *, groups: Iterable[tuple[Text, Summary]], part: str, words_of: Mapping[str, tuple[Text, Text]]
) -> tuple[Multiple, ...]:
    """``status`` or ``duty`` (``part``) of every named group, as stacked bars of the same length."""
    made = []
    for name, of in groups:
        cut = pieces(counts=of.get(part) or {}, words_of=words_of)
        counts = tuple(piece.value for piece in cut)
        made.append(Multiple(name, _amount(of.get("people")), counts, bars.stacked_bar(pieces=cut, height=14)))
    return tuple(made)


def group(*, of: Summary, name: Text, note: str = "", mark: bool = False) -> Group:
    """One entry of ``by_list`` and its like. Eligible are the people without those who are not eligible."""
    status = {code: _amount(of.get("status", {}).get(code)) for code in words.STATUSES}
    unprotected = of.get("unprotected") or {}
    people = _amount(of.get("people"))
    return Group(
        name=name,
        note=note,
        people=people,
        eligible=max(people - status["not_eligible"], 0),
        estimate=_amount(unprotected.get("estimate")),
        low=unprotected.get("low"),
        high=unprotected.get("high"),
        status=status,
        mark=mark,
    )


def with_bars(*, groups: Iterable[Group]) -> tuple[Group, ...]:
    """The same groups, each with its bar, all drawn to the scale of the largest."""
    kept = tuple(groups)
    largest = max((max(one.eligible, one.high or 0) for one in kept), default=0)
    return tuple(Group(**{**vars(one), "bar": _bar(one, largest)}) for one in kept)


def ranked(*, entries: Iterable[Summary], name: Callable[[Summary], Text], note: Callable[[Summary], str],
           mark: Callable[[Summary], bool] = lambda _: False) -> tuple[Group, ...]:  # fmt: skip
    """Groups from the largest gap to the smallest; ties by name, so that the page is the same every time."""
    groups = (group(of=entry, name=name(entry), note=note(entry), mark=mark(entry)) for entry in entries)
    return with_bars(groups=sorted(groups, key=lambda one: (-one.estimate, one.name.id, one.note)))


def provinces(*, regions: Iterable[Summary], names: Mapping[str, str]) -> dict[str, Group]:
    """Regencies added up by the first two digits of their code; each person lives in one region, so they add up.

    The bounds are added up too, which can only make the interval wider than one computed for the province.
    """
    by_province: dict[str, list[Summary]] = {}
    for region in regions:
        if region.get("region_code"):
            by_province.setdefault(str(region["region_code"])[:2], []).append(region)
    found = {}
    for code, members in sorted(by_province.items()):
        name = names.get(code, code)
        found[code] = group(of=_added(members), name=Text(name, name), note=code)
    return found


def map_tiles(*, found: Mapping[str, Group], places: Mapping[str, tuple[int, int]],
              names: Mapping[str, str]) -> tuple[Tile, ...]:  # fmt: skip
    """Every province of the grid, with its share of unprotected among the eligible where people live.

    A handful of people who moved would paint a whole province: under ``FEW`` eligible people it is not shaded.
    """
    made = []
    for code, (column, row) in sorted(places.items()):
        eligible = found[code].eligible if code in found else 0
        made.append(
            Tile(
                name=names.get(code, code),
                short=province_short(code),
                column=column,
                row=row,
                share=found[code].share if eligible >= FEW else None,
                remark=f"<{FEW}" if 0 < eligible < FEW else "",
            )
        )
    return tuple(made)


def waterfall_steps(*, summary: Summary) -> tuple[Step, ...]:
    """From rows sent to people not protected; an unknown step is shown under its own code, never dropped."""
    rows, unprotected = summary["rows"], summary["unprotected"]
    steps = [
        Step(words.STEPS["read"][0], rows["read"], "total"),
        Step(words.STEPS["refused"][0], -rows["refused"], "change"),
    ]
    for entry in summary["waterfall"]:
        code, value = entry["step"], entry["value"]
        label = words.STEPS[code][0] if code in words.STEPS else plain(code=code)
        if code == "unprotected":
            steps.append(Step(label, value, "result", unprotected.get("low"), unprotected.get("high")))
        else:
            steps.append(Step(label, value, "total" if code in words.TOTALS else "change"))
    return tuple(steps)


def step_meanings(*, summary: Summary) -> tuple[Text, ...]:
    """What each bar of ``waterfall_steps`` means, in the same order."""
    codes = ["read", "refused", *(entry["step"] for entry in summary["waterfall"])]
    return tuple(words.STEPS[code][1] if code in words.STEPS else Text("", "") for code in codes)


def pieces(*, counts: Mapping[str, Any], words_of: Mapping[str, tuple[Text, Text]]) -> tuple[Piece, ...]:
    """Counts by code as pieces of one bar, in the order of the words."""
    return tuple(Piece(code, label, _amount(counts.get(code))) for code, (label, _) in words_of.items())


def plain(*, code: object) -> Text:
    """A code nobody has words for yet, readable at least."""
    spoken = str(code).replace("_", " ")
    return Text(spoken, spoken)


def _bar(one: Group, largest: float) -> Markup:
    return bars.interval_bar(whole=one.eligible, part=one.estimate, low=one.low, high=one.high, largest=largest)


def _added(members: list[Summary]) -> Summary:
    status = {code: sum(_amount(one.get("status", {}).get(code)) for one in members) for code in words.STATUSES}
    unprotected: dict[str, float | None] = {}
    for bound in ("estimate", "low", "high"):
        values = [(one.get("unprotected") or {}).get(bound) for one in members]
        known = [float(value) for value in values if value is not None]
        unprotected[bound] = sum(known) if len(known) == len(values) else None
    return {"people": sum(_amount(one.get("people")) for one in members), "status": status, "unprotected": unprotected}


def _amount(value: Any) -> float:
    return 0 if value is None else value


__all__ = [
    "Group", "group", "map_tiles", "pieces", "plain", "provinces", "ranked", "step_meanings", "tiles", "waterfall",
    "waterfall_steps", "with_bars",
]  # fmt: skip
