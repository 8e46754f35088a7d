-- What an institution may see of people: two views of the role jangkau_lists, which owns nothing else, cannot sign in and is itself
-- bound by row security (policies.sql). The web's role reads the views; the tables below show an institution no row at all. Whoever is
-- on lists of his institution alone is seen as registry_gap has him, without what the register says; of everybody else only what his
-- own lists say (registry_sharedgap). The views are no security barriers, so that indexes give their order: row security of the tables
-- comes before any condition of the asker. Running it again makes them anew.
DROP VIEW IF EXISTS registry_ownlists, registry_ownchanges;
REVOKE ALL ON registry_gap, registry_sharedgap, registry_change FROM jangkau_lists;
GRANT SELECT (run_id, person, order_place, order_name, name, birth_date, sex, age_group, region, list_set, status, open, duty, kur_type,
    plafon, phone, last_list_date, not_working, rows, nik_hint) ON registry_gap TO jangkau_lists;
GRANT SELECT (run_id, institution_id, person, order_place, order_name, name, birth_date, sex, age_group, region, list_set, was, status,
    open, duty, kur_type, plafon, phone, last_list_date, rows, nik_hint, changed) ON registry_sharedgap TO jangkau_lists;
GRANT SELECT (run_id, person, region, list_set, kur_type, duty, sex, age_group, was, now) ON registry_change TO jangkau_lists;

CREATE VIEW registry_ownlists AS
SELECT run_id, person, order_place, order_name, name, birth_date, sex, age_group, region, list_set, status, open, duty, kur_type,
    plafon, phone, last_list_date, not_working, rows, nik_hint FROM registry_gap
UNION ALL
SELECT run_id, person, order_place, order_name, name, birth_date, sex, age_group, region, list_set, status, open, duty, kur_type,
    plafon, phone, last_list_date, CAST(NULL AS BOOLEAN), rows, nik_hint FROM registry_sharedgap;

CREATE VIEW registry_ownchanges AS
SELECT run_id, person, region, list_set, kur_type, duty, sex, age_group, CAST(was AS TEXT) AS was, CAST(now AS TEXT) AS now
FROM registry_change
UNION ALL
SELECT run_id, person, region, list_set, kur_type, duty, sex, age_group, was, status FROM registry_sharedgap WHERE changed;

GRANT CREATE ON SCHEMA public TO jangkau_lists;
ALTER VIEW registry_ownlists OWNER TO jangkau_lists;
ALTER VIEW registry_ownchanges OWNER TO jangkau_lists;
REVOKE CREATE ON SCHEMA public FROM jangkau_lists;
GRANT SELECT ON registry_ownlists, registry_ownchanges TO jangkau_web;
