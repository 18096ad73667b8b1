//! Which printed numbers of the literature are reproduced?

mod btyd;
