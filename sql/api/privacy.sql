CREATE FUNCTION referral_forget_user(
       user_uuid uuid)
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_forget_user_wrapper';

COMMENT ON FUNCTION referral_forget_user(uuid) IS
'Replaces the user''s id in every table by one random pseudonym, which it returns and which is stored nowhere beside the id; NULL where nothing was stored under the id. Counts, uniqueness, caps and sums of the ledger stay. Texts that people have typed (codes, descriptions, reasons, references of sales) are not looked into. Rows that the user''s own running transactions add are not seen: stop them first.';
