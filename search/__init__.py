"""The search side of Dateline: articles, queries, engines, snippets. Imports nothing else of ours."""
