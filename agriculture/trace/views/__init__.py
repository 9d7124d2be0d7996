"""Pages of codes for everybody (``public``), of certificates and labels for sellers (``sellers``)."""
