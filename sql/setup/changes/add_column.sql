ALTER TABLE host.own_table
  ADD COLUMN wanted_column
