"""The report: one self-contained page that says how many are not protected, why that many, where, and how sure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from jangkau import places
from jangkau.charts import bars, tiles, waterfall, wording
from jangkau.charts.page import environment, page
from jangkau.complaints import Language, Text
from jangkau.gaps import report_cost as costs
from jangkau.gaps import report_figures as figures
from jangkau.gaps import report_linkage as linkage
from jangkau.gaps import report_quality as quality
from jangkau.gaps import report_words as words
from jangkau.gaps.report_figures import Group, Summary
from jangkau.lists.flags import LABELS

_TITLE = Text("Orang", "People")


@dataclass(frozen=True)
class ReportNotes:
    """What the page needs besides the figures.

    ``labels`` are the words for codes of repairs, flags and refusals; ``versions`` say what
    produced the figures (name, value); ``remarks`` are printed at the top: warnings of the run, "these people are
    invented".
    """

    language: Language = "id"
    labels: Mapping[str, Text] = field(default_factory=lambda: LABELS)
    versions: tuple[tuple[Text, str], ...] = ()
    remarks: tuple[Text, ...] = ()


@dataclass(frozen=True)
class _Table:
    """Groups of one kind, with the words above them; some ``at_most`` are shown, the others open on demand."""

    title: Text
    first: Text
    groups: tuple[Group, ...]
    at_most: int
    intro: Text | None = None

    @property
    def top(self) -> int:
        """How many rows stand open; a remainder of five or fewer is not worth hiding."""
        return len(self.groups) if len(self.groups) <= self.at_most + 5 else self.at_most


def render(*, summary: Summary, profiles: list[dict[str, Any]], notes: ReportNotes | None = None) -> str:
    """The whole page as HTML. ``summary`` is summary.json, ``profiles`` the quality profiles of the files in order.

    No number of a gap stands alone: numerator, denominator, date, definition and interval are printed together.
    """
    notes = notes or ReportNotes()
    templates = environment(package="jangkau.gaps", folder="report_templates")
    templates.globals.update(
        count=wording.count,
        signed=wording.signed,
        percent=wording.percent,
        interval=wording.interval,
        plain_bar=bars.plain_bar,
    )
    body = templates.get_template("report.html.j2").render(
        summary=summary,
        total=figures.group(of=summary, name=_TITLE),
        day=wording.day(iso=summary["as_of"]),
        level=wording.level(value=summary["unprotected"].get("level") or 0.95),
        notes=notes,
        **_opening(summary),
        **_where(summary),
        tables=_tables(summary),
        **_multiples(summary),
        cost=costs.cost(summary=summary),
        **_certainty(summary),
        files=tuple(quality.file_quality(profile=one, labels=notes.labels) for one in profiles),
    )
    title = Text(
        f"Belum terlindungi per {wording.day(iso=summary['as_of']).id}",
        f"Unprotected on {wording.day(iso=summary['as_of']).en}",
    )
    return page(title=title, body=Markup(body), language=notes.language)  # noqa: S704 - made by our own template


def _opening(summary: Summary) -> dict[str, Any]:
    steps = figures.waterfall_steps(summary=summary)
    title = Text("Dari baris ke orang", "From rows to people")
    describe = Text(
        "; ".join(f"{step.label.id} {wording.count(value=step.value).id}" for step in steps),
        "; ".join(f"{step.label.en} {wording.count(value=step.value).en}" for step in steps),
    )
    status = figures.pieces(counts=summary["status"], words_of=words.STATUSES)
    duty = figures.pieces(counts=summary.get("duty") or {}, words_of=words.DUTIES)
    return {
        "wide": waterfall.waterfall_wide(steps=steps, title=title, describe=describe),
        "narrow": waterfall.waterfall_narrow(steps=steps, title=title, describe=describe),
        "steps": tuple(zip(steps, figures.step_meanings(summary=summary), strict=True)),
        "status": _explained(status, words.STATUSES),
        "status_bar": bars.stacked_bar(pieces=status),
        "duty": _explained(duty, words.DUTIES),
        "duty_bar": bars.stacked_bar(pieces=duty, height=24),
    }


def _explained(
    pieces: tuple[bars.Piece, ...], words_of: Mapping[str, tuple[Text, Text]]
) -> tuple[tuple[bars.Piece, Text], ...]:
    return tuple((piece, words_of[piece.kind][1]) for piece in pieces)


def _where(summary: Summary) -> dict[str, Any]:
    regions = summary.get("by_region") or []
    names = {one.code: one.name for one in places.provinces(on=datetime.date.max)}
    then = {one.code for one in places.provinces(on=datetime.date.fromisoformat(summary["as_of"]))}
    found = figures.provinces(regions=regions, names=names)
    grid = {code: place for code, place in places.province_tiles().items() if code in then or code in found}
    squares = figures.map_tiles(found=found, places=grid, names=names)
    drawn = len(found) > 1 and any(tile.share is not None for tile in squares)
    of_provinces = figures.with_bars(groups=sorted(found.values(), key=lambda one: (-one.estimate, one.note)))
    by_regency = figures.ranked(
        entries=regions,
        name=lambda one: _same(one.get("name") or one["region_code"]) if one["region_code"] else words.UNKNOWN_REGION,
        note=lambda one: str(one["region_code"] or ""),
    )
    by_branch = figures.ranked(
        entries=summary.get("by_branch") or [],
        name=lambda one: _same(one["branch"]) if one["branch"] else words.NO_BRANCH,
        note=lambda _: "",
    )
    title = Text("Bagian yang belum terlindungi menurut provinsi", "Share unprotected by province")
    return {
        "map": tiles.tile_grid(tiles=squares, title=title, describe=_in_words(of_provinces)) if drawn else None,
        "legend": tiles.legend(tiles=squares) if drawn else (),
        "few": figures.FEW if any(tile.remark for tile in squares) else None,
        "provinces": _Table(Text("Provinsi", "Provinces"), Text("Provinsi", "Province"), of_provinces, 10),
        "regencies": _Table(
            Text("Kabupaten dan kota", "Regencies and cities"),
            Text("Kabupaten atau kota", "Regency or city"),
            by_regency,
            15,
        ),
        "branches": _Table(
            Text("Kantor cabang", "Branch offices"),
            Text("Kantor cabang", "Branch office"),
            by_branch,
            12,
            Text(
                "Satu wilayah dapat dilayani dua kantor cabang; orangnya terhitung di keduanya.",
                "Two branches may serve one region; its people count in both.",
            ),
        ),
    }


def _in_words(groups: tuple[Group, ...]) -> Text:
    shares = [(one.name.id, wording.percent(part=one.estimate, whole=one.eligible)) for one in groups]
    return Text("; ".join(f"{name} {share.id}" for name, share in shares),
                "; ".join(f"{name} {share.en}" for name, share in shares))  # fmt: skip


def _tables(summary: Summary) -> tuple[_Table, ...]:
    by_quarter = (
        figures.group(of=one, name=wording.quarter(code=one["quarter"]) if one["quarter"] else words.UNKNOWN_GROUP)
        for one in sorted(
            summary.get("by_period") or [], key=lambda one: (one["quarter"] is None, one["quarter"] or "")
        )
    )
    made = (
        _Table(
            Text("Lembaga", "Institutions"),
            Text("Lembaga", "Institution"),
            figures.ranked(
                entries=summary.get("by_institution") or [],
                name=lambda one: _same(one["institution"]) if one["institution"] else words.UNKNOWN_GROUP,
                note=lambda _: "",
                mark=lambda one: bool(one.get("himbara")),
            ),
            12,
            Text(
                "Himbara: himpunan bank milik negara; keanggotaan belum terverifikasi.",
                "Himbara: the association of state-owned banks; membership unverified.",
            ),
        ),
        _Table(
            Text("Daftar", "Lists"),
            Text("Berkas", "File"),
            figures.ranked(
                entries=summary.get("by_list") or [],
                name=lambda one: _same(one["file"]),
                note=lambda one: str(one.get("institution") or ""),
            ),
            12,
        ),
        _Table(
            Text("Jenis KUR", "KUR types"),
            Text("Jenis", "Type"),
            figures.ranked(
                entries=summary.get("by_kur_type") or [],
                name=lambda one: _scheme(one["skema"]),
                note=lambda _: "",
            ),
            8,
        ),
        _Table(
            Text("Triwulan", "Quarters"),
            Text("Triwulan", "Quarter"),
            figures.with_bars(groups=by_quarter),
            12,
            Text(
                "Menurut tanggal akad KUR atau tanggal penetapan Prakerja.",
                "By the date of the KUR contract or of the Prakerja decision.",
            ),
        ),
    )
    return tuple(table for table in made if table.groups)


def _multiples(summary: Summary) -> dict[str, Any]:
    """Status and duty of every institution and KUR type as small bars; nothing when nobody has a known duty."""
    groups = [(_same(one["institution"] or "\N{EN DASH}"), one) for one in summary.get("by_institution") or []]
    groups.sort(key=lambda one: (-(one[1].get("people") or 0), one[0].id))
    groups += [(_scheme(one["skema"]), one) for one in summary.get("by_kur_type") or []]
    duties = [one.get("duty") or {} for _, one in groups]
    known = any(duty.get(code) for duty in duties for code in words.DUTIES if code != "unknown")
    return {
        "table_words": Text("Lembaga atau jenis KUR", "Institution or KUR type"),
        "status_of": figures.multiples(groups=groups, part="status", words_of=words.STATUSES),
        "duty_of": figures.multiples(groups=groups, part="duty", words_of=words.DUTIES) if known else (),
    }


def _certainty(summary: Summary) -> dict[str, Any]:
    unprotected, found = summary["unprotected"], summary.get("linkage_quality") or {}
    missed = linkage.missed_more(quality=found) if found else ()
    return {
        "agreement": linkage.agreement(unprotected=unprotected, quality=found),
        "disagree": bool(found.get("disagree")),
        "reviewed": linkage.reviewed(quality=found),
        "alarm": linkage.alarm(quality=found),
        "overall": linkage.overall(quality=found),
        "missed": missed,
        "missed_open": len(missed) if len(missed) <= 20 else 15,
        "method": words.METHODS.get(unprotected.get("method", ""), figures.plain(code=unprotected.get("method", ""))),
        "alternatives": tuple(
            (
                words.METHODS.get(one["method"], figures.plain(code=one["method"])),
                one["estimate"],
                one.get("low"),
                one.get("high"),
            )
            for one in unprotected.get("alternatives") or ()
        ),
        "sensitivity": tuple(
            (
                words.SENSITIVITIES.get(one["what"], figures.plain(code=one["what"])),
                one["estimate"],
                one.get("article") or "",
                bool(one.get("verified")),
            )
            for one in unprotected.get("sensitivity") or ()
        ),
    }


def _scheme(code: Any) -> Text:
    return words.SCHEMES.get(code, figures.plain(code=code)) if code else words.UNKNOWN_GROUP


def _same(name: object) -> Text:
    return Text(str(name), str(name))
