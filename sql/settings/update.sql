UPDATE host.phoenix_kit_settings AS s
   SET value = $2,
       module = 'referral_codes',
       date_updated = $3
 WHERE s.key OPERATOR(pg_catalog.=) $1
