-- The program that a code is assigned to. Also asked by whoever may only redeem.
SELECT p.program
  FROM host.referral_code_programs AS p
 WHERE p.code_uuid OPERATOR(pg_catalog.=) $1
