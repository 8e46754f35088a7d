-- Who sees and changes deliveries: an officer of a bank, ministry or local government those of his institution, the national analyst
-- all; nobody else any. Reads offices/sql/scope.sql; running it again replaces policies and triggers.
ALTER TABLE intake_delivery ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON intake_delivery TO jangkau_web;
CREATE POLICY reads ON intake_delivery FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) = 'analyst'
    OR (SELECT scope_role()) IN ('bank_officer', 'institution_officer') AND institution_id = (SELECT scope_institution()));
CREATE POLICY adds ON intake_delivery FOR INSERT TO jangkau_web WITH CHECK (
    sent_by_id = (SELECT scope_user()) AND state = 'received' AND accepted_by_id IS NULL AND ((SELECT scope_role()) = 'analyst'
    OR (SELECT scope_role()) IN ('bank_officer', 'institution_officer') AND institution_id = (SELECT scope_institution())
        AND layout <> 'register'));
CREATE POLICY changes ON intake_delivery FOR UPDATE TO jangkau_web USING (
    (SELECT scope_role()) = 'analyst'
    OR (SELECT scope_role()) IN ('bank_officer', 'institution_officer') AND institution_id = (SELECT scope_institution()));

-- What was handed in by whom stays as it was; who accepts does so in his own name, and only what was checked.
CREATE OR REPLACE FUNCTION intake_delivery_stays() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.institution_id, NEW.digest, NEW.size, NEW.file_name, NEW.sent_by_id, NEW.sent_at)
        IS DISTINCT FROM (OLD.institution_id, OLD.digest, OLD.size, OLD.file_name, OLD.sent_by_id, OLD.sent_at) THEN
        RAISE EXCEPTION 'what was handed in stays as it was';
    END IF;
    IF OLD.state = 'deleted' OR OLD.state = 'accepted' AND NEW.state <> 'deleted' THEN
        RAISE EXCEPTION 'an accepted delivery is not changed any more';
    END IF;
    IF NEW.state = 'accepted' AND OLD.state <> 'checked' THEN
        RAISE EXCEPTION 'a delivery is checked before it is accepted';
    END IF;
    IF current_user = 'jangkau_web' THEN
        IF NEW.accepted_by_id IS DISTINCT FROM OLD.accepted_by_id AND NEW.accepted_by_id IS DISTINCT FROM scope_user() THEN
            RAISE EXCEPTION 'who accepts does so in his own name';
        END IF;
        IF NEW.state NOT IN ('accepted', 'refused', 'received', OLD.state)
            OR (NEW.rows_read, NEW.rows_accepted, NEW.rows_refused, NEW.profile)
                IS DISTINCT FROM (OLD.rows_read, OLD.rows_accepted, OLD.rows_refused, OLD.profile) AND NEW.state <> 'received' THEN
            RAISE EXCEPTION 'a delivery is checked by the worker';
        END IF;
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS intake_delivery_stays ON intake_delivery;
CREATE TRIGGER intake_delivery_stays BEFORE UPDATE ON intake_delivery FOR EACH ROW EXECUTE FUNCTION intake_delivery_stays();

ALTER TABLE intake_mapping ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON intake_mapping TO jangkau_web;
CREATE POLICY all_of_it ON intake_mapping TO jangkau_web USING (
    (SELECT scope_role()) = 'analyst'
    OR (SELECT scope_role()) IN ('bank_officer', 'institution_officer') AND institution_id = (SELECT scope_institution()));

-- How often a list is expected, and how quality developed: the institution sees its own; the analyst agrees.
ALTER TABLE intake_rhythm ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE ON intake_rhythm TO jangkau_web;
CREATE POLICY reads ON intake_rhythm FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) = 'analyst'
    OR (SELECT scope_role()) IN ('bank_officer', 'institution_officer') AND institution_id = (SELECT scope_institution()));
CREATE POLICY adds ON intake_rhythm FOR INSERT TO jangkau_web WITH CHECK (
    (SELECT scope_role()) = 'analyst' AND changed_by_id = (SELECT scope_user()));
CREATE POLICY changes ON intake_rhythm FOR UPDATE TO jangkau_web USING ((SELECT scope_role()) = 'analyst')
    WITH CHECK (changed_by_id = (SELECT scope_user()));
ALTER TABLE intake_qualitychart ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON intake_qualitychart TO jangkau_web;
CREATE POLICY reads ON intake_qualitychart FOR SELECT TO jangkau_web USING (
    (SELECT scope_role()) = 'analyst'
    OR (SELECT scope_role()) IN ('bank_officer', 'institution_officer') AND institution_id = (SELECT scope_institution()));

-- What somebody has begun to send is his alone.
ALTER TABLE intake_part ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON intake_part TO jangkau_web;
CREATE POLICY all_of_it ON intake_part TO jangkau_web USING (by_id = (SELECT scope_user()))
    WITH CHECK (by_id = (SELECT scope_user()) AND (SELECT scope_role()) IN ('analyst', 'bank_officer', 'institution_officer'));
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO jangkau_web;
