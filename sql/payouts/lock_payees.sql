-- In their order: two who lock many people's rows never wait for each other in a ring.
INSERT INTO host.referral_payees AS r (user_uuid, currency, last_asked_at)
SELECT new.user_uuid,
       $2,
       $3
  FROM pg_catalog.unnest($1) AS new (user_uuid)
 ORDER BY new.user_uuid
    ON CONFLICT (user_uuid, currency) DO UPDATE
   SET last_asked_at = excluded.last_asked_at
