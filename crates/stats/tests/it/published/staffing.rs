//! Are the printed figures of queues and of the 12-minute case reproduced?

use odla_stats::staffing::{
    Change, Queue, Reason, Response, contacts_per_case, erlang_b, erlang_c, what_if,
};

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// Loads that lose 1 % of the calls, from the common tables of Erlang's loss formula (three decimals of the load).
#[test]
fn loss_tables_are_reproduced() {
    for (agents, load) in [
        (5, 1.361),
        (10, 4.461),
        (20, 12.031),
        (50, 37.901),
        (100, 84.064),
    ] {
        assert!(erlang_b(load, agents) <= 0.01 + 1e-5, "{agents}");
        assert!(erlang_b(load + 0.001, agents) > 0.01 - 1e-5, "{agents}");
        close(erlang_b(load, agents), 0.01, 1.5e-5);
    }
    // One agent: the share of time it is busy. Erlang C from its definition with two agents, a = 1: 1/3.
    close(erlang_c(0.6, 1), 0.6, 1e-15);
    close(erlang_c(1.0, 2), 1.0 / 3.0, 1e-15);
    close(erlang_b(1.0, 2), 0.2, 1e-15);
}

/// Mandelbaum and Zeltyn 2007, table 1: 50 agents, 48 calls a minute of 1 minute each, patience 2 minutes.
#[test]
fn the_example_with_and_without_abandonment_is_reproduced() {
    let patient = Queue {
        arrivals: 48.0,
        handling: 1.0,
        patience: f64::INFINITY,
        agents: 50,
    };
    let seen = patient.performance().expect("stable");
    close(60.0 * seen.mean_wait, 20.8, 0.05);
    close(60.0 * seen.wait_quantile(0.90), 58.1, 0.05);
    close(seen.queue_length, 17.0, 0.5);
    close(seen.occupancy, 0.96, 0.005);
    let impatient = Queue {
        patience: 2.0,
        ..patient
    };
    let seen = impatient.performance().expect("stable");
    close(seen.abandonment, 0.031, 0.0005);
    close(60.0 * seen.mean_wait, 3.7, 0.05);
    close(seen.queue_length, 3.0, 0.5);
    close(seen.occupancy, 0.93, 0.005);
    // The same table: without abandonment, but with 3.1 % fewer calls.
    let fewer = Queue {
        arrivals: 48.0 * (1.0 - 0.031),
        ..patient
    };
    let seen = fewer.performance().expect("stable");
    close(60.0 * seen.mean_wait, 8.8, 0.06);
    close(60.0 * seen.wait_quantile(0.90), 28.2, 0.2);
}

/// The worked case: 100,000 cases a year, solved 0.80 at 12 minutes and 0.70 at 6, 400 kr an hour, 70 % released,
/// 60,000 customers with 4,000 kr at stake each.
#[test]
fn from_twelve_minutes_to_six_saves_three_million_and_is_gone_at_one_and_a_quarter_points() {
    let reason = Reason {
        cases: 100_000.0,
        customers: 60_000.0,
        value_at_stake: 4_000.0,
        solved: Response::Points {
            minutes: vec![6.0, 12.0],
            shares: vec![0.70, 0.80],
        },
        leaving: Response::Points {
            minutes: vec![12.0],
            shares: vec![0.05],
        },
        today: 12.0,
        observed: (5.0, 15.0),
    };
    let change = Change {
        cost_per_hour: 400.0,
        releasable: 0.70,
        months: 12,
        discount: 0.0,
    };
    let seen = what_if(&reason, 6.0, &change).expect("computes");
    close(seen.contacts_today, 125_000.0, 1e-6);
    close(seen.hours_today, 25_000.0, 1e-6);
    close(seen.hours_then, 14_286.0, 0.5);
    close(seen.gross_saving / 1e6, 4.29, 0.005);
    close(seen.naive_hours, 12_500.0, 1e-6);
    close(seen.naive_saving / 1e6, 5.00, 1e-9);
    close(seen.released_saving / 1e6, 3.00, 1e-9);
    close(seen.break_even, 0.0125, 1e-12);
    assert!(seen.net == seen.released_saving && seen.cautions.is_empty());
    close(contacts_per_case(0.8).expect("above 0"), 1.25, 0.0);
    // Twice the horizon, twice the money, the same break-even share.
    let longer = what_if(
        &reason,
        6.0,
        &Change {
            months: 24,
            ..change
        },
    )
    .expect("computes");
    close(longer.released_saving, 2.0 * seen.released_saving, 1e-6);
    close(longer.break_even, seen.break_even, 1e-12);
}
