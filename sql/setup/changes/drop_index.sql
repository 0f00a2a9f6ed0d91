DROP INDEX host.index_name
