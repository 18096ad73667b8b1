//! How are the terms of a what-if kept in a report, and read again?

use super::{Kept, Line, Term};
use odla_domain::{Cell, Report, Table, Unit};

/// The columns of the table that keeps the terms.
const TERMS: [(&str, Unit); 20] = [
    ("service_level.reason", Unit::Text),
    ("service_level.cases", Unit::Count),
    ("service_level.customers", Unit::Count),
    ("service_level.minute_cost", Unit::Money),
    ("service_level.today", Unit::Minutes),
    ("service_level.from", Unit::Minutes),
    ("service_level.to", Unit::Minutes),
    ("service_level.shortest", Unit::Minutes),
    ("service_level.slope_error", Unit::Ratio),
    ("service_level.level_error", Unit::Ratio),
    ("service_level.loss", Unit::Money),
    ("service_level.loss_error", Unit::Money),
    ("service_level.loss_shared", Unit::Share),
    ("service_level.leaving", Unit::SharePoints),
    ("service_level.fade_12", Unit::Ratio),
    ("service_level.fade_24", Unit::Ratio),
    ("service_level.fade_36", Unit::Ratio),
    ("service_level.by_lot", Unit::Count),
    ("service_level.releasable", Unit::Share),
    ("service_level.discount", Unit::Share),
];

impl Kept {
    /// Lays the terms and curves out as tables.
    pub fn tables(&self) -> Vec<Table> {
        let mut terms = Table::new("service_level.terms", &TERMS);
        let mut curves = Table::new(
            "service_level.curves",
            &[
                ("service_level.reason", Unit::Text),
                ("service_level.minutes", Unit::Minutes),
                ("service_level.solved", Unit::Share),
                ("service_level.per_case", Unit::Ratio),
            ],
        );
        for term in &self.terms {
            let number = |value: f64| match value.is_finite() {
                true => Cell::Number(value),
                false => Cell::None,
            };
            let mut row = vec![Cell::Text(term.reason.clone())];
            row.extend(
                [
                    term.cases,
                    term.customers,
                    term.minute_cost,
                    term.today,
                    term.observed.0,
                    term.observed.1,
                    term.shortest,
                    term.slope_error,
                    term.level_error,
                    term.loss,
                    term.loss_error,
                    term.loss_shared,
                    term.leaving,
                    term.fades[0],
                    term.fades[1],
                    term.fades[2],
                    f64::from(term.by_lot),
                    self.releasable,
                    self.discount_yearly,
                ]
                .map(number),
            );
            terms.push(row);
            for (at, minutes) in term.minutes.iter().enumerate() {
                curves.push(vec![
                    Cell::Text(term.reason.clone()),
                    Cell::Number(*minutes),
                    Cell::Number(term.solved[at]),
                    Cell::Number(term.per_case[at]),
                ]);
            }
        }
        let mut line = Table::new(
            "service_level.queue",
            &[
                ("service_level.open_hours", Unit::Count),
                ("service_level.mean_wait", Unit::Minutes),
                ("service_level.patience", Unit::Minutes),
            ],
        );
        if let Some(own) = self.line {
            line.push(
                [own.open_hours, own.mean_wait, own.patience]
                    .map(Cell::Number)
                    .to_vec(),
            );
        }
        vec![curves, terms, line]
    }

    /// Reads them again from a kept report of `service_level`.
    pub fn of(report: &Report) -> Option<Self> {
        let terms = report.table("service_level.terms")?;
        let curves = report.table("service_level.curves")?;
        let line = report
            .table("service_level.queue")
            .and_then(|t| t.rows.first());
        let level = report.figures.iter().find_map(|figure| figure.level);
        let setting = |at: usize| terms.rows.first().map_or(f64::NAN, |row| number(&row[at]));
        Some(Self {
            terms: terms.rows.iter().map(|row| term(row, curves)).collect(),
            line: line.map(|row| Line {
                open_hours: number(&row[0]),
                mean_wait: number(&row[1]),
                patience: number(&row[2]),
            }),
            releasable: setting(18),
            discount_yearly: setting(19),
            level: level.unwrap_or(0.90),
        })
    }
}

fn number(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        _ => f64::NAN,
    }
}

fn term(row: &[Cell], curves: &Table) -> Term {
    let reason = match &row[0] {
        Cell::Text(reason) => reason.clone(),
        _ => String::new(),
    };
    let own = |at: usize| {
        let rows = curves.rows.iter();
        rows.filter(|own| matches!(&own[0], Cell::Text(text) if *text == reason))
            .map(|own| number(&own[at]))
            .collect::<Vec<f64>>()
    };
    Term {
        cases: number(&row[1]),
        customers: number(&row[2]),
        minute_cost: number(&row[3]),
        today: number(&row[4]),
        observed: (number(&row[5]), number(&row[6])),
        shortest: number(&row[7]),
        slope_error: number(&row[8]),
        level_error: number(&row[9]),
        loss: number(&row[10]),
        loss_error: number(&row[11]),
        loss_shared: number(&row[12]),
        leaving: number(&row[13]),
        fades: [number(&row[14]), number(&row[15]), number(&row[16])],
        by_lot: number(&row[17]) > 0.5,
        minutes: own(1),
        solved: own(2),
        per_case: own(3),
        reason,
    }
}
