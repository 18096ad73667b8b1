//! How does a doubt of the statistics reach the reader?

use odla_domain::Caution;
use odla_stats::Caution as Doubt;

/// The same doubt with its numbers as named values; its text is `cautions.statistics.<key>`.
pub fn told(doubt: &Doubt) -> Caution {
    let caution = Caution::new(format!("statistics.{}", doubt.key()));
    match doubt {
        Doubt::DropoutNotIdentified { parameter }
        | Doubt::HeterogeneityNotIdentified { parameter }
        | Doubt::InfiniteMean { parameter } => caution.with("parameter", *parameter),
        Doubt::BoundaryOptimum { parameter } => caution.with("parameter", parameter.as_str()),
        Doubt::SpendDependsOnFrequency { correlation } => caution.with("correlation", *correlation),
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
        Doubt::Separation { column } | Doubt::ColumnDropped { column } => {
            caution.with("column", column.as_str())
        }
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
        Doubt::NegativeWeights { share }
        | Doubt::GapOpen { share }
        | Doubt::FragilePlan { share } => caution.with("share", *share),
        // New doubts of the statistics are told by their name until they get named values here.
        _ => caution,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_keeps_its_numbers() {
        let caution = told(&Doubt::FewClusters { needed: 30, got: 8 });
        assert_eq!(
            caution,
            Caution::new("statistics.few_clusters")
                .with("needed", 30.0)
                .with("got", 8.0)
        );
    }
}
