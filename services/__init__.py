"""One package for each service of the platform; none imports another."""
