-- Reads result (one line per person: id, status, probabilities, best candidate), person, record, protection and known_region;
-- writes whole: one line per person with everything that people.parquet, links.parquet and gaps.parquet say of him.
-- Running it again replaces the table.
CREATE OR REPLACE TABLE whole AS
SELECT r.*, p.* EXCLUDE (person, list_set), lists, c.kpj AS candidate_kpj, k.name AS region_name,
    -- whose membership it may be; a candidate that was turned down lends nobody his dates
    CASE WHEN r.decision <> 'none' THEN c.kpj END AS kpj,
    CASE WHEN r.decision <> 'none' THEN c.segmen END AS segment,
    CASE WHEN r.decision <> 'none' THEN c.paid_through END AS paid_until
FROM result AS r JOIN person AS p USING (person) JOIN list_set USING (list_set)
LEFT JOIN protection AS c ON c.rid = r.candidate
LEFT JOIN (SELECT code, any_value(name) AS name FROM known_region GROUP BY code) AS k ON k.code = p.region_code
