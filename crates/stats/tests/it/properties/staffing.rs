//! What holds for every queue and every handling time, and is nonsense refused?

use odla_stats::staffing::{
    Change, Goal, Queue, Reason, Response, agents_needed, best_minutes, best_minutes_over_draws,
    contacts_per_case, erlang_b, erlang_c, productivity::value_within, what_if,
};

fn queue(arrivals: f64, patience: f64, agents: u32) -> Queue {
    Queue {
        arrivals,
        handling: 1.0,
        patience,
        agents,
    }
}

/// Probabilities of the birth-and-death chain added up as they are: (waiting, give up, mean queue).
fn added_up(queue: &Queue) -> (f64, f64, f64) {
    let n = queue.agents as usize;
    let (mut weight, mut sum, mut waiting, mut length) = (1.0, 1.0, 0.0, 0.0);
    for k in 1..4_000_usize {
        let busy = k.min(n) as f64 / queue.handling;
        let leaving = k.saturating_sub(n) as f64 / queue.patience;
        weight *= queue.arrivals / (busy + leaving);
        sum += weight;
        if k >= n {
            waiting += weight;
            length += (k - n) as f64 * weight;
        }
    }
    (
        waiting / sum,
        length / sum / queue.patience / queue.arrivals,
        length / sum,
    )
}

#[test]
fn performance_is_that_of_the_chain_added_up() {
    for (arrivals, patience, agents) in [
        (0.5, 1.0, 1),
        (3.0, 0.1, 4),
        (40.0, 5.0, 35),
        (100.0, 0.5, 110),
        (20.0, 50.0, 20),
    ] {
        let own = queue(arrivals, patience, agents);
        let (waiting, gave_up, length) = added_up(&own);
        let seen = own.performance().expect("stable");
        assert!(
            (seen.waiting - waiting).abs() < 1e-11,
            "{own:?} {} {waiting}",
            seen.waiting
        );
        assert!((seen.abandonment - gave_up).abs() < 1e-11, "{own:?}");
        assert!((seen.queue_length / length - 1.0).abs() < 1e-9, "{own:?}");
        assert!((seen.waits_longer_than(0.0) - seen.waiting).abs() < 1e-11);
        assert!((seen.served_within(1e6) - (1.0 - seen.abandonment)).abs() < 1e-11);
        let quantile = seen.wait_quantile(0.99);
        assert!(quantile == 0.0 || (seen.waits_longer_than(quantile) - 0.01).abs() < 1e-9);
    }
}

#[test]
fn endless_patience_is_the_limit_of_long_patience() {
    let never = queue(45.0, f64::INFINITY, 50)
        .performance()
        .expect("stable");
    let hardly = queue(45.0, 1e7, 50).performance().expect("stable");
    assert!((never.waiting - erlang_c(45.0, 50)).abs() < 1e-14);
    assert!((never.mean_wait / hardly.mean_wait - 1.0).abs() < 1e-5);
    assert!((never.served_within(0.3) - hardly.served_within(0.3)).abs() < 1e-6);
    let none = queue(45.0, 1e-9, 50).performance().expect("stable");
    assert!((none.abandonment - erlang_b(45.0, 50)).abs() < 1e-7);
}

#[test]
fn thousands_of_agents_and_hours_of_patience_are_no_trouble() {
    for (arrivals, patience, agents) in [
        (10_000.0, 3.0, 10_050),
        (50_000.0, 100.0, 49_000),
        (1.0, 2.0, 100_000),
        (1e6, 1e3, 900_000),
        (5.0, 1e10, 4),
    ] {
        let seen = queue(arrivals, patience, agents)
            .performance()
            .expect("computes");
        for share in [
            seen.waiting,
            seen.abandonment,
            seen.occupancy,
            seen.served_within(0.1),
        ] {
            assert!((0.0..=1.0 + 1e-9).contains(&share), "{arrivals} {seen:?}");
        }
        // What comes is served or gives up.
        let served = seen.occupancy * f64::from(agents);
        assert!((served + arrivals * seen.abandonment) / arrivals - 1.0 < 1e-9);
        assert!(seen.mean_wait.is_finite() && seen.wait_quantile(0.9).is_finite());
    }
    // Overload: the queue settles where patience takes away what the agents cannot serve.
    let seen = queue(200.0, 50.0, 100).performance().expect("computes");
    assert!(
        (seen.abandonment - 0.5).abs() < 1e-6 && (seen.queue_length / 5_000.0 - 1.0).abs() < 1e-6
    );
}

#[test]
fn the_agents_needed_meet_the_goal_and_one_fewer_do_not() {
    let strict = Goal {
        served_within: Some((0.80, 1.0 / 12.0)),
        abandonment: Some(0.03),
        mean_wait: Some(0.05),
    };
    for arrivals in [0.2, 3.0, 48.0, 700.0] {
        for goal in [Goal::served_within(0.80, 1.0 / 12.0), strict] {
            for patience in [2.0, f64::INFINITY] {
                let own = queue(arrivals, patience, 1);
                let found = agents_needed(&own, &goal).expect("found");
                assert!(goal.is_met(&found.performance));
                let fewer = Queue {
                    agents: found.agents - 1,
                    ..own
                };
                assert!(
                    fewer.agents == 0
                        || fewer.performance().map_or(true, |seen| !goal.is_met(&seen))
                );
            }
        }
    }
}

#[test]
fn impossible_queues_and_goals_are_refused() {
    assert_eq!(
        queue(5.0, f64::INFINITY, 5)
            .performance()
            .expect_err("grows")
            .key(),
        "infeasible"
    );
    for broken in [
        queue(0.0, 1.0, 1),
        queue(f64::NAN, 1.0, 1),
        queue(1.0, -1.0, 1),
        queue(1.0, f64::NAN, 1),
        queue(1.0, 1.0, 0),
        queue(1.0, 1e300, 1),
        queue(1e300, 1e-300, 5),
        queue(1.0, 1.0, u32::MAX),
        Queue {
            handling: f64::INFINITY,
            ..queue(1.0, 1.0, 1)
        },
    ] {
        assert!(broken.performance().is_err(), "{broken:?}");
    }
    assert!(agents_needed(&queue(1.0, 1.0, 1), &Goal::served_within(1.0, 1.0)).is_err());
    assert!(agents_needed(&queue(1e12, 1.0, 1), &Goal::served_within(0.8, 1.0)).is_err());
    assert!(erlang_b(f64::NAN, 3).is_nan() && contacts_per_case(0.0).is_err());
}

fn reason() -> Reason {
    Reason {
        cases: 100_000.0,
        customers: 60_000.0,
        value_at_stake: 4_000.0,
        solved: Response::Logistic {
            intercept: -0.2,
            slope: 0.65,
        },
        leaving: Response::Logistic {
            intercept: -2.2,
            slope: -0.15,
        },
        today: 9.0,
        observed: (3.0, 25.0),
    }
}

const CHANGE: Change = Change {
    cost_per_hour: 400.0,
    releasable: 1.0,
    months: 12,
    discount: 0.0,
};

#[test]
fn at_the_best_minutes_a_minute_gives_what_it_costs() {
    let best = best_minutes(&reason(), &CHANGE).expect("finds");
    assert!(best.minutes > 3.1 && best.minutes < 24.9, "{best:?}");
    assert!(
        (best.marginal_value / best.marginal_cost - 1.0).abs() < 1e-4,
        "{best:?}"
    );
    for k in 0..=220 {
        let minutes = 3.0 + 0.1 * f64::from(k);
        let other = what_if(&reason(), minutes, &CHANGE).expect("computes");
        assert!(
            other.net <= best.net + 1e-6,
            "{minutes} {} {}",
            other.net,
            best.net
        );
    }
    // More at stake, more minutes; dearer minutes, fewer.
    let dear = Change {
        cost_per_hour: 600.0,
        ..CHANGE
    };
    let valued = Reason {
        value_at_stake: 6_000.0,
        ..reason()
    };
    assert!(best_minutes(&reason(), &dear).expect("finds").minutes < best.minutes);
    assert!(best_minutes(&valued, &CHANGE).expect("finds").minutes > best.minutes);
}

#[test]
fn when_little_time_can_be_released_staying_is_best() {
    let near = best_minutes(&reason(), &CHANGE).expect("finds").minutes;
    let here = Reason {
        today: near * 1.05,
        ..reason()
    };
    let stuck = Change {
        releasable: 0.3,
        ..CHANGE
    };
    let best = best_minutes(&here, &stuck).expect("finds");
    assert_eq!((best.minutes, best.net), (here.today, 0.0));
}

#[test]
fn draws_give_a_range_around_the_best_minutes() {
    let draws: Vec<Reason> = (0..60)
        .map(|k| Reason {
            leaving: Response::Logistic {
                intercept: -2.2,
                slope: -0.15 + 0.002 * (f64::from(k) - 29.5),
            },
            ..reason()
        })
        .collect();
    let found = best_minutes_over_draws(&draws, &CHANGE, 0.9).expect("finds");
    let middle = best_minutes(&reason(), &CHANGE).expect("finds").minutes;
    assert!(found.interval.contains(middle) && found.interval.contains(found.minutes));
    assert!((0.0..=1.0).contains(&found.share_better) && found.net_interval.contains(found.net));
    assert!(best_minutes_over_draws(&draws[..5], &CHANGE, 0.9).is_err());
}

#[test]
fn minutes_never_observed_are_told() {
    let seen = what_if(&reason(), 2.0, &CHANGE).expect("computes");
    assert_eq!(seen.cautions[0].key(), "outside_support");
    let longer = what_if(&reason(), 12.0, &CHANGE).expect("computes");
    assert!(longer.released_saving < 0.0 && longer.break_even.is_nan() && longer.value_lost < 0.0);
    let value = value_within(100.0, 3, (0.5, 0.0)).expect("computes");
    assert!((value - 87.5).abs() < 1e-12);
}

#[test]
fn impossible_reasons_are_refused() {
    let points = |minutes: &[f64], shares: &[f64]| Response::Points {
        minutes: minutes.to_vec(),
        shares: shares.to_vec(),
    };
    for broken in [
        Reason {
            cases: f64::NAN,
            ..reason()
        },
        Reason {
            today: 0.0,
            ..reason()
        },
        Reason {
            observed: (5.0, 3.0),
            ..reason()
        },
        Reason {
            solved: points(&[1.0, 2.0], &[0.0, 0.5]),
            ..reason()
        },
        Reason {
            solved: points(&[2.0, 1.0], &[0.4, 0.5]),
            ..reason()
        },
        Reason {
            solved: points(&[], &[]),
            ..reason()
        },
        Reason {
            leaving: points(&[1.0], &[1.5]),
            ..reason()
        },
    ] {
        assert!(what_if(&broken, 6.0, &CHANGE).is_err(), "{broken:?}");
    }
    assert!(what_if(&reason(), -1.0, &CHANGE).is_err());
    assert!(
        what_if(
            &reason(),
            6.0,
            &Change {
                releasable: 1.5,
                ..CHANGE
            }
        )
        .is_err()
    );
    assert!(
        what_if(
            &reason(),
            6.0,
            &Change {
                months: 0,
                ..CHANGE
            }
        )
        .is_err()
    );
}
