//! What should the management team know in two minutes, and what does it have to decide?
//!
//! Composed from the other capabilities: the same figures, not new ones. The five questions of the management team
//! are answered from them, or with "cannot tell yet, because ...". Nothing here is estimated, so nothing here can
//! disagree with the pages that it is composed from.

mod questions;

use odla_domain::{Caution, Cell, Figure, Missing, Outcome, Report, Sentence, Unit};

/// The numbers of the page in reading order, with the capability that each comes from.
const SHOWN: [(&str, &str, Unit); 8] = [
    ("value", "equity.total", Unit::Money),
    ("profit", "profit.per_customer", Unit::MoneyPerCustomerYear),
    ("value", "retention.12m", Unit::Share),
    ("value", "right_retention.index", Unit::SharePoints),
    ("loyalty", "loyalty.share", Unit::Share),
    ("profit", "cost_to_serve.12m", Unit::Money),
    ("profit", "cost.unallocated_12m", Unit::Money),
    ("link", "link.say_worth", Unit::MoneyPerCustomerYear),
];

/// The tables that are shown again here.
const TABLES: [(&str, &str); 3] = [
    ("value", "value.bridge"),
    ("drivers", "drivers.map"),
    ("portfolio", "portfolio.by_stance"),
];

/// Composes the page from what the run has found so far and from what it could not compute.
pub fn assess(earlier: &[Outcome], missing: &[Missing]) -> Outcome {
    let found = Found { earlier };
    let mut report = Report::new("overview");
    report.sentences = sentences(&found);
    report.figures = SHOWN
        .iter()
        .map(|shown| found.figure_or_untold(shown))
        .collect();
    report.tables.push(questions::answer(&found));
    for (capability, table) in TABLES {
        if let Some(table) = found
            .report(capability)
            .and_then(|report| report.table(table))
        {
            report.tables.push(table.clone());
        }
    }
    for missing in missing {
        report.cautions.push(
            Caution::new("overview.not_computed").with("capability", missing.capability.as_str()),
        );
    }
    report.into()
}

/// The reports that were made before this one.
struct Found<'a> {
    earlier: &'a [Outcome],
}

impl Found<'_> {
    fn report(&self, capability: &str) -> Option<&Report> {
        self.earlier
            .iter()
            .map(|outcome| &outcome.report)
            .find(|report| report.capability == capability)
    }

    fn figure(&self, key: &str) -> Option<&Figure> {
        self.earlier
            .iter()
            .find_map(|outcome| outcome.report.figure(key))
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.figure(key)?.value
    }

    fn figure_or_untold(&self, &(capability, key, unit): &(&str, &str, Unit)) -> Figure {
        self.figure(key).cloned().unwrap_or_else(|| {
            let why = Caution::new("overview.not_computed").with("capability", capability);
            Figure::untold(key, unit, why)
        })
    }
}

/// What is true, then because.
fn sentences(found: &Found) -> Vec<Sentence> {
    let mut sentences = vec![equity(found)];
    if let Some(report) = found.report("profit") {
        sentences.extend(report.sentences.first().cloned());
    }
    if let Some(report) = found.report("link") {
        sentences.extend(report.sentences.first().cloned());
    }
    if let Some(report) = found.report("loyalty") {
        sentences.extend(report.sentences.first().cloned());
    }
    if let Some(report) = found.report("portfolio") {
        sentences.extend(report.sentences.first().cloned());
    }
    sentences
}

/// Says that equity grew or fell only when the opening and the closing are both told.
fn equity(found: &Found) -> Sentence {
    let sentence = match (
        found.number("equity.opening"),
        found.number("equity.closing"),
    ) {
        (Some(opening), Some(closing)) if closing >= opening => {
            Sentence::new("overview.equity_grew")
                .with("change", closing - opening)
                .with("equity", closing)
        }
        (Some(opening), Some(closing)) => Sentence::new("overview.equity_fell")
            .with("change", opening - closing)
            .with("equity", closing),
        _ => match found.number("equity.total") {
            Some(equity) => Sentence::new("overview.equity_is").with("equity", equity),
            None => return Sentence::new("overview.equity_untold"),
        },
    };
    sentence.from_figure("equity.total")
}

/// The first text of a row, which names what the row is about.
fn name_of(row: &[Cell]) -> Option<&str> {
    row.iter().find_map(|cell| match cell {
        Cell::Text(text) | Cell::Key(text) => Some(text.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_run_says_that_it_cannot_tell() {
        let report = assess(&[], &[]).report;
        assert_eq!(report.sentences[0].key, "overview.equity_untold");
        assert!(
            report
                .figures
                .iter()
                .all(|figure| figure.value.is_none() && !figure.cautions.is_empty())
        );
    }

    #[test]
    fn the_page_shows_the_same_figure_as_its_source() {
        let mut value = Report::new("value");
        value.figures.push(Figure::estimated(
            "equity.total",
            10.0,
            (8.0, 12.0),
            0.9,
            Unit::Money,
        ));
        let report = assess(&[value.clone().into()], &[]).report;
        assert_eq!(report.figure("equity.total"), value.figure("equity.total"));
        assert_eq!(report.sentences[0].key, "overview.equity_is");
    }
}
