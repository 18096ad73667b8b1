//! Which columns does the purchases analysis read?
