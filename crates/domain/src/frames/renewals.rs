//! Which columns does the renewals analysis read?
