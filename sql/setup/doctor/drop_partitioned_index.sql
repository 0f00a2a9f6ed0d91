DROP INDEX superfluous_index; -- not CONCURRENTLY, which a partitioned table's index does not take: its readers and writers wait for a moment
