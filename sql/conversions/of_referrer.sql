SELECT v.*
  FROM host.referral_conversions AS v
 WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
   AND ($2 IS NULL
        OR v.status OPERATOR(pg_catalog.=) $2)
   AND v.converted_at OPERATOR(pg_catalog.<) $3
 ORDER BY v.converted_at DESC,
          v.uuid DESC
 LIMIT $4
