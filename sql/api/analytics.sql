CREATE FUNCTION referral_user_stats(
       user_uuid            uuid,
       program              text DEFAULT 'default',
       max_referrals        integer DEFAULT 100,
       OUT referral_code    text,
       OUT total_uses       bigint,
       OUT remaining_uses   integer,
       OUT max_uses         integer,
       OUT total_earned     numeric,
       OUT current_balance  numeric,
       OUT referred_by_code text,
       OUT referrals        jsonb)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_user_stats_of_some_wrapper';

COMMENT ON FUNCTION referral_user_stats(uuid, text, integer) IS
'What a user has and has brought in a program. The code is that of referral_code_for or, without one, the oldest code of the program whose beneficiary is the user; total_uses counts its usages. total_earned is what the ledger says of the user by the program, granted less reversed, in its currency; current_balance is what may be paid out to the user in that currency, by all programs. referred_by_code is the code of the user''s earliest redemption in the program. referrals lists the people who have redeemed one of the user''s codes in the program, the newest first, at most max_referrals (NULL: all): user_uuid, status (of the best conversion that the program rewards; pending before there is one), bonus_earned (by the user, net, as text), completed_at (of that conversion); the totals count everybody. Always one row: NULL, zeros and [] for somebody unknown. Errors: 22023 no such program, or max_referrals is negative.';

CREATE FUNCTION referral_top_referrers(
       max_rows integer DEFAULT 10,
       program  text DEFAULT NULL)
RETURNS TABLE (
       referrer_uuid uuid,
       conversions   bigint,
       total_earned  numeric,
       currency      text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_top_referrers_wrapper';

COMMENT ON FUNCTION referral_top_referrers(integer, text) IS
'The referrers who have earned the most, net, by conversions that were rewarded and are neither rejected nor reversed, and how many those are: a row for each referrer and currency; of all programs where none is named. Errors: 22023 no such program.';

CREATE FUNCTION referral_program_report(
       program                         text DEFAULT 'default',
       OUT signups                     bigint,
       OUT conversions                 bigint,
       OUT conversion_rate             numeric,
       OUT total_bonuses               numeric,
       OUT avg_time_to_first_purchase  interval)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_program_report_wrapper';

COMMENT ON FUNCTION referral_program_report(text) IS
'A program as a whole: redemptions of its codes, conversions that it rewards, at once or after a review, and that are neither rejected nor reversed, the share of the people who redeemed that has such a conversion (0 to 1, four decimals), what the ledger says of all users in the program''s currency, granted less reversed, and how long it took on average from a person''s first redemption to their first such conversion (NULL where there is none). Always one row. Reads each table once, and no more of it than is the program''s. Errors: 22023 no such program.';

CREATE FUNCTION referral_usage_series(
       code_uuid uuid,
       bucket    interval,
       from_time timestamptz,
       to_time   timestamptz)
RETURNS TABLE (
       bucket_start timestamptz,
       uses         bigint)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_usage_series_wrapper';

COMMENT ON FUNCTION referral_usage_series(uuid, interval, timestamptz, timestamptz) IS
'The uses of a code over time, a row for each bucket from from_time on, also where there are none; the last ends before to_time. Buckets begin whole multiples of the interval after from_time, by the calendar of the session''s time zone. Zeros for an unknown code. Errors: 22023 a bucket that is not positive or longer than 100 years, times that are infinite or in the wrong order, more than 10,000 buckets.';
