CREATE FUNCTION referral_stripe_code(
       code_uuid uuid,
       stripes   integer DEFAULT 64)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_stripe_code_wrapper';

COMMENT ON FUNCTION referral_stripe_code(uuid, integer) IS
'Spreads a hot code over stripes, 1 to 1024, so that its redemptions wait for each other no more: each stripe leases uses of the code''s number_of_uses, which counts them, and serves them by itself. The cap is reached exactly, and functions tell uses really made. Called again with another number of stripes, it gives back what too many have leased. Gives the number of stripes. Where the code''s program has max_uses_total, that gets as many stripes. Errors: RF001 no such code, 55000 usage has no unique (code_uuid, used_by_uuid).';

CREATE FUNCTION referral_unstripe_code(
       code_uuid uuid)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_unstripe_code_wrapper';

COMMENT ON FUNCTION referral_unstripe_code(uuid) IS
'Takes a code''s stripes away and gives back what they have leased: how many uses that were. 0 for a code without stripes. Errors: RF001 no such code.';
