-- What the web's role may read and write of users, offices and the tables of signing in. Reads scope.sql; running it again
-- replaces the policies. A table that is not granted here is out of its reach.
ALTER TABLE offices_office ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON offices_office TO jangkau_web;
CREATE POLICY reads ON offices_office FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) IN ('analyst', 'board', 'auditor', 'administrator') OR id = ANY ((SELECT scope_offices())::BIGINT[]));
CREATE POLICY adds ON offices_office FOR INSERT TO jangkau_web WITH CHECK ((SELECT scope_role()) = 'administrator');
CREATE POLICY changes ON offices_office FOR UPDATE TO jangkau_web USING ((SELECT scope_role()) = 'administrator');

ALTER TABLE offices_officeregion ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON offices_officeregion TO jangkau_web;
CREATE POLICY reads ON offices_officeregion FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) IN ('analyst', 'board', 'auditor', 'administrator')
    OR office_id = ANY ((SELECT scope_offices())::BIGINT[]));
CREATE POLICY adds ON offices_officeregion FOR INSERT TO jangkau_web WITH CHECK ((SELECT scope_role()) = 'administrator');
CREATE POLICY changes ON offices_officeregion FOR UPDATE TO jangkau_web USING ((SELECT scope_role()) = 'administrator');

ALTER TABLE offices_institution ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON offices_institution TO jangkau_web;
CREATE POLICY reads ON offices_institution FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) IN ('analyst', 'board', 'auditor', 'administrator') OR id = (SELECT scope_institution()));
CREATE POLICY adds ON offices_institution FOR INSERT TO jangkau_web WITH CHECK ((SELECT scope_role()) = 'administrator');
CREATE POLICY changes ON offices_institution FOR UPDATE TO jangkau_web USING ((SELECT scope_role()) = 'administrator');

-- Colleagues see each other's names; signing in has to find whoever gives his address.
ALTER TABLE offices_user ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON offices_user TO jangkau_web;
CREATE POLICY reads ON offices_user FOR SELECT TO jangkau_web USING (
    (SELECT scope_kind()) = 'signin' OR id = (SELECT scope_user())
    OR (SELECT scope_role()) IN ('administrator', 'auditor')
    OR office_id = ANY ((SELECT scope_offices())::BIGINT[]) OR institution_id = (SELECT scope_institution()));
CREATE POLICY adds ON offices_user FOR INSERT TO jangkau_web WITH CHECK ((SELECT scope_role()) = 'administrator');
CREATE POLICY changes ON offices_user FOR UPDATE TO jangkau_web USING (
    (SELECT scope_kind()) = 'signin' OR id = (SELECT scope_user()) OR (SELECT scope_role()) = 'administrator');

-- Nobody lifts himself: role, place and standing are the administrator's to give, and not to himself.
CREATE OR REPLACE FUNCTION offices_user_stays_in_place() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 'jangkau_web' AND (NEW.role, NEW.office_id, NEW.institution_id, NEW.is_active, NEW.for_demonstration, NEW.email)
        IS DISTINCT FROM (OLD.role, OLD.office_id, OLD.institution_id, OLD.is_active, OLD.for_demonstration, OLD.email)
        AND (scope_role() IS DISTINCT FROM 'administrator' OR scope_user() = OLD.id) THEN
        RAISE EXCEPTION 'role, place and standing of a user are given by an administrator';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS offices_user_stays_in_place ON offices_user;
CREATE TRIGGER offices_user_stays_in_place BEFORE UPDATE ON offices_user
    FOR EACH ROW EXECUTE FUNCTION offices_user_stays_in_place();

ALTER TABLE offices_invitation ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON offices_invitation TO jangkau_web;
CREATE POLICY all_of_it ON offices_invitation TO jangkau_web USING (
    (SELECT scope_kind()) = 'signin' OR (SELECT scope_role()) = 'administrator');

ALTER TABLE offices_event ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON offices_event TO jangkau_web;
CREATE POLICY reads ON offices_event FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) = 'auditor' OR by_id = (SELECT scope_user()));

ALTER TABLE offices_privacyrequest ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON offices_privacyrequest TO jangkau_web;
CREATE POLICY all_of_it ON offices_privacyrequest TO jangkau_web USING (
    (SELECT scope_role()) IN ('analyst', 'auditor')) WITH CHECK ((SELECT scope_role()) = 'analyst');

-- A session is his who knows its key: the web says the key of the cookie before it looks.
ALTER TABLE django_session ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO jangkau_web;
CREATE POLICY all_of_it ON django_session TO jangkau_web USING (session_key = current_setting('jangkau.session', TRUE));

ALTER TABLE usersessions_usersession ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON usersessions_usersession TO jangkau_web;
CREATE POLICY all_of_it ON usersessions_usersession TO jangkau_web USING (
    user_id = (SELECT scope_user()) OR session_key = current_setting('jangkau.session', TRUE))
    WITH CHECK (user_id = (SELECT scope_user()) OR (SELECT scope_kind()) = 'signin');

DO $$
DECLARE t TEXT;
BEGIN
    FOREACH t IN ARRAY ARRAY['mfa_authenticator', 'account_emailaddress', 'socialaccount_socialaccount'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO jangkau_web', t);
        EXECUTE format($p$CREATE POLICY all_of_it ON %I TO jangkau_web USING (
            user_id = (SELECT scope_user()) OR (SELECT scope_kind()) = 'signin')$p$, t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['account_emailconfirmation', 'socialaccount_socialtoken'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
    END LOOP;
END $$;

ALTER TABLE socialaccount_socialapp ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON socialaccount_socialapp TO jangkau_web;
CREATE POLICY reads ON socialaccount_socialapp FOR SELECT TO jangkau_web USING ((SELECT scope_kind()) = 'signin');

-- Counters of rate limits: keys are hashes, values are times.
GRANT SELECT, INSERT, UPDATE, DELETE ON web_cache TO jangkau_web;
GRANT SELECT ON django_content_type TO jangkau_web;

-- The first administrator gives his address once, with his invitation.
CREATE OR REPLACE FUNCTION offices_name_first(address TEXT, called TEXT) RETURNS VOID LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE offices_user SET email = address, name = called
    WHERE email = 'administrator@jangkau.invalid' AND scope_kind() = 'signin'
$$;

-- The sessions of somebody whom an administrator dismisses end at once.
CREATE OR REPLACE FUNCTION offices_end_sessions(whose BIGINT) RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE ended BIGINT;
BEGIN
    IF scope_role() IS DISTINCT FROM 'administrator' AND scope_user() IS DISTINCT FROM whose THEN
        RAISE EXCEPTION 'only an administrator ends the sessions of others';
    END IF;
    DELETE FROM django_session WHERE session_key IN (SELECT session_key FROM usersessions_usersession WHERE user_id = whose);
    GET DIAGNOSTICS ended = ROW_COUNT;
    DELETE FROM usersessions_usersession WHERE user_id = whose;
    RETURN ended;
END $$;

-- What somebody signed in with counts no longer: an administrator invites him anew.
CREATE OR REPLACE FUNCTION offices_forget_factors(whose BIGINT) RETURNS BIGINT LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE forgotten BIGINT;
BEGIN
    IF scope_role() IS DISTINCT FROM 'administrator' OR scope_user() = whose THEN
        RAISE EXCEPTION 'only an administrator takes the second factor of others';
    END IF;
    DELETE FROM mfa_authenticator WHERE user_id = whose;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    DELETE FROM socialaccount_socialaccount WHERE user_id = whose;
    RETURN forgotten;
END $$;

-- The web asks for a job without seeing those of others; a job is committed with the data that asked for it.
CREATE OR REPLACE FUNCTION offices_ask_for_job(task TEXT, arguments JSONB, one_at_a_time TEXT) RETURNS BIGINT
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE made BIGINT;
BEGIN
    IF scope_user() IS NULL OR task !~ '^(intake|registry|coverage)[.][a-z_]+$' THEN
        RAISE EXCEPTION 'this job cannot be asked for';
    END IF;
    INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    VALUES ('default', task, 0, one_at_a_time, NULL, arguments || jsonb_build_object('by', scope_user()), NULL)
    RETURNING id INTO made;
    RETURN made;
END $$;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO jangkau_web;
