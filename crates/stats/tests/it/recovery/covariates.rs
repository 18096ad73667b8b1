//! Do the intervals of covariates of purchase rate and dropout hold the truth as often as they claim?

use super::assert_coverage;
use odla_stats::btyd::{
    Covariates, Outlook, PurchaseKind, PurchaseModel, bg_nbd, covariates, pareto_nbd,
};
use odla_stats::{Caution, StatsError};

const REPETITIONS: u64 = 80;
const LEVEL: f64 = 0.90;
const OF_RATE: [f64; 2] = [0.5, -0.4];
const OF_DROPOUT: f64 = 0.7;

/// A group flag and a continuous column on the rate, the flag on dropout too.
fn covariates_of(customers: usize) -> Covariates {
    let flag: Vec<f64> = (0..customers)
        .map(|i| f64::from(u8::from(i % 3 == 0)))
        .collect();
    let level = (0..customers)
        .map(|i| ((i * 7919) % 97) as f64 / 97.0)
        .collect();
    Covariates {
        purchase: vec![
            ("flag".to_owned(), flag.clone()),
            ("level".to_owned(), level),
        ],
        dropout: vec![("flag".to_owned(), flag)],
    }
}

/// The truth for one customer, written out.
fn model(kind: PurchaseKind, covariates: &Covariates, i: usize) -> PurchaseModel {
    let (flag, level) = (covariates.purchase[0].1[i], covariates.purchase[1].1[i]);
    let alpha = 5.0 * (-OF_RATE[0] * flag - OF_RATE[1] * level).exp();
    match kind {
        PurchaseKind::BgNbd => PurchaseModel::BgNbd(bg_nbd::BgNbd {
            r: 0.8,
            alpha,
            a: 0.6 * (OF_DROPOUT * flag).exp(),
            b: 2.4,
        }),
        _ => PurchaseModel::ParetoNbd(pareto_nbd::ParetoNbd {
            r: 0.8,
            alpha,
            s: 0.8,
            beta: 14.0 * (-OF_DROPOUT * flag).exp(),
        }),
    }
}

#[test]
fn effects_on_rate_and_dropout_are_covered_and_expectations_too() {
    let covariates = covariates_of(1500);
    let observed: Vec<f64> = (0..1500).map(|i| 27.0 + ((i * 37) % 13) as f64).collect();
    for kind in [PurchaseKind::BgNbd, PurchaseKind::ParetoNbd] {
        let models: Vec<PurchaseModel> = (0..1500).map(|i| model(kind, &covariates, i)).collect();
        let (mut hits, mut held, mut asked) = ([0_u64; 3], 0_u64, 0_u64);
        for seed in 0..REPETITIONS {
            let lives = covariates::simulate(&models, &observed, 26.0, seed);
            let history = lives.history().expect("valid");
            let fit = covariates::fit(kind, &history, &covariates, LEVEL).expect("fits");
            let truths = [OF_RATE[0], OF_RATE[1], OF_DROPOUT];
            let told = fit.purchase.iter().chain(&fit.dropout);
            for (hit, (c, truth)) in hits.iter_mut().zip(told.zip(truths)) {
                *hit += u64::from(c.estimate.interval.contains(truth));
            }
            if seed < 10 {
                let outlook = Outlook {
                    horizon: 26.0,
                    discount: 0.0,
                };
                let ranges = fit
                    .purchase_intervals((&history, &covariates), outlook, LEVEL, (200, seed))
                    .expect("valid");
                for i in (0..1500).step_by(25) {
                    let leaving = match kind {
                        PurchaseKind::BgNbd => lives.rate[i] * lives.leaving[i],
                        _ => lives.leaving[i],
                    };
                    let ahead = -(-leaving * 26.0).exp_m1() / leaving;
                    let truth = if lives.alive[i] {
                        lives.rate[i] * ahead
                    } else {
                        0.0
                    };
                    // Draws of "gone" are 0 exactly; so is the truth of who is gone.
                    held += u64::from(ranges[i].contains(truth));
                    asked += 1;
                }
            }
        }
        for (name, hits) in ["rate flag", "rate level", "dropout flag"].iter().zip(hits) {
            assert_coverage(name, (hits, REPETITIONS), LEVEL);
        }
        // Where "gone" is likelier than the tail the interval reaches 0, and then holds more than its level.
        let rate = held as f64 / asked as f64;
        eprintln!("{kind:?}: effects {hits:?} of {REPETITIONS}, customers {rate} of {asked}");
        assert!((0.87..=0.985).contains(&rate), "{rate}");
    }
}

#[test]
fn without_dropout_the_limit_is_told_and_rate_effects_remain() {
    let covariates = covariates_of(3000);
    let observed = vec![30.0; 3000];
    let models: Vec<PurchaseModel> = (0..3000)
        .map(|i| {
            let shift = OF_RATE[0] * covariates.purchase[0].1[i];
            PurchaseModel::Nbd(odla_stats::btyd::nbd::Nbd {
                r: 1.2,
                alpha: 8.0 * (-shift).exp(),
            })
        })
        .collect();
    let history = covariates::simulate(&models, &observed, 0.0, 5)
        .history()
        .expect("valid");
    for kind in [
        PurchaseKind::BgNbd,
        PurchaseKind::MbgNbd,
        PurchaseKind::ParetoNbd,
    ] {
        let fit = covariates::fit(kind, &history, &covariates, 0.99).expect("fits");
        let told = |c: &Caution| matches!(c, Caution::DropoutNotIdentified { .. });
        assert!(fit.cautions.iter().any(told), "{kind:?} {:?}", fit.cautions);
        assert!(fit.purchase[0].estimate.interval.contains(OF_RATE[0]));
        assert_eq!(fit.names.len(), 7);
        let p_alive = fit.p_alive(&history, &covariates).expect("valid");
        assert!(p_alive.iter().sum::<f64>() > 2900.0);
    }
    let of_nobody = Covariates {
        dropout: covariates.dropout.clone(),
        ..Covariates::default()
    };
    let refused = covariates::fit(PurchaseKind::Nbd, &history, &of_nobody, 0.9);
    assert!(matches!(refused, Err(StatsError::InvalidInput { .. })));
}
