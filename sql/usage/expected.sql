-- How many usages of a code there are to be expected.
SELECT c.number_of_uses
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
