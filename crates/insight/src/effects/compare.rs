//! What differs in an outcome between those who got an activity and those who stood alike before?

use super::EffectsConfig;
use crate::columns::{Columns, linear, part_of, spread, told_or_zero, usable};
use odla_domain::Caution;
use odla_domain::frames::effects::{Assigned, People, Relation, Studied};
use odla_stats::causal::aipw::{self, AipwConfig, Observational, Population, Trimming};
use odla_stats::causal::{evalue, randomized};
use odla_stats::{Estimate, StatsError};

/// Limits of the chance of getting it, outside which a customer has no counterpart.
const TRIM: f64 = 0.02;
/// Parts of the rows of a draw; a row's own part never foretells it.
const FOLDS: usize = 5;

/// One effect with what is needed to doubt it.
#[derive(Clone, Debug)]
pub struct Found {
    pub effect: Estimate,
    /// The plain difference.
    pub plain: Estimate,
    pub p_value: f64,
    pub treated: usize,
    pub compared: usize,
    /// Mean of the outcome without the activity.
    pub without: f64,
    /// Standard deviation of the outcome.
    pub sd: f64,
    /// Largest standardized difference left between the groups.
    pub imbalance: f64,
    /// Standard deviation that such a difference has by chance alone, in groups of these sizes.
    pub imbalance_by_chance: f64,
    pub without_counterpart: f64,
    pub e_value: Option<(f64, f64)>,
    pub cautions: Vec<Caution>,
}

/// Whether each customer is still one after so many days, by the kind of relation; 0 or 1.
pub fn outcome_of(people: &People, relation: Relation, days: f64) -> Vec<f64> {
    let by = |value: f64| value.is_finite() && value <= days;
    (0..people.len())
        .map(|row| {
            let held = people.contract[row] && !by(people.left_days[row]);
            let bought = by(people.bought_days[row]);
            f64::from(match relation {
                Relation::Contract => held,
                Relation::Purchase => bought,
                Relation::Mixed => held || bought,
            })
        })
        .collect()
}

/// Those who can be compared: customers of the activity's kind when it was given. Drawn ones all take part.
pub fn rows_of(activity: &Studied) -> Vec<usize> {
    let people = &activity.people;
    let customer = |row: usize| {
        let bought = people.purchases_before[row] > 0.0;
        match activity.relation {
            Relation::Contract => people.contract[row],
            Relation::Purchase => bought,
            Relation::Mixed => people.contract[row] || bought,
        }
    };
    (0..people.len())
        .filter(|&row| activity.assigned == Assigned::Lot || customer(row))
        .collect()
}

/// How customers stood before, as columns to hold still; `earlier` adds the year before the last.
pub fn state_of(people: &People, earlier: bool) -> Columns {
    let of = |value: &dyn Fn(usize) -> f64| (0..people.len()).map(value).collect::<Vec<f64>>();
    let ln = |value: f64| told_or_zero(value).max(0.0).ln_1p();
    let months = |days: f64| told_or_zero(days).max(0.0) / 30.4375;
    let flag = |values: &[bool]| values.iter().map(|v| f64::from(*v)).collect::<Vec<f64>>();
    let mut columns = Columns::default()
        // Money as it is, for what goes with it in proportion; and its logarithm as a curve, for all else.
        .with("margin", of(&|row| people.margin_before[row]))
        .with_curve("ln_margin", &of(&|row| ln(people.margin_before[row])))
        .with("monthly", of(&|row| people.monthly_margin[row]))
        .with_curve("ln_monthly", &of(&|row| ln(people.monthly_margin[row])))
        .with_curve("purchases", &of(&|row| ln(people.purchases_before[row])))
        .with("quarter", of(&|row| ln(people.purchases_quarter[row])))
        .with_curve("silence", &of(&|row| months(people.silence_days[row])))
        .with(
            "never_bought",
            of(&|row| f64::from(people.silence_days[row].is_nan())),
        )
        .with_curve("tenure", &of(&|row| ln(months(people.tenure_days[row]))))
        .with("due", of(&|row| months(people.due_days[row])))
        .with("contract", flag(&people.contract))
        .with("young", flag(&people.young))
        .with("company", flag(&people.company))
        .with("club", flag(&people.club))
        .with("contacts", of(&|row| ln(people.contacts_before[row])))
        .with("faults", of(&|row| ln(people.faults_before[row])))
        .with(
            "satisfaction",
            of(&|row| told_or_zero(people.satisfaction_before[row])),
        )
        .with(
            "answered",
            of(&|row| f64::from(people.satisfaction_before[row].is_finite())),
        );
    if earlier {
        columns = columns
            .with_curve("earlier", &of(&|row| ln(people.purchases_earlier[row])))
            .with_curve("margin_earlier", &of(&|row| ln(people.margin_earlier[row])))
            .with(
                "contacts_earlier",
                of(&|row| ln(people.contacts_earlier[row])),
            );
    }
    let moments: Vec<String> = people.moment.iter().map(|m| format!("{m:03}")).collect();
    columns.with_words("moment", &moments, 20)
}

/// Whose effect is told, and how sure.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    /// Drawn by lot: the effect on all who were drawn; else on those who got it.
    pub by_lot: bool,
    pub level: f64,
    pub seed: u64,
}

impl Asking {
    pub fn of(activity: &Studied, (config, seed): (&EffectsConfig, u64)) -> Self {
        Self {
            by_lot: activity.assigned == Assigned::Lot,
            level: config.level,
            seed,
        }
    }
}

/// Compares an outcome of those who got it with that of the others; slices are of the same rows.
pub fn compare(
    outcome: &[f64],
    treated: &[bool],
    columns: &Columns,
    asking: Asking,
) -> Result<Found, Caution> {
    match asking.by_lot {
        true => drawn(outcome, treated, columns, asking),
        false => adjusted(outcome, treated, columns, asking),
    }
    .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))
}

/// Drawn by lot: the chance of getting it is known, so that the state is only used to sharpen: the outcome less what the
/// state foretold of it, foretold by rows that the row itself is not among [Guo2021].
fn drawn(
    outcome: &[f64],
    treated: &[bool],
    columns: &Columns,
    asking: Asking,
) -> Result<Found, StatsError> {
    let plain = randomized::compare(outcome, treated, None, asking.level)?;
    // A state that foretells nothing sharpens nothing; the plain difference is as right.
    let told = match foretold(outcome, columns, asking.seed) {
        Ok(foretold) => randomized::compare(outcome, treated, Some(&foretold), asking.level)?,
        Err(_) => plain.clone(),
    };
    let met = treated.iter().filter(|met| **met).count();
    Ok(Found {
        effect: told.effect,
        plain: plain.effect,
        p_value: told.p_value,
        treated: met,
        compared: treated.len() - met,
        without: told.control_mean,
        sd: spread(outcome),
        imbalance: 0.0,
        imbalance_by_chance: 0.0,
        without_counterpart: 0.0,
        e_value: None,
        cautions: told.cautions.iter().map(crate::doubt::told).collect(),
    })
}

/// What the state foretells of each outcome, within the outcomes that occur.
fn foretold(outcome: &[f64], columns: &Columns, seed: u64) -> Result<Vec<f64>, StatsError> {
    let fold: Vec<usize> = (0..outcome.len())
        .map(|row| part_of(row, seed, FOLDS))
        .collect();
    let [least, most] = [f64::min, f64::max].map(|of| outcome.iter().copied().reduce(of));
    let mut all = vec![0.0; outcome.len()];
    for own in 0..FOLDS {
        let others: Vec<usize> = (0..fold.len()).filter(|&row| fold[row] != own).collect();
        let known: Vec<f64> = others.iter().map(|&row| outcome[row]).collect();
        let (fit, used) = linear(&known, &columns.of_rows(&others), 0.90)?;
        let places: Vec<&Vec<f64>> = (used.names.iter())
            .filter_map(|name| columns.named(name))
            .collect();
        for row in (0..fold.len()).filter(|&row| fold[row] == own) {
            let state: Vec<f64> = places.iter().map(|column| column[row]).collect();
            let value = fit.coefficients.linear_predictor(&state);
            all[row] = value.clamp(least.unwrap_or(value), most.unwrap_or(value));
        }
    }
    Ok(all)
}

/// Not drawn: the state is held still in two ways at once, and the effect told is that on those who got it.
fn adjusted(
    outcome: &[f64],
    treated: &[bool],
    columns: &Columns,
    asking: Asking,
) -> Result<Found, StatsError> {
    let config = AipwConfig {
        trim: TRIM,
        population: Population::Treated,
        trimming: Trimming::LeaveOut,
        repeats: 2,
        seed: asking.seed,
        level: asking.level,
        ..AipwConfig::standard()
    };
    let run = |columns: &Columns| {
        let data = Observational {
            outcome,
            treated,
            columns: &columns.columns,
            names: &columns.names,
            clusters: None,
        };
        aipw::estimate(&data, &config)
    };
    let (found, _) = usable(columns, run)?;
    let met = treated.iter().filter(|met| **met).count();
    let sd = spread(outcome);
    let e_value = evalue::of_difference(found.effect.value, found.effect.interval, sd).ok();
    Ok(Found {
        effect: found.effect,
        plain: found.unadjusted,
        p_value: found.p_value,
        treated: met,
        compared: treated.len() - met,
        without: found.mean_if_untreated,
        sd,
        imbalance: (found.balance.iter())
            .fold(0.0, |most, column| f64::max(most, column.after.abs())),
        imbalance_by_chance: by_chance(&found.chance, treated),
        without_counterpart: found.share_trimmed,
        e_value: e_value.map(|e| (e.estimate, e.limit)),
        cautions: found.cautions.iter().map(crate::doubt::told).collect(),
    })
}

/// `sqrt(1/n + 1/n_eff)`: the treated, and the untreated as weighted to resemble them, counted as so many equal ones.
fn by_chance(chance: &[f64], treated: &[bool]) -> f64 {
    let met = treated.iter().filter(|met| **met).count() as f64;
    let inside = |e: &f64| (TRIM..=1.0 - TRIM).contains(e);
    let (sum, squares) = (chance.iter().zip(treated))
        .filter(|(e, met)| !**met && inside(e))
        .map(|(e, _)| e / (1.0 - e))
        .fold((0.0, 0.0), |(sum, squares), w| (sum + w, squares + w * w));
    (1.0 / met + squares / (sum * sum)).sqrt()
}

/// The same for some rows of an activity's people.
pub fn compare_rows(
    activity: &Studied,
    rows: &[usize],
    (outcome, columns): (&[f64], &Columns),
    (asking, config): (Asking, &EffectsConfig),
) -> Result<Found, Caution> {
    let treated: Vec<bool> = rows
        .iter()
        .map(|&row| activity.people.treated[row])
        .collect();
    let met = treated.iter().filter(|met| **met).count();
    let smaller = met.min(rows.len() - met);
    if smaller < config.fewest_each {
        return Err(Caution::new("effects.too_few")
            .with("needed", config.fewest_each)
            .with("got", smaller));
    }
    let outcome: Vec<f64> = rows.iter().map(|&row| outcome[row]).collect();
    compare(&outcome, &treated, &columns.of_rows(rows), asking)
}
