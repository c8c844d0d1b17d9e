"""Speed of Dateline measured beside its peers, on articles that are generated. README.md says how."""
