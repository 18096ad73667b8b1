//! How is a number told together with its doubt?

use statrs::distribution::{ContinuousCDF, Normal};

/// A range that holds the quantity with probability `level` (0 < level < 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub lower: f64,
    pub upper: f64,
    pub level: f64,
}

impl Interval {
    /// Symmetric normal interval around `value`; `level` is clamped to (0, 1).
    pub fn normal(value: f64, standard_error: f64, level: f64) -> Self {
        let half_width = normal_quantile_for_level(level) * standard_error;
        Interval {
            lower: value - half_width,
            upper: value + half_width,
            level,
        }
    }

    /// Interval for a positive quantity, symmetric on the log scale; `log_standard_error` is that of ln(value).
    pub fn log_normal(value: f64, log_standard_error: f64, level: f64) -> Self {
        let factor = (normal_quantile_for_level(level) * log_standard_error).exp();
        Interval {
            lower: value / factor,
            upper: value * factor,
            level,
        }
    }

    /// Equal-tailed interval of draws (linear interpolation between order statistics). NaN when there are no draws.
    pub fn from_draws(draws: &[f64], level: f64) -> Self {
        let mut draws = draws.to_vec();
        let tail = (1.0 - level) / 2.0;
        Interval {
            lower: quantile(&mut draws, tail),
            upper: quantile(&mut draws, 1.0 - tail),
            level,
        }
    }

    /// Whether the value lies in the closed range.
    pub fn contains(&self, value: f64) -> bool {
        self.lower <= value && value <= self.upper
    }
}

/// A number, its standard error and the interval that follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub standard_error: f64,
    pub interval: Interval,
}

impl Estimate {
    /// A value with a symmetric normal interval.
    pub fn normal(value: f64, standard_error: f64, level: f64) -> Self {
        Estimate {
            value,
            standard_error,
            interval: Interval::normal(value, standard_error, level),
        }
    }
}

/// What a reader of a result must know before trusting it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Caution {
    /// The likelihood rises towards "nobody ever leaves": P(alive) says nothing here.
    DropoutNotIdentified { parameter: &'static str },
    /// The likelihood rises towards "all customers are alike" in this respect.
    HeterogeneityNotIdentified { parameter: &'static str },
    /// The best value lies at the edge of what is allowed; no standard error is given for it.
    BoundaryOptimum { parameter: String },
    /// Spend and frequency are correlated, which the spend estimate assumes away.
    SpendDependsOnFrequency { correlation: f64 },
    /// Fewer observations than the rule of thumb asks for.
    FewObservations { needed: usize, got: usize },
    /// Few events per estimated coefficient.
    FewEvents { events: usize, coefficients: usize },
    /// The search stopped early; the numbers are its last point.
    NotConverged {
        iterations: usize,
        gradient_norm: f64,
    },
    /// Several starting points ended in optima of different height.
    SeveralOptima { difference: f64 },
    /// The information matrix is nearly singular: standard errors are unreliable or missing.
    FlatLikelihood { condition: f64 },
    /// The compared groups overlap little.
    WeakOverlap { share_outside: f64 },
    /// The column predicts the outcome perfectly in these data.
    Separation { column: String },
    /// The column was left out since the others determine it.
    ColumnDropped { column: String },
    /// Predictors are strongly related (variance inflation factor given).
    NearCollinear { column: String, inflation: f64 },
    /// Fewer clusters than the usual approximations need.
    FewClusters { needed: usize, got: usize },
    /// A ridge penalty shrinks these coefficients towards 0; intervals are those of the penalized fit.
    Penalized { strength: f64 },
    /// Weights vary so much that only this many equal answers would say as much.
    LowEffectiveSize { effective: f64, got: usize },
    /// An iterative adjustment did not meet its targets within the tolerance.
    TargetsMissed { largest_gap: f64 },
    /// The horizon reaches beyond the time observed.
    Extrapolation { observed: f64, asked: f64 },
    /// The proportional-hazards assumption is doubtful for this column.
    HazardsNotProportional { column: String, p_value: f64 },
    /// The residual variance exceeds what the distribution assumes.
    Overdispersion { ratio: f64 },
    /// Latent states were drawn for a sample of the rows only.
    Subsampled { used: usize, of: usize },
    /// This share (0-1) of the resamples gave an impossible covariance matrix and was repaired.
    ResamplesRepaired { share: f64 },
    /// The item goes against the sum of the others: it may be worded the other way round.
    ItemReversed { column: String },
    /// The search was ended: the best possible may be better by at most this share.
    GapOpen { share: f64 },
    /// The plan beats leaving things as they are in this share (0-1) of the draws only.
    FragilePlan { share: f64 },
    /// Whether the lists depend on each other cannot be seen; over plausible dependence the total lies in this range.
    DependenceUnknown { lower: f64, upper: f64 },
    /// Descriptions that fit nearly as well give totals in this range.
    FitsDisagree { lower: f64, upper: f64 },
    /// The answer lies at or beyond the edge of what was observed.
    OutsideSupport {
        what: String,
        lower: f64,
        upper: f64,
        asked: f64,
    },
    /// The expectation does not exist at the estimate (infinite mean); the stated cap or limit was used.
    InfiniteMean { parameter: &'static str },
    /// The instrument hardly moves the treatment: the usual interval is too short, read the robust one.
    WeakInstrument { f_statistic: f64 },
    /// The data do not bound this quantity: its interval is open on one side or both.
    UnboundedInterval { what: String },
    /// No value of this quantity agrees with the data: the assumptions contradict each other.
    NothingFits { what: String },
    /// Something that the activity cannot have touched seems to be touched.
    PlaceboFails { p_value: f64 },
    /// Rows that could not be used, and of how many.
    RowsLeftOut { rows: usize, of: usize },
    /// The comparison does not follow the treated before the activity: gap in standard deviations of the outcome.
    PoorFit { ratio: f64 },
    /// True only if the whole effect runs through the early signals, which these data cannot show.
    SurrogacyAssumed,
    /// Values beyond these limits were hardly observed and are not told.
    SparseSupport { lower: f64, upper: f64 },
    /// This share of the weights of single effects is negative: the mean may lie outside all of them.
    NegativeWeights { share: f64 },
}

/// One named value of a caution.
#[derive(Debug, Clone, PartialEq)]
pub enum CautionValue {
    Number(f64),
    Text(String),
}

/// One list gives a key to every caution, and the list of keys.
macro_rules! keyed {
    ($($variant:ident => $key:literal,)*) => {
        impl Caution {
            /// Keys of all cautions, in the order in which they are declared.
            pub const KEYS: &[&str] = &[$($key),*];

            /// Stable name of the caution, in snake case, for translation tables.
            pub fn key(&self) -> &'static str {
                match self {
                    $(Caution::$variant { .. } => $key,)*
                }
            }
        }
    };
}

keyed! {
    DropoutNotIdentified => "dropout_not_identified",
    HeterogeneityNotIdentified => "heterogeneity_not_identified",
    BoundaryOptimum => "boundary_optimum",
    SpendDependsOnFrequency => "spend_depends_on_frequency",
    FewObservations => "few_observations",
    FewEvents => "few_events",
    NotConverged => "not_converged",
    SeveralOptima => "several_optima",
    FlatLikelihood => "flat_likelihood",
    WeakOverlap => "weak_overlap",
    Separation => "separation",
    ColumnDropped => "column_dropped",
    NearCollinear => "near_collinear",
    FewClusters => "few_clusters",
    Penalized => "penalized",
    LowEffectiveSize => "low_effective_size",
    TargetsMissed => "targets_missed",
    Extrapolation => "extrapolation",
    HazardsNotProportional => "hazards_not_proportional",
    Overdispersion => "overdispersion",
    Subsampled => "subsampled",
    ResamplesRepaired => "resamples_repaired",
    ItemReversed => "item_reversed",
    GapOpen => "gap_open",
    FragilePlan => "fragile_plan",
    DependenceUnknown => "dependence_unknown",
    FitsDisagree => "fits_disagree",
    OutsideSupport => "outside_support",
    InfiniteMean => "infinite_mean",
    WeakInstrument => "weak_instrument",
    UnboundedInterval => "unbounded_interval",
    NothingFits => "nothing_fits",
    PlaceboFails => "placebo_fails",
    RowsLeftOut => "rows_left_out",
    PoorFit => "poor_fit",
    SurrogacyAssumed => "surrogacy_assumed",
    SparseSupport => "sparse_support",
    NegativeWeights => "negative_weights",
}

impl Caution {
    /// The values that its text may name: a `share` from 0 to 1, `p` a p-value, counts as whole numbers, `column`, `what` and `parameter` words,
    /// everything else in the unit of what was fitted.
    pub fn values(&self) -> Vec<(&'static str, CautionValue)> {
        let number = |name, value: f64| (name, CautionValue::Number(value));
        let count = |name, value: usize| (name, CautionValue::Number(value as f64));
        let text = |name, value: &str| (name, CautionValue::Text(value.to_owned()));
        match self {
            Caution::DropoutNotIdentified { parameter }
            | Caution::HeterogeneityNotIdentified { parameter }
            | Caution::InfiniteMean { parameter } => vec![text("parameter", parameter)],
            Caution::BoundaryOptimum { parameter } => vec![text("parameter", parameter)],
            Caution::SpendDependsOnFrequency { correlation } => {
                vec![number("correlation", *correlation)]
            }
            Caution::FewObservations { needed, got } | Caution::FewClusters { needed, got } => {
                vec![count("needed", *needed), count("got", *got)]
            }
            Caution::FewEvents {
                events,
                coefficients,
            } => vec![
                count("events", *events),
                count("coefficients", *coefficients),
            ],
            Caution::NotConverged {
                iterations,
                gradient_norm,
            } => vec![
                count("iterations", *iterations),
                number("gradient_norm", *gradient_norm),
            ],
            Caution::SeveralOptima { difference } => vec![number("difference", *difference)],
            Caution::FlatLikelihood { condition } => vec![number("condition", *condition)],
            Caution::Separation { column }
            | Caution::ColumnDropped { column }
            | Caution::ItemReversed { column } => vec![text("column", column)],
            Caution::NearCollinear { column, inflation } => {
                vec![text("column", column), number("inflation", *inflation)]
            }
            Caution::Penalized { strength } => vec![number("strength", *strength)],
            Caution::LowEffectiveSize { effective, got } => {
                vec![number("effective", *effective), count("got", *got)]
            }
            Caution::TargetsMissed { largest_gap } => vec![number("gap", *largest_gap)],
            Caution::Extrapolation { observed, asked } => {
                vec![number("observed", *observed), number("asked", *asked)]
            }
            Caution::HazardsNotProportional { column, p_value } => {
                vec![text("column", column), number("p", *p_value)]
            }
            Caution::Overdispersion { ratio } | Caution::PoorFit { ratio } => {
                vec![number("ratio", *ratio)]
            }
            Caution::Subsampled { used, of } => vec![count("used", *used), count("of", *of)],
            Caution::WeakOverlap {
                share_outside: share,
            }
            | Caution::ResamplesRepaired { share }
            | Caution::GapOpen { share }
            | Caution::FragilePlan { share }
            | Caution::NegativeWeights { share } => vec![number("share", *share)],
            Caution::DependenceUnknown { lower, upper }
            | Caution::FitsDisagree { lower, upper }
            | Caution::SparseSupport { lower, upper } => {
                vec![number("lower", *lower), number("upper", *upper)]
            }
            Caution::OutsideSupport {
                what,
                lower,
                upper,
                asked,
            } => vec![
                text("what", what),
                number("lower", *lower),
                number("upper", *upper),
                number("asked", *asked),
            ],
            Caution::WeakInstrument { f_statistic } => vec![number("f", *f_statistic)],
            Caution::UnboundedInterval { what } | Caution::NothingFits { what } => {
                vec![text("what", what)]
            }
            Caution::PlaceboFails { p_value } => vec![number("p", *p_value)],
            Caution::RowsLeftOut { rows, of } => vec![count("rows", *rows), count("of", *of)],
            Caution::SurrogacyAssumed => Vec::new(),
        }
    }

    /// One caution of every kind, in the order of [`Caution::KEYS`]: what texts and readers can be tried on.
    pub fn every() -> Vec<Caution> {
        let text = || "x".to_owned();
        vec![
            Caution::DropoutNotIdentified { parameter: "a" },
            Caution::HeterogeneityNotIdentified { parameter: "a" },
            Caution::BoundaryOptimum { parameter: text() },
            Caution::SpendDependsOnFrequency { correlation: 0.2 },
            Caution::FewObservations { needed: 2, got: 1 },
            Caution::FewEvents {
                events: 3,
                coefficients: 2,
            },
            Caution::NotConverged {
                iterations: 1,
                gradient_norm: 1.0,
            },
            Caution::SeveralOptima { difference: 0.1 },
            Caution::FlatLikelihood { condition: 1e9 },
            Caution::WeakOverlap { share_outside: 0.1 },
            Caution::Separation { column: text() },
            Caution::ColumnDropped { column: text() },
            Caution::NearCollinear {
                column: text(),
                inflation: 11.0,
            },
            Caution::FewClusters { needed: 2, got: 1 },
            Caution::Penalized { strength: 1.0 },
            Caution::LowEffectiveSize {
                effective: 1.0,
                got: 3,
            },
            Caution::TargetsMissed { largest_gap: 0.1 },
            Caution::Extrapolation {
                observed: 1.0,
                asked: 2.0,
            },
            Caution::HazardsNotProportional {
                column: text(),
                p_value: 0.01,
            },
            Caution::Overdispersion { ratio: 2.0 },
            Caution::Subsampled { used: 1, of: 2 },
            Caution::ResamplesRepaired { share: 0.1 },
            Caution::ItemReversed { column: text() },
            Caution::GapOpen { share: 0.01 },
            Caution::FragilePlan { share: 0.6 },
            Caution::DependenceUnknown {
                lower: 1.0,
                upper: 2.0,
            },
            Caution::FitsDisagree {
                lower: 1.0,
                upper: 2.0,
            },
            Caution::OutsideSupport {
                what: text(),
                lower: 1.0,
                upper: 2.0,
                asked: 3.0,
            },
            Caution::InfiniteMean { parameter: "q" },
            Caution::WeakInstrument { f_statistic: 3.0 },
            Caution::UnboundedInterval { what: text() },
            Caution::NothingFits { what: text() },
            Caution::PlaceboFails { p_value: 0.01 },
            Caution::RowsLeftOut { rows: 1, of: 9 },
            Caution::PoorFit { ratio: 0.5 },
            Caution::SurrogacyAssumed,
            Caution::SparseSupport {
                lower: 1.0,
                upper: 2.0,
            },
            Caution::NegativeWeights { share: 0.1 },
        ]
    }
}

/// z such that a standard normal lies within ±z with probability `level`: 0.95 gives 1.959964.
pub fn normal_quantile_for_level(level: f64) -> f64 {
    let clamped = level.clamp(1e-9, 1.0 - 1e-12);
    Normal::standard().inverse_cdf(0.5 + clamped / 2.0)
}

/// Quantile of values sorted upwards, interpolating linearly between order statistics; NaN when empty.
pub fn quantile_of_sorted(sorted: &[f64], probability: f64) -> f64 {
    if sorted.is_empty() {
        return f64::NAN;
    }
    let position = probability.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = position.floor() as usize;
    let above = position.ceil() as usize;
    sorted[below] + (position - below as f64) * (sorted[above] - sorted[below])
}

/// [`quantile_of_sorted`] of values in any order, which it moves about: the two that matter are found without sorting.
pub fn quantile(values: &mut [f64], probability: f64) -> f64 {
    if values.is_empty() {
        return f64::NAN;
    }
    let position = probability.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let (_, below, rest) = values.select_nth_unstable_by(position.floor() as usize, f64::total_cmp);
    let next = (rest.iter().copied())
        .min_by(f64::total_cmp)
        .filter(|_| position.fract() > 0.0);
    *below + position.fract() * (next.unwrap_or(*below) - *below)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_quantile_is_the_same_with_and_without_sorting() {
        let values: Vec<f64> = (0..101).map(|i| f64::from(i * 37 % 101) - 0.3).collect();
        let mut sorted = values.clone();
        sorted.sort_by(f64::total_cmp);
        for probability in [0.0, 0.01, 0.123, 0.5, 0.777, 1.0] {
            let found = quantile(&mut values.clone(), probability);
            assert_eq!(found, quantile_of_sorted(&sorted, probability));
        }
        assert_eq!(quantile(&mut [2.0], 0.3), 2.0);
        assert!(quantile(&mut [], 0.5).is_nan());
    }

    #[test]
    fn ninety_five_percent_lies_within_1_96() {
        assert!((normal_quantile_for_level(0.95) - 1.959_963_984_540_054).abs() < 1e-9);
    }

    #[test]
    fn draws_give_the_middle_range() {
        let draws: Vec<f64> = (0..=100).map(f64::from).collect();
        let interval = Interval::from_draws(&draws, 0.90);
        assert!((interval.lower - 5.0).abs() < 1e-9 && (interval.upper - 95.0).abs() < 1e-9);
    }

    #[test]
    fn every_caution_has_a_key_of_its_own_and_names_its_values_once() {
        let every = Caution::every();
        let keys: Vec<&str> = every.iter().map(Caution::key).collect();
        assert_eq!(keys, Caution::KEYS);
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
        for caution in every {
            let values = caution.values();
            let names: BTreeSet<&str> = values.iter().map(|(name, _)| *name).collect();
            assert_eq!(names.len(), values.len(), "{caution:?}");
        }
    }

    #[test]
    fn no_draws_give_no_number() {
        assert!(Interval::from_draws(&[], 0.9).lower.is_nan());
    }
}
