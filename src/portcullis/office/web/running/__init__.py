"""Running the office: whether it is up and ready, its metrics, its log. No personal data in any."""
