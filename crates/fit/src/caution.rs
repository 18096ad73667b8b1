//! What should a reader know before trusting a fit?

use odla_stats::Caution as Doubt;
use std::collections::BTreeMap;

/// Named values that a translated text is filled with.
pub type Params = BTreeMap<String, Param>;

/// One value of a translated text.
#[derive(Debug, Clone, PartialEq)]
pub enum Param {
    Number(f64),
    Text(String),
}

impl From<f64> for Param {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<usize> for Param {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// A doubt about a fit; `key` is the translation key, `cautions.<key>`.
#[derive(Debug, Clone, PartialEq)]
pub struct Caution {
    pub key: String,
    pub params: Params,
}

impl Caution {
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            params: Params::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Param>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

impl From<&Doubt> for Caution {
    /// The same names of the values as everywhere else in the program; the text is `cautions.statistics.<key>`.
    fn from(doubt: &Doubt) -> Self {
        let caution = Caution::new(format!("statistics.{}", doubt.key()));
        match doubt {
            Doubt::DropoutNotIdentified { parameter }
            | Doubt::HeterogeneityNotIdentified { parameter }
            | Doubt::InfiniteMean { parameter } => caution.with("parameter", *parameter),
            Doubt::BoundaryOptimum { parameter } => caution.with("parameter", parameter.as_str()),
            Doubt::SpendDependsOnFrequency { correlation } => {
                caution.with("correlation", *correlation)
            }
            Doubt::FewObservations { needed, got } | Doubt::FewClusters { needed, got } => {
                caution.with("needed", *needed).with("got", *got)
            }
            Doubt::FewEvents {
                events,
                coefficients,
            } => caution
                .with("events", *events)
                .with("coefficients", *coefficients),
            Doubt::NotConverged { iterations, .. } => caution.with("iterations", *iterations),
            Doubt::SeveralOptima { difference } => caution.with("difference", *difference),
            Doubt::FlatLikelihood { condition } => caution.with("condition", *condition),
            Doubt::WeakOverlap { share_outside } => caution.with("share", *share_outside),
            Doubt::Separation { column }
            | Doubt::ColumnDropped { column }
            | Doubt::ItemReversed { column } => caution.with("column", column.as_str()),
            Doubt::ResamplesRepaired { share } => caution.with("share", *share),
            Doubt::NearCollinear { column, inflation } => caution
                .with("column", column.as_str())
                .with("inflation", *inflation),
            Doubt::Penalized { strength } => caution.with("strength", *strength),
            Doubt::LowEffectiveSize { effective, got } => {
                caution.with("effective", *effective).with("got", *got)
            }
            Doubt::TargetsMissed { largest_gap } => caution.with("gap", *largest_gap),
            Doubt::Extrapolation { observed, asked } => {
                caution.with("observed", *observed).with("asked", *asked)
            }
            Doubt::HazardsNotProportional { column, p_value } => {
                caution.with("column", column.as_str()).with("p", *p_value)
            }
            Doubt::Overdispersion { ratio } => caution.with("ratio", *ratio),
            Doubt::Subsampled { used, of } => caution.with("used", *used).with("of", *of),
            Doubt::GapOpen { share } | Doubt::FragilePlan { share } => {
                caution.with("share", *share)
            }
            Doubt::DependenceUnknown { lower, upper } | Doubt::FitsDisagree { lower, upper } => {
                caution.with("lower", *lower).with("upper", *upper)
            }
            Doubt::OutsideSupport {
                what,
                lower,
                upper,
                asked,
            } => caution
                .with("what", what.as_str())
                .with("lower", *lower)
                .with("upper", *upper)
                .with("asked", *asked),
            Doubt::WeakInstrument { f_statistic } => caution.with("f", *f_statistic),
            Doubt::UnboundedInterval { what } | Doubt::NothingFits { what } => {
                caution.with("what", what.as_str())
            }
            Doubt::PlaceboFails { p_value } => caution.with("p", *p_value),
            Doubt::RowsLeftOut { rows, of } => caution.with("rows", *rows).with("of", *of),
            Doubt::PoorFit { ratio } => caution.with("ratio", *ratio),
            Doubt::SparseSupport { lower, upper } => {
                caution.with("lower", *lower).with("upper", *upper)
            }
            Doubt::NegativeWeights { share } => caution.with("share", *share),
            // New doubts are told by their name until they get named values here.
            _ => caution,
        }
    }
}

/// All doubts of a fit.
pub fn cautions_from(doubts: &[Doubt]) -> Vec<Caution> {
    doubts.iter().map(Caution::from).collect()
}
