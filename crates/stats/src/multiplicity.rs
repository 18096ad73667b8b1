//! How many of many findings are false?

/// q-values of Benjamini and Hochberg: the smallest false-discovery rate at which each test is called `[BH1995]`.
///
/// `q_(i) = min over k ≥ i of p_(k) m/k`, at most 1. Holds for independent or positively dependent tests.
/// Values that are not in 0-1 (a test that could not be made) get NaN and do not count.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    q_values(p_values, 1.0)
}

/// q-values of Benjamini and Yekutieli, valid under any dependence: those of Benjamini and Hochberg times
/// `1 + 1/2 + ... + 1/m`, at most 1 `[BY2001]`.
pub fn benjamini_yekutieli(p_values: &[f64]) -> Vec<f64> {
    let tests = p_values.iter().filter(|p| is_probability(**p)).count();
    q_values(p_values, (1..=tests).map(|i| 1.0 / i as f64).sum())
}

fn q_values(p_values: &[f64], factor: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len())
        .filter(|&i| is_probability(p_values[i]))
        .collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let tests = order.len() as f64;
    let mut q = vec![f64::NAN; p_values.len()];
    let mut smallest: f64 = 1.0;
    for (rank, &test) in order.iter().enumerate().rev() {
        smallest = smallest.min(p_values[test] * factor * tests / (rank + 1) as f64);
        q[test] = smallest;
    }
    q
}

fn is_probability(p: f64) -> bool {
    (0.0..=1.0).contains(&p)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen p-values of the paper's example: four are rejected at 5 %.
    const PAPER: [f64; 15] = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
        0.5719, 0.6528, 0.7590, 1.0,
    ];

    #[test]
    fn four_of_the_fifteen_hypotheses_of_benjamini_and_hochberg_1995_are_rejected() {
        let rejected = benjamini_hochberg(&PAPER)
            .iter()
            .filter(|q| **q <= 0.05)
            .count();
        assert_eq!(rejected, 4);
    }

    #[test]
    fn q_values_follow_the_step_up_rule() {
        let q = benjamini_hochberg(&[0.04, 0.01, 0.03]);
        assert!((q[0] - 0.04).abs() < 1e-15 && (q[1] - 0.03).abs() < 1e-15);
        assert!((q[2] - 0.04).abs() < 1e-15);
    }

    #[test]
    fn any_dependence_costs_the_harmonic_factor() {
        let (bh, by) = (benjamini_hochberg(&PAPER), benjamini_yekutieli(&PAPER));
        let harmonic: f64 = (1..=15).map(|i| 1.0 / f64::from(i)).sum();
        assert!((by[0] / bh[0] - harmonic).abs() < 1e-12);
    }

    #[test]
    fn a_test_that_could_not_be_made_does_not_count() {
        let q = benjamini_hochberg(&[0.02, f64::NAN, 0.5]);
        assert!((q[0] - 0.04).abs() < 1e-15 && q[1].is_nan());
    }
}
