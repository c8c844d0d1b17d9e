"""The indexing side of Dateline: captured files in, articles in an index out. Imports `search`, never the other way."""
