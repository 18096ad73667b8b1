//! What does a minute cost, by reason?

use odla_domain::frames::service::{MinutePool, ServiceFrame};
use std::collections::BTreeMap;

/// Money per minute of staffed time.
#[derive(Clone, Debug, Default)]
pub struct MinuteCosts {
    /// Of each reason whose contacts a pool pays for.
    pub of_reason: BTreeMap<String, f64>,
    /// Over all of them, by minutes.
    pub mean: Option<f64>,
}

/// A pool's cost over the minutes it can carry (or carried, when that is more or capacity is not told). A contact is paid by the
/// pool of its unit, else by the pool without a unit of its process, else by the one of customer service.
pub fn of(frame: &ServiceFrame) -> MinuteCosts {
    let mut used = vec![0.0; frame.pools.len()];
    let payer: Vec<Option<usize>> = (frame.volumes.iter())
        .map(|volume| payer(&frame.pools, (&volume.unit, &volume.process)))
        .collect();
    for (volume, pool) in frame.volumes.iter().zip(&payer) {
        if let Some(pool) = pool {
            used[*pool] += volume.minutes;
        }
    }
    let rate = |pool: usize| {
        let own = &frame.pools[pool];
        let minutes = own.capacity.max(used[pool]);
        (minutes > 0.0 && own.amount > 0.0).then(|| own.amount / minutes)
    };
    let mut sums = BTreeMap::<&str, (f64, f64)>::new();
    for (volume, pool) in frame.volumes.iter().zip(&payer) {
        if let Some(rate) = pool.and_then(rate) {
            let sum = sums.entry(&volume.reason).or_default();
            sum.0 += rate * volume.minutes;
            sum.1 += volume.minutes;
        }
    }
    let all = sums
        .values()
        .fold((0.0, 0.0), |all, own| (all.0 + own.0, all.1 + own.1));
    MinuteCosts {
        of_reason: (sums.iter())
            .filter(|(_, sum)| sum.1 > 0.0)
            .map(|(reason, sum)| ((*reason).to_owned(), sum.0 / sum.1))
            .collect(),
        mean: (all.1 > 0.0).then(|| all.0 / all.1),
    }
}

fn payer(pools: &[MinutePool], (unit, process): (&str, &str)) -> Option<usize> {
    let place = |fits: &dyn Fn(&MinutePool) -> bool| pools.iter().position(fits);
    place(&|pool| !unit.is_empty() && pool.unit == unit && pool.process == process)
        .or_else(|| place(&|pool| !unit.is_empty() && pool.unit == unit))
        .or_else(|| place(&|pool| pool.unit.is_empty() && pool.process == process))
        .or_else(|| place(&|pool| pool.process == "service"))
        .or_else(|| (pools.len() == 1).then_some(0))
}
