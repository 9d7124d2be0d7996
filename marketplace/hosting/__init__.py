"""What a host writes: houses with their rooms and pictures, each an Oscar product with its children."""
