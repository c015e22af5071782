"""Model recovery: which layers a dataset could tell apart, if neurons were units of one of them."""
