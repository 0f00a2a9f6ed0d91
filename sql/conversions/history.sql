SELECT d.at,
       d.action,
       d.by_uuid,
       d.step,
       d.amount,
       d.reason
  FROM host.referral_decisions AS d
 WHERE d.conversion_uuid OPERATOR(pg_catalog.=) $1
 ORDER BY d.at,
          d.uuid
