"""The web front end: request parsing, pages, JSON, errors. `app.py` puts them together."""
