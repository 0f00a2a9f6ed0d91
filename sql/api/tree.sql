-- Before the tables are analyzed their size is guessed, and every batch of a few rows would be compiled for millions.
CREATE FUNCTION referral_tree(
       user_uuid uuid,
       max_depth integer DEFAULT 5,
       max_rows  integer DEFAULT NULL)
RETURNS TABLE (
       depth         integer,
       user_uuid     uuid,
       referrer_uuid uuid,
       code          text,
       referred_at   timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
SET jit = off
AS 'MODULE_PATHNAME', 'referral_tree_at_most_wrapper';

COMMENT ON FUNCTION referral_tree(uuid, integer, integer) IS
'Everybody whom a user has referred, directly (depth 1) and through others, level by level, in no order within a level. max_rows NULL: all; no more is read than is given. Somebody''s referrer is the beneficiary of the code of their earliest redemption, of those whose beneficiary is another person; so everybody appears once, and the user never. Errors: 22023 max_depth is not from 1 to 100, max_rows is negative.';

CREATE FUNCTION referral_upline(
       user_uuid uuid,
       max_depth integer DEFAULT 10)
RETURNS TABLE (
       depth         integer,
       referrer_uuid uuid,
       code          text,
       referred_at   timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_upline_wrapper';

COMMENT ON FUNCTION referral_upline(uuid, integer) IS
'Who referred a user (depth 1), who referred them, and so on upward, by the same rule as referral_tree; code and referred_at say how the person below came. It ends where it would come to somebody again. Errors: 22023 max_depth is not from 1 to 100.';
