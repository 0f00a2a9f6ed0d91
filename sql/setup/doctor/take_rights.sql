REVOKE these_rights
    ON this_relation
  FROM this_role
