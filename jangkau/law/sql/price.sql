-- What each own-account worker (BPU) and wage earner (PU) owes for one month: the same answers as law/charges.py.
--
-- Reads person, one row each, NULL for what is not known:
--   id; segment BPU or PU; income (BPU) and wage (PU), whole rupiah a month; jkk_class 1 to 5 (PU);
--   scale micro, small, medium, large (PU); sector transport, other; payer worker, employer, bank, apbn, apbd, village, donor (BPU);
--   labour_intensive (PU), in_arrears, employs_others (BPU): NULL is no;
--   takes_jkk, takes_jkm, takes_jht, takes_jp, takes_jkp: the programmes asked for; all five NULL: the compulsory ones.
--   What belongs to the other segment is not looked at.
-- and the tables that law/tariff.py makes for the month: tariff_base, tariff_offer, tariff_cell. Programmes are
-- bits there: 1 JKK, 2 JKM, 4 JHT, 8 JP, 16 JKP.
--
-- Defines the view priced, one row for each person: id; payer; what he pays: jkk, jkm, jht, jp, jkp; what a wage earner pays
-- beside his employer: jht_worker, jp_worker; the part of JP that may be paid later: jp_deferred,
-- jp_worker_deferred; total; by_worker, the part of total that the worker pays; bracket; verified; unknown, the programmes that
-- the law leaves open, 'JKK,JKM'; refused, the fact that is missing or impossible: amounts are NULL then.
--
-- Rates are integers over 10,000,000; half a rupiah goes up, once. Whether / is the division of integers (PostgreSQL) or not
-- (DuckDB), floor(x / n) is the same: no x reaches 2^53, and no quotient comes nearer than 1 / n to the next integer.
-- tariff_case is made from tariff_cell: one row for each sum of programmes, with the rates of those. Beside it nothing is
-- written; running it again is safe.
DROP VIEW IF EXISTS priced;
DROP TABLE IF EXISTS tariff_case;
CREATE TABLE tariff_case AS
WITH told AS (
    SELECT c.*, a.asked, (a.asked % 32) & c.unknown AS open_bits,
        CASE WHEN c.number < 0 THEN 'a fact'
             WHEN a.asked % 32 = 0 OR ((a.asked % 32) & c.offered) <> a.asked % 32 THEN 'programmes'
             WHEN (a.asked & c.no_class) <> 0 THEN 'jkk_class'
             WHEN (a.asked & c.no_payer) <> 0 THEN 'payer'
             WHEN (a.asked & c.no_sector) <> 0 THEN 'sector' END AS refused
    FROM tariff_cell AS c CROSS JOIN (SELECT CAST(n AS BIGINT) AS asked FROM generate_series(0, 63) AS t(n)) AS a
)
SELECT number * 64 + asked AS number, pays, refused,
    CASE WHEN refused IS NULL THEN CASE WHEN (asked & 1) <> 0 THEN jkk ELSE 0 END END AS jkk,
    CASE WHEN refused IS NULL THEN CASE WHEN (asked & 2) <> 0 THEN jkm ELSE 0 END END AS jkm,
    5000000 + CASE WHEN (asked & 2) <> 0 THEN jkm_rupiah * 10000000 ELSE 0 END AS jkm_more,
    CASE WHEN refused IS NULL THEN CASE WHEN (asked & 4) <> 0 THEN jht ELSE 0 END END AS jht,
    CASE WHEN refused IS NULL THEN CASE WHEN (asked & 4) <> 0 THEN jht_worker ELSE 0 END END AS jht_worker,
    CASE WHEN refused IS NULL THEN CASE WHEN (asked & 8) <> 0 THEN jp ELSE 0 END END AS jp,
    CASE WHEN refused IS NULL THEN CASE WHEN (asked & 8) <> 0 THEN jp_worker ELSE 0 END END AS jp_worker,
    CASE WHEN refused IS NULL THEN CAST(0 AS BIGINT) END AS jkp,
    jp_ceiling, 10000000 - jp_now AS jp_later, 10000000 - jp_worker_now AS jp_worker_later,
    (asked & on_base) <> 0 AS has_bracket,
    refused IS NULL AND open_bits = 0 AND asked < 32 AND (asked & unverified) = 0 AS verified,
    CASE WHEN refused IS NULL AND (open_bits <> 0 OR asked >= 32)
         THEN substr(CASE WHEN (open_bits & 1) <> 0 THEN ',JKK' ELSE '' END
                  || CASE WHEN (open_bits & 2) <> 0 THEN ',JKM' ELSE '' END
                  || CASE WHEN (open_bits & 4) <> 0 OR asked >= 32 THEN ',JHT' ELSE '' END
                  || CASE WHEN (open_bits & 8) <> 0 THEN ',JP' ELSE '' END
                  || CASE WHEN (open_bits & 16) <> 0 THEN ',JKP' ELSE '' END, 2) END AS unknown
FROM told;

CREATE VIEW priced AS
WITH coded AS (
    SELECT p.id, p.segment, p.income, p.wage, p.segment = 'BPU' AS bpu,
        CASE WHEN payer = 'worker' THEN 1 WHEN payer IS NULL THEN 0 WHEN payer = 'employer' THEN 2 WHEN payer = 'bank' THEN 3
             WHEN payer = 'apbn' THEN 4 WHEN payer = 'apbd' THEN 5 WHEN payer = 'village' THEN 6 WHEN payer = 'donor' THEN 7
             END AS payer_no,
        CASE WHEN sector = 'other' THEN 2 WHEN sector = 'transport' THEN 1 WHEN sector IS NULL THEN 0 END AS sector_no,
        CASE WHEN scale IS NULL THEN 0 WHEN scale = 'micro' THEN 1 WHEN scale = 'small' THEN 2 WHEN scale = 'medium' THEN 3
             WHEN scale = 'large' THEN 4 END AS scale_no,
        CASE WHEN jkk_class BETWEEN 1 AND 5 THEN jkk_class WHEN jkk_class IS NULL THEN 0 END AS class_no,
        CASE WHEN in_arrears THEN 1 ELSE 0 END AS arrears_no,
        CASE WHEN labour_intensive THEN 1 ELSE 0 END AS intensive_no,
        CASE WHEN employs_others THEN 1 ELSE 0 END AS others_no,
        takes_jkk IS NOT NULL OR takes_jkm IS NOT NULL OR takes_jht IS NOT NULL OR takes_jp IS NOT NULL
            OR takes_jkp IS NOT NULL AS named,
        CASE WHEN takes_jkk THEN 1 ELSE 0 END + CASE WHEN takes_jkm THEN 2 ELSE 0 END + CASE WHEN takes_jht THEN 4 ELSE 0 END
            + CASE WHEN takes_jp THEN 8 ELSE 0 END + CASE WHEN takes_jkp THEN 16 ELSE 0 END AS takes,
        CAST(CASE WHEN segment = 'BPU' THEN income WHEN segment = 'PU' THEN wage END AS BIGINT) AS earned
    FROM person AS p
), numbered AS (
    SELECT coded.*,
        CASE WHEN bpu AND earned BETWEEN 0 AND 10000000000
             THEN coalesce(((arrears_no * 2 + others_no) * 3 + sector_no) * 8 + payer_no, -1)
             WHEN NOT bpu AND earned BETWEEN 1 AND 10000000000 AND scale_no >= 0
             THEN coalesce(96 + (((arrears_no * 2 + intensive_no) * 3 + sector_no) * 4
                  + CASE WHEN payer_no > 3 THEN 3 ELSE payer_no END) * 6 + class_no, -1)
             ELSE -1 END AS cell,
        CASE WHEN bpu THEN others_no WHEN scale_no >= 0 THEN 2 + scale_no ELSE -1 END AS offer,
        CASE WHEN bpu AND earned >= 0 THEN LEAST(s.last, CAST(floor(earned / s.width) AS BIGINT)) ELSE -1 END AS step
    FROM coded CROSS JOIN (SELECT max(width) AS width, max(step) AS last FROM tariff_base) AS s
), offered AS (
    SELECT n.id, n.segment, n.payer_no, n.sector_no, n.scale_no, n.earned, n.step, named OR o.verified AS asked_verified,
        n.cell * 64 + CASE WHEN named THEN takes ELSE o.compulsory END AS number
    FROM numbered AS n JOIN tariff_offer AS o ON o.number = n.offer
), exact AS (
    SELECT n.*, c.pays, c.refused, c.jkp, c.jp_later, c.jp_worker_later, c.unknown,
        CASE WHEN has_bracket THEN b.bracket END AS bracket,
        c.verified AND asked_verified AND (NOT has_bracket OR (b.verified AND (b.upper IS NULL OR earned <= b.upper))) AS verified,
        coalesce(b.base, earned) * jkk + 5000000 AS jkk_x,
        coalesce(b.base, earned) * jkm + jkm_more AS jkm_x,
        coalesce(b.base, earned) * jht + 5000000 AS jht_x,
        coalesce(b.base, earned) * jht_worker + 5000000 AS jht_worker_x,
        LEAST(earned, jp_ceiling) * jp + 5000000 AS jp_x,
        LEAST(earned, jp_ceiling) * jp_worker + 5000000 AS jp_worker_x
    FROM offered AS n
    JOIN tariff_case AS c ON c.number = n.number
    JOIN tariff_base AS b ON b.step = n.step
), rounded AS (
    SELECT exact.*,
        CAST(floor(jkk_x / 10000000) AS BIGINT) AS jkk,
        CAST(floor(jkm_x / 10000000) AS BIGINT) AS jkm,
        CAST(floor(jht_x / 10000000) AS BIGINT) AS jht,
        CAST(floor(jht_worker_x / 10000000) AS BIGINT) AS jht_worker,
        CAST(floor(jp_x / 10000000) AS BIGINT) AS jp,
        CAST(floor(jp_worker_x / 10000000) AS BIGINT) AS jp_worker
    FROM exact
)
SELECT id, pays AS payer, jkk, jkm, jht, jp, jkp, jht_worker, jp_worker,
    CASE WHEN jp_later = 0 THEN jkp
         ELSE jp - CAST(floor((jp * (10000000 - jp_later) + 5000000) / 10000000) AS BIGINT) END AS jp_deferred,
    CASE WHEN jp_worker_later = 0 THEN jkp
         ELSE jp_worker - CAST(floor((jp_worker * (10000000 - jp_worker_later) + 5000000) / 10000000) AS BIGINT)
         END AS jp_worker_deferred,
    jkk + jkm + jht + jp + jht_worker + jp_worker AS total,
    CASE WHEN pays = 'worker' THEN jkk + jkm + jht ELSE jht_worker + jp_worker END AS by_worker,
    bracket, verified, unknown,
    CASE WHEN refused <> 'a fact' OR refused IS NULL THEN refused
         WHEN segment IS NULL OR segment NOT IN ('BPU', 'PU') THEN 'segment'
         WHEN earned IS NULL OR earned < 0 OR earned > 10000000000 OR (segment = 'PU' AND earned = 0)
         THEN CASE WHEN segment = 'BPU' THEN 'income' ELSE 'wage' END
         WHEN sector_no IS NULL THEN 'sector'
         WHEN payer_no IS NULL THEN 'payer'
         WHEN segment = 'PU' AND scale_no IS NULL THEN 'scale'
         ELSE 'jkk_class' END AS refused
FROM rounded;
