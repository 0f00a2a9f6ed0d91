-- The owner's code was deleted behind the extension's back: another takes its place.
UPDATE host.referral_code_programs AS p
   SET code_uuid = $2
 WHERE p.code_uuid OPERATOR(pg_catalog.=) $1
