//! Do the intervals of the purchase distributions hold the truth as often as they claim?

use super::assert_coverage;
use odla_stats::btyd::{
    Fit, Outlook, Parameters, PurchaseFit, Simulated, SpendModel, TotalRequest, bg_bb, bg_nbd,
    gamma_gamma, mbg_nbd, nbd, pareto_nbd, simulate_total,
};

const REPETITIONS: u64 = 100;
/// Totals cost more: each draws 150 customers 200 times.
const TOTALS: u64 = 60;
const LEVEL: f64 = 0.90;
const BG: bg_nbd::BgNbd = bg_nbd::BgNbd {
    r: 0.6,
    alpha: 4.4,
    a: 0.8,
    b: 2.4,
};
const MBG: mbg_nbd::MbgNbd = mbg_nbd::MbgNbd {
    r: 0.8,
    alpha: 6.2,
    a: 0.9,
    b: 1.6,
};
const PARETO: pareto_nbd::ParetoNbd = pareto_nbd::ParetoNbd {
    r: 0.9,
    alpha: 6.0,
    s: 0.8,
    beta: 12.0,
};

fn times(customers: usize) -> Vec<f64> {
    (0..customers)
        .map(|i| 27.0 + 12.0 * ((i * 37) % 101) as f64 / 101.0)
        .collect()
}

/// Adds, per parameter, whether the interval holds the truth.
fn count<P: Parameters>(fit: &Fit<P>, truth: &P, hits: &mut [u64]) {
    for (i, name) in P::NAMES.iter().enumerate() {
        let interval = fit.interval(name, LEVEL).expect("known name");
        hits[i] += u64::from(interval.contains(truth.to_vec()[i]));
    }
}

fn check<P: Parameters>(truth: P, fit: impl Fn(u64) -> Fit<P>) {
    let mut hits = vec![0; P::NAMES.len()];
    for seed in 0..REPETITIONS {
        count(&fit(seed), &truth, &mut hits);
    }
    for (name, hits) in P::NAMES.iter().zip(hits) {
        assert_coverage(name, (hits, REPETITIONS), LEVEL);
    }
}

#[test]
fn purchase_parameters_are_covered_at_the_nominal_rate() {
    let observed = times(1500);
    let history = |s: Simulated| s.history().expect("a simulated history is valid");
    let truth = nbd::Nbd { r: 0.6, alpha: 8.0 };
    check(truth, |seed| {
        nbd::fit(&history(truth.simulate(&observed, 0.0, seed))).expect("fits")
    });
    check(BG, |seed| {
        bg_nbd::fit(&history(BG.simulate(&observed, 0.0, seed))).expect("fits")
    });
    check(MBG, |seed| {
        mbg_nbd::fit(&history(MBG.simulate(&observed, 0.0, seed))).expect("fits")
    });
    check(PARETO, |seed| {
        pareto_nbd::fit(&history(PARETO.simulate(&observed, 0.0, seed))).expect("fits")
    });
}

#[test]
fn spend_parameters_are_covered_at_the_nominal_rate() {
    let truth = gamma_gamma::GammaGamma {
        p: 6.25,
        q: 3.74,
        v: 15.44,
    };
    let purchases: Vec<f64> = (0..800).map(|i| f64::from(1 + i % 5)).collect();
    check(truth, |seed| {
        let mean = truth.simulate(&purchases, seed);
        let spend = gamma_gamma::SpendHistory::new(&purchases, &mean).expect("valid");
        gamma_gamma::fit(&spend).expect("fits")
    });
}

#[test]
fn chance_parameters_are_covered_at_the_nominal_rate() {
    let truth = bg_bb::BgBb {
        alpha: 1.2,
        beta: 0.75,
        gamma: 0.66,
        delta: 2.8,
    };
    check(truth, |seed| {
        let rows = truth.simulate(4000, 6, seed);
        let mut counts = std::collections::BTreeMap::new();
        for row in &rows {
            *counts.entry((row.frequency, row.recency)).or_insert(0.0) += 1.0;
        }
        let distinct: Vec<bg_bb::ChanceRow> = (counts.keys())
            .map(|&(frequency, recency)| bg_bb::ChanceRow {
                frequency,
                recency,
                periods: 6,
            })
            .collect();
        let weights: Vec<f64> = counts.values().copied().collect();
        let history = bg_bb::ChanceHistory::new(&distinct, &weights).expect("valid");
        bg_bb::fit(&history).expect("fits")
    });
}

/// The sum over customers of what their own rates let expect.
fn true_expectation(simulated: &Simulated, outlook: Outlook, per_purchase: bool) -> f64 {
    (0..simulated.rate.len())
        .filter(|&i| simulated.alive[i])
        .map(|i| {
            let (rate, leaving) = (simulated.rate[i], simulated.leaving[i]);
            let end = if per_purchase {
                rate * leaving
            } else {
                leaving
            } + outlook.discount;
            rate * (1.0 - (-end * outlook.horizon).exp()) / end
        })
        .sum()
}

fn check_totals(
    simulate: impl Fn(u64) -> Simulated,
    fit: impl Fn(&Simulated) -> PurchaseFit,
    per_purchase: bool,
) {
    let (mut conditional, mut realized) = (0, 0);
    for seed in 0..TOTALS {
        let simulated = simulate(seed);
        let history = simulated.history().expect("valid");
        let fit = fit(&simulated);
        let request = |discount: f64| TotalRequest {
            outlook: Outlook {
                horizon: 26.0,
                discount,
            },
            draws: 200,
            most_customers: 150,
            seed,
        };
        let spend = SpendModel::Constant(1.0);
        let discounted = simulate_total(&history, &fit, &spend, &request(0.002)).expect("valid");
        let truth = true_expectation(&simulated, request(0.002).outlook, per_purchase);
        conditional += u64::from(discounted.conditional_interval(LEVEL).contains(truth));
        let counted = simulate_total(&history, &fit, &spend, &request(0.0)).expect("valid");
        let happened: f64 = simulated.holdout.iter().sum();
        realized += u64::from(counted.realized_interval(LEVEL).contains(happened));
    }
    assert_coverage("true expectation", (conditional, TOTALS), LEVEL);
    assert_coverage("what happened", (realized, TOTALS), LEVEL);
}

#[test]
fn totals_hold_the_true_expectation_and_what_happens_at_the_nominal_rate() {
    let observed = times(1000);
    check_totals(
        |seed| BG.simulate(&observed, 26.0, seed),
        |s| PurchaseFit::BgNbd(bg_nbd::fit(&s.history().expect("valid")).expect("fits")),
        true,
    );
    check_totals(
        |seed| PARETO.simulate(&observed, 26.0, seed),
        |s| PurchaseFit::ParetoNbd(pareto_nbd::fit(&s.history().expect("valid")).expect("fits")),
        false,
    );
}

#[test]
fn a_total_of_spend_holds_what_purchases_and_their_values_come_to() {
    let observed = times(1000);
    let truth = gamma_gamma::GammaGamma {
        p: 6.25,
        q: 3.74,
        v: 15.44,
    };
    let mut hits = 0;
    for seed in 0..TOTALS {
        let simulated = BG.simulate(&observed, 26.0, seed);
        let history = simulated.history().expect("valid");
        let fit = PurchaseFit::BgNbd(bg_nbd::fit(&history).expect("fits"));
        // The first purchase counts for spend; past and coming purchases share the customer's own ν.
        let known: Vec<f64> = simulated.frequency.iter().map(|x| x + 1.0).collect();
        let (mean_known, spent_ahead) = split_spend(&truth, (&known, &simulated.holdout), seed);
        let spend = gamma_gamma::SpendHistory::new(&known, &mean_known).expect("valid");
        let spend_fit = gamma_gamma::fit(&spend).expect("fits");
        let model = SpendModel::GammaGamma {
            fit: &spend_fit,
            purchases: &known,
            mean_value: &mean_known,
            share: 1.0,
        };
        let request = TotalRequest {
            outlook: Outlook {
                horizon: 26.0,
                discount: 0.0,
            },
            draws: 200,
            most_customers: 150,
            seed,
        };
        let total = simulate_total(&history, &fit, &model, &request).expect("valid");
        hits += u64::from(total.realized_interval(LEVEL).contains(spent_ahead));
    }
    assert_coverage("spend", (hits, TOTALS), LEVEL);
}

/// Mean value of the known purchases per customer, and the sum over customers of the coming ones, from one ν each.
fn split_spend(
    truth: &gamma_gamma::GammaGamma,
    (known, ahead): (&[f64], &[f64]),
    seed: u64,
) -> (Vec<f64>, f64) {
    use rand::SeedableRng;
    use rand_distr::{Distribution, Gamma};
    let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(1000 + seed);
    let mut draw = |shape: f64, rate: f64| {
        let gamma = Gamma::new(shape, 1.0 / rate).expect("positive");
        gamma.sample(&mut generator)
    };
    let (mut means, mut total) = (Vec::new(), 0.0);
    for (x, k) in known.iter().zip(ahead) {
        let nu = draw(truth.q, truth.v);
        means.push(draw(truth.p * x, nu) / x);
        if *k > 0.0 {
            total += draw(truth.p * k, nu);
        }
    }
    (means, total)
}
