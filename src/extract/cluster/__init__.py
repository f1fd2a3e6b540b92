"""The cluster: one archive, many machines that share a folder. Its stages are the importer's, cut into shards.

client      the archive         → shards of files, given to Dask's workers; failed ones again, then in halves
shard       files               → a part, by an import of their own in a process of its own
parts       the folder of parts: whole or not there
merging     parts               → rows of the database, by one writer
attaching   parts               → a database of views that reads them where they lie

Dask (`pip install 'declaration-extract[cluster]'`) is needed by `client` and on the workers; parts are merged and
attached without it.
"""
