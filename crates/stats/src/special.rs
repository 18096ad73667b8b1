//! Which special functions are needed beyond the standard library?
