-- Makes registry_sharedgap: what the lists of one institution alone say of somebody in the gap who is on lists of others too, a line for
-- each such institution. Partitioned by run and filled as registry_gap is (loading.py). Nothing in it is of the register or of a list of
-- others: list_set is the combination of the institution's own lists, rows are its own, order_* is where these values stand among all
-- people of the run. was: the status as loaded. changed: a column, for PostgreSQL keeps statistics of columns and so knows that few
-- have changed. nik is not granted to anybody.
CREATE TABLE registry_sharedgap (
    run_id BIGINT NOT NULL,
    institution_id BIGINT NOT NULL,
    person UUID NOT NULL,
    order_place INTEGER NOT NULL,
    order_name INTEGER NOT NULL,
    name TEXT NOT NULL,
    birth_date DATE,
    sex TEXT COLLATE "C" NOT NULL,
    age_group TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    list_set INTEGER NOT NULL,
    was TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    open BOOLEAN NOT NULL,
    duty TEXT COLLATE "C" NOT NULL,
    kur_type TEXT COLLATE "C" NOT NULL,
    plafon BIGINT,
    phone TEXT NOT NULL,
    last_list_date DATE,
    rows INTEGER[] NOT NULL,
    nik_hint TEXT NOT NULL,
    nik TEXT NOT NULL,
    changed BOOLEAN GENERATED ALWAYS AS (status <> was) STORED
) PARTITION BY LIST (run_id);
CREATE UNIQUE INDEX registry_sharedgap_person ON registry_sharedgap (person, run_id, institution_id);
-- The view of an institution (views.sql) is asked in these orders; which rows are whose is settled by row security, so that comes first.
CREATE INDEX registry_sharedgap_place ON registry_sharedgap (institution_id, order_place);
CREATE INDEX registry_sharedgap_name ON registry_sharedgap (institution_id, order_name);
CREATE INDEX registry_sharedgap_list_set ON registry_sharedgap (institution_id, list_set, order_place);
CREATE INDEX registry_sharedgap_region ON registry_sharedgap (institution_id, region, order_place);
CREATE INDEX registry_sharedgap_status ON registry_sharedgap (institution_id, status, order_place);
CREATE INDEX registry_sharedgap_kur ON registry_sharedgap (institution_id, kur_type, order_place);
CREATE INDEX registry_sharedgap_duty ON registry_sharedgap (institution_id, duty, order_place);
CREATE INDEX registry_sharedgap_sex ON registry_sharedgap (institution_id, sex, order_place);
CREATE INDEX registry_sharedgap_age ON registry_sharedgap (institution_id, age_group, order_place);
CREATE INDEX registry_sharedgap_changed ON registry_sharedgap (institution_id) WHERE changed;
