//! Which methods are there, and which columns and flags does each read?

mod bg_bb;
mod bg_nbd;
mod drivers;
mod effect;
mod gamma_gamma;
mod mbg_nbd;
mod nbd;
mod pareto_nbd;
mod purchases;

use crate::input::Input;
use crate::{FitError, Fitted};

/// One method: its word, the roles of columns and the flags it reads.
pub struct Method {
    pub name: &'static str,
    pub roles: &'static [&'static str],
    pub flags: &'static [&'static str],
    pub fit: fn(&Input) -> Result<Fitted, FitError>,
}

pub const METHODS: &[Method] = &[
    bg_nbd::METHOD,
    mbg_nbd::METHOD,
    pareto_nbd::METHOD,
    nbd::METHOD,
    bg_bb::METHOD,
    gamma_gamma::METHOD,
    drivers::METHOD,
    effect::METHOD,
];
