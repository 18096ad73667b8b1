//! Do simulated queues show the waiting that the formulas promise?

use odla_stats::staffing::{Queue, Returns, meet_returns, simulate_queue};

const CUSTOMERS: usize = 400_000;

/// Mean of a long, dependent series with its error from 40 batches.
fn batched(values: &[f64]) -> (f64, f64) {
    let size = values.len() / 40;
    let means: Vec<f64> = values
        .chunks_exact(size)
        .map(|own| own.iter().sum::<f64>() / size as f64)
        .collect();
    let mean = means.iter().sum::<f64>() / 40.0;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / 39.0;
    (mean, (variance / 40.0).sqrt())
}

#[track_caller]
fn near(seen: &[f64], want: f64, what: &str) {
    let (mean, error) = batched(seen);
    assert!(
        (mean - want).abs() < 4.0 * error + 1e-9,
        "{what}: {mean} ± {error}, want {want}"
    );
}

#[test]
fn waiting_and_abandonment_are_those_of_a_simulated_queue() {
    for (arrivals, patience, agents) in [
        (5.0, 2.0, 5),
        (9.0, 0.5, 8),
        (45.0, 3.0, 50),
        (60.0, 1.0, 50),
        (7.5, f64::INFINITY, 9),
    ] {
        let queue = Queue {
            arrivals,
            handling: 1.0,
            patience,
            agents,
        };
        let want = queue.performance().expect("stable");
        let seen = simulate_queue(&queue, CUSTOMERS, 17).expect("simulates");
        let share = |is: &dyn Fn(usize) -> bool| -> Vec<f64> {
            (0..CUSTOMERS).map(|i| f64::from(u8::from(is(i)))).collect()
        };
        near(&seen.wait, want.mean_wait, "wait");
        near(&share(&|i| seen.gave_up[i]), want.abandonment, "gave up");
        near(&share(&|i| seen.wait[i] > 0.0), want.waiting, "waiting");
        near(
            &share(&|i| seen.wait[i] > 0.2),
            want.waits_longer_than(0.2),
            "long wait",
        );
        let soon = share(&|i| !seen.gave_up[i] && seen.wait[i] <= 0.2);
        near(&soon, want.served_within(0.2), "served soon");
        let occupancy = seen.busy / seen.duration / f64::from(agents);
        assert!((occupancy - want.occupancy).abs() < 0.01);
    }
}

#[test]
fn returning_customers_add_up_to_the_arrivals_found() {
    let queue = Queue {
        arrivals: 10.0,
        handling: 1.0,
        patience: 2.0,
        agents: 14,
    };
    let returns = Returns {
        solved: 0.7,
        return_unsolved: 0.9,
        return_abandoned: 0.6,
    };
    let (whole, seen) = meet_returns(&queue, &returns).expect("keeps up");
    let a = seen.abandonment;
    let back = whole.arrivals * ((1.0 - a) * 0.3 * 0.9 + a * 0.6);
    assert!((10.0 + back - whole.arrivals).abs() < 1e-9);
    let all_patient = Queue {
        patience: f64::INFINITY,
        agents: 20,
        ..queue
    };
    let every = Returns {
        solved: 0.8,
        return_unsolved: 1.0,
        return_abandoned: 1.0,
    };
    let (whole, _) = meet_returns(&all_patient, &every).expect("keeps up");
    assert!((whole.arrivals - 12.5).abs() < 1e-12);
    // Everyone comes back until solved, and 14 agents can only serve 14 of the 10 / 0.7 contacts a minute.
    let tight = Returns {
        solved: 0.7,
        return_unsolved: 1.0,
        return_abandoned: 1.0,
    };
    assert_eq!(
        meet_returns(&queue, &tight)
            .expect_err("cannot keep up")
            .key(),
        "infeasible"
    );
}
