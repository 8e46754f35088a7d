"""The page of components: what the pages are made of, when to use each, and its markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jangkau.charts import tiles, waterfall
from jangkau.charts.bars import interval_bar
from jangkau.charts.tiles import Tile
from jangkau.charts.waterfall import Step
from jangkau.complaints import Language, Text
from jangkau.platform.coverage.drawing import Point, funnel, in_language, trend
from jangkau.platform.web.asking import SignedIn
from jangkau.platform.web.saying import language, said

FOLDER = Path(__file__).parent / "templates" / "web" / "components"
COLOURS = (
    ("paper", Text("kertas", "paper")),
    ("card", Text("kartu", "card")),
    ("wash", Text("kepala tabel", "heads of tables")),
    ("ink", Text("huruf", "text")),
    ("quiet", Text("huruf sampingan", "text beside")),
    ("deep", Text("tombol, jumlah", "buttons, totals")),
    ("teal", Text("tautan", "links")),
    ("mist", Text("bagian lain sebuah batang", "rest of a bar")),
    ("gap", Text("belum terlindungi, dan hanya itu", "unprotected, and nothing else")),
    ("good", Text("selesai", "done")),
    ("bad", Text("salah", "wrong")),
    ("focus", Text("letak papan ketik", "where the keyboard is")),
)


@dataclass(frozen=True)
class Component:
    """A part of pages. ``markup`` is a sample of invented content, in Indonesian."""

    code: str
    name: Text
    when: Text
    markup: str = ""
    drawn: str = ""


_TOLD = (
    ("buttons", Text("Tombol", "Buttons"),
     Text("Satu tombol penuh per halaman: langkah berikutnya. Yang tenang untuk pilihan lain, yang merah untuk yang "
          "tidak dapat ditarik kembali, tautan untuk hal kecil di dalam baris.",
          "One full button a page: the next step. A quiet one for other choices, a red one for what cannot be taken "
          "back, a link for small things within a row.")),
    ("fields", Text("Formulir dan isian", "Forms and fields"),
     Text("Label di atas, petunjuk di bawah. Kesalahan berdiri di isiannya dan mengatakan apa yang diharapkan.",
          "The label above, the hint below. A mistake stands at its field and says what was expected.")),
    ("radios", Text("Pilihan", "Choices"),
     Text("Sampai lima kemungkinan yang perlu dibandingkan; lebih dari itu memakai menu.",
          "Up to five possibilities that want comparing; more go into a menu.")),
    ("tags", Text("Tanda", "Tags"),
     Text("Keadaan dalam satu dua kata. Garis putus-putus berarti belum pasti; warna tidak pernah berbicara sendiri.",
          "A state in a word or two. A dashed edge means not yet certain; colour never speaks alone.")),
    ("notices", Text("Pemberitahuan", "Notices"),
     Text("Apa yang baru terjadi, atau apa yang harus dilakukan dahulu.",
          "What has just happened, or what has to be done first.")),
    ("card", Text("Kartu", "Cards"),
     Text("Satu hal yang dilihat sendiri: angka, bagian halaman seseorang.",
          "One thing seen by itself: a figure, a part of a person's page.")),
    ("table", Text("Tabel", "Tables"),
     Text("Untuk bekerja: rapat, angka rata kanan. Di telepon tiap baris menjadi kartu (stacks) atau tabel digulir "
          "(scroll, dapat dicapai papan ketik).",
          "For work: dense, numbers to the right. On a phone each row becomes a card (stacks), or the table scrolls "
          "(scroll, within reach of the keyboard).")),
    ("facts", Text("Keterangan", "Facts"),
     Text("Nama dan isinya, bila tidak ada yang dibandingkan.", "A name and what it is, where nothing is compared.")),
    ("figure", Text("Angka utama", "Headline figure"),
     Text("Paling banyak satu per halaman, selalu dengan selangnya dan artinya.",
          "One a page at most, always with its interval and what it means.")),
    ("progress", Text("Kemajuan", "Progress"),
     Text("Pekerjaan lebih lama dari dua detik, dengan kata dan persennya.",
          "Work longer than two seconds, with words and per cent.")),
    ("pages", Text("Halaman daftar", "Pages of a list"),
     Text("Sebelumnya dan berikutnya; tanpa nomor, karena daftarnya berubah sementara dibaca.",
          "Before and after; no numbers, since a list changes while it is read.")),
    ("filters", Text("Saringan", "Filters"),
     Text("Yang dipilih terlihat sebagai keping dan dilepas dengan sekali tekan.",
          "What is chosen shows as chips, and goes with one press.")),
    ("dialog", Text("Konfirmasi", "Confirmation"),
     Text("Bukan jendela: bagian yang dibuka, sehingga tetap terbaca apa yang akan berubah.",
          "No window: a part that opens, so that what will change can still be read.")),
    ("empty", Text("Keadaan kosong", "Empty states"),
     Text("Mengapa kosong, dan apa yang membuatnya terisi.", "Why it is empty, and what fills it.")),
    ("compare", Text("Dua catatan berdampingan", "Two records side by side"),
     Text("Menelaah pasangan: yang berbeda ditandai, tiap tombol punya huruf.",
          "Reviewing pairs: what differs is marked, every button has a letter.")),
)  # fmt: skip
_DRAWN = (
    ("waterfall", Text("Air terjun", "Waterfall"),
     Text("Dari seluruhnya ke sisa yang dicari, dengan selang pada sisanya. Di telepon ia berbaring.",
          "From the whole to the rest that is sought, with the interval of the rest. On a phone it lies down.")),
    ("tiles", Text("Peta petak", "Map of tiles"),
     Text("Bagian per wilayah tanpa membesarkan yang luas. Makin gelap makin besar, dengan angkanya di petak.",
          "Shares by region without making the vast ones loud. The darker the larger, with the number in the tile.")),
    ("funnel", Text("Corong", "Funnel"),
     Text("Bagian dari bagian: berapa yang tinggal di tiap tahap.", "Parts of parts: what is left at each stage.")),
    ("trend", Text("Dari waktu ke waktu", "Trend"),
     Text("Bagian pada beberapa tanggal, mulai dari nol, dengan selangnya.",
          "A share on some dates, from nothing upwards, with its interval.")),
    ("bar", Text("Batang dalam tabel", "Bar in a table"),
     Text("Membandingkan baris; kumis adalah selangnya.", "Comparing rows; the whisker is the interval.")),
)  # fmt: skip


@require_safe
def components(request: SignedIn) -> HttpResponse:
    """For administrators, and for everybody in a demo."""
    if request.user.role != "administrator" and not request.user.for_demonstration:
        raise PermissionDenied
    drawn = _drawn(language=language())
    shown = [Component(code, name, when, markup=_markup(code)) for code, name, when in _TOLD]
    charts = [Component(code, name, when, drawn=drawn[code]) for code, name, when in _DRAWN]
    return render(request, "web/components.html", {"components": shown, "charts": charts, "colours": COLOURS})


@cache
def _markup(code: str) -> str:
    """A sample as it stands in its file, so that what is shown and what is told cannot part."""
    return (FOLDER / f"{code}.html").read_text(encoding="utf-8").strip()


@cache
def _drawn(*, language: Language) -> dict[str, str]:
    """Charts of invented numbers, once for each language."""
    steps = (
        Step(Text("Baris", "Rows"), 60_000, "total"),
        Step(Text("Orang yang sama", "Same people"), -7_400, "change"),
        Step(Text("Orang", "People"), 52_600, "total"),
        Step(Text("Terlindungi", "Protected"), -10_300, "change"),
        Step(Text("Belum terlindungi", "Unprotected"), 42_300, "result", 42_200, 42_400),
    )
    title = Text("Contoh", "Sample")
    names = (("Aceh", 0, 0), ("Sumut", 1, 0), ("Riau", 2, 0), ("Sumbar", 1, 1), ("Jambi", 2, 1), ("Bengkulu", 3, 1))
    shares = (0.78, 0.82, None, 0.85, 0.80, 0.88)
    squares = tuple(
        Tile(name, name, column, row, share, "" if share else "<100")
        for (name, column, row), share in zip(names, shares, strict=True)
    )
    stages = ((Text("Orang di daftar", "People on lists"), 52_600), (Text("Terlindungi", "Protected"), 10_300))
    points = (
        Point(date(2021, 2, 28), 0.84, 0.82, 0.86),
        Point(date(2021, 3, 31), 0.83, 0.82, 0.85),
        Point(date(2021, 4, 30), 0.81, 0.80, 0.82),
    )
    words = {
        "waterfall": waterfall.waterfall_wide(steps=_one(steps, language), title=title, describe=title)
        + waterfall.waterfall_narrow(steps=_one(steps, language), title=title, describe=title),
        "tiles": tiles.tile_grid(tiles=squares, title=title, describe=title),
        "bar": interval_bar(whole=52_600, part=42_300, low=41_000, high=43_600, largest=52_600),
    }
    return {
        **{code: in_language(svg=str(svg), language=language) for code, svg in words.items()},
        "funnel": funnel(stages=stages, title=title, language=language),
        "trend": trend(points=points, title=title, language=language),
    }


def _one(steps: tuple[Step, ...], language: Language) -> tuple[Step, ...]:
    return tuple(
        Step(Text(said(text=one.label), said(text=one.label)), one.value, one.kind, one.low, one.high) for one in steps
    )
