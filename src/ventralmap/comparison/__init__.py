"""Several finished studies side by side: scores of areas, and what changed from one to another."""
