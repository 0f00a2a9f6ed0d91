-- Of a code that was deleted by hand some may be left: that is nobody's.
SELECT m.metadata
  FROM host.referral_code_metadata AS m
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) m.code_uuid
 WHERE m.code_uuid OPERATOR(pg_catalog.=) $1
