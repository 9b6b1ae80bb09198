"""The office under load: people at their pages, and single requests over the API, on PostgreSQL."""
