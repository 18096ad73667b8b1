//! Does the example company keep what its truth promises?
