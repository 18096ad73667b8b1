//! Which fitters are there, and what is each of them held to?
//!
//! One line per fitter: its name, how it is fitted to the common table, and the promises that `every_fitter` holds it to besides
//! those that hold for all (order of rows, number of threads, refusal of nonsense). A new fitter gets a function and a line.

use odla_stats::StatsError;
use odla_stats::btyd::bg_bb::{self, ChanceHistory, ChanceRow};
use odla_stats::btyd::{
    Covariates, Fit, History, Parameters, PurchaseKind, bg_nbd, covariates, gamma_gamma, mbg_nbd,
    nbd, pareto_nbd,
};
use odla_stats::contract::{
    Cohort, Column, CompetingData, HazardData, HazardSettings, Link, bdw, competing, frailty,
    hazard, sbg,
};
use odla_stats::regression::ordinal::{self, OrdinalLink};
use odla_stats::regression::ridge::{self, Penalty};
use odla_stats::regression::wild::{self, WildConfig, WildWeights};
use odla_stats::regression::{
    Coefficient, Errors, FitConfig, Sample, Weights, linear, logistic, mixed, negative_binomial,
    poisson, random_slopes, within_between,
};
use odla_stats::survival::aalen_johansen::{self, CompetingSpells};
use odla_stats::survival::cox::{CoxConfig, CoxSample, Ties};
use odla_stats::survival::{self, Spells, cox, kaplan_meier, nelson_aalen};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One table on which every fitter can be fitted.
#[derive(Clone)]
pub struct Table {
    pub yes: Vec<f64>,
    pub money: Vec<f64>,
    pub count: Vec<f64>,
    /// An answer from 1 to 4.
    pub grade: Vec<f64>,
    pub time: Vec<f64>,
    /// 0 for no, else which way it ended.
    pub end: Vec<usize>,
    pub frequency: Vec<f64>,
    pub recency: Vec<f64>,
    pub observed: Vec<f64>,
    pub names: Vec<String>,
    pub columns: Vec<Vec<f64>>,
    pub clusters: Vec<usize>,
    /// Observations each row stands for.
    pub weights: Vec<f64>,
}

/// Values with their standard errors (0 where the fitter gives none).
pub type Figures = Result<Vec<(f64, f64)>, StatsError>;

/// What a fitter promises beyond what all do.
#[derive(Clone, Copy, PartialEq)]
pub enum Promise {
    /// A weight is that many rows.
    Weights,
    /// A constant or collinear third column is refused by its name.
    Columns,
    /// It is refused when nothing happened.
    Censoring,
    /// Figures follow the unit of money.
    Money,
    /// One cluster is refused.
    Clusters,
}
use Promise::{Censoring, Clusters, Columns, Money, Weights as Repeats};

pub struct Fitter {
    pub name: &'static str,
    pub fit: fn(&Table) -> Figures,
    pub promises: &'static [Promise],
    /// A column that separates the outcome perfectly, which must be refused by name.
    pub separating: Option<fn(&Table) -> Vec<f64>>,
}

const fn fitter(
    name: &'static str,
    fit: fn(&Table) -> Figures,
    promises: &'static [Promise],
    separating: Option<fn(&Table) -> Vec<f64>>,
) -> Fitter {
    Fitter {
        name,
        fit,
        promises,
        separating,
    }
}

const LINEAR: &[Promise] = &[Repeats, Columns, Money];
const LINEAR_CLUSTERED: &[Promise] = &[Repeats, Columns, Money, Clusters];
const EXPLAINED: &[Promise] = &[Repeats, Columns];
const CLUSTERED: &[Promise] = &[Repeats, Columns, Clusters];
const TIMES: &[Promise] = &[Repeats, Censoring];
const EXPLAINED_TIMES: &[Promise] = &[Repeats, Columns, Censoring];

pub const FITTERS: &[Fitter] = &[
    fitter(
        "linear classical",
        |t| linear_fit(t, Errors::Classical),
        LINEAR,
        None,
    ),
    fitter("linear hc1", |t| linear_fit(t, Errors::Hc1), LINEAR, None),
    fitter("linear hc2", |t| linear_fit(t, Errors::Hc2), LINEAR, None),
    fitter("linear hc3", |t| linear_fit(t, Errors::Hc3), LINEAR, None),
    fitter(
        "linear cr1",
        |t| linear_fit(t, Errors::Cr1),
        LINEAR_CLUSTERED,
        None,
    ),
    fitter(
        "linear cr2",
        |t| linear_fit(t, Errors::Cr2),
        LINEAR_CLUSTERED,
        None,
    ),
    fitter("ridge", ridge_fit, &[Repeats, Money], None),
    fitter(
        "wild cluster",
        wild_fit,
        &[Repeats, Columns, Clusters],
        None,
    ),
    fitter(
        "within-between",
        within_between_fit,
        &[Repeats, Money, Clusters],
        None,
    ),
    fitter("mixed", mixed_fit, LINEAR_CLUSTERED, None),
    fitter("random slopes", random_slopes_fit, LINEAR_CLUSTERED, None),
    fitter(
        "logistic classical",
        |t| logistic_fit(t, Errors::Classical),
        EXPLAINED,
        Some(by_yes),
    ),
    fitter(
        "logistic hc1",
        |t| logistic_fit(t, Errors::Hc1),
        EXPLAINED,
        Some(by_yes),
    ),
    fitter(
        "logistic cr1",
        |t| logistic_fit(t, Errors::Cr1),
        CLUSTERED,
        Some(by_yes),
    ),
    fitter(
        "poisson classical",
        |t| poisson_fit(t, Errors::Classical),
        EXPLAINED,
        Some(by_count),
    ),
    fitter(
        "poisson hc1",
        |t| poisson_fit(t, Errors::Hc1),
        EXPLAINED,
        Some(by_count),
    ),
    fitter(
        "poisson cr1",
        |t| poisson_fit(t, Errors::Cr1),
        CLUSTERED,
        Some(by_count),
    ),
    fitter(
        "negative binomial",
        |t| nb_fit(t, Errors::Classical),
        EXPLAINED,
        Some(by_count),
    ),
    fitter(
        "negative binomial hc1",
        |t| nb_fit(t, Errors::Hc1),
        EXPLAINED,
        Some(by_count),
    ),
    fitter(
        "negative binomial cr1",
        |t| nb_fit(t, Errors::Cr1),
        CLUSTERED,
        Some(by_count),
    ),
    fitter(
        "ordinal logit",
        |t| ordinal_fit(t, OrdinalLink::Logit, Errors::Classical),
        EXPLAINED,
        Some(by_grade),
    ),
    fitter(
        "ordinal probit hc1",
        |t| ordinal_fit(t, OrdinalLink::Probit, Errors::Hc1),
        EXPLAINED,
        Some(by_grade),
    ),
    fitter(
        "ordinal logit cr1",
        |t| ordinal_fit(t, OrdinalLink::Logit, Errors::Cr1),
        CLUSTERED,
        Some(by_grade),
    ),
    fitter("kaplan-meier", kaplan_meier_fit, TIMES, None),
    fitter("nelson-aalen", nelson_aalen_fit, TIMES, None),
    fitter("aalen-johansen", aalen_johansen_fit, TIMES, None),
    fitter(
        "cox efron",
        |t| cox_fit(t, (Ties::Efron, false)),
        EXPLAINED_TIMES,
        Some(by_yes),
    ),
    fitter(
        "cox efron robust",
        |t| cox_fit(t, (Ties::Efron, true)),
        EXPLAINED_TIMES,
        Some(by_yes),
    ),
    fitter(
        "cox breslow",
        |t| cox_fit(t, (Ties::Breslow, false)),
        EXPLAINED_TIMES,
        Some(by_yes),
    ),
    fitter(
        "cox breslow robust",
        |t| cox_fit(t, (Ties::Breslow, true)),
        EXPLAINED_TIMES,
        Some(by_yes),
    ),
    fitter(
        "hazard cloglog",
        |t| hazard_fit(t, Link::Cloglog),
        EXPLAINED_TIMES,
        Some(by_yes),
    ),
    fitter(
        "hazard logit",
        |t| hazard_fit(t, Link::Logit),
        EXPLAINED_TIMES,
        Some(by_yes),
    ),
    fitter(
        "frailty",
        frailty_fit,
        &[Columns, Censoring, Clusters],
        Some(by_yes),
    ),
    fitter(
        "cox frailty",
        cox_frailty_fit,
        &[Repeats, Columns, Censoring, Clusters],
        Some(by_yes),
    ),
    fitter(
        "competing ends",
        competing_fit,
        EXPLAINED_TIMES,
        Some(by_end),
    ),
    fitter("sbg", |t| cohort_fit(t, sbg::fit), TIMES, None),
    fitter("bdw", |t| cohort_fit(t, bdw::fit), TIMES, None),
    fitter("nbd", |t| purchase_fit(t, nbd::fit), &[Repeats], None),
    fitter("bg-nbd", |t| purchase_fit(t, bg_nbd::fit), &[Repeats], None),
    fitter(
        "mbg-nbd",
        |t| purchase_fit(t, mbg_nbd::fit),
        &[Repeats],
        None,
    ),
    fitter(
        "pareto-nbd",
        |t| purchase_fit(t, pareto_nbd::fit),
        &[Repeats],
        None,
    ),
    fitter("bg-bb", bg_bb_fit, &[Repeats], None),
    fitter("gamma-gamma", gamma_gamma_fit, &[], None),
    fitter(
        "nbd covariates",
        |t| covariate_fit(t, PurchaseKind::Nbd),
        EXPLAINED,
        Some(by_purchase),
    ),
    fitter(
        "bg-nbd covariates",
        |t| covariate_fit(t, PurchaseKind::BgNbd),
        EXPLAINED,
        Some(by_purchase),
    ),
    fitter(
        "mbg-nbd covariates",
        |t| covariate_fit(t, PurchaseKind::MbgNbd),
        EXPLAINED,
        Some(by_purchase),
    ),
    fitter(
        "pareto-nbd covariates",
        |t| covariate_fit(t, PurchaseKind::ParetoNbd),
        EXPLAINED,
        Some(by_purchase),
    ),
];

/// A table of so many rows, always the same.
pub fn table(rows: usize) -> Table {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    let mut table = Table {
        yes: Vec::new(),
        money: Vec::new(),
        count: Vec::new(),
        grade: Vec::new(),
        time: Vec::new(),
        end: Vec::new(),
        frequency: Vec::new(),
        recency: Vec::new(),
        observed: Vec::new(),
        names: vec!["x".to_owned(), "z".to_owned()],
        columns: vec![Vec::new(); 2],
        clusters: Vec::new(),
        weights: vec![1.0; rows],
    };
    for row in 0..rows {
        let (x, z) = (rng.random::<f64>(), 50.0 + 9.0 * rng.random::<f64>());
        let mood = 0.3 * (row % 12) as f64 / 12.0;
        let yes = rng.random::<f64>() < 0.2 + 0.4 * x + 0.5 * mood;
        table.yes.push(f64::from(yes));
        let way = 1 + usize::from(rng.random::<f64>() < 0.5);
        table.end.push(if yes { way } else { 0 });
        let slope = 300.0 + 900.0 * (mood - 0.15);
        let noise = 90.0 * rng.random::<f64>();
        table
            .money
            .push(1000.0 + slope * x - 4.0 * z + 400.0 * mood + noise);
        let burst = -rng.random::<f64>().ln();
        table.count.push((4.0 * x * burst).floor());
        let grade = 1.0 + 2.0 * x + 2.0 * rng.random::<f64>();
        table.grade.push(grade.floor().min(4.0));
        let time = 1.0 + 12.0 * rng.random::<f64>() / (1.0 + x);
        table.time.push(time.floor());
        table.columns[0].push(x);
        table.columns[1].push(z);
        table.clusters.push(row % 12);
    }
    let truth = pareto_nbd::ParetoNbd {
        r: 0.9,
        alpha: 6.0,
        s: 0.8,
        beta: 12.0,
    };
    let observed: Vec<f64> = (0..rows).map(|i| 20.0 + (i % 20) as f64).collect();
    let lives = truth.simulate(&observed, 0.0, 3);
    (table.frequency, table.recency) = (lives.frequency, lives.recency);
    table.observed = observed;
    table
}

impl Table {
    /// These rows, some perhaps more than once.
    pub fn rows(&self, order: &[usize]) -> Table {
        let pick = |column: &Vec<f64>| order.iter().map(|&r| column[r]).collect::<Vec<f64>>();
        Table {
            yes: pick(&self.yes),
            money: pick(&self.money),
            count: pick(&self.count),
            grade: pick(&self.grade),
            time: pick(&self.time),
            end: order.iter().map(|&r| self.end[r]).collect(),
            frequency: pick(&self.frequency),
            recency: pick(&self.recency),
            observed: pick(&self.observed),
            names: self.names.clone(),
            columns: self.columns.iter().map(pick).collect(),
            clusters: order.iter().map(|&r| self.clusters[r]).collect(),
            weights: pick(&self.weights),
        }
    }

    /// With a third column.
    pub fn with_third(&self, column: Vec<f64>) -> Table {
        let mut table = self.clone();
        table.names.push("third".to_owned());
        table.columns.push(column);
        table
    }

    fn sample<'a>(&'a self, outcome: &'a [f64]) -> Sample<'a> {
        Sample {
            outcome,
            columns: &self.columns,
            names: &self.names,
            weights: Weights::Repetitions(&self.weights),
            clusters: Some(&self.clusters),
        }
    }

    fn events(&self) -> Vec<bool> {
        self.yes.iter().map(|y| *y == 1.0).collect()
    }

    /// A weighted column of the hazards' counts.
    fn ended(&self, of: impl Fn(usize) -> bool) -> Vec<f64> {
        let rows = 0..self.weights.len();
        rows.map(|i| if of(i) { self.weights[i] } else { 0.0 })
            .collect()
    }

    fn hazard_columns(&self) -> Vec<Column> {
        let pairs = self.names.iter().zip(&self.columns);
        pairs
            .map(|(name, c)| Column::new(name.clone(), c.clone()))
            .collect()
    }
}

fn by_yes(table: &Table) -> Vec<f64> {
    table.yes.iter().map(|y| 2.0 * y).collect()
}

fn by_count(table: &Table) -> Vec<f64> {
    table
        .count
        .iter()
        .map(|c| f64::from(u8::from(*c > 0.0)))
        .collect()
}

fn by_grade(table: &Table) -> Vec<f64> {
    table.grade.clone()
}

fn by_end(table: &Table) -> Vec<f64> {
    table
        .end
        .iter()
        .map(|e| f64::from(u8::from(*e == 1)))
        .collect()
}

fn by_purchase(table: &Table) -> Vec<f64> {
    table
        .frequency
        .iter()
        .map(|x| f64::from(u8::from(*x > 0.0)))
        .collect()
}

fn config(errors: Errors) -> FitConfig {
    FitConfig { errors, level: 0.9 }
}

fn figures(coefficients: &[Coefficient]) -> Vec<(f64, f64)> {
    let pair = |c: &Coefficient| (c.estimate.value, c.estimate.standard_error);
    coefficients.iter().map(pair).collect()
}

fn linear_fit(table: &Table, errors: Errors) -> Figures {
    let fit = linear::fit(&table.sample(&table.money), &config(errors));
    fit.map(|f| figures(&f.coefficients.table))
}

fn ridge_fit(table: &Table) -> Figures {
    let fit = ridge::fit(&table.sample(&table.money), Penalty::CrossValidated, 0.9);
    fit.map(|f| figures(&f.coefficients.table))
}

fn wild_fit(table: &Table) -> Figures {
    let config = WildConfig {
        weights: WildWeights::Webb,
        draws: 99,
        seed: 4,
        level: 0.9,
    };
    let test = wild::test(&table.sample(&table.money), ("z", -3.0), &config);
    test.map(|t| vec![(t.estimate, t.statistic), (t.p_value, 0.0)])
}

fn within_between_fit(table: &Table) -> Figures {
    let split = within_between::fit(
        &table.sample(&table.money),
        &table.names[..1],
        &config(Errors::Cr2),
    );
    split.map(|s| figures(&s.fit.coefficients.table))
}

fn mixed_fit(table: &Table) -> Figures {
    mixed::fit(&table.sample(&table.money), 0.9).map(|f| figures(&f.coefficients.table))
}

fn random_slopes_fit(table: &Table) -> Figures {
    let fit = random_slopes::fit(&table.sample(&table.money), &table.names[..1], 0.9);
    fit.map(|f| figures(&f.coefficients.table))
}

fn logistic_fit(table: &Table, errors: Errors) -> Figures {
    let fit = logistic::fit(&table.sample(&table.yes), &config(errors));
    fit.map(|f| figures(&f.coefficients.table))
}

fn poisson_fit(table: &Table, errors: Errors) -> Figures {
    let fit = poisson::fit(&table.sample(&table.count), None, &config(errors));
    fit.map(|f| figures(&f.coefficients.table))
}

fn nb_fit(table: &Table, errors: Errors) -> Figures {
    let fit = negative_binomial::fit(&table.sample(&table.count), None, &config(errors));
    fit.map(|f| {
        let mut all = figures(&f.coefficients.table);
        all.push((f.alpha.value, f.alpha.standard_error));
        all
    })
}

fn ordinal_fit(table: &Table, link: OrdinalLink, errors: Errors) -> Figures {
    let fit = ordinal::fit(&table.sample(&table.grade), link, &config(errors));
    fit.map(|f| [figures(&f.cuts), figures(&f.coefficients)].concat())
}

fn spells<'a>(table: &'a Table, event: &'a [bool]) -> Spells<'a> {
    Spells {
        entry: None,
        time: &table.time,
        event,
        weights: Some(&table.weights),
    }
}

fn kaplan_meier_fit(table: &Table) -> Figures {
    let curve = kaplan_meier::fit(&spells(table, &table.events()), 0.9)?;
    let pair = |s: &kaplan_meier::SurvivalStep| (s.survival.value, s.survival.standard_error);
    Ok(curve.steps.iter().map(pair).collect())
}

fn nelson_aalen_fit(table: &Table) -> Figures {
    let steps = nelson_aalen::fit(&spells(table, &table.events()), 0.9)?;
    let pair = |s: &nelson_aalen::HazardStep| (s.cumulative.value, s.cumulative.standard_error);
    Ok(steps.iter().map(pair).collect())
}

fn aalen_johansen_fit(table: &Table) -> Figures {
    let kinds = ["left".to_owned(), "merged".to_owned()];
    let spells = CompetingSpells {
        entry: None,
        time: &table.time,
        end: &table.end,
        kinds: &kinds,
        weights: Some(&table.weights),
    };
    let curves = aalen_johansen::fit(&spells, 0.9)?;
    let all = curves.steps.iter().flat_map(|s| &s.incidence);
    Ok(all.map(|e| (e.value, e.standard_error)).collect())
}

fn cox_fit(table: &Table, (ties, robust): (Ties, bool)) -> Figures {
    let event = table.events();
    let sample = CoxSample {
        spells: Spells {
            weights: None,
            ..spells(table, &event)
        },
        columns: &table.columns,
        names: &table.names,
        weights: Weights::Repetitions(&table.weights),
        strata: None,
        clusters: Some(&table.clusters),
    };
    let config = CoxConfig {
        ties,
        robust,
        level: 0.9,
    };
    cox::fit(&sample, &config).map(|f| figures(&f.coefficients))
}

fn cox_frailty_fit(table: &Table) -> Figures {
    let event = table.events();
    let sample = CoxSample {
        spells: Spells {
            weights: None,
            ..spells(table, &event)
        },
        columns: &table.columns,
        names: &table.names,
        weights: Weights::Repetitions(&table.weights),
        strata: None,
        clusters: None,
    };
    let fit = survival::frailty::fit(&sample, &table.clusters, (Ties::Efron, 0.9))?;
    let mut all = figures(&fit.coefficients);
    all.push((fit.variance.value, 0.0));
    all.extend(fit.groups.iter().map(|w| (*w, 0.0)));
    Ok(all)
}

fn hazard_data(table: &Table) -> Result<HazardData, StatsError> {
    let ended = table.ended(|i| table.yes[i] == 1.0);
    HazardData::new(table.hazard_columns(), table.weights.clone(), ended)
}

fn hazard_fit(table: &Table, link: Link) -> Figures {
    let settings = HazardSettings { link, ridge: 0.0 };
    let fit = hazard::fit(&hazard_data(table)?, &settings)?;
    Ok(fit
        .coefficients
        .iter()
        .copied()
        .zip(fit.standard_errors)
        .collect())
}

fn frailty_fit(table: &Table) -> Figures {
    let fit = frailty::fit(&hazard_data(table)?, &table.clusters, (Link::Cloglog, 0.9))?;
    let hazard = fit.hazard;
    let mut all: Vec<(f64, f64)> = hazard
        .coefficients
        .iter()
        .copied()
        .zip(hazard.standard_errors)
        .collect();
    all.push((fit.deviation.value, fit.deviation.standard_error));
    Ok(all)
}

fn competing_fit(table: &Table) -> Figures {
    let way = |k: usize| table.ended(|i| table.end[i] == k);
    let ends = vec![("left".to_owned(), way(1)), ("merged".to_owned(), way(2))];
    let data = CompetingData::new(table.hazard_columns(), table.weights.clone(), ends)?;
    let fit = competing::fit(&data, 0.0)?;
    let errors = fit.standard_errors.concat();
    Ok(fit.coefficients.concat().into_iter().zip(errors).collect())
}

fn pairs<P: Parameters>(fit: Fit<P>) -> Vec<(f64, f64)> {
    let known = |e: f64| if e.is_nan() { 0.0 } else { e };
    let errors = fit.standard_errors.into_iter().map(known);
    fit.parameters.to_vec().into_iter().zip(errors).collect()
}

fn cohort_fit<P: Parameters>(
    table: &Table,
    fit: fn(&[Cohort]) -> Result<Fit<P>, StatsError>,
) -> Figures {
    let ended = table.ended(|i| table.yes[i] == 1.0);
    let mut lost = vec![0.0; 13];
    for (time, w) in table.time.iter().zip(&ended) {
        if !(1.0..=13.0).contains(time) {
            return Err(StatsError::invalid("time"));
        }
        lost[*time as usize - 1] += w;
    }
    let remaining = table.weights.iter().sum::<f64>() - ended.iter().sum::<f64>();
    fit(&[Cohort::new(&lost, remaining)?]).map(pairs)
}

fn history(table: &Table) -> Result<History, StatsError> {
    History::weighted(
        &table.frequency,
        &table.recency,
        &table.observed,
        &table.weights,
    )
}

fn purchase_fit<P: Parameters>(
    table: &Table,
    fit: fn(&History) -> Result<Fit<P>, StatsError>,
) -> Figures {
    fit(&history(table)?).map(pairs)
}

fn bg_bb_fit(table: &Table) -> Figures {
    history(table)?;
    let row = |i: usize| {
        let frequency = table.frequency[i].min(6.0) as u32;
        let share = table.recency[i] / table.observed[i];
        ChanceRow {
            frequency,
            recency: frequency.max((6.0 * share).ceil() as u32),
            periods: 6,
        }
    };
    let rows: Vec<ChanceRow> = (0..table.frequency.len()).map(row).collect();
    bg_bb::fit(&ChanceHistory::new(&rows, &table.weights)?).map(pairs)
}

fn gamma_gamma_fit(table: &Table) -> Figures {
    let spend = gamma_gamma::SpendHistory::new(&table.frequency, &table.money)?;
    gamma_gamma::fit(&spend).map(pairs)
}

fn covariate_fit(table: &Table, kind: PurchaseKind) -> Figures {
    let named: Vec<(String, Vec<f64>)> = (table.names.iter().cloned())
        .zip(table.columns.iter().cloned())
        .collect();
    let covariates = Covariates {
        dropout: match kind {
            PurchaseKind::Nbd => Vec::new(),
            _ => vec![named[0].clone()],
        },
        purchase: named,
    };
    let fit = covariates::fit(kind, &history(table)?, &covariates, 0.9)?;
    let base = fit
        .base
        .iter()
        .copied()
        .zip(fit.base_errors.iter().copied());
    let mut all: Vec<(f64, f64)> = base.collect();
    all.extend(figures(&fit.purchase));
    all.extend(figures(&fit.dropout));
    Ok(all
        .into_iter()
        .map(|(v, e)| (v, if e.is_nan() { 0.0 } else { e }))
        .collect())
}
