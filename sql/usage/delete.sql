DELETE FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.uuid OPERATOR(pg_catalog.=) $1
RETURNING u.used_by_uuid
