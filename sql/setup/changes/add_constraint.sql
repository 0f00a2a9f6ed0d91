ALTER TABLE host.own_table
  ADD CONSTRAINT constraint_name wanted_constraint
