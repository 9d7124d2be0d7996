"""Pages for staff: where the money is, what does not agree, and the story of every transfer."""
