CREATE FUNCTION referral_generate_code(
       length   integer DEFAULT 5,
       alphabet text DEFAULT NULL,
       prefix   text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_generate_code_wrapper';

COMMENT ON FUNCTION referral_generate_code(integer, text, text) IS
'A random code: prefix and so many letters of the alphabet (NULL: capital letters and digits without 0 O 1 I), drawn without bias by a cryptographic generator. Whether it is unused is not asked. Errors: 22023 a length outside 1 to 50, an alphabet that is not 2 to 256 different characters, or more than 50 characters together.';

CREATE FUNCTION referral_generate_unique_code(
       attempts integer DEFAULT 10)
RETURNS text
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_generate_unique_code_wrapper';

COMMENT ON FUNCTION referral_generate_unique_code(integer) IS
'A random code of five letters that no row holds at the time of asking. Errors: RF010 when all attempts drew codes in use, 22023 for attempts outside 1 to 1000.';
