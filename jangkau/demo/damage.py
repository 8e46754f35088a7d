"""The errors of lists and registers: what becomes of a NIK, a birth date and a name on its way into a file."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.demo.naming import NOTHING, TOKENS, last_position, vocabulary, written
from jangkau.demo.people import AS_OF_DAY, calendar

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rate = npt.NDArray[np.float64]

NIK_FATES = (
    "right",
    "missing",
    "digit",
    "transposed",
    "relative",
    "somebody_else",
    "length",
    "rounded",
    "last_zero",
    "kk",
)
RIGHT, MISSING, DIGIT, TRANSPOSED, RELATIVE, SOMEBODY_ELSE, LENGTH, ROUNDED, LAST_ZERO, KK = range(10)
BIRTH_FATES = ("right", "missing", "day_and_month", "year_only", "digit")
NAME_FATES = ("right", "short_form", "old_spelling", "title", "order", "truncated", "dropped", "typing")


def damage_niks(
    *,
    nik: Longs,
    missing: Rate,
    wrong: Rate,
    borrowed: float,
    spreadsheet: Rate,
    swapped: Rate,
    of_relative: Longs,
    of_somebody: Longs,
    kk: Longs,
    rng: np.random.Generator,
) -> tuple[pa.Array, Ints]:
    """NIKs as text (null: missing) and the fate of each. `of_relative` is 0 where there is none."""
    fate = _nik_fates(missing, wrong, borrowed, spreadsheet, swapped, of_relative > 0, rng)
    value = nik.copy()
    for chosen, change in ((DIGIT, _one_digit), (TRANSPOSED, _two_digits), (LENGTH, _length)):
        rows = np.flatnonzero(fate == chosen)
        value[rows] = change(nik[rows], rng)
    value = np.where(fate == RELATIVE, of_relative, value)
    value = np.where(fate == SOMEBODY_ELSE, of_somebody, value)
    value = np.where(fate == KK, kk, value)
    value = np.where(fate == LAST_ZERO, nik // 10 * 10, value)
    same = np.flatnonzero((value == nik) & (fate > MISSING) & (fate != ROUNDED))
    value[same] = _one_digit(nik[same], rng)
    text = pc.cast(pa.array(value, mask=fate == MISSING), pa.string())
    rounded = fate == ROUNDED
    if rounded.any():
        heads = [
            f"{float(number):.{places}E}".replace("E+", "E+")
            for number, places in zip(nik[rounded], rng.integers(2, 6, rounded.sum()), strict=True)
        ]
        text = pc.replace_with_mask(text, pa.array(rounded), pa.array(heads, pa.string()))
    return text, fate


def _nik_fates(
    missing: Rate,
    wrong: Rate,
    borrowed: float,
    spreadsheet: Rate,
    swapped: Rate,
    has_relative: Flags,
    rng: np.random.Generator,
) -> Ints:
    count = len(missing)
    limits = np.cumsum(np.stack([missing, wrong, spreadsheet, swapped]), axis=0)
    drawn = (rng.random(count) >= limits).sum(axis=0)  # 0 missing, 1 wrong, 2 spreadsheet, 3 swapped, 4 right
    kind, other = rng.random(count), rng.random(count)
    somebody = np.where(has_relative & (other < 0.6), RELATIVE, SOMEBODY_ELSE)
    typed = np.where(other < 0.66, DIGIT, np.where(other < 0.92, TRANSPOSED, LENGTH))
    of_wrong = np.where(kind < borrowed, somebody, typed)
    of_spreadsheet = np.where(kind < 0.5, ROUNDED, LAST_ZERO)
    return np.choose(drawn, [MISSING, of_wrong, of_spreadsheet, KK, RIGHT]).astype(np.int32)


def _one_digit(nik: Longs, rng: np.random.Generator) -> Longs:
    power = 10 ** rng.integers(0, 15, len(nik))
    digit = nik // power % 10
    return np.asarray(nik + ((digit + rng.integers(1, 10, len(nik))) % 10 - digit) * power)


def _two_digits(nik: Longs, rng: np.random.Generator) -> Longs:
    power = 10 ** rng.integers(0, 14, len(nik))
    low, high = nik // power % 10, nik // (power * 10) % 10
    return np.asarray(nik + (low - high) * (power * 10 - power))


def _length(nik: Longs, rng: np.random.Generator) -> Longs:
    power = 10 ** rng.integers(0, 14, len(nik))
    shorter = nik // (power * 10) * power + nik % power
    longer = nik // power * power * 10 + nik // power % 10 * power + nik % power
    return np.where(rng.random(len(nik)) < 0.6, shorter, longer)


def damage_births(
    *, birth: Ints, wrong: Rate, gone: Flags | None, keep: Flags, year_only: bool, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Birth days as the row has them and the fate of each (missing and year_only are for the writer to leave out).

    Where `gone`, the whole batch has no dates. Where `keep`, the date does not go missing: a row with neither NIK nor
    birth date would be refused.
    """
    kind = rng.random(len(birth))
    fate = np.where(
        rng.random(len(birth)) >= wrong,
        0,
        np.where(kind < 0.35, 1, np.where(kind < 0.58, 2, np.where(kind < 0.76, 3, 4))),
    )
    fate = fate if gone is None else np.where(gone, np.where(keep, 3, 1), fate)
    fate = np.where((fate == 1) & keep, 4, fate)
    fate = fate if year_only else np.where(fate == 3, 4, fate)
    year, month, day = calendar(birth)
    fate = np.where((fate == 2) & ((day > 12) | (day == month)), 4, fate)
    swapped = _day(year, day.clip(max=12), month)
    by_year = _day(year + rng.choice(np.array([-10, -1, 1, 10, -2, 2]), len(birth)), month, day.clip(max=28))
    by_day = _day(year, month, np.where(day > 10, day - 10, day + 10))
    by_day = np.where(rng.random(len(birth)) < 0.4, _day(year, month, np.where(day > 1, day - 1, 2)), by_day)
    # A date later than a child's would be noticed; so the year goes back instead.
    by_year = np.where(by_year > AS_OF_DAY - 15 * 365, _day(year - 1, month, day.clip(max=28)), by_year)
    digit = np.where(rng.random(len(birth)) < 0.5, by_year, by_day)
    changed = np.where(fate == 2, swapped, np.where(fate == 4, digit, birth))
    changed = np.where(fate == 3, _day(year, np.ones_like(month), np.ones_like(day)), changed)
    return changed.astype(np.int32), fate.astype(np.int32)


def _day(year: Longs, month: Longs, day: Longs) -> Longs:
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    first = months.astype("M8[D]").astype(np.int64)
    return np.asarray(np.minimum(first + day - 1, (months + 1).astype("M8[D]").astype(np.int64) - 1))


def damage_names(*, tokens: Ints, female: Flags, rate: Rate, rng: np.random.Generator) -> tuple[pa.Array, Ints]:
    """Names as text with that share of them changed, and the fate of each."""
    names = written(tokens)
    rows = np.flatnonzero(rng.random(len(tokens)) < rate)
    fates = np.zeros(len(tokens), np.int32)
    if not len(rows):
        return names, fates
    changed, fates[rows] = _changed(tokens[rows], names.take(pa.array(rows)), female[rows], rng)
    mask = np.zeros(len(tokens), dtype=bool)
    mask[rows] = True
    return pc.replace_with_mask(names, pa.array(mask), changed), fates


def _changed(tokens: Ints, names: pa.Array, female: Flags, rng: np.random.Generator) -> tuple[pa.Array, Ints]:
    v, count = vocabulary(), len(tokens)
    words = last_position(tokens) + 1
    length = pc.utf8_length(names).to_numpy(zero_copy_only=False)
    limit = rng.integers(20, 26, count)
    has_short = (v.short_count[tokens] * (tokens >= 0)).sum(axis=1) > 0
    fate = rng.choice(np.array([1, 2, 3, 4, 5, 6, 7]), size=count, p=[0.26, 0.10, 0.14, 0.07, 0.12, 0.13, 0.18])
    fate = np.where((fate == 5) & (length <= limit), 6, fate)
    fate = np.where((fate == 1) & ~has_short & (words < 2), 7, fate)
    fate = np.where(np.isin(fate, (4, 6)) & (words < 2), 3, fate)
    parts = np.full((count, TOKENS + 2), NOTHING, dtype=np.int32)
    parts[:, 1:-1] = tokens
    for chosen, change in ((1, _shorten), (2, _respell), (3, _entitle), (4, _reorder), (6, _drop)):
        which = np.flatnonzero(fate == chosen)
        parts[which] = change(parts[which], words[which], female[which], rng)
    text = pc.replace_substring(pc.replace_substring(written(parts), " ,", ","), "  ", " ")
    cut = pa.array(
        [
            name[:end].rstrip() if short else name
            for name, end, short in zip(text.to_pylist(), limit, fate == 5, strict=True)
        ],
        pa.string(),
    )
    fate = np.where((fate != 7) & pc.equal(cut, names).to_numpy(zero_copy_only=False), 7, fate)
    typed = fate == 7
    return pc.replace_with_mask(cut, pa.array(typed), _mistyped(names.filter(pa.array(typed)), rng)), fate.astype(
        np.int32
    )


def _shorten(parts: Ints, words: Longs, female: Flags, rng: np.random.Generator) -> Ints:
    """Muhammad -> Moh.; without such a word the middle or last word becomes its initial."""
    v, rows = vocabulary(), np.arange(len(parts))
    available = v.short_count[parts] * (parts >= 0)
    column = available.argmax(axis=1)
    found = available[rows, column]
    word = parts[rows, column]
    form = v.short[word, (rng.random(len(parts)) * np.maximum(found, 1)).astype(np.int64)]
    other = np.where(words >= 3, 2, words)
    chosen = np.where(found > 0, column, other)
    parts[rows, chosen] = np.where(found > 0, form, v.initial[parts[rows, other]])
    return parts


def _respell(parts: Ints, words: Longs, female: Flags, rng: np.random.Generator) -> Ints:
    old = vocabulary().old[parts]
    return np.where((parts >= 0) & (old >= 0), old, parts)


def _entitle(parts: Ints, words: Longs, female: Flags, rng: np.random.Generator) -> Ints:
    v = vocabulary()
    haji = np.where(
        female, v.before[1 + 2 * rng.integers(0, 2, len(parts))], v.before[2 * rng.integers(0, 2, len(parts))]
    )
    other = v.before[rng.integers(4, len(v.before), len(parts))]
    kind = rng.random(len(parts))
    parts[:, 0] = np.where(kind < 0.45, haji, np.where(kind < 0.62, other, parts[:, 0]))
    parts[:, -1] = np.where(kind >= 0.62, v.after[rng.integers(0, len(v.after), len(parts))], parts[:, -1])
    return parts


def _reorder(parts: Ints, words: Longs, female: Flags, rng: np.random.Generator) -> Ints:
    """Last word first: 'Siregar Hotman Parulian'."""
    rows = np.arange(len(parts))
    parts[:, 0] = parts[rows, words]
    parts[rows, words] = NOTHING
    return parts


def _drop(parts: Ints, words: Longs, female: Flags, rng: np.random.Generator) -> Ints:
    """The middle or the last word is left out."""
    rows = np.arange(len(parts))
    parts[rows, np.where((words >= 3) & (rng.random(len(parts)) < 0.6), 2, words)] = NOTHING
    return parts


def _mistyped(names: pa.Array, rng: np.random.Generator) -> pa.Array:
    """One letter replaced, left out, doubled, or two exchanged; never the first."""
    if not len(names):
        return names
    width = 64
    letters = np.array(names.to_pylist(), dtype=f"S{width}").view(np.uint8).reshape(len(names), width).astype(np.int16)
    length = (letters > 0).sum(axis=1)
    rows, columns = np.arange(len(names)), np.arange(width)
    position = 1 + (rng.random(len(names)) * np.maximum(length - 2, 1)).astype(np.int64)
    kind = rng.integers(0, 4, len(names))
    next_letter = letters[rows, np.minimum(position + 1, width - 1)]
    kind = np.where((kind == 3) & ((next_letter == letters[rows, position]) | (next_letter == 0)), 0, kind)
    step = np.where(kind == 1, 1, 0)[:, None] * (columns >= position[:, None]) - np.where(kind == 2, 1, 0)[:, None] * (
        columns > position[:, None]
    )
    result = np.take_along_axis(letters, np.clip(columns + step, 0, width - 1), axis=1)
    swap = np.flatnonzero(kind == 3)
    result[swap, position[swap]], result[swap, position[swap] + 1] = (
        letters[swap, position[swap] + 1],
        letters[swap, position[swap]],
    )
    put = np.flatnonzero(kind == 0)
    current = letters[put, position[put]]
    drawn = 97 + rng.integers(0, 26, len(put))
    result[put, position[put]] = np.where(drawn == current, 97 + (drawn - 96) % 26, drawn)
    text: Any = np.ascontiguousarray(result.astype(np.uint8)).view(f"S{width}").ravel().astype(f"U{width}")
    return pa.array(text, pa.string())
