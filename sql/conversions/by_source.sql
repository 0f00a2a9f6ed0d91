-- By what was told: an older release has stored types as they were written.
SELECT v.*
  FROM host.referral_purchases AS s
  JOIN host.referral_conversions AS v
    ON v.uuid OPERATOR(pg_catalog.=) s.conversion_uuid
 WHERE s.source_type OPERATOR(pg_catalog.=) $1
   AND s.source_ref OPERATOR(pg_catalog.=) $2
