BEGIN;
SET LOCAL referrals.schema = examined_schema;
SELECT referral_enable_system();
COMMIT
