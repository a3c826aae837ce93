"""From a consultation into a request: what both sides agree to carry over."""
