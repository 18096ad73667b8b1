//! How is a likelihood's top found?
