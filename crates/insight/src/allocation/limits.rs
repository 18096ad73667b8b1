//! How is the best plan found when whole processes have limits too?

use super::places::Place;
use super::plan::Wanted;
use crate::InsightError;
use odla_domain::Caution;
use odla_stats::StatsError;
use odla_stats::allocate::{Cell, Plan};

/// A process with its places, and the least and most money for all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub process: String,
    pub places: Vec<usize>,
    pub least: f64,
    pub most: f64,
}

/// Plans the cells at these places for this money.
type Solve<'s> = dyn Fn(&[usize], f64) -> Result<Plan, StatsError> + 's;

/// The limits that were asked for, as far as the places' own limits allow them.
///
/// # Errors
/// When no place has the process, or its places cannot keep within the limits.
pub fn groups(
    places: &[Place],
    cells: &[Cell],
    wanted: &Wanted,
) -> Result<Vec<Group>, InsightError> {
    let mut found = Vec::new();
    for (process, (least, most)) in &wanted.processes {
        let own: Vec<usize> = (0..places.len())
            .filter(|&at| places[at].is_of(process))
            .collect();
        let sum = |of: &dyn Fn(&Cell) -> f64| own.iter().map(|&at| of(&cells[at])).sum::<f64>();
        let (floor, ceiling) = (sum(&|cell| cell.lower), sum(&|cell| cell.upper));
        let rounding = 1e-9 * ceiling;
        if own.is_empty() || *least > ceiling + rounding || *most < floor - rounding || least > most
        {
            return Err(InsightError::NotPossible(
                Caution::new("allocation.process_limits")
                    .with("process", process.as_str())
                    .with("least", floor)
                    .with("most", ceiling),
            ));
        }
        found.push(Group {
            process: process.clone(),
            places: own,
            least: least.max(floor),
            most: most.min(ceiling),
        });
    }
    Ok(found)
}

/// The best amounts for the money when every process keeps within its limits.
///
/// The best value of a process is a concave function of its money. Where the plan without limits breaks some, all that
/// break the side that is broken by more money stand at their limit in the best plan: they are set there, and the rest
/// is planned again `[BitranHax1981]`.
pub fn within(
    cells: &[Cell],
    groups: &[Group],
    money: f64,
    solve: &Solve,
) -> Result<Vec<f64>, StatsError> {
    let mut amounts: Vec<f64> = cells.iter().map(|cell| cell.lower).collect();
    let mut open: Vec<&Group> = groups.iter().collect();
    let mut free: Vec<usize> = (0..cells.len()).collect();
    let mut left = money;
    loop {
        if !free.is_empty() {
            let plan = solve(&free, left)?;
            for (&at, amount) in free.iter().zip(&plan.amounts) {
                amounts[at] = *amount;
            }
        }
        let total = |group: &Group| group.places.iter().map(|&at| amounts[at]).sum::<f64>();
        let rounding = 1e-9 * money.abs();
        let over = |group: &Group| (total(group) - group.most).max(0.0);
        let under = |group: &Group| (group.least - total(group)).max(0.0);
        let (above, below): (f64, f64) = open.iter().fold((0.0, 0.0), |sum, own| {
            (sum.0 + over(own), sum.1 + under(own))
        });
        if above.max(below) <= rounding {
            return Ok(amounts);
        }
        let breaks = |group: &Group| match above >= below {
            true => over(group) > rounding,
            false => under(group) > rounding,
        };
        let (set, rest): (Vec<&Group>, Vec<&Group>) =
            open.into_iter().partition(|group| breaks(group));
        open = rest;
        for group in set {
            let share = if above >= below {
                group.most
            } else {
                group.least
            };
            let plan = solve(&group.places, share)?;
            let mut own = plan.amounts;
            spend_rest(cells, group, (&mut own, share));
            for (&at, amount) in group.places.iter().zip(own) {
                amounts[at] = amount;
            }
            left -= share;
            free.retain(|at| !group.places.contains(at));
        }
    }
}

/// A process that must have money that does it no good gets it where there is room.
fn spend_rest(cells: &[Cell], group: &Group, (amounts, share): (&mut [f64], f64)) {
    let rest = share - amounts.iter().sum::<f64>();
    let room: f64 = (group.places.iter().zip(amounts.iter()))
        .map(|(&at, x)| cells[at].upper - x)
        .sum();
    if rest <= 0.0 || room <= 0.0 {
        return;
    }
    for (&at, x) in group.places.iter().zip(amounts) {
        *x += (rest / room).min(1.0) * (cells[at].upper - *x);
    }
}
