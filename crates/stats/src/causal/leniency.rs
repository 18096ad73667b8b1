//! Does it matter whom the customer happens to meet? The habits of each agent as an instrument.

use std::collections::BTreeMap;

use super::influence::dense;
use crate::StatsError;
use crate::error::{require_finite, require_length};

/// An instrument made of habits.
#[derive(Debug, Clone, PartialEq)]
pub struct Leniency {
    /// For each used row: how much more of the dose the row's agent gives in all other rows than agents do in the same stratum.
    pub instrument: Vec<f64>,
    /// Rows that have one: the agent has other rows, and the stratum other agents' rows.
    pub rows: Vec<usize>,
    pub agents: usize,
}

/// Leave-one-out habits: the agent's mean dose over all rows but this one (all rows but those of the same `case`, when given).
///
/// `z_i = mean over j of the agent, j not in i's case, of (d_j - mean of the stratum without j)` `[Kling2006]` `[DahlKostolMogstad2014]`.
/// An instrument when rows fall to agents as if by lot within the stratum (reason, class, shift) and the agent's habit acts
/// through the dose only. All slices n long; errs on fewer than two agents, or when no row has a fellow.
pub fn leave_one_out(
    dose: &[f64],
    agent: &[usize],
    (stratum, case): (&[usize], Option<&[usize]>),
) -> Result<Leniency, StatsError> {
    let rows = dose.len();
    require_finite("dose", dose)?;
    require_length("agent", rows, agent.len())?;
    require_length("stratum", rows, stratum.len())?;
    if let Some(case) = case {
        require_length("case", rows, case.len())?;
    }
    let (agents, count) = dense(agent);
    if count < 2 {
        return Err(StatsError::TooFewGroups {
            needed: 2,
            got: count,
        });
    }
    let left = less_stratum(dose, stratum);
    let mut sums = vec![(0.0, 0.0); count];
    let mut own: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    let case_of = |row: usize| case.map_or(row, |case| case[row]);
    for row in 0..rows {
        let Some(value) = left[row] else { continue };
        add(&mut sums[agents[row]], value);
        add(own.entry((agents[row], case_of(row))).or_default(), value);
    }
    let mut found = Leniency {
        instrument: Vec::new(),
        rows: Vec::new(),
        agents: count,
    };
    for row in 0..rows {
        let all = sums[agents[row]];
        let mine = own
            .get(&(agents[row], case_of(row)))
            .copied()
            .unwrap_or_default();
        let others = all.1 - mine.1;
        if others > 0.5 && left[row].is_some() {
            found.instrument.push((all.0 - mine.0) / others);
            found.rows.push(row);
        }
    }
    match found.rows.is_empty() {
        true => Err(StatsError::TooFewObservations { needed: 2, got: 1 }),
        false => Ok(found),
    }
}

fn add(sum: &mut (f64, f64), value: f64) {
    sum.0 += value;
    sum.1 += 1.0;
}

/// Each value less the mean of the others in its stratum; none when it is alone there.
fn less_stratum(dose: &[f64], stratum: &[usize]) -> Vec<Option<f64>> {
    let (strata, count) = dense(stratum);
    let mut sums = vec![(0.0, 0.0); count];
    for (stratum, value) in strata.iter().zip(dose) {
        add(&mut sums[*stratum], *value);
    }
    (strata.iter().zip(dose))
        .map(|(stratum, value)| {
            let (sum, n) = sums[*stratum];
            (n > 1.5).then(|| value - (sum - value) / (n - 1.0))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_row_is_left_out() {
        let dose = [1.0, 3.0, 10.0, 20.0];
        let found = leave_one_out(&dose, &[0, 0, 1, 1], (&[0; 4], None)).unwrap();
        let less = |i: usize| dose[i] - (34.0 - dose[i]) / 3.0;
        let expected = [less(1), less(0), less(3), less(2)];
        for (z, e) in found.instrument.iter().zip(expected) {
            assert!((z - e).abs() < 1e-12);
        }
        let same_case =
            leave_one_out(&dose, &[0, 0, 1, 1], (&[0; 4], Some(&[5, 5, 6, 7]))).unwrap();
        assert_eq!(same_case.rows, vec![2, 3]);
        assert!(leave_one_out(&dose, &[0; 4], (&[0; 4], None)).is_err());
        assert!(leave_one_out(&dose, &[0, 1, 2, 3], (&[0; 4], None)).is_err());
    }
}
