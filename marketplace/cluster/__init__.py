"""The topology of a deployment on one machine, without containers; docker/ has the same in them."""
