"""The demo corpus: English-French pairs drawn from a small synchronous grammar kept as data."""
