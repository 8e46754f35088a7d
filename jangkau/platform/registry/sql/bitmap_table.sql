-- Makes registry_bitmap, in which the gap list is looked up; once, in its migration. Each line of registry_gap and registry_sharedgap
-- has a place in each order (order_*); for each order, each dimension that pages filter by and each value of it, a bitmap says at which
-- places it stands: a row for each 32768 places that have one (bitmaps.py). Any filters in any order are then a few of these bitmaps
-- anded, chunk by chunk, until a page is full: no choice of filters is slow. viewer: who may see the line at all, '' for those of BPJS
-- Ketenagakerjaan, else the key of an institution; it and the status hold open lines only and follow decisions by triggers.
-- Not granted to anybody: read by registry_walk alone (bitmaps.sql), within what the user may see.
CREATE TABLE registry_bitmap (
    run_id BIGINT NOT NULL,
    in_order TEXT COLLATE "C" NOT NULL,
    dimension TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    chunk INTEGER NOT NULL,
    bits BIT(32768) NOT NULL
) PARTITION BY LIST (run_id);
CREATE UNIQUE INDEX registry_bitmap_key ON registry_bitmap (run_id, in_order, dimension, value, chunk);
-- What the bitmaps do better.
DROP INDEX registry_gap_region, registry_gap_list_set, registry_gap_status, registry_gap_kur, registry_gap_kur_loan, registry_gap_duty,
    registry_gap_sex, registry_gap_age, registry_gap_before, registry_sharedgap_place, registry_sharedgap_name,
    registry_sharedgap_list_set, registry_sharedgap_region, registry_sharedgap_status, registry_sharedgap_kur, registry_sharedgap_duty,
    registry_sharedgap_sex, registry_sharedgap_age;
CREATE INDEX registry_sharedgap_place ON registry_sharedgap (order_place);
CREATE INDEX registry_sharedgap_name ON registry_sharedgap (order_name);
