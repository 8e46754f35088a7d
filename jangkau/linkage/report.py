"""The report of a link: one self-contained page, from the model alone: what was found, why, how sure, what not."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

from markupsafe import Markup

from jangkau.charts import bars, wording
from jangkau.charts.page import environment, page
from jangkau.complaints import Language, Text
from jangkau.linkage import report_charts as charts
from jangkau.linkage import report_figures as figures
from jangkau.linkage import report_words as words

Model = Mapping[str, Any]


def render(*, model: Model, language: Language = "id") -> str:
    """The whole page as HTML. ``model`` is model.json. It names no person and shows no value of any row."""
    templates = environment(package="jangkau.linkage", folder="report_templates")
    templates.globals.update(
        count=wording.count,
        percent=wording.percent,
        share=wording.share,
        level=wording.level,
        bits=wording.bits,
        one_in=wording.one_in,
    )
    body = templates.get_template("report.html.j2").render(
        model=model,
        figures=model["figures"],
        one_file=model["figures"]["right"] is None,
        **_opening(model),
        **_weights(model),
        **_calibration(model),
        **_search(model),
        **_limits(model),
    )
    style = resources.files("jangkau.linkage").joinpath("report_templates/link.css").read_text(encoding="utf-8")
    title = Text("Laporan penautan", "Linkage report")
    return page(title=title, body=Markup(body), language=language, style=style)  # noqa: S704 - our own template


def _opening(model: Model) -> dict[str, Any]:
    pieces = figures.row_pieces(model=model)
    return {
        "pieces": pieces,
        "rows_bar": bars.stacked_bar(pieces=tuple(piece for piece, _ in pieces)),
        "remarks": tuple(Text(note["id"], note["en"]) for note in model["notes"]),
    }


def _weights(model: Model) -> dict[str, Any]:
    return {
        "fields": figures.fields(model=model),
        "nik_table": figures.nik_table(model=model),
        "contexts": words.CONTEXTS,
        "rarities": figures.rarities(model=model),
        "ways": words.WAYS,
    }


def _calibration(model: Model) -> dict[str, Any]:
    tenths = figures.tenths(model=model)
    judged = [one for one in tenths if one.verdict != "few"]
    out = [one for one in judged if one.verdict == "out"]
    describe = Text(
        "; ".join(f"{one.name.id}: {_shares(one, 'id')}" for one in tenths),
        "; ".join(f"{one.name.en}: {_shares(one, 'en')}" for one in tenths),
    )
    title = Text("Peluang yang diperkirakan dan yang ternyata", "Expected and observed probability")
    drawn = charts.reliability(points=tuple(one.point for one in tenths), title=title, describe=describe)
    return {
        "tenths": tenths,
        "judged": judged,
        "out": out,
        "verdict": figures.verdict(tenths=tenths),
        "reliability": drawn if tenths else None,
    }


def _shares(one: figures.Tenth, language: Language) -> str:
    expected, observed = (
        wording.percent(part=value, whole=1).in_(language) for value in (one.point.expected, one.point.observed)
    )
    return f"{expected} \N{RIGHTWARDS ARROW} {observed}"


def _search(model: Model) -> dict[str, Any]:
    missed = model["missed"] or {}
    passes, by_blocks = missed.get("two_passes"), missed.get("blocks")
    pieces: tuple[bars.Piece, ...] = ()
    if passes:
        pieces = tuple(
            bars.Piece(kind, label, passes[name])
            for kind, name, label in (
                ("both", "both", Text("kedua cara", "both passes")),
                ("identifier", "identifier_only", Text("hanya pengenal", "identifier only")),
                ("description", "description_only", Text("hanya uraian", "description only")),
                ("blind", "without_identifier", Text("tanpa pengenal di salah satu sisi", "no identifier on one side")),
                ("unseen", "unseen", Text("tidak ditemukan (taksiran)", "not found (estimate)")),
            )
        )
    return {
        "blocks": figures.blocks(model=model),
        "passes": pieces,
        "passes_bar": bars.stacked_bar(pieces=pieces, height=24),
        "by_blocks": by_blocks,
        "unseen": max((passes or {}).get("unseen", 0.0), (by_blocks or {}).get("unseen_at_least", 0.0)),
        "by_passes": passes["unseen"] if passes else None,
    }


def _limits(model: Model) -> dict[str, Any]:
    counts, review = tuple(model["probabilities"]), model["review"]
    told = "; ".join(f"{10 * k}\N{EN DASH}{10 * k + 10}%: {many}" for k, many in enumerate(counts))
    title = Text("Pasangan menurut peluang", "Pairs by probability")
    drawn = charts.histogram(
        counts=counts, low=review["low"], high=review["high"], title=title, describe=Text(told, told)
    )
    return {"histogram": drawn, "counts": counts}
