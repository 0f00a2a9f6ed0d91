UPDATE host.phoenix_kit_settings
   SET value = taken_value
 WHERE key = misread_key;
-- or what was meant
