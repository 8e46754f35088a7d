-- Reads register_row (kpj, segmen, tanggal_mulai, lunas_sampai: any day of the last paid month,
-- tanggal_berhenti) and grace (segment, months: those in force on as_of, NULL when unknown);
-- writes protection: one row per register row with its state on as_of. Same rules as law/protection.py, tested together.
-- Running it again replaces the table. The day asked about stands for the placeholder as_of.
DROP TABLE IF EXISTS protection;
CREATE TABLE protection AS
WITH dated AS (
    SELECT r.*,
        CAST(CAST(date_trunc('month', lunas_sampai) AS DATE) + INTERVAL '1' MONTH - INTERVAL '1' DAY AS DATE) AS paid_through,
        CAST(CAST(date_trunc('month', lunas_sampai) AS DATE) + (g.months + 1) * INTERVAL '1' MONTH - INTERVAL '1' DAY AS DATE)
            AS grace_until
    FROM register_row AS r LEFT JOIN grace AS g ON g.segment = r.segmen
)
SELECT dated.*,
    CASE WHEN tanggal_berhenti <= DATE '{as_of}' THEN 'ended'
         WHEN tanggal_mulai > DATE '{as_of}' THEN 'lapsed'
         WHEN paid_through >= DATE '{as_of}' THEN 'active'
         WHEN grace_until >= DATE '{as_of}' THEN 'in_grace'
         ELSE 'lapsed' END AS state
FROM dated
