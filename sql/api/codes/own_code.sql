CREATE FUNCTION referral_code_for(
       owner_uuid           uuid,
       program              text DEFAULT 'default',
       owner_type           text DEFAULT 'user',
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_code_for_wrapper';

COMMENT ON FUNCTION referral_code_for(uuid, text, text) IS
'The owner''s code in a program, made at the first call as the program''s attributes say, also before its starts_at: the same code at every call, also when several ask at once. One that has expired, is used up, or leads to somebody else by now is followed by a new one, and stays the owner''s; one that was switched off is given as it is. The owner is its beneficiary and creator; the limit of codes a user may create does not apply. Where the system limit of uses is lower than the program''s, it holds. Errors: 22023 no such program, RF013 a code would have to be made, and the program is paused, ended or over.';
