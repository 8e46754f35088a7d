"""The page of a simulation: prepared figures and charts; where they stand is in report_templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from markupsafe import Markup

from jangkau.charts import bars, tiles, wording
from jangkau.charts.page import environment, page
from jangkau.complaints import Language, Text
from jangkau.law import simulation_charts as charts
from jangkau.law import simulation_words as words
from jangkau.law.simulation_figures import FEW
from jangkau.law.wording import PAYERS, money
from jangkau.places.regions import province_short, province_tiles

# Shares between which people are counted, in the charts of the burden.
BINS = {
    "income": (0.0, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.02),
    "instalment": (0.0, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05),
}


@dataclass(frozen=True)
class Pair:
    """A row with a figure under the law now and under the reform, and its bars."""

    name: Text
    before: Text
    after: Text
    change: Text
    bar: Markup


@dataclass(frozen=True)
class Group:
    """A group of people: how many, what they pay on average, who gains and loses.

    ``burdens``: of income, then of the instalment, each the median, the 90th percentile and the share above the limit.
    """

    name: Text
    people: Text
    few: bool
    before: Text
    after: Text
    change: Text
    bar: Markup
    winners: Text
    losers: Text
    burdens: tuple[tuple[Text, Text], ...]


@dataclass(frozen=True)
class Spread:
    """One figure at low, middle and high incomes."""

    name: Text
    values: tuple[Text, ...]
    bar: Markup


def render(
    *,
    summary: Mapping[str, Any],
    groups: Sequence[Mapping[str, Any]],
    bins: Mapping[str, Mapping[str, list[int]]],
    language: Language = "id",
) -> str:
    """The whole page as HTML, from what `summary.json` and the tables say. It names no person."""
    templates = environment(package="jangkau.law", folder="report_templates")
    templates.globals.update(count=wording.count, percent=wording.percent, signed=wording.signed, level=wording.level)
    middle = [row for row in groups if row["incomes"] == "middle"]
    body = templates.get_template("simulation.html.j2").render(
        summary=summary,
        middle=summary["levels"]["middle"],
        month=_month(summary["month"]),
        titles={side: _text(summary[side]["title"]) for side in ("baseline", "reform")},
        **_opening(summary),
        by_payer=_pairs(summary, "by_payer", PAYERS),
        by_programme=_pairs(summary, "by_programme", {}),
        by_kur=_groups(middle, "skema_kur", lambda name: words.KUR.get(name, Text(name, name))),
        by_region=_groups(middle, "region", words.region),
        by_bracket=_groups(middle, "income_bracket", lambda name: _bracket(summary, name)),
        **_map(middle),
        columns=_columns(summary, bins),
        burdens=_burdens(summary),
        spreads=_spreads(summary),
        level_names=words.LEVELS,
        kinds=words.KINDS,
        limits={name: wording.level(value=float(value)) for name, value in summary["thresholds"].items()},
        said=_text,
        few=FEW,
    )
    style = resources.files("jangkau.law").joinpath("report_templates/simulation.css").read_text(encoding="utf-8")
    title = Text("Simulasi usulan iuran", "Simulation of a reform of contributions")
    return page(title=title, body=Markup(body), language=language, style=style)  # noqa: S704 - our own template


def _text(said: Mapping[str, str]) -> Text:
    return Text(said["id"], said["en"])


def _month(text: str) -> Text:
    day = wording.day(iso=f"{text}-01")
    return Text(day.id.removeprefix("1 "), day.en.removeprefix("1 "))


def _plus(value: float) -> Text:
    text = wording.rupiah(value=value)
    return Text("+" + text.id, "+" + text.en) if round(value) > 0 else text


def _opening(summary: Mapping[str, Any]) -> dict[str, Any]:
    middle = summary["levels"]["middle"]
    people, sides = middle["people"], middle["sides"]
    pieces = (
        bars.Piece("winners", Text("membayar lebih sedikit", "pay less"), people["winners"]),
        bars.Piece("unchanged", Text("tetap", "the same"), people["unchanged"]),
        bars.Piece("losers", Text("membayar lebih banyak", "pay more"), people["losers"]),
        bars.Piece("unknown", Text("tidak terjawab oleh hukum", "not settled by the law"), people["unknown"]),
    )
    change = {name: sides["reform"][name] - sides["baseline"][name] for name in ("worker", "total", "not_asked")}
    return {
        "pieces": tuple(piece for piece in pieces if piece.value or piece.kind != "unknown"),
        "people_bar": bars.stacked_bar(pieces=pieces),
        "priced": people["people"] - people["unknown"],
        "worker_change": _plus(change["worker"]),
        "others_change": _plus(change["total"] - change["worker"]),
        "not_asked_change": _plus(change["not_asked"]),
        "total_change": _plus(change["total"]),
        "totals": tuple(wording.rupiah(value=sides[side]["total"]) for side in ("baseline", "reform")),
        "workers": tuple(wording.rupiah(value=sides[side]["worker"]) for side in ("baseline", "reform")),
    }


def _pairs(summary: Mapping[str, Any], what: str, names: Mapping[str, Text]) -> tuple[Pair, ...]:
    before, after = (summary["levels"]["middle"]["sides"][side] for side in ("baseline", "reform"))
    keys = [key for key in (names or {**before[what], **after[what]}) if key in before[what] or key in after[what]]
    rows = [(names.get(key, Text(key, key)), before[what].get(key, 0), after[what].get(key, 0)) for key in keys]
    if what == "by_payer":
        name = Text("Tidak diminta (keringanan)", "Not asked (reliefs)")
        rows.append((name, before["not_asked"], after["not_asked"]))
    largest = max((max(a, b) for _, a, b in rows), default=0)
    return tuple(
        Pair(
            name,
            wording.rupiah(value=a),
            wording.rupiah(value=b),
            _plus(b - a),
            charts.paired_bars(before=a, after=b, largest=largest),
        )
        for name, a, b in rows
    )


def _groups(rows: Sequence[Mapping[str, Any]], dimension: str, name_of: Any) -> tuple[Group, ...]:
    own = [row for row in rows if row["dimension"] == dimension]
    means = [tuple(row[f"worker_{side}"] / max(row["people"] - row["unknown"], 1) for side in ("baseline", "reform"))
             for row in own]  # fmt: skip
    largest = max((abs(after - before) for before, after in means), default=0.0)
    return tuple(
        Group(
            name=name_of(row["group"]),
            people=wording.count(value=row["people"]),
            few=row["people"] - row["unknown"] < FEW,
            before=wording.rupiah(value=before),
            after=wording.rupiah(value=after),
            change=_plus(after - before),
            bar=charts.change_bar(change=after - before, largest=largest),
            winners=wording.percent(part=row["winners"], whole=row["people"]),
            losers=wording.percent(part=row["losers"], whole=row["people"]),
            burdens=tuple(
                _both(row, f"{name}_{of}") for of in ("income", "instalment") for name in ("median", "p90", "above")
            ),
        )
        for row, (before, after) in zip(own, means, strict=True)
    )


def _both(row: Mapping[str, Any], name: str) -> tuple[Text, Text]:
    first, second = (_share(row[f"{name}_{side}"]) for side in ("baseline", "reform"))
    return first, second


def _share(value: float | None) -> Text:
    if value is None:
        return wording.NOTHING
    digits = f"{100 * value:.2f}"
    return Text(f"{digits.replace('.', ',')}{wording.NO_BREAK}%", f"{digits}%")


def _bracket(summary: Mapping[str, Any], number: str) -> Text:
    row = next((one for one in summary["brackets"] if str(one["number"]) == str(number)), None)
    if row is None:
        return Text(str(number), str(number))
    low, high = money(amount=row["from"]), None if row["to"] is None else money(amount=row["to"])
    if high is None:
        return Text(f"{low.id} ke atas", f"{low.en} and more")
    return Text(f"{low.id}\N{EN DASH}{high.id[2:]}", f"{low.en}\N{EN DASH}{high.en[2:]}")


def _map(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The provinces, shaded by whichever is the larger question: who pays more, or who pays less."""
    own = {row["group"]: row for row in rows if row["dimension"] == "region"}
    places = province_tiles()
    if not own.keys() & places.keys():
        return {"map": None, "map_legend": (), "map_of": None}
    losing = sum(row["losers"] for row in own.values()) >= sum(row["winners"] for row in own.values())
    what = "losers" if losing else "winners"
    names = words.provinces_by_code()
    found = []
    for code, (column, row) in places.items():
        one = own.get(code)
        share = one[what] / one["people"] if one and one["people"] >= FEW else None
        found.append(
            tiles.Tile(
                names.get(code, code),
                province_short(code),
                column,
                row,
                share,
                f"<{FEW}" if one and share is None else "",
            )
        )
    title = (
        Text("Bagian yang membayar lebih banyak", "Share that pays more")
        if losing
        else Text("Bagian yang membayar lebih sedikit", "Share that pays less")
    )
    drawn = tiles.tile_grid(tiles=tuple(found), title=title, describe=title)
    return {"map": drawn, "map_legend": tiles.legend(tiles=tuple(found)), "map_of": title}


def _columns(
    summary: Mapping[str, Any], bins: Mapping[str, Mapping[str, list[int]]]
) -> tuple[tuple[Text, Markup], ...]:
    titles = {
        "income": Text("Iuran sebagai bagian penghasilan", "Contribution as a share of income"),
        "instalment": Text("Iuran sebagai bagian angsuran", "Contribution as a share of the instalment"),
    }
    axis = Text("bagian yang dibayar sendiri, sampai dengan", "share paid by the worker, up to and including")
    found = []
    for of, counts in bins.items():
        edges = BINS[of]
        names = [_edge(edge) for edge in edges]
        names.append(Text(f"> {names[-1].id}", f"> {names[-1].en}"))
        limit = next(
            (place + 1 for place, edge in enumerate(edges) if edge >= float(summary["thresholds"][of])), len(edges)
        )
        drawn = charts.columns(
            names=tuple(names),
            before=counts["baseline"],
            after=counts["reform"],
            limit=limit,
            axis=axis,
            title=titles[of],
        )
        found.append((titles[of], drawn))
    return tuple(found)


def _edge(value: float) -> Text:
    digits = f"{100 * value:.2f}".rstrip("0").rstrip(".")
    return Text(digits.replace(".", ",") + "%", digits + "%")


def _burdens(summary: Mapping[str, Any]) -> tuple[tuple[Text, tuple[tuple[Text, Text, Text], ...]], ...]:
    names = {
        "median": Text("median", "median"),
        "p90": Text("persentil ke-90", "90th percentile"),
        "above": Text("bagian orang di atas {limit}", "share of people above {limit}"),
    }
    titles = {"income": Text("dari penghasilan", "of income"), "instalment": Text("dari angsuran", "of the instalment")}
    sides = summary["levels"]["middle"]["sides"]
    found = []
    for of, title in titles.items():
        limit = wording.level(value=float(summary["thresholds"][of]))
        rows = tuple(
            (
                Text(name.id.format(limit=limit.id), name.en.format(limit=limit.en)),
                *(_share(sides[side]["burden"][of][key]) for side in ("baseline", "reform")),
            )
            for key, name in names.items()
        )
        found.append((title, rows))
    return tuple(found)  # type: ignore[arg-type]


def _spreads(summary: Mapping[str, Any]) -> tuple[Spread, ...]:
    levels = summary["levels"]
    if len(levels) < 2:
        return ()

    def row(name: Text, values: list[float | None], said: Any) -> Spread:
        numbers = tuple(value or 0.0 for value in values)
        return Spread(name, tuple(said(value=value) for value in values), charts.range_bar(values=numbers))

    def of(side: str, *path: str) -> list[float | None]:
        found = []
        for one in levels.values():
            value = one["sides"][side]
            for key in path:
                value = value[key]
            found.append(value)
        return found

    def people(name: str) -> list[float | None]:
        return [one["people"][name] for one in levels.values()]

    return (
        row(Text("membayar lebih sedikit (orang)", "pay less (people)"), people("winners"), wording.count),
        row(Text("membayar lebih banyak (orang)", "pay more (people)"), people("losers"), wording.count),
        row(Text("dibayar pekerja, sekarang", "paid by workers, now"), of("baseline", "worker"), wording.rupiah),
        row(Text("dibayar pekerja, usulan", "paid by workers, reform"), of("reform", "worker"), wording.rupiah),
        row(Text("semua iuran, usulan", "all contributions, reform"), of("reform", "total"), wording.rupiah),
        row(
            Text("median beban penghasilan, usulan", "median share of income, reform"),
            of("reform", "burden", "income", "median"),
            _share,
        ),
        row(
            Text("persentil ke-90, usulan", "90th percentile, reform"), of("reform", "burden", "income", "p90"), _share
        ),
    )
