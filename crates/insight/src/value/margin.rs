//! How much of what a buyer spends stays with us?

use super::ValueConfig;
use odla_domain::frames::purchases::{Purchases, PurchasesFrame};

/// The margin share of spend, all in all and per segment.
#[derive(Clone, Debug)]
pub struct Margin {
    pub overall: f64,
    /// Standard error of `overall`; 0 when it is assumed.
    pub standard_error: f64,
    pub by_segment: Vec<f64>,
    /// Share of the spend whose direct cost is not told.
    pub unknown: f64,
    /// No direct cost is known or assumed: the share is 1 and value is revenue.
    pub is_revenue: bool,
}

/// The largest share of spend with unknown cost at which a margin is still told from the rest.
const MOST_UNKNOWN: f64 = 0.20;
/// A segment's own share counts as much as the overall one from this many average buyers.
const PRIOR_BUYERS: f64 = 50.0;

/// Shares are ratios of sums; a segment's is pulled toward the overall one when it has few buyers.
pub fn share(frame: &PurchasesFrame, at: &Purchases, config: &ValueConfig) -> Margin {
    let buyers: Vec<usize> = (0..frame.len())
        .filter(|&row| at.purchases[row] > 0.0)
        .collect();
    let total = |column: &[f64]| buyers.iter().map(|&row| column[row]).sum::<f64>();
    let (net, costed, margin) = (total(&at.net), total(&at.net_with_cost), total(&at.margin));
    let unknown = if net > 0.0 {
        (1.0 - costed / net).clamp(0.0, 1.0)
    } else {
        1.0
    };
    let known = (costed > 0.0).then(|| margin / costed);
    let told = known.filter(|_| unknown <= MOST_UNKNOWN || config.assumed_margin_share.is_some());
    let segments = frame.segments.len();
    let Some(known) = told else {
        let flat = config.assumed_margin_share.unwrap_or(1.0);
        return Margin {
            overall: flat,
            standard_error: 0.0,
            by_segment: vec![flat; segments],
            unknown,
            is_revenue: config.assumed_margin_share.is_none(),
        };
    };
    let residuals = buyers
        .iter()
        .map(|&row| at.margin[row] - known * at.net_with_cost[row]);
    let standard_error = residuals.map(|r| r * r).sum::<f64>().sqrt() / costed;
    let blend = |known: f64| match config.assumed_margin_share {
        Some(assumed) => known * (1.0 - unknown) + assumed * unknown,
        None => known,
    };
    let prior = PRIOR_BUYERS * costed / buyers.len() as f64;
    let mut sums = vec![(known * prior, prior); segments];
    for &row in &buyers {
        let (margin, costed) = &mut sums[frame.segment[row] as usize];
        *margin += at.margin[row];
        *costed += at.net_with_cost[row];
    }
    Margin {
        overall: blend(known),
        standard_error,
        by_segment: sums
            .iter()
            .map(|(margin, costed)| blend(margin / costed))
            .collect(),
        unknown,
        is_revenue: false,
    }
}
