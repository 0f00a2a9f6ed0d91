-- $2: that the person is an approver, of whom alone a chain has decisions.
SELECT v.uuid
  FROM host.referral_conversions AS v
 WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
    OR v.referee_uuid OPERATOR(pg_catalog.=) $1
    OR v.decided_by OPERATOR(pg_catalog.=) $1
    OR (v.approvals IS NOT NULL
        AND v.approvals OPERATOR(pg_catalog.@>) $2)
 ORDER BY v.uuid
   FOR NO KEY UPDATE
