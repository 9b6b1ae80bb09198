"""The home of the previous release, with data, as that release's own code made it."""
