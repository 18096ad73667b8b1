//! Which columns does the profit analysis read?
