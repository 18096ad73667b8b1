//! Must it be there, does more of it please more, or does nobody care?

use super::nps::proportion;
use crate::error::require_length;
use crate::estimate::{Estimate, Interval, normal_quantile_for_level};
use crate::regression::sample::{prove_level, prove_weights};
use crate::{Caution, StatsError};

/// Effective answers below which a category says little; convention.
const ENOUGH_ANSWERS: f64 = 30.0;
/// Category strength below which the category is called mixed; convention.
pub const CLEAR_STRENGTH: f64 = 0.06;

/// What a feature is to one respondent, or to most of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Its absence angers, its presence is taken for granted.
    MustBe,
    /// The more the better, the less the worse.
    OneDimensional,
    /// Pleases when it is there, is not missed when it is not.
    Attractive,
    Indifferent,
    /// The respondent wants the opposite.
    Reverse,
    /// The two answers contradict each other.
    Questionable,
}

impl Category {
    /// In the order in which ties are decided: what hurts most first `[Berger1993]`.
    pub const ALL: [Category; 6] = [
        Category::MustBe,
        Category::OneDimensional,
        Category::Attractive,
        Category::Indifferent,
        Category::Reverse,
        Category::Questionable,
    ];

    /// The usual letter.
    pub fn letter(self) -> &'static str {
        match self {
            Category::MustBe => "M",
            Category::OneDimensional => "O",
            Category::Attractive => "A",
            Category::Indifferent => "I",
            Category::Reverse => "R",
            Category::Questionable => "Q",
        }
    }
}

/// Category of one pair of answers by the usual table `[Kano1984]` `[Berger1993]`.
///
/// Both answers are 1 like, 2 expect, 3 neutral, 4 can live with, 5 dislike: first if the feature is there, then if it is
/// not. None when an answer is not one of these.
pub fn category(present: f64, absent: f64) -> Option<Category> {
    let option = |answer: f64| [1.0, 2.0, 3.0, 4.0, 5.0].iter().position(|o| *o == answer);
    Some(match (option(present)? + 1, option(absent)? + 1) {
        (1, 1) | (5, 5) => Category::Questionable,
        (1, 5) => Category::OneDimensional,
        (1, _) => Category::Attractive,
        (5, _) | (_, 1) => Category::Reverse,
        (_, 5) => Category::MustBe,
        _ => Category::Indifferent,
    })
}

/// What a feature is to a group of respondents.
#[derive(Debug, Clone, PartialEq)]
pub struct Kano {
    /// Share of each category, in the order of [`Category::ALL`].
    pub shares: [Estimate; 6],
    /// The most frequent one (ties by the order of [`Category::ALL`]).
    pub category: Category,
    pub second: Category,
    /// First minus second share, 0-1; below [`CLEAR_STRENGTH`] or with an interval that reaches 0 the category is mixed.
    pub strength: Estimate,
    /// Share who care at all: must-be, one-dimensional and attractive.
    pub total_strength: Estimate,
    /// `(A + O)/(A + O + M + I)`: how much presence pleases, 0-1; NaN when nobody falls in the four.
    pub satisfaction: Estimate,
    /// `-(O + M)/(A + O + M + I)`: how much absence hurts, -1-0.
    pub dissatisfaction: Estimate,
    pub answers: usize,
    pub effective_answers: f64,
    pub cautions: Vec<Caution>,
}

impl Kano {
    /// Whether no category is clearly ahead.
    pub fn mixed(&self) -> bool {
        self.strength.value < CLEAR_STRENGTH || self.strength.interval.lower <= 0.0
    }
}

/// Kano classification of one feature from the answers of n respondents; a respondent with one answer missing (NaN) is
/// left out.
///
/// Shares and both coefficients have Wilson's interval, the strength that of a difference of two shares of one sample,
/// `var = (p1 + p2 - (p1 - p2)²)/n`; n is the effective number when weighted. Errs on an answer that is not 1-5, and when
/// nobody answered both.
pub fn classify(
    present: &[f64],
    absent: &[f64],
    weights: Option<&[f64]>,
    level: f64,
) -> Result<Kano, StatsError> {
    prove_level(level)?;
    require_length("answers if absent", present.len(), absent.len())?;
    if let Some(weights) = weights {
        prove_weights(weights, present.len())?;
    }
    let (mut count, mut total, mut squares) = (0, 0.0, 0.0);
    let mut sums = [0.0; 6];
    for (row, (p, a)) in present.iter().zip(absent).enumerate() {
        let weight = weights.map_or(1.0, |w| w[row]);
        if p.is_nan() || a.is_nan() || weight == 0.0 {
            continue;
        }
        let found = category(*p, *a).ok_or_else(|| {
            StatsError::invalid_row("answer (must be a whole number from 1 to 5)", row)
        })?;
        sums[found as usize] += weight;
        count += 1;
        total += weight;
        squares += weight * weight;
    }
    if count == 0 {
        return Err(StatsError::TooFewObservations { needed: 1, got: 0 });
    }
    let effective = total * total / squares;
    summarize(sums.map(|s| s / total), (count, effective), level)
}

fn summarize(
    shares: [f64; 6],
    (answers, effective): (usize, f64),
    level: f64,
) -> Result<Kano, StatsError> {
    let share = |value: f64, n: f64| match n > 0.0 {
        // Rounding may lift a share of everyone above 1.
        true => proportion((value * n).min(n), n, level),
        false => Ok(unknown(level)),
    };
    let mut order = Category::ALL;
    order.sort_by(|a, b| shares[*b as usize].total_cmp(&shares[*a as usize]));
    let [m, o, a, i, ..] = shares;
    let four = m + o + a + i;
    let part = |value: f64| share(value / four, effective * four);
    let hurt = part(o + m)?;
    let mut estimates = [unknown(level); 6];
    for (estimate, value) in estimates.iter_mut().zip(shares) {
        *estimate = share(value, effective)?;
    }
    let few = effective < ENOUGH_ANSWERS;
    Ok(Kano {
        shares: estimates,
        category: order[0],
        second: order[1],
        strength: difference(
            (shares[order[0] as usize], shares[order[1] as usize]),
            effective,
            level,
        ),
        total_strength: share(m + o + a, effective)?,
        satisfaction: part(a + o)?,
        dissatisfaction: Estimate {
            value: -hurt.value,
            standard_error: hurt.standard_error,
            interval: Interval {
                lower: -hurt.interval.upper,
                upper: -hurt.interval.lower,
                level,
            },
        },
        answers,
        effective_answers: effective,
        cautions: (few.then(|| Caution::FewObservations {
            needed: ENOUGH_ANSWERS as usize,
            got: effective.floor() as usize,
        }))
        .into_iter()
        .collect(),
    })
}

/// Of two shares of one sample; the interval adds two fictitious answers to each, as a share of everyone is never certain.
fn difference((first, second): (f64, f64), n: f64, level: f64) -> Estimate {
    let spread = |p: f64, q: f64, n: f64| ((p + q - (p - q).powi(2)).max(0.0) / n).sqrt();
    let added = n + 4.0;
    let (p, q) = ((first * n + 2.0) / added, (second * n + 2.0) / added);
    let half_width = normal_quantile_for_level(level) * spread(p, q, added);
    let value = first - second;
    Estimate {
        value,
        standard_error: spread(first, second, n),
        interval: Interval {
            lower: (p - q - half_width).clamp(-1.0, value),
            upper: (p - q + half_width).clamp(value, 1.0),
            level,
        },
    }
}

fn unknown(level: f64) -> Estimate {
    Estimate::normal(f64::NAN, f64::NAN, level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_twenty_five_pairs_follow_the_evaluation_table() {
        let table = ["QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ"];
        for (present, row) in table.iter().enumerate() {
            let letters: String = (1..=5)
                .map(|absent| category((present + 1) as f64, f64::from(absent)).unwrap())
                .map(Category::letter)
                .collect();
            assert_eq!(letters, *row);
        }
        assert!(category(0.0, 3.0).is_none() && category(2.5, 3.0).is_none());
    }

    fn answers(counts: [usize; 6]) -> (Vec<f64>, Vec<f64>) {
        let pairs = [
            (3.0, 5.0),
            (1.0, 5.0),
            (1.0, 3.0),
            (3.0, 3.0),
            (5.0, 1.0),
            (1.0, 1.0),
        ];
        let all = counts
            .iter()
            .zip(pairs)
            .flat_map(|(n, pair)| vec![pair; *n]);
        all.unzip()
    }

    #[test]
    fn coefficients_and_strength_follow_their_formulas() {
        let (present, absent) = answers([20, 35, 30, 10, 3, 2]);
        let kano = classify(&present, &absent, None, 0.9).unwrap();
        assert!((kano.satisfaction.value - 65.0 / 95.0).abs() < 1e-12);
        assert!((kano.dissatisfaction.value + 55.0 / 95.0).abs() < 1e-12);
        assert_eq!(
            (kano.category, kano.second),
            (Category::OneDimensional, Category::Attractive)
        );
        assert!((kano.strength.value - 0.05).abs() < 1e-12 && kano.mixed());
        assert!((kano.total_strength.value - 0.85).abs() < 1e-12);
        let shares: f64 = kano.shares.iter().map(|s| s.value).sum();
        assert!((shares - 1.0).abs() < 1e-12);
    }

    #[test]
    fn ties_go_to_what_hurts_most() {
        let (present, absent) = answers([40, 40, 0, 0, 0, 0]);
        let kano = classify(&present, &absent, None, 0.9).unwrap();
        assert_eq!(kano.category, Category::MustBe);
        assert_eq!(kano.strength.value, 0.0);
    }

    #[test]
    fn only_contradictions_leave_no_coefficients() {
        let (present, absent) = answers([0, 0, 0, 0, 0, 40]);
        let kano = classify(&present, &absent, None, 0.9).unwrap();
        assert!(kano.satisfaction.value.is_nan());
        assert!(!kano.mixed());
    }

    #[test]
    fn half_answered_pairs_are_left_out_and_wrong_codes_refused() {
        let kano = classify(&[1.0, f64::NAN], &[5.0, 5.0], None, 0.9).unwrap();
        assert_eq!((kano.answers, kano.cautions.len()), (1, 1));
        assert!(classify(&[6.0], &[1.0], None, 0.9).is_err());
        assert!(classify(&[f64::NAN], &[1.0], None, 0.9).is_err());
    }
}
