-- Each of $1 to $7 that is NULL narrows nothing: program, status, reason, whether a decision is due, a chain that names
-- an approver, referrer, referee. $8 and $9 are where the page before has ended. What is due is said as the index
-- referral_conversions_waiting_idx says it.
SELECT v.*
  FROM host.referral_conversions AS v
 WHERE ($1 IS NULL
        OR v.program OPERATOR(pg_catalog.=) $1)
   AND ($2 IS NULL
        OR v.status OPERATOR(pg_catalog.=) $2)
   AND ($3 IS NULL
        OR v.reason OPERATOR(pg_catalog.=) $3)
   AND ($4 IS NULL
        OR (v.status OPERATOR(pg_catalog.=) 'converted'
            AND (v.reason OPERATOR(pg_catalog.=) 'pending_review'
                 OR v.approvals IS NOT NULL)) OPERATOR(pg_catalog.=) $4)
   AND ($5 IS NULL
        OR (v.status OPERATOR(pg_catalog.=) 'converted'
            AND v.approvals IS NOT NULL
            AND v.approvals OPERATOR(pg_catalog.@>) $5))
   AND ($6 IS NULL
        OR v.referrer_uuid OPERATOR(pg_catalog.=) $6)
   AND ($7 IS NULL
        OR v.referee_uuid OPERATOR(pg_catalog.=) $7)
   AND ROW(v.converted_at, v.uuid) OPERATOR(pg_catalog.<) ROW($8, $9)
 ORDER BY v.converted_at DESC,
          v.uuid DESC
 LIMIT $10
