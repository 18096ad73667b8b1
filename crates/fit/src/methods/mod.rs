//! Which methods are there, and which columns and flags does each read?

mod aalen_johansen;
mod allocate;
mod alpha;
mod assign;
mod bdw;
mod bg_bb;
mod bg_nbd;
mod bunching;
mod capture;
mod cohorts;
mod conjoint;
mod cox;
mod drivers;
mod effect;
mod effect_choice;
mod effect_doubt;
mod effect_time;
mod effect_trial;
mod evalue;
mod gamma_gamma;
mod hazard;
mod icc;
mod kano;
mod kaplan_meier;
mod lives;
mod maxdiff;
mod mbg_nbd;
mod mixed;
mod moving;
mod nbd;
mod nps;
mod pareto_nbd;
mod pls;
mod power;
mod purchases;
mod regressions;
mod rwg;
mod sbg;
mod score;
mod shares;
mod staffing;

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
    sbg::METHOD,
    bdw::METHOD,
    kaplan_meier::METHOD,
    cox::METHOD,
    hazard::METHOD,
    aalen_johansen::METHOD,
    regressions::LINEAR,
    regressions::RIDGE,
    regressions::LOGISTIC,
    regressions::POISSON,
    regressions::NEGATIVE_BINOMIAL,
    regressions::ORDINAL,
    drivers::METHOD,
    nps::METHOD,
    shares::METHOD,
    alpha::METHOD,
    icc::METHOD,
    rwg::METHOD,
    kano::METHOD,
    maxdiff::METHOD,
    conjoint::METHOD,
    mixed::METHOD,
    pls::METHOD,
    effect::METHOD,
    evalue::METHOD,
    power::METHOD,
    assign::METHOD,
    allocate::METHOD,
    capture::METHOD,
    staffing::METHOD,
    bunching::METHOD,
    score::METHOD,
];
