//! How much of the profit do the most profitable customers give, and how much do the others take back?

use super::estimate::Contributions;
use odla_domain::{Cell, Money, Sentence, Table, Unit};

/// Customers ranked by profit, the most profitable first, and the profit summed along the way.
pub struct Whale {
    /// Customers with any revenue or cost in the year.
    pub customers: usize,
    pub losing: usize,
    /// What the customers at a loss lost, negative or zero.
    pub lost: Money,
    total: Money,
    /// The highest sum, and after how many customers it is reached.
    peak: (Money, usize),
    curve: Vec<(f64, Money)>,
}

const STEPS: [f64; 17] = [
    0.01, 0.02, 0.03, 0.05, 0.10, 0.15, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90, 0.95, 0.99,
    1.0,
];

pub fn draw(contributions: &Contributions) -> Whale {
    let mut profits: Vec<Money> = contributions
        .profit
        .iter()
        .zip(&contributions.active)
        .filter_map(|(&profit, &active)| active.then_some(profit))
        .collect();
    profits.sort_unstable_by(|one, other| other.cmp(one));
    let zero = Money::default();
    let losing = profits.len() - profits.partition_point(|&profit| profit >= zero);
    let mut whale = Whale {
        customers: profits.len(),
        losing,
        lost: profits[profits.len() - losing..].iter().copied().sum(),
        total: zero,
        peak: (zero, 0),
        curve: Vec::with_capacity(STEPS.len()),
    };
    let mut steps = STEPS.into_iter().peekable();
    for (place, &profit) in profits.iter().enumerate() {
        whale.total += profit;
        if whale.total > whale.peak.0 {
            whale.peak = (whale.total, place + 1);
        }
        let share = (place + 1) as f64 / profits.len() as f64;
        while let Some(step) = steps.next_if(|&step| step <= share) {
            whale.curve.push((step, whale.total));
        }
    }
    whale
}

impl Whale {
    /// The peak as a share of the total profit, at least 1; nothing when there is no profit.
    pub fn peak_share(&self) -> Option<f64> {
        (self.total > Money::default()).then(|| self.peak.0.to_f64() / self.total.to_f64())
    }

    pub fn table(&self) -> Table {
        let mut table = Table::new(
            "profit.whale",
            &[
                ("profit.customers_share", Unit::Share),
                ("profit.cumulative", Unit::Money),
                ("profit.share_of_profit", Unit::Share),
            ],
        );
        let told = self.total > Money::default();
        for &(share, sum) in &self.curve {
            let of_total = if told {
                Cell::Number(sum.to_f64() / self.total.to_f64())
            } else {
                Cell::None
            };
            table.push(vec![
                Cell::Number(share),
                Cell::Number(sum.to_f64()),
                of_total,
            ]);
        }
        table
    }

    pub fn sentences(&self) -> Vec<Sentence> {
        let mut sentences = Vec::new();
        if self.customers == 0 {
            return sentences;
        }
        if let Some(peak) = self.peak_share() {
            sentences.push(
                Sentence::new("profit.whale")
                    .with("customers", self.peak.1 as f64 / self.customers as f64)
                    .with("peak", peak)
                    .from_figure("profit.whale_peak"),
            );
        }
        let loss = match self.losing {
            0 => Sentence::new("profit.nobody_loses"),
            losing => Sentence::new("profit.loses")
                .with("n", losing)
                .with("share", losing as f64 / self.customers as f64)
                .with("sum", -self.lost.to_f64()),
        };
        sentences.push(
            loss.from_figure("profit.loss_making.count")
                .from_figure("profit.loss_making.sum"),
        );
        sentences
    }
}
