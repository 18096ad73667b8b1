//! What is a customer who got the activity worth in kronor, in the time followed and after it?

use super::EffectsConfig;
use super::compare::outcome_of;
use odla_domain::frames::effects::{People, Studied};

/// Years followed from which staying says something of the time after.
const SHORTEST: f64 = 0.4;

/// Money of every compared customer.
#[derive(Clone, Debug)]
pub struct Worth {
    /// Contribution in the time followed.
    pub margin: Vec<f64>,
    /// The same, and for those who stayed what they are expected to bring after it.
    pub whole: Vec<f64>,
    /// Mean expected contribution after the time followed, of one who stays.
    pub after: f64,
    /// Mean worth of staying over leaving: contribution in the time followed and after it.
    pub of_staying: f64,
}

/// Counts the money of the rows that are compared.
///
/// After the time followed a customer who stayed brings yearly what it brought in the year before, times how much those
/// who stayed without the activity brought of that, for the rest of `value_months`, dying away by how many stay and by
/// interest: `(1 - q^T) / -ln q`, q = yearly staying / (1 + interest), T years.
pub fn count(activity: &Studied, rows: &[usize], config: &EffectsConfig) -> Worth {
    let people = &activity.people;
    let margin: Vec<f64> = (0..people.len())
        .map(|row| people.margin.iter().map(|quarter| quarter[row]).sum())
        .collect();
    let stayed = outcome_of(people, activity.relation, people.followed_days);
    let yearly = |row: usize| yearly(people, row);
    let years = people.followed_days / 365.25;
    let untreated = || rows.iter().copied().filter(|&row| !people.treated[row]);
    let kept = || untreated().filter(|&row| stayed[row] > 0.0);
    let (was, is): (f64, f64) = kept().fold((0.0, 0.0), |(was, is), row| {
        (was + yearly(row), is + margin[row] / years.max(1e-9))
    });
    let again = if was > 0.0 { (is / was).max(0.0) } else { 0.0 };
    let share = kept().count() as f64 / untreated().count().max(1) as f64;
    let factor = again * annuity(share, years, config);
    let whole: Vec<f64> = (0..people.len())
        .map(|row| margin[row] + stayed[row] * factor * yearly(row))
        .collect();
    let mean = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, n) = values.fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0));
        if n > 0.0 { sum / n } else { f64::NAN }
    };
    let gone = mean(
        &mut untreated()
            .filter(|&row| stayed[row] == 0.0)
            .map(|row| whole[row]),
    );
    Worth {
        after: mean(&mut kept().map(|row| factor * yearly(row))),
        of_staying: mean(&mut kept().map(|row| whole[row])) - told(gone),
        margin,
        whole,
    }
}

fn told(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// What the customer brings in a year, as known before the activity.
fn yearly(people: &People, row: usize) -> f64 {
    people.margin_before[row]
        .max(12.0 * people.monthly_margin[row])
        .max(0.0)
}

/// Years of contribution that one who stayed is expected to bring, after the time followed.
pub fn annuity(share: f64, years: f64, config: &EffectsConfig) -> f64 {
    let left = (config.value_months / 12.0 - years).max(0.0);
    // Who stays for weeks only says nothing of years.
    if left == 0.0 || years < SHORTEST {
        return 0.0;
    }
    let staying = share.clamp(1e-6, 1.0).powf(1.0 / years);
    let q = staying / (1.0 + config.discount_yearly);
    match (q - 1.0).abs() < 1e-9 {
        true => left,
        false => (1.0 - q.powf(left)) / -q.ln(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_years_ahead_count_less_than_two_when_some_leave_and_money_costs() {
        let config = EffectsConfig::standard();
        let years = annuity(0.88, 1.0, &config);
        assert!((1.5..1.75).contains(&years), "{years}");
        assert_eq!(annuity(0.88, 3.0, &config), 0.0);
    }
}
