"""Oscar, configured first and subclassed second. Packages here override classes, never tables."""
