"""Relatives, namesakes and shared telephones among invented people: whom a linkage takes for somebody else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from jangkau.demo.naming import NOTHING, draw_names, last_position, vocabulary
from jangkau.demo.people import ALONE, AS_OF_DAY, SIBLING, SPOUSE, TWIN, People
from jangkau.demo.rates import Rates

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# Share of people on lists with a relative on a list, of people in the register only with one on a list; of these
# relatives, how many are husband or wife, and of the others how many twins (assumptions).
_RELATED, _RELATED_TO_OTHERS = 0.085, 0.05
_SPOUSES, _TWINS = 0.3, 0.06
_SAME_CULTURE = 0.85
_YOUNGEST, _OLDEST = AS_OF_DAY - 18 * 365, AS_OF_DAY - 64 * 365


def named_as_before(*, birth: npt.NDArray[np.integer], rng: np.random.Generator) -> Flags:
    """Older names for those born before about 1982, with a soft border."""
    return np.asarray(rng.random(len(birth)) < np.where(birth < 4383, 0.88, 0.08))


def with_families(*, people: People, others: People | None, rng: np.random.Generator) -> People:
    """Siblings and couples at one address, a few twins; relatives of `others` for a register of near-doubles."""
    pool = people if others is None else others
    mine, theirs = _related(people, pool, rng)
    if not len(mine):
        return people
    kinship = np.where(rng.random(len(mine)) < _SPOUSES, SPOUSE, SIBLING)
    twin = (kinship == SIBLING) & (rng.random(len(mine)) < _TWINS) & _first_twin(pool, theirs)
    kinship = np.where(twin, TWIN, kinship).astype(np.int32)
    spouse = kinship == SPOUSE
    changed = {name: column.copy() for name, column in vars(people).items()}
    for name in ("home", "street", "house", "kk"):
        changed[name][mine] = getattr(pool, name)[theirs]
    stayed = people.origin[mine] == people.home[mine]
    married_from = np.where(stayed, pool.home[theirs], people.origin[mine])
    changed["origin"][mine] = np.where(spouse, married_from, pool.origin[theirs])
    mixed = spouse & (rng.random(len(mine)) >= _SAME_CULTURE)
    changed["culture"][mine] = np.where(mixed, people.culture[mine], pool.culture[theirs])
    changed["mother"][mine] = np.where(spouse[:, None], people.mother[mine], pool.mother[theirs])
    alike = twin & (rng.random(len(mine)) < 0.4)
    female = np.where(spouse, ~pool.female[theirs], np.where(alike, pool.female[theirs], people.female[mine]))
    changed["female"][mine] = female
    changed["birth"][mine] = _births(pool.birth[theirs], kinship, female, rng)
    changed["tokens"][mine] = _names(
        changed["culture"][mine], changed["birth"][mine], female, kinship, pool, theirs, rng
    )
    changed["relative"][mine], changed["kinship"][mine] = theirs, kinship
    if pool is people:
        changed["relative"][theirs], changed["kinship"][theirs] = mine, kinship
    return People(**changed)


def _related(people: People, pool: People, rng: np.random.Generator) -> tuple[Longs, Longs]:
    mine = np.flatnonzero(rng.random(len(people)) < (_RELATED if pool is people else _RELATED_TO_OTHERS))
    if pool is not people:
        return mine, rng.integers(0, len(pool), len(mine))
    # A chain of relatives would need its values in order; everybody is related to one at most.
    mine = mine[(mine > 0) & ~np.isin(mine - 1, mine)]
    return mine, mine - 1


def _first_twin(pool: People, theirs: Longs) -> Flags:
    """Nobody is a twin of two: their serials would be one number."""
    first = np.zeros(len(theirs), dtype=bool)
    first[np.unique(theirs, return_index=True)[1]] = True
    return np.asarray(first & (pool.kinship[theirs] != TWIN))


def _births(theirs: Ints, kinship: Ints, female: Flags, rng: np.random.Generator) -> Ints:
    """Twins on one day, siblings 400 to 3,000 days apart, a husband mostly some years older than his wife."""
    count = len(theirs)
    apart = rng.integers(400, 3000, count) * rng.choice(np.array([-1, 1]), count)
    couple = np.rint(rng.normal(3.2, 3.5, count) * 365).astype(np.int64) * np.where(female, 1, -1)
    gap = np.where(kinship == SPOUSE, couple, apart)
    gap = np.where((theirs + gap < _OLDEST) | (theirs + gap > _YOUNGEST), -gap, gap)
    return np.where(kinship == TWIN, theirs, theirs + gap).astype(np.int32)


def _names(
    culture: Ints, birth: Ints, female: Flags, kinship: Ints, pool: People, theirs: Longs, rng: np.random.Generator
) -> Ints:
    """Names of the culture; for siblings the family's name, or the same last word for a third where there is none.

    Twins of one sex differ in one word that sounds alike.
    """
    v, rows = vocabulary(), np.arange(len(theirs))
    names = draw_names(culture=culture, female=female, old=named_as_before(birth=birth, rng=rng), rng=rng)
    of_pool = pool.tokens[theirs]
    shares = (v.inherits[culture] | (rng.random(len(rows)) < 0.33) | (kinship == TWIN)) & (kinship != SPOUSE)
    both = np.flatnonzero(shares & (last_position(names) > 0) & (last_position(of_pool) > 0))
    names[both, last_position(names)[both]] = of_pool[both, last_position(of_pool)[both]]
    other_word = np.where(of_pool >= 0, v.alike[of_pool], NOTHING)
    column = (other_word >= 0).argmax(axis=1)
    like = np.flatnonzero((kinship == TWIN) & (female == pool.female[theirs]) & (other_word[rows, column] >= 0))
    names[like] = of_pool[like]
    names[like, column[like]] = other_word[like, column[like]]
    return names


def later_twins(*, people: People, others: People | None) -> tuple[Longs, Longs]:
    """Positions of those born second, and of their twins (among `others` if given)."""
    later = np.flatnonzero(people.kinship == TWIN)
    if others is None:
        later = later[people.relative[later] < later]
    return later, people.relative[later]


def with_namesakes(*, people: People, others: People | None, rng: np.random.Generator) -> People:
    """A few bear the name and the birth date of somebody else, somewhere else."""
    pool = people if others is None else others
    mine = np.flatnonzero((rng.random(len(people)) < 0.0006) & (people.kinship == ALONE))
    theirs = rng.integers(0, max(len(pool), 1), len(mine))
    keep = (mine != theirs) if pool is people else np.ones(len(mine), dtype=bool)
    mine, theirs = mine[keep], theirs[keep]
    birth, tokens, female = people.birth.copy(), people.tokens.copy(), people.female.copy()
    birth[mine], tokens[mine], female[mine] = pool.birth[theirs], pool.tokens[theirs], pool.female[theirs]
    return replace(people, birth=birth, tokens=tokens, female=female)


def with_shared_phones(*, people: People, others: People | None, rates: Rates, rng: np.random.Generator) -> People:
    """Some give the number of a relative, a few that of somebody in the same district."""
    phone = people.phone.copy()
    drawn = rng.random(len(people))
    pool = people if others is None else others
    first = people.relative < np.arange(len(people)) if others is None else people.relative >= 0
    mine = np.flatnonzero((drawn < rates.phone_of_relative) & (people.relative >= 0) & first)
    phone[mine] = pool.phone[people.relative[mine]]
    order = np.argsort(people.home, kind="stable")
    neighbour = np.empty(len(people), np.int64)
    neighbour[order] = np.roll(order, 1)
    near = people.home[neighbour] == people.home
    mine = np.flatnonzero((drawn < rates.phone_of_neighbour) & (people.relative < 0) & near)
    phone[mine] = people.phone[neighbour[mine]]
    return replace(people, phone=phone)
