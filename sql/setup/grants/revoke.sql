REVOKE wanted_rights
    ON host.own_table
  FROM their_users
