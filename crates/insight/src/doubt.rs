//! How does a doubt of the statistics reach the reader?

use odla_domain::Caution;
use odla_stats::{Caution as Doubt, CautionValue};

/// The same doubt with its numbers as named values; its text is `cautions.statistics.<key>`.
pub fn told(doubt: &Doubt) -> Caution {
    let caution = Caution::new(format!("statistics.{}", doubt.key()));
    let values = doubt.values().into_iter();
    values.fold(caution, |told, (name, value)| match value {
        CautionValue::Number(number) => told.with(name, number),
        CautionValue::Text(text) => told.with(name, text),
    })
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
        for doubt in Doubt::every() {
            assert_eq!(told(&doubt).params.len(), doubt.values().len(), "{doubt:?}");
        }
    }
}
