-- An UPDATE rather than FOR UPDATE: under REPEATABLE READ a concurrent creation is then a
-- serialization failure, where a lock alone would let a stale snapshot count too few codes.
UPDATE host.referral_code_creators AS creator
   SET last_code_at = $2
 WHERE creator.creator_uuid OPERATOR(pg_catalog.=) $1
