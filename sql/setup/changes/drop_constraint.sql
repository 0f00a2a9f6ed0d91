ALTER TABLE host.own_table
 DROP CONSTRAINT constraint_name
