-- The code that a use was taken of from a stripe, where every rule holds: those of claim.sql, but that the use is
-- counted already. $1 the code's id, $2 its text, $3 user, $4 the clock. Shared with other redemptions, and with
-- whoever changes the row and then waits for the stripes; not with who deletes or renames it, for whom nobody
-- waits who holds a stripe.
SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   AND c.code OPERATOR(pg_catalog.=) $2
   AND c.status
   AND (c.expiration_date IS NULL
        OR c.expiration_date OPERATOR(pg_catalog.>) $4)
   AND c.number_of_uses OPERATOR(pg_catalog.<=) c.max_uses
   AND (c.beneficiary_uuid IS NULL
        OR c.beneficiary_uuid OPERATOR(pg_catalog.<>) $3)
   FOR KEY SHARE SKIP LOCKED
