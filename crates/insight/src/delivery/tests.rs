//! Is the price of a day found where raw data mislead, by adjustment and by carriers' habits, and is none found where there is none?

use super::estimate::{After, Dose, Effect, study};
use super::routing::Routing;
use super::{DeliveryConfig, Known, assess};
use jiff::civil::date;
use odla_domain::frames::delivery::{DeliveryFrame, SentOrders, SentRenewals};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How orders come about.
#[derive(Clone, Copy)]
struct World {
    /// Share more (below 0: fewer) who come back per day of waiting.
    per_day: f64,
    /// Heavy buyers live far away and wait longer.
    known_unlike: bool,
    /// Those who order what they are sure to need again get the slow carriers' patience: no column tells.
    hidden_unlike: bool,
    /// Companies' orders go with the slow carriers.
    routed: bool,
}

const HABITS: [f64; 4] = [0.0, 0.5, 1.5, 3.0];

fn company(customers: usize, world: World, seed: u64) -> DeliveryFrame {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut orders = SentOrders::default();
    for customer in 0..customers {
        let heavy: f64 = dice.random_range(0..8).into();
        let is_company = dice.random::<f64>() < 0.3;
        let sure: f64 = dice.random::<f64>() - 0.5;
        for order in 0..3_i64 {
            let carrier = match world.routed && is_company {
                true => dice.random_range(2..4),
                false => dice.random_range(0..4_usize),
            };
            let mut days = 2.0 + HABITS[carrier] + f64::from(dice.random_range(0..3_u8));
            if world.known_unlike {
                days += (heavy / 2.0).floor();
            }
            if world.hidden_unlike {
                days += (3.0 * (sure + 0.5)).floor();
            }
            let chance = 0.35 + 0.05 * heavy + 0.30 * sure + world.per_day * days;
            let back = dice.random::<f64>() < chance.clamp(0.02, 0.98);
            let late = (days - 5.0).max(0.0);
            let complaint = f64::from(dice.random::<f64>() < 0.03 + 0.25 * f64::from(late > 0.0));
            orders.customer_id.push(format!("k{customer:05}"));
            orders
                .day
                .push(100 * order + i64::from(dice.random_range(0..28_i8)));
            orders.month.push(f64::from(dice.random_range(1..=12_u8)));
            orders.weekday.push(f64::from(dice.random_range(0..7_u8)));
            orders.recent.push(order == 2);
            orders.waiting.push(days);
            orders.late.push(late);
            orders.carrier.push(format!("c{carrier}"));
            orders.channel.push("web".to_owned());
            orders.unit.push(format!("u{}", customer % 3));
            orders.company.push(is_company);
            orders.contract.push(false);
            orders.net.push(400.0 + 100.0 * dice.random::<f64>());
            orders.lines.push(1.0);
            orders.freight.push(40.0 + 10.0 * f64::from(carrier == 0));
            orders.bought_before.push(heavy);
            orders
                .silence
                .push(if heavy > 0.0 { 300.0 / heavy } else { f64::NAN });
            orders.tenure.push(1.0);
            orders.back.push(Some(back));
            orders.complaint.push(complaint);
            orders.compensation.push(50.0 * complaint);
            orders.contacts.push(f64::from(dice.random::<f64>() < 0.1));
            orders
                .minutes
                .push(5.0 * orders.contacts[orders.contacts.len() - 1]);
        }
    }
    DeliveryFrame {
        as_of: date(2026, 6, 30),
        sent: orders.len() as u64,
        dated: orders.len() as u64,
        orders,
        renewals: SentRenewals::default(),
        share_read: 1.0,
    }
    .checked()
    .expect("a frame")
}

fn back(frame: &DeliveryFrame) -> (Effect, Routing) {
    let found = study(frame, Known::default(), &DeliveryConfig::standard()).expect("orders enough");
    let waiting = found
        .doses
        .iter()
        .find(|own| own.dose == Dose::Waiting)
        .expect("a dose");
    let effect = waiting
        .of(After::Back)
        .expect("followed")
        .clone()
        .expect("told");
    (effect, waiting.routing.clone())
}

#[test]
fn an_adjusted_day_covers_the_truth_where_raw_data_miss_it() {
    let truth = -0.02;
    // Slow carriers get the companies, so that habits are not trusted and the columns must do.
    let world = World {
        per_day: truth,
        known_unlike: true,
        hidden_unlike: false,
        routed: true,
    };
    let (mut covered, mut naive_covered, mut wrong_grade) = (0, 0, 0);
    for seed in 0..40 {
        let (effect, routing) = back(&company(1_500, world, seed));
        assert!(matches!(routing, Routing::Uneven { .. }), "{routing:?}");
        covered += usize::from(effect.told.interval.contains(truth));
        naive_covered += usize::from(effect.naive.interval.contains(truth));
        wrong_grade += usize::from(effect.grade != odla_domain::Grade::C);
    }
    eprintln!("a day's effect: adjusted covers {covered}, raw {naive_covered} of 40");
    assert!(
        covered >= 32 && naive_covered <= 4 && wrong_grade == 0,
        "{covered} {naive_covered}"
    );
}

#[test]
fn carriers_habits_cover_the_truth_where_no_column_tells_why_orders_are_slow() {
    let truth = -0.03;
    let world = World {
        per_day: truth,
        known_unlike: false,
        hidden_unlike: true,
        routed: false,
    };
    let (mut covered, mut adjusted_covered, mut by_lot) = (0, 0, 0);
    for seed in 0..40 {
        let (effect, _) = back(&company(1_500, world, seed));
        covered += usize::from(effect.told.interval.contains(truth));
        adjusted_covered += usize::from(effect.adjusted.interval.contains(truth));
        by_lot += usize::from(effect.grade == odla_domain::Grade::B);
    }
    eprintln!("by carriers' habits {covered}, adjusted {adjusted_covered} of 40; by lot {by_lot}");
    assert!(
        by_lot >= 36 && covered >= 32 && adjusted_covered <= 20,
        "{covered} {adjusted_covered} {by_lot}"
    );
}

#[test]
fn days_that_do_nothing_are_not_said_to_cost_and_a_broken_promise_is_said_to_bring_complaints() {
    let world = World {
        per_day: 0.0,
        known_unlike: true,
        hidden_unlike: false,
        routed: false,
    };
    let known = Known {
        value: None,
        minute_cost: Some(8.0),
    };
    let mut said_back = 0;
    for seed in 0..20 {
        let report = assess(
            &company(800, world, seed),
            known,
            &DeliveryConfig::standard(),
        )
        .expect("orders enough")
        .report;
        said_back += usize::from(
            report
                .sentences
                .iter()
                .any(|one| one.key == "delivery.missed_back_seen"),
        );
        assert!(
            report
                .sentences
                .iter()
                .any(|one| one.key == "delivery.missed_complaint_seen")
        );
        let complaint = report.figure("delivery.missed.complaint").expect("told");
        assert!(
            complaint
                .value
                .is_some_and(|value| (value - 0.25).abs() < 0.12),
            "{complaint:?}"
        );
        // Days never seen are not told of.
        let steps = report.table("delivery.steps").expect("steps");
        assert_eq!(steps.rows.len(), 10);
    }
    assert!(said_back <= 4, "{said_back} of 20");
}

#[test]
fn few_orders_tell_nothing_and_say_what_is_needed() {
    let world = World {
        per_day: 0.0,
        known_unlike: false,
        hidden_unlike: false,
        routed: false,
    };
    let none = assess(
        &company(20, world, 1),
        Known::default(),
        &DeliveryConfig::standard(),
    );
    assert!(
        matches!(none, Err(crate::InsightError::TooLittleData(why)) if why.key == "delivery.too_few_orders")
    );
}
