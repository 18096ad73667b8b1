//! The numerical library: slices in, plain structs out.
