ALTER TABLE host.own_table
ALTER COLUMN column_name
  SET NOT NULL
