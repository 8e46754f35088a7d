-- What each own-account worker (BPU) and wage earner (PU) owes for one month: the same answers as law/charges.py.
--
-- Reads person, one row each, NULL for what is not known:
--   id; segment BPU or PU; income (BPU) and wage (PU), rupiah a month; jkk_class 1 to 5 (PU); scale micro, small, medium, large (PU);
--   sector transport, other; payer worker, employer, bank, apbn, apbd, village, donor (BPU);
--   labour_intensive (PU), in_arrears, employs_others (BPU): NULL is no;
--   takes_jkk, takes_jkm, takes_jht, takes_jp, takes_jkp: the programmes asked for; all five NULL: the compulsory ones.
--   What belongs to the other segment is not looked at.
-- and the tables that law/tariff.py makes for the month: tariff_base, tariff_offer, tariff_cell. Programmes are
-- bits there: 1 JKK, 2 JKM, 4 JHT, 8 JP, 16 JKP.
--
-- Defines the view priced, one row for each person: id; payer; what he pays: jkk, jkm, jht, jp, jkp; what a wage earner pays
-- beside his employer: jht_worker, jp_worker, jkp_worker; the part of JP that may be paid later: jp_deferred,
-- jp_worker_deferred; total; by_worker, the part of total that the worker pays; bracket; verified; unknown, the programmes that
-- the law leaves open, 'JKK,JKM'; refused, the fact that is missing or impossible: amounts are NULL then.
--
-- Rates are integers over 10,000,000; half a rupiah goes up, once, in integers. x - x % n is divided by n, so that it does not
-- matter whether / is the division of integers (PostgreSQL) or not (DuckDB). Nothing is written; running it again is safe.
CREATE OR REPLACE VIEW priced AS
WITH coded AS (
    SELECT p.id, p.segment, p.payer,
        CASE WHEN payer = 'worker' THEN 1 WHEN payer IS NULL THEN 0 WHEN payer = 'employer' THEN 2 WHEN payer = 'bank' THEN 3
             WHEN payer = 'apbn' THEN 4 WHEN payer = 'apbd' THEN 5 WHEN payer = 'village' THEN 6 WHEN payer = 'donor' THEN 7
             END AS payer_no,
        CASE WHEN sector = 'other' THEN 2 WHEN sector = 'transport' THEN 1 WHEN sector IS NULL THEN 0 END AS sector_no,
        CASE WHEN scale = 'micro' THEN 1 WHEN scale = 'small' THEN 2 WHEN scale = 'medium' THEN 3 WHEN scale = 'large' THEN 4
             WHEN scale IS NULL THEN 0 END AS scale_no,
        CASE WHEN jkk_class BETWEEN 1 AND 5 THEN jkk_class WHEN jkk_class IS NULL THEN 0 END AS class_no,
        CAST(coalesce(in_arrears, FALSE) AS INTEGER) AS arrears_no,
        CAST(coalesce(labour_intensive, FALSE) AS INTEGER) AS intensive_no,
        CAST(coalesce(employs_others, FALSE) AS INTEGER) AS others_no,
        CASE WHEN coalesce(takes_jkk, takes_jkm, takes_jht, takes_jp, takes_jkp) IS NULL THEN NULL
             ELSE CAST(coalesce(takes_jkk, FALSE) AS INTEGER) + 2 * CAST(coalesce(takes_jkm, FALSE) AS INTEGER)
                + 4 * CAST(coalesce(takes_jht, FALSE) AS INTEGER) + 8 * CAST(coalesce(takes_jp, FALSE) AS INTEGER)
                + 16 * CAST(coalesce(takes_jkp, FALSE) AS INTEGER) END AS named,
        CASE WHEN segment = 'BPU' THEN CASE WHEN income BETWEEN 0 AND 10000000000 THEN CAST(income AS BIGINT) END
             WHEN segment = 'PU' THEN CASE WHEN wage BETWEEN 1 AND 10000000000 THEN CAST(wage AS BIGINT) END END AS earned,
        s.width, s.last
    FROM person AS p CROSS JOIN (SELECT max(width) AS width, max(step) AS last FROM tariff_base) AS s
), numbered AS (
    SELECT coded.*,
        CASE WHEN segment = 'BPU' THEN coalesce(((arrears_no * 2 + others_no) * 3 + sector_no) * 8 + payer_no, -1)
             WHEN segment = 'PU' AND payer_no <= 2
             THEN coalesce(96 + (((arrears_no * 2 + intensive_no) * 3 + sector_no) * 3 + payer_no) * 6 + class_no, -1)
             ELSE -1 END AS cell,
        CASE WHEN segment = 'BPU' THEN others_no WHEN segment = 'PU' AND scale_no >= 0 THEN 2 + scale_no ELSE -1 END AS offer,
        CASE WHEN segment = 'BPU' AND earned >= 0 THEN LEAST(last, CAST((earned - earned % width) / width AS BIGINT))
             ELSE -1 END AS step
    FROM coded
), joined AS (
    SELECT n.id, n.segment, n.payer_no, n.sector_no, n.scale_no, n.class_no, n.earned, b.bracket,
        coalesce(b.base, n.earned) AS base,
        b.verified AND (b.upper IS NULL OR n.earned <= b.upper) AS base_verified,
        coalesce(n.named, o.compulsory) AS asked,
        n.named IS NOT NULL OR o.verified AS asked_verified,
        CASE WHEN n.named IS NULL THEN o.unknown ELSE 0 END AS offer_unknown, o.offered,
        c.pays, c.jkk, c.jkm, c.jht, c.jht_worker, c.jp, c.jp_worker, c.jkp, c.jkp_worker, c.jkm_rupiah, c.jp_ceiling,
        c.jkp_ceiling, c.jp_now, c.jp_worker_now, c.unverified, c.unknown, c.on_base, c.no_payer, c.no_sector, c.no_class, c.blocked
    FROM numbered AS n
    JOIN tariff_cell AS c ON c.number = n.cell
    JOIN tariff_offer AS o ON o.number = n.offer
    JOIN tariff_base AS b ON b.step = n.step
), judged AS (
    SELECT joined.*, (asked & unknown) + offer_unknown AS open_bits,
        CASE WHEN earned IS NOT NULL AND asked <> 0 AND (asked & offered) = asked AND (asked & blocked) = 0 THEN base END AS due_of
    FROM joined
), exact AS (
    SELECT judged.*,
        5000000 + due_of * CASE WHEN (asked & 1) <> 0 THEN jkk ELSE 0 END AS jkk_x,
        5000000 + due_of * CASE WHEN (asked & 2) <> 0 THEN jkm ELSE 0 END AS jkm_x,
        5000000 + due_of * CASE WHEN (asked & 4) <> 0 THEN jht ELSE 0 END AS jht_x,
        5000000 + due_of * CASE WHEN (asked & 4) <> 0 THEN jht_worker ELSE 0 END AS jht_worker_x,
        5000000 + CASE WHEN due_of < jp_ceiling THEN due_of ELSE jp_ceiling END * CASE WHEN (asked & 8) <> 0 THEN jp ELSE 0 END AS jp_x,
        5000000 + CASE WHEN due_of < jp_ceiling THEN due_of ELSE jp_ceiling END * CASE WHEN (asked & 8) <> 0 THEN jp_worker ELSE 0 END
            AS jp_worker_x,
        5000000 + CASE WHEN due_of < jkp_ceiling THEN due_of ELSE jkp_ceiling END * CASE WHEN (asked & 16) <> 0 THEN jkp ELSE 0 END
            AS jkp_x,
        5000000 + CASE WHEN due_of < jkp_ceiling THEN due_of ELSE jkp_ceiling END * CASE WHEN (asked & 16) <> 0 THEN jkp_worker ELSE 0 END
            AS jkp_worker_x
    FROM judged
), rounded AS (
    SELECT exact.id, exact.pays, exact.asked, due_of, jp_now, jp_worker_now, open_bits,
        segment, earned, sector_no, payer_no, scale_no, class_no, offered, no_class, no_payer, no_sector,
        CASE WHEN due_of IS NOT NULL AND (asked & on_base) <> 0 THEN bracket END AS bracket,
        due_of IS NOT NULL AND asked_verified AND open_bits = 0 AND (asked & unverified) = 0
            AND (base_verified OR (asked & on_base) = 0) AS verified,
        CAST((jkk_x - jkk_x % 10000000) / 10000000 AS BIGINT) AS jkk,
        CAST((jkm_x - jkm_x % 10000000) / 10000000 AS BIGINT) + CASE WHEN (asked & 2) <> 0 THEN jkm_rupiah ELSE 0 END AS jkm,
        CAST((jht_x - jht_x % 10000000) / 10000000 AS BIGINT) AS jht,
        CAST((jht_worker_x - jht_worker_x % 10000000) / 10000000 AS BIGINT) AS jht_worker,
        CASE WHEN due_of IS NOT NULL THEN CAST((jp_x - jp_x % 10000000) / 10000000 AS BIGINT) END AS jp,
        CASE WHEN due_of IS NOT NULL THEN CAST((jp_worker_x - jp_worker_x % 10000000) / 10000000 AS BIGINT) END AS jp_worker,
        CASE WHEN due_of IS NOT NULL THEN CAST((jkp_x - jkp_x % 10000000) / 10000000 AS BIGINT) END AS jkp,
        CASE WHEN due_of IS NOT NULL THEN CAST((jkp_worker_x - jkp_worker_x % 10000000) / 10000000 AS BIGINT) END AS jkp_worker
    FROM exact
)
SELECT id, pays AS payer, jkk, jkm, jht, jp, jkp, jht_worker, jp_worker, jkp_worker,
    CASE WHEN jp_now = 10000000 THEN 0 * jp
         ELSE jp - CAST((jp * jp_now + 5000000 - (jp * jp_now + 5000000) % 10000000) / 10000000 AS BIGINT) END AS jp_deferred,
    CASE WHEN jp_worker_now = 10000000 THEN 0 * jp_worker
         ELSE jp_worker - CAST((jp_worker * jp_worker_now + 5000000 - (jp_worker * jp_worker_now + 5000000) % 10000000) / 10000000
             AS BIGINT) END AS jp_worker_deferred,
    jkk + jkm + jht + jp + jkp + jht_worker + jp_worker + jkp_worker AS total,
    CASE WHEN pays = 'worker' THEN jkk + jkm + jht + jp + jkp ELSE 0 END + jht_worker + jp_worker + jkp_worker AS by_worker,
    bracket, verified,
    CASE WHEN due_of IS NOT NULL AND open_bits <> 0
         THEN substr(CASE WHEN (open_bits & 1) <> 0 THEN ',JKK' ELSE '' END || CASE WHEN (open_bits & 2) <> 0 THEN ',JKM' ELSE '' END
                  || CASE WHEN (open_bits & 4) <> 0 THEN ',JHT' ELSE '' END || CASE WHEN (open_bits & 8) <> 0 THEN ',JP' ELSE '' END
                  || CASE WHEN (open_bits & 16) <> 0 THEN ',JKP' ELSE '' END, 2) END AS unknown,
    CASE WHEN due_of IS NOT NULL THEN NULL
         WHEN segment IS NULL OR segment NOT IN ('BPU', 'PU') THEN 'segment'
         WHEN earned IS NULL THEN CASE WHEN segment = 'BPU' THEN 'income' ELSE 'wage' END
         WHEN sector_no IS NULL THEN 'sector'
         WHEN payer_no IS NULL THEN 'payer'
         WHEN segment = 'PU' AND scale_no IS NULL THEN 'scale'
         WHEN segment = 'PU' AND class_no IS NULL THEN 'jkk_class'
         WHEN asked = 0 OR (asked & offered) <> asked THEN 'programmes'
         WHEN segment = 'PU' AND payer_no > 2 THEN 'payer'
         WHEN (asked & no_class) <> 0 THEN 'jkk_class'
         WHEN (asked & no_payer) <> 0 THEN 'payer'
         ELSE 'sector' END AS refused
FROM rounded;
