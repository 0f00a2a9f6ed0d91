GRANT USAGE
   ON SCHEMA wanted_schema
   TO their_users
