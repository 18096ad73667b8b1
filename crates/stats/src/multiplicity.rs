//! How many of many findings are false?
