-- Writes the code's row as it is: a transaction with an older snapshot cannot redeem it for the program that
-- it has just left.
UPDATE host.phoenix_kit_referral_codes AS c
   SET status = c.status
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
