//! How many are on none of several lists, and which dependence between the lists do the overlaps show?

use super::fit::{LogLinear, fit};
use super::lists::Lists;
use crate::estimate::normal_quantile_for_level;
use crate::regression::sample::prove_level;
use crate::special::ln_gamma;
use crate::{Caution, Estimate, Interval, StatsError};

/// Descriptions within this much of the best criterion fit nearly as well.
const NEARLY_AS_GOOD: f64 = 2.0;
/// Pairs beyond which descriptions are built up step by step instead of all being tried.
const MOST_PAIRS_TRIED: usize = 6;
/// Fewer cases than this on an overlap that a dependence is estimated from; convention.
const FEW_ON_OVERLAP: f64 = 5.0;

/// Which pairs (or larger sets) of lists depend on each other. Bits are lists; single lists are always part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Description {
    /// Sets of two or more lists, sorted; a set of three needs its three pairs.
    pub dependent: Vec<usize>,
}

/// One description fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct HiddenFit {
    pub description: Description,
    pub log_likelihood: f64,
    /// 2 (saturated - fitted log-likelihood), and the degrees of freedom left.
    pub deviance: f64,
    pub freedom: usize,
    pub aic: f64,
    pub bic: f64,
    /// The total, with the interval of the profile likelihood.
    pub total: Estimate,
    /// Whether the data determine every coefficient.
    pub determined: bool,
}

/// What picks among descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelectBy {
    Aic,
    Bic,
}

/// The total by the description chosen, and all that were tried.
#[derive(Debug, Clone, PartialEq)]
pub struct HiddenTotal {
    pub best: HiddenFit,
    /// All determined descriptions, best first.
    pub tried: Vec<HiddenFit>,
    pub seen: f64,
    /// (total - seen) / total.
    pub hidden_share: Estimate,
    pub cautions: Vec<Caution>,
}

/// Estimates the total of a closed population from three lists or more, choosing among dependences.
///
/// Counts of the patterns follow `ln E[count] = b0 + Σ_lists b_k + Σ_pairs b_kl + ...` `[Fienberg1972]`; the expected number on no
/// list is exp(b0). All sets of pairs are tried for up to four lists (the pairs that improve the criterion most are added one by
/// one beyond that), larger sets only when all their pairs are in; the full set of all lists is never identified. Chosen by AIC
/// or BIC. Interval by the profile likelihood of the total `[Cormack1992]`: all totals N whose best multinomial likelihood
/// `ln Γ(N+1) - Σ ln Γ(y+1) + Σ y ln(mean / N)` is within χ²/2 of the top. It is conditional on the description chosen; `FitsDisagree`
/// gives the range of totals over all descriptions within 2 of the best criterion.
///
/// # Errors
/// `TooFewGroups` below three lists (see [`super::chapman`]), `NotIdentified` when no description can be determined.
pub fn estimate_total(
    lists: &Lists,
    select: SelectBy,
    level: f64,
) -> Result<HiddenTotal, StatsError> {
    prove_level(level)?;
    if lists.len() < 3 {
        let got = lists.len();
        return Err(StatsError::TooFewGroups { needed: 3, got });
    }
    let mut tried: Vec<HiddenFit> = descriptions(lists, select)
        .into_iter()
        .filter_map(|own| fit_plain(lists, &own).ok())
        .filter(|own| own.determined)
        .collect();
    if tried.is_empty() {
        let parameter = "total".to_owned();
        return Err(StatsError::NotIdentified { parameter });
    }
    tried.sort_by(|one, other| {
        let by = criterion(one, select).total_cmp(&criterion(other, select));
        by.then(one.description.cmp(&other.description))
    });
    for own in &mut tried {
        own.total.interval = profile(lists, &own.description, (own.total, level))?;
    }
    let best = tried[0].clone();
    let seen = lists.seen();
    Ok(HiddenTotal {
        hidden_share: share_hidden(seen, &best.total),
        cautions: cautions(lists, &tried, select),
        best,
        tried,
        seen,
    })
}

/// One description of one's own, fitted with its interval. Two lists have only the empty one.
///
/// # Errors
/// `InvalidInput` for a set that is not of two or more of the lists, or that lacks its smaller sets; `NotIdentified` when the
/// data do not determine the total.
pub fn fit_description(
    lists: &Lists,
    description: &Description,
    level: f64,
) -> Result<HiddenFit, StatsError> {
    prove_level(level)?;
    let all = (1 << lists.len()) - 1;
    for (row, &set) in description.dependent.iter().enumerate() {
        let smaller_missing = (0..lists.len())
            .filter(|k| set >> k & 1 == 1)
            .map(|k| set & !(1 << k))
            .any(|part| part.count_ones() > 1 && !description.dependent.contains(&part));
        if set.count_ones() < 2 || set >= all || smaller_missing {
            return Err(StatsError::invalid_row("dependent set of lists", row));
        }
    }
    let mut own = fit_plain(lists, description)?;
    if !own.determined {
        let parameter = "total".to_owned();
        return Err(StatsError::NotIdentified { parameter });
    }
    own.total.interval = profile(lists, description, (own.total, level))?;
    Ok(own)
}

fn terms(lists: &Lists, description: &Description) -> Vec<usize> {
    (0..lists.len())
        .map(|k| 1 << k)
        .chain(description.dependent.iter().copied())
        .collect()
}

fn fit_plain(lists: &Lists, description: &Description) -> Result<HiddenFit, StatsError> {
    let terms = terms(lists, description);
    let fitted = fit(lists.counts(), &terms, 1)?;
    Ok(describe(lists, description, &fitted))
}

fn describe(lists: &Lists, description: &Description, fitted: &LogLinear) -> HiddenFit {
    let coefficients = 1 + lists.len() + description.dependent.len();
    let seen = lists.seen();
    let log_likelihood = fitted.log_likelihood;
    // Poisson noise of the number unseen itself adds to the doubt of its mean.
    let error = (fitted.unseen + (fitted.unseen * fitted.ln_error).powi(2)).sqrt();
    HiddenFit {
        description: description.clone(),
        log_likelihood,
        deviance: fitted.deviance,
        freedom: (lists.counts().len() - 1).saturating_sub(coefficients),
        aic: 2.0 * coefficients as f64 - 2.0 * log_likelihood,
        bic: coefficients as f64 * seen.ln() - 2.0 * log_likelihood,
        total: super::two_lists::above_seen(seen, (fitted.unseen, error), 0.9),
        determined: fitted.converged && !fitted.ran_away && fitted.ln_error.is_finite(),
    }
}

fn criterion(own: &HiddenFit, select: SelectBy) -> f64 {
    match select {
        SelectBy::Aic => own.aic,
        SelectBy::Bic => own.bic,
    }
}

/// All hierarchical descriptions of few lists; of many, those met on the way up.
fn descriptions(lists: &Lists, select: SelectBy) -> Vec<Description> {
    let count = lists.len();
    let pairs: Vec<usize> = sets_of(count, 2);
    let coefficients_allowed = lists.counts().len() - 1;
    let fits = |own: &Description| 1 + count + own.dependent.len() <= coefficients_allowed;
    let mut all: Vec<Description> = Vec::new();
    if pairs.len() <= MOST_PAIRS_TRIED {
        for chosen in 0..1_usize << pairs.len() {
            let dependent: Vec<usize> = (0..pairs.len())
                .filter(|k| chosen >> k & 1 == 1)
                .map(|k| pairs[k])
                .collect();
            with_triples(count, dependent, &mut all);
        }
    } else {
        upwards(lists, (&pairs, select), &mut all);
    }
    all.retain(fits);
    all.sort();
    all.dedup();
    all
}

/// The description, and those with the sets of three whose pairs are all in, one by one and together.
fn with_triples(count: usize, dependent: Vec<usize>, all: &mut Vec<Description>) {
    let ready: Vec<usize> = sets_of(count, 3)
        .into_iter()
        .filter(|set| *set != (1 << count) - 1)
        .filter(|set| {
            sets_of(count, 2)
                .iter()
                .filter(|pair| *pair & set == **pair)
                .all(|pair| dependent.contains(pair))
        })
        .collect();
    for chosen in 0..1_usize << ready.len() {
        let mut own = dependent.clone();
        own.extend(
            (0..ready.len())
                .filter(|k| chosen >> k & 1 == 1)
                .map(|k| ready[k]),
        );
        own.sort_unstable();
        all.push(Description { dependent: own });
    }
}

/// Adds the pair that improves the criterion most, until none does.
fn upwards(lists: &Lists, (pairs, select): (&[usize], SelectBy), all: &mut Vec<Description>) {
    let mut here = Description {
        dependent: Vec::new(),
    };
    let worth = |own: &Description| {
        fit_plain(lists, own)
            .ok()
            .filter(|fit| fit.determined)
            .map_or(f64::INFINITY, |fit| criterion(&fit, select))
    };
    let mut reached = worth(&here);
    all.push(here.clone());
    loop {
        let mut best: Option<(f64, Description)> = None;
        for pair in pairs.iter().filter(|pair| !here.dependent.contains(pair)) {
            let mut next = here.clone();
            next.dependent.push(*pair);
            next.dependent.sort_unstable();
            let own = worth(&next);
            all.push(next.clone());
            if own < best.as_ref().map_or(reached, |found| found.0) {
                best = Some((own, next));
            }
        }
        match best {
            Some((own, next)) => (reached, here) = (own, next),
            None => return,
        }
    }
}

fn sets_of(lists: usize, size: u32) -> Vec<usize> {
    (1..1_usize << lists)
        .filter(|set| set.count_ones() == size)
        .collect()
}

/// All totals whose best likelihood is within χ²/2 of the highest one.
fn profile(
    lists: &Lists,
    description: &Description,
    (total, level): (Estimate, f64),
) -> Result<Interval, StatsError> {
    let terms = terms(lists, description);
    let seen = lists.seen();
    let at = |unseen: f64| -> f64 {
        let mut counts = lists.counts().to_vec();
        counts[0] = unseen;
        let whole = seen + unseen;
        let Ok(fitted) = fit(&counts, &terms, 0) else {
            return f64::NEG_INFINITY;
        };
        // From Poisson to multinomial: the fitted means add up to the total.
        fitted.log_likelihood + ln_gamma(whole + 1.0) - whole * whole.ln() + whole
    };
    let middle = (total.value - seen).max(1e-6);
    let top = golden_top(&at, middle);
    let drop = 0.5 * normal_quantile_for_level(level).powi(2);
    let floor = at(top) - drop;
    let lower = if at(0.0) >= floor {
        0.0
    } else {
        crossing(&at, floor, (0.0, top))
    };
    let mut far = 2.0 * top + 1.0;
    while at(far) >= floor && far < 1e12 {
        far *= 2.0;
    }
    let upper = if far >= 1e12 {
        f64::INFINITY
    } else {
        crossing(&at, floor, (far, top))
    };
    Ok(Interval {
        lower: seen + lower,
        upper: seen + upper,
        level,
    })
}

/// Where the profile is highest: near the estimate, on the log scale.
fn golden_top(at: &dyn Fn(f64) -> f64, middle: f64) -> f64 {
    const SECTION: f64 = 0.618_033_988_749_894_8;
    let (mut low, mut high) = ((middle / 4.0).ln(), (middle * 2.0 + 1.0).ln());
    for _ in 0..25 {
        let width = SECTION * (high - low);
        if at((high - width).exp()) >= at((low + width).exp()) {
            high = low + width;
        } else {
            low = high - width;
        }
    }
    (0.5 * (low + high)).exp()
}

/// Where the profile crosses the floor between a point below it and one above.
fn crossing(at: &dyn Fn(f64) -> f64, floor: f64, (mut below, mut above): (f64, f64)) -> f64 {
    for _ in 0..40 {
        let middle = 0.5 * (below + above);
        if at(middle) >= floor {
            above = middle;
        } else {
            below = middle;
        }
    }
    0.5 * (below + above)
}

fn share_hidden(seen: f64, total: &Estimate) -> Estimate {
    let share = |whole: f64| 1.0 - seen / whole;
    Estimate {
        value: share(total.value),
        standard_error: seen / total.value.powi(2) * total.standard_error,
        interval: Interval {
            lower: share(total.interval.lower),
            upper: share(total.interval.upper),
            level: total.interval.level,
        },
    }
}

fn cautions(lists: &Lists, tried: &[HiddenFit], select: SelectBy) -> Vec<Caution> {
    let mut cautions = Vec::new();
    let near: Vec<&HiddenFit> = tried
        .iter()
        .filter(|own| criterion(own, select) <= criterion(&tried[0], select) + NEARLY_AS_GOOD)
        .collect();
    let lower = near
        .iter()
        .map(|own| own.total.value)
        .fold(f64::INFINITY, f64::min);
    let upper = near.iter().map(|own| own.total.value).fold(0.0, f64::max);
    if upper > 1.1 * lower {
        cautions.push(Caution::FitsDisagree { lower, upper });
    }
    let pairs = sets_of(lists.len(), 2)
        .into_iter()
        .map(|pair| lists.on(pair));
    let least = pairs.fold(f64::INFINITY, f64::min);
    if least < FEW_ON_OVERLAP {
        cautions.push(Caution::FewObservations {
            needed: FEW_ON_OVERLAP as usize,
            got: least as usize,
        });
    }
    cautions
}
