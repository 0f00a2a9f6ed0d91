GRANT wanted_rights
   ON host.own_table
   TO their_users
