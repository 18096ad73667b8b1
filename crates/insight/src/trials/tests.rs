//! Does chance alone call nothing more often than stated, and is a broken trial left unread?

use super::*;
use jiff::civil::date;
use odla_domain::frames::trial::TrialFrame;
use odla_domain::trial::{Eligible, Looks, RegisteredTrial, TrialOutcome, TrialPlan};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, Poisson};

const DAYS: u32 = 100;

fn plan(looks: Looks, by_unit: bool) -> TrialPlan {
    TrialPlan {
        trial_id: "call".to_owned(),
        activity_id: "call".to_owned(),
        question: "Does it help?".to_owned(),
        outcome: TrialOutcome::Orders,
        window_days: DAYS,
        drawn_on: date(2026, 1, 1),
        share_treated: 0.5,
        by_unit,
        looks,
        smallest_effect: 0.2,
        level: 0.9,
        power: 0.8,
        cost_per_customer: 0.0,
        seed: 1,
        standing: false,
        eligible: Eligible::default(),
    }
}

/// Customers who buy at rates of their own; `lift` multiplies the rates of the treated. Orders by day are kept, so that a
/// frame can be made for any day.
struct Market {
    frame: TrialFrame,
    days: Vec<Vec<u32>>,
}

impl Market {
    fn new(customers: usize, plan: &TrialPlan, (lift, seed): (f64, u64)) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let rates = Gamma::new(1.2, 1.5).expect("positive");
        let ids: Vec<String> = (0..customers).map(|n| format!("c{n:05}")).collect();
        let own: Vec<f64> = ids.iter().map(|_| rates.sample(&mut rng)).collect();
        let count = |rate: f64, rng: &mut ChaCha8Rng| match Poisson::new(rate.max(1e-9)) {
            Ok(poisson) => poisson.sample(rng),
            Err(_) => 0.0,
        };
        let mut frame = TrialFrame {
            unit: (0..customers).map(|n| format!("u{:02}", n % 30)).collect(),
            company: (0..customers).map(|n| n % 7 == 0).collect(),
            outcome: own.iter().map(|rate| count(*rate, &mut rng)).collect(),
            before: own.iter().map(|rate| count(*rate, &mut rng)).collect(),
            customer_id: ids,
            ..TrialFrame::default()
        };
        let drawn = draw(
            &TrialPlan {
                seed,
                ..plan.clone()
            },
            &frame,
        )
        .expect("enough");
        let days = (own.iter().zip(&drawn.treated))
            .map(|(rate, treated)| {
                let rate = rate * if *treated { lift } else { 1.0 };
                let bought = count(rate, &mut rng) as usize;
                (0..bought).map(|_| rng.random_range(1..=DAYS)).collect()
            })
            .collect();
        frame.treated = drawn.treated;
        Market { frame, days }
    }

    fn on(&self, day: u32) -> TrialFrame {
        let by = |days: &Vec<u32>| days.iter().filter(|d| **d <= day).count() as f64;
        TrialFrame {
            outcome: self.days.iter().map(by).collect(),
            ..self.frame.clone()
        }
    }

    fn registered(&self, plan: &TrialPlan) -> RegisteredTrial {
        let found = design(plan, &self.frame).expect("it varies");
        let treated = self.frame.treated.iter().filter(|t| **t).count();
        RegisteredTrial {
            treated: treated as u64,
            control: (self.frame.len() - treated) as u64,
            expected_error: found.expected_error,
            source: "trials/call-1.csv".to_owned(),
            forgotten_treated: 0,
            forgotten_control: 0,
            plan: plan.clone(),
        }
    }
}

fn day(n: u32) -> jiff::civil::Date {
    date(2026, 1, 1)
        .checked_add(jiff::Span::new().days(i64::from(n)))
        .expect("in range")
}

#[test]
fn a_trial_of_nothing_is_called_at_the_stated_rate_read_once() {
    let plan = plan(Looks::Once, false);
    let (mut called, tries) = (0, 400);
    for seed in 0..tries {
        let market = Market::new(400, &plan, (1.0, seed));
        let trial = market.registered(&plan);
        assert_eq!(
            read(&trial, &market.on(DAYS - 1), (day(DAYS - 1), false)).effect,
            None
        );
        let reading = read(&trial, &market.on(DAYS), (day(DAYS), false));
        called += u32::from(matches!(reading.verdict, Verdict::Works | Verdict::Harms));
    }
    let rate = f64::from(called) / tries as f64;
    assert!((0.06..=0.14).contains(&rate), "{rate}");
}

#[test]
fn looking_every_day_does_not_call_nothing_more_often_than_stated() {
    let plan = plan(Looks::AnyTime, false);
    let (mut called, tries) = (0, 300);
    for seed in 0..tries {
        let market = Market::new(400, &plan, (1.0, seed));
        let trial = market.registered(&plan);
        let any = (2..=DAYS).step_by(2).any(|n| {
            let reading = read(&trial, &market.on(n), (day(n), false));
            matches!(reading.verdict, Verdict::Works | Verdict::Harms)
        });
        called += u32::from(any);
    }
    let rate = f64::from(called) / tries as f64;
    assert!(rate <= 0.10, "{rate}");
}

#[test]
fn the_planned_size_finds_the_planned_effect_with_the_planned_power() {
    for by_unit in [false, true] {
        let plan = plan(Looks::Once, by_unit);
        // Mean rate 1.8: a lift of a third is 0.6 orders.
        let sized = design(
            &TrialPlan {
                smallest_effect: 0.6,
                ..plan.clone()
            },
            &Market::new(3000, &plan, (1.0, 99)).frame,
        )
        .expect("it varies");
        let customers = sized.needed.max(120);
        let (mut found, tries) = (0, 200);
        for seed in 0..tries {
            let market = Market::new(customers, &plan, (4.0 / 3.0, seed));
            let trial = market.registered(&plan);
            let reading = read(&trial, &market.on(DAYS), (day(DAYS), false));
            found += u32::from(reading.verdict == Verdict::Works);
        }
        let power = f64::from(found) / tries as f64;
        assert!((0.65..=1.0).contains(&power), "{by_unit} {power}");
    }
}

#[test]
fn what_is_no_longer_the_trial_that_was_drawn_is_not_read() {
    let plan = plan(Looks::Once, false);
    let market = Market::new(600, &plan, (1.5, 3));
    let trial = market.registered(&plan);
    let whole = market.on(DAYS);
    let keys = |frame: &TrialFrame, changed: bool| {
        let reading = read(&trial, frame, (day(DAYS), changed));
        assert_eq!((reading.verdict, &reading.effect), (Verdict::Broken, &None));
        reading.cautions[0].key.clone()
    };
    assert_eq!(keys(&whole, true), "trials.plan_changed");
    let foreign = TrialFrame {
        foreign: 2,
        ..whole.clone()
    };
    assert_eq!(keys(&foreign, false), "trials.foreign_rows");
    // A third of the controls are lost.
    let kept: Vec<usize> = (0..600)
        .filter(|&row| whole.treated[row] || row % 3 > 0)
        .collect();
    let lost = TrialFrame {
        customer_id: kept.iter().map(|&r| whole.customer_id[r].clone()).collect(),
        unit: kept.iter().map(|&r| whole.unit[r].clone()).collect(),
        company: kept.iter().map(|&r| whole.company[r]).collect(),
        outcome: kept.iter().map(|&r| whole.outcome[r]).collect(),
        before: kept.iter().map(|&r| whole.before[r]).collect(),
        treated: kept.iter().map(|&r| whole.treated[r]).collect(),
        ..TrialFrame::default()
    };
    assert_eq!(keys(&lost, false), "trials.sample_ratio");
    // Also when they were forgotten because they asked for it: the reading stops, and says who has gone.
    let mut thinned = trial.clone();
    thinned.forgotten_control = 600 - kept.len() as u64;
    let reading = read(&thinned, &lost, (day(DAYS), false));
    let keys: Vec<&str> = reading.cautions.iter().map(|c| c.key.as_str()).collect();
    assert_eq!(reading.verdict, Verdict::Broken);
    assert_eq!(keys, ["trials.forgotten", "trials.sample_ratio"]);
    assert_eq!(
        read(&trial, &whole, (day(DAYS), false)).verdict,
        Verdict::Works
    );
}

#[test]
fn the_diary_tells_failures_too_and_opens_to_its_arms() {
    let plan = plan(Looks::Once, false);
    let market = Market::new(600, &plan, (1.5, 3));
    let config = TrialsConfig {
        registered: vec![market.registered(&plan)],
        changed: Vec::new(),
    };
    let report = assess(&[market.on(DAYS)], &config, day(DAYS)).report;
    assert_eq!(report.sentences[1].key, "trials.works.done.orders");
    let figure = report.figure("trials.call.orders").expect("told");
    assert!(figure.lower > Some(0.0) && figure.n == 600);
    let early = assess(&[market.on(10)], &config, day(10)).report;
    assert!(early.figures.is_empty() && early.sentences[1].key == "trials.running");
    assert_eq!(
        assess(&[], &TrialsConfig::default(), day(1))
            .report
            .sentences[0]
            .key,
        "trials.none"
    );
    let small = TrialFrame::default();
    assert!(draw(&plan, &small).is_err());
}
