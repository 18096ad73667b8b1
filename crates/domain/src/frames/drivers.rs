//! Which columns does the drivers analysis read?
