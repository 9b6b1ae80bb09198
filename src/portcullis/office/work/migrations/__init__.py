"""The schema of background work, step by step."""
