//! Which columns does the link analysis read?
