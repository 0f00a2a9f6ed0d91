-- What the programs beside this find: the application's own table, Alice's code FRIEND with two uses, events on.
CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    email text NOT NULL UNIQUE
);

INSERT INTO accounts (id, email)
VALUES
    ('00000000-0000-0000-0000-000000000a11', 'alice@example.com'),
    ('00000000-0000-0000-0000-000000000da7', 'dave@example.com');

INSERT INTO phoenix_kit_settings (key, value, module)
VALUES ('referral_events_enabled', 'true', 'referral_codes');

SELECT code, max_uses
FROM referral_create_code(
    '00000000-0000-0000-0000-000000000a11', 'FRIEND',
    beneficiary_uuid => '00000000-0000-0000-0000-000000000a11',
    max_uses => 2
);
