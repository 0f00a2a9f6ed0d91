-- Locks many people's rows of one program, in their order: two who do so never wait for each other in a ring.
INSERT INTO host.referral_referees AS r (referee_uuid, program, last_seen_at)
SELECT new.referee_uuid,
       $2,
       $3
  FROM pg_catalog.unnest($1) AS new (referee_uuid)
 ORDER BY new.referee_uuid
    ON CONFLICT (referee_uuid, program) DO UPDATE
   SET last_seen_at = excluded.last_seen_at
