"""The requester's database schema, step by step."""
