//! How many faults are there in all, when only those told or caught are seen?

use super::IncidentsConfig;
use odla_domain::Caution;
use odla_domain::frames::incidents::{IncidentsFrame, Known};
use odla_stats::hidden::{TwoLists, total_under_dependence};
use odla_stats::{Estimate, Interval};
use std::collections::BTreeMap;

/// The four cells of two lists; the last cannot be seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cells {
    pub both: f64,
    pub told: f64,
    pub caught: f64,
    /// In neither list, but heard of elsewhere.
    pub heard: f64,
}

/// What is told of a set of faults.
#[derive(Clone, Debug)]
pub struct Iceberg {
    pub cells: Cells,
    /// All faults, hidden ones included.
    pub total: f64,
    pub total_interval: Interval,
    pub reported_share: (f64, Interval),
    pub hidden_share: (f64, Interval),
    pub caught_share: (f64, Interval),
    /// The reported and the hidden share when telling and catching depend as strongly as is tried.
    pub reported_range: (f64, f64),
    pub hidden_range: (f64, f64),
}

/// The whole, the serious ones, and each severity.
#[derive(Clone, Debug)]
pub struct Estimated {
    pub all: Result<Iceberg, Caution>,
    pub serious: Result<Iceberg, Caution>,
    pub by_severity: Vec<(i64, Result<Iceberg, Caution>)>,
    pub by_kind: Vec<(String, Cells)>,
}

pub fn estimate(frame: &IncidentsFrame, config: &IncidentsConfig) -> Estimated {
    let by_severity = group(&frame.lists, |known| known.severity);
    let strata: Vec<Cells> = by_severity.values().copied().collect();
    let serious: Vec<Cells> = (by_severity.iter())
        .filter(|(severity, _)| **severity >= config.serious_from)
        .map(|(_, cells)| *cells)
        .collect();
    Estimated {
        all: sum(&strata, config),
        serious: sum(&serious, config),
        by_severity: (by_severity.iter())
            .map(|(severity, cells)| (*severity, sum(&[*cells], config)))
            .collect(),
        by_kind: group(&frame.lists, |known| known.kind.clone())
            .into_iter()
            .collect(),
    }
}

fn group<K: Ord>(lists: &[Known], of: impl Fn(&Known) -> K) -> BTreeMap<K, Cells> {
    let mut groups: BTreeMap<K, Cells> = BTreeMap::new();
    for known in lists {
        let cells = groups.entry(of(known)).or_default();
        let faults = known.faults as f64;
        match (known.reported, known.caught) {
            (true, true) => cells.both += faults,
            (true, false) => cells.told += faults,
            (false, true) => cells.caught += faults,
            (false, false) => cells.heard += faults,
        }
    }
    groups
}

impl Cells {
    pub fn known(&self) -> f64 {
        self.both + self.told + self.caught + self.heard
    }

    /// All faults at three strengths of dependence (that of the first, none, that of the second), hidden ones included;
    /// what was only heard of is known to be there. A severity that one of the lists never holds tells nothing of what is hidden.
    fn totals(&self, config: &IncidentsConfig) -> [Estimate; 3] {
        let lists = TwoLists {
            first: self.both + self.told,
            second: self.both + self.caught,
            both: self.both,
        };
        let odds = [config.dependence.0, 1.0, config.dependence.1];
        match total_under_dependence(&lists, &odds, config.level) {
            Ok(range) => [0, 1, 2].map(|place: usize| Estimate {
                value: range.totals[place].1.value.max(self.known()),
                ..range.totals[place].1
            }),
            Err(_) => [Estimate::normal(self.known(), 0.0, config.level); 3],
        }
    }
}

/// The strata are estimated apart and added: telling depends on severity, and mixing would hide a part.
fn sum(strata: &[Cells], config: &IncidentsConfig) -> Result<Iceberg, Caution> {
    let cells = strata.iter().fold(Cells::default(), |sum, part| Cells {
        both: sum.both + part.both,
        told: sum.told + part.told,
        caught: sum.caught + part.caught,
        heard: sum.heard + part.heard,
    });
    if cells.both < config.fewest_both as f64 {
        return Err(Caution::new("incidents.lists_do_not_meet")
            .with("needed", config.fewest_both as f64)
            .with("got", cells.both));
    }
    let totals: Vec<[Estimate; 3]> = strata.iter().map(|part| part.totals(config)).collect();
    let at = |place: usize| totals.iter().map(|own| own[place].value).sum::<f64>();
    let (few, total, many) = (at(0), at(1), at(2));
    let variance: f64 = totals.iter().map(|own| own[1].standard_error.powi(2)).sum();
    let known = cells.known();
    let total_interval = of_hidden(total, variance, known, config.level);
    let share = |part: f64| {
        let of = |all: f64| (part / all).clamp(0.0, 1.0);
        let interval = Interval {
            lower: of(total_interval.upper),
            upper: of(total_interval.lower),
            level: config.level,
        };
        (of(total), interval)
    };
    let reported = cells.both + cells.told;
    let (seen, seen_interval) = share(known);
    Ok(Iceberg {
        total,
        total_interval,
        reported_share: share(reported),
        hidden_share: (
            1.0 - seen,
            Interval {
                lower: 1.0 - seen_interval.upper,
                upper: 1.0 - seen_interval.lower,
                level: config.level,
            },
        ),
        caught_share: share(cells.both + cells.caught),
        reported_range: (reported / many, reported / few),
        hidden_range: (1.0 - known / few, 1.0 - known / many),
        cells,
    })
}

/// The part that is not seen is positive, so the interval of the sum is that of its logarithm.
fn of_hidden(total: f64, variance: f64, known: f64, level: f64) -> Interval {
    let hidden = (total - known).max(0.5);
    let spread = (variance / (hidden * hidden)).ln_1p().sqrt();
    let own = Interval::log_normal(hidden, spread, level);
    Interval {
        lower: known + own.lower,
        upper: known + own.upper,
        level,
    }
}

/// How well two words on the same cases agree beyond chance: kappa with its interval, and the plain agreement.
pub fn kappa(table: &[[u64; 2]; 2], level: f64) -> Option<(f64, Interval, f64, u64)> {
    let n: u64 = table.iter().flatten().sum();
    let of = |count: u64| count as f64 / n as f64;
    let ours = of(table[1][0] + table[1][1]);
    let theirs = of(table[0][1] + table[1][1]);
    let agreed = of(table[0][0] + table[1][1]);
    let chance = ours * theirs + (1.0 - ours) * (1.0 - theirs);
    if n < 30 || chance >= 1.0 - 1e-9 {
        return None;
    }
    let kappa = (agreed - chance) / (1.0 - chance);
    let error = (agreed * (1.0 - agreed) / (n as f64)).sqrt() / (1.0 - chance);
    let interval = Interval::normal(kappa, error, level);
    let interval = Interval {
        upper: interval.upper.min(1.0),
        ..interval
    };
    Some((kappa, interval, agreed, n))
}
