-- What the application knows of a code: what it gives, its campaign, its tags. Beside the code, so that a redemption
-- pays nothing for it.
CREATE TABLE host.referral_code_metadata (
       code_uuid uuid  NOT NULL,
       metadata  jsonb NOT NULL,
       CONSTRAINT referral_code_metadata_pkey PRIMARY KEY (code_uuid)
);

CREATE INDEX referral_code_metadata_metadata_idx
    ON host.referral_code_metadata USING gin (metadata jsonb_path_ops);

COMMENT ON TABLE host.referral_code_metadata IS
'What the application knows of a code: what it gives, its campaign, its tags.';
COMMENT ON COLUMN host.referral_code_metadata.code_uuid IS
'The code.';
COMMENT ON COLUMN host.referral_code_metadata.metadata IS
'A JSON object of the application''s own.';
