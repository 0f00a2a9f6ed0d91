CREATE FUNCTION referral_set_terms(
       owner_uuid              uuid,
       program                 text,
       terms                   jsonb,
       owner_type              text DEFAULT 'user',
       OUT owner_uuid          uuid,
       OUT program             text,
       OUT owner_type          text,
       OUT referrer_reward     numeric,
       OUT referee_reward      numeric,
       OUT referrer_percent    numeric,
       OUT referee_percent     numeric,
       OUT max_referrer_reward numeric,
       OUT max_referee_reward  numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_terms_wrapper';

COMMENT ON FUNCTION referral_set_terms(uuid, text, jsonb, text) IS
'Sets what the codes of one owner give instead of what the program does: referrer_reward, referee_reward, referrer_percent, referee_percent, max_referrer_reward, max_referee_reward. What is not named, or null, is the program''s; terms set before are replaced. They go before the program''s tiers, and hold for conversions from now on. Errors: 22023 no such program or an unknown key, 23514 a value breaks a rule.';

CREATE FUNCTION referral_clear_terms(
       owner_uuid uuid,
       program    text,
       owner_type text DEFAULT 'user')
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_clear_terms_wrapper';

COMMENT ON FUNCTION referral_clear_terms(uuid, text, text) IS
'Takes an owner''s own terms away; false where there are none.';
