-- The event log: rows are added by offices_record alone, one after the other, each with the hash of the one before. Nobody, not even
-- the owner by mistake, changes or removes one. Running it again replaces functions and triggers.
-- A list in JSON, so that nothing can be moved from one column to the next and leave the same words.
CREATE OR REPLACE FUNCTION offices_event_hash(e offices_event) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(convert_to(CAST(jsonb_build_array(e.before, e.id,
        to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), e.by_id, e.role, e.verb, e.thing, e.thing_id,
        e.purpose, CAST(e.address AS TEXT), e.detail) AS TEXT), 'UTF8')), 'hex')
$$;

-- What somebody wrote, without what looks like a NIK, a KPJ or a telephone number: ten digits or more.
CREATE OR REPLACE FUNCTION offices_without_numbers(words TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(words, '[0-9]([ ._-]?[0-9]){9,}', '…', 'g')
$$;

-- Somebody did something. It waits until its transaction ends: the chain has one end, and whoever holds it stops all others.
CREATE OR REPLACE FUNCTION offices_record(
    verb TEXT, thing TEXT, thing_id TEXT, purpose TEXT, address INET, detail JSONB, by_id BIGINT DEFAULT NULL
) RETURNS VOID LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    actor BIGINT := scope_user();
BEGIN
    -- the web speaks for its own user only; a job of the owner says for whom
    IF actor IS NULL AND (session_user <> 'jangkau_web' OR scope_kind() = 'signin') THEN
        actor := by_id;
    END IF;
    INSERT INTO offices_waitingevent (at, by_id, role, verb, thing, thing_id, purpose, address, detail) VALUES (
        clock_timestamp(), actor, coalesce((SELECT u.role FROM offices_user AS u WHERE u.id = actor), ''), verb, thing, thing_id,
        offices_without_numbers(purpose), address, detail);
END $$;

-- At the end of its transaction a waiting event becomes the last of the chain.
CREATE OR REPLACE FUNCTION offices_chain() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e offices_event;
BEGIN
    PERFORM pg_advisory_xact_lock(734512);
    DELETE FROM offices_waitingevent WHERE id = NEW.id;
    SELECT coalesce((SELECT hash FROM offices_event ORDER BY id DESC LIMIT 1), '') INTO e.before;
    e.id := nextval(pg_get_serial_sequence('offices_event', 'id'));
    e.at := NEW.at; e.by_id := NEW.by_id; e.role := NEW.role; e.verb := NEW.verb; e.thing := NEW.thing; e.thing_id := NEW.thing_id;
    e.purpose := NEW.purpose; e.address := NEW.address; e.detail := NEW.detail;
    e.hash := offices_event_hash(e);
    INSERT INTO offices_event SELECT e.*;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION offices_chain() FROM PUBLIC;
DROP TRIGGER IF EXISTS offices_chain ON offices_waitingevent;
CREATE CONSTRAINT TRIGGER offices_chain AFTER INSERT ON offices_waitingevent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION offices_chain();
REVOKE ALL ON FUNCTION offices_record(TEXT, TEXT, TEXT, TEXT, INET, JSONB, BIGINT) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION offices_record(TEXT, TEXT, TEXT, TEXT, INET, JSONB, BIGINT) TO jangkau_web;

CREATE OR REPLACE FUNCTION offices_event_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or removed';
END $$;
DROP TRIGGER IF EXISTS offices_event_stays ON offices_event;
CREATE TRIGGER offices_event_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON offices_event
    FOR EACH STATEMENT EXECUTE FUNCTION offices_event_stays();
