-- What the foreign key's cascade has left, where the host's usage table has none.
DELETE FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
