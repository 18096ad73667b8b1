//! Is loyalty told from habit and lock-in where the truth is known, and are the measures ranked as they should be?

use super::types::Field;
use super::{LoyaltyConfig, assess};
use crate::InsightError;
use jiff::civil::date;
use odla_domain::frames::loyalty::{LoyaltyFrame, QUESTIONS, Standings};
use odla_domain::{CustomerScores, Figure, Outcome, Report, Unit};
use odla_stats::special::normal_cdf;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

/// A company of which everything is known: the share of the equity of the truly loyal beside the frame.
struct Known {
    frame: LoyaltyFrame,
    value: Outcome,
    loyal_share: f64,
}

fn company(customers: usize, seed: u64, answer: f64) -> Known {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let empty = || Standings {
        answers: vec![Vec::new(); QUESTIONS.len()],
        ..Standings::default()
    };
    let (mut now, mut then) = (empty(), empty());
    let (mut values, mut loyal, mut all) = (Vec::new(), 0.0, 0.0);
    for number in 0..customers {
        let attitude: f64 = dice.sample(StandardNormal);
        let pace = (0.3 + 4.0 * dice.random::<f64>()) * (0.25 * attitude).exp();
        let contract = dice.random::<f64>() < 0.4;
        let locked = contract && dice.random::<f64>() < 0.25;
        let before = (pace + dice.random::<f64>()).floor();
        let stays = dice.random::<f64>() < normal_cdf(0.9 + 0.8 * attitude + f64::from(locked));
        let year = if stays {
            (pace + dice.random::<f64>()).floor()
        } else {
            0.0
        };
        let kept = contract && stays;
        let answers = dice.random::<f64>() < answer;
        let mut said = |level: f64, slope: f64, noise: f64| -> f64 {
            let error: f64 = dice.sample(StandardNormal);
            match answers {
                true => (level + slope * attitude + noise * error).clamp(0.0, 1.0),
                false => f64::NAN,
            }
        };
        let places = [
            ("again", said(0.68, 0.10, 0.10)),
            ("speak_well", said(0.66, 0.11, 0.10)),
            ("nps", said(0.68, 0.09, 0.11)),
            ("satisfaction", said(0.65, 0.06, 0.16)),
            ("engagement", said(0.60, 0.14, 0.05)),
            ("image", said(0.66, 0.08, 0.12)),
        ];
        for (standings, counts, held) in [
            (&mut now, [year, before], kept),
            (&mut then, [before, before], contract),
        ] {
            standings.customer_id.push(format!("k{number:06}"));
            standings.company.push(false);
            standings.tenure_days.push(1200.0);
            standings
                .first_days_ago
                .push(if counts[1] > 0.0 { 1200.0 } else { f64::NAN });
            standings.last_days_ago.push(if counts[1] > 0.0 {
                1200.0 - 300.0 * counts[1].min(3.0)
            } else {
                f64::NAN
            });
            standings.purchases.push(2.0 * counts[1]);
            standings.purchases_year.push(counts[0]);
            standings.purchases_before.push(counts[1]);
            standings.contract.push(held);
            standings.renewed.push(held);
            standings.renewal_due.push(held);
            standings.purchases_after.push(year);
            standings.retained.push(kept || year > 0.0);
            standings.notice_days.push(if held {
                if locked { 180.0 } else { 30.0 }
            } else {
                f64::NAN
            });
            standings
                .bound_months
                .push(if held { 12.0 } else { f64::NAN });
            standings.switching_cost.push(f64::NAN);
            standings.seller_share.push(f64::NAN);
            standings.seller_orders.push(0.0);
            standings
                .answer_days_ago
                .push(if answers { 20.0 } else { f64::NAN });
            for (question, column) in QUESTIONS.iter().zip(&mut standings.answers) {
                let told = places.iter().find(|(known, _)| known == question);
                column.push(told.map_or(f64::NAN, |(_, place)| *place));
            }
        }
        let value = 1000.0 * f64::from(kept) + 300.0 * year;
        // On the index, the middle of the attitude is at about 67.5.
        loyal += value * f64::from(attitude > 0.0 && !(kept && locked) && (kept || year >= 2.0));
        all += value;
        values.push(value);
    }
    let frame = LoyaltyFrame {
        as_of: date(2026, 6, 30),
        a_year_ago: date(2025, 6, 30),
        survey: "relation".to_owned(),
        history_days: 900.0,
        now,
        then,
    };
    let scores = CustomerScores {
        customer_id: frame.now.customer_id.clone(),
        numbers: vec![("value".to_owned(), values)],
        words: Vec::new(),
    };
    Known {
        frame: frame.checked().expect("the simulated frame fits together"),
        value: Outcome {
            report: Report::new("value"),
            scores: Some(scores),
        },
        loyal_share: loyal / all,
    }
}

fn quick() -> LoyaltyConfig {
    LoyaltyConfig {
        bootstrap: 0,
        silent_shift: 0.0,
        folds: 5,
        ..LoyaltyConfig::standard()
    }
}

fn figure<'o>(outcome: &'o Outcome, key: &str) -> &'o Figure {
    outcome.report.figure(key).expect(key)
}

#[test]
fn the_share_of_true_loyalty_is_found_though_half_kept_silent() {
    let companies = 40;
    let mut held = 0;
    for seed in 0..companies {
        let known = company(1_500, seed, 0.5);
        let outcome =
            assess(&known.frame, Some(&known.value), &quick(), 1).expect("enough answers");
        let share = figure(&outcome, "loyalty.share");
        let (lower, upper) = share.lower.zip(share.upper).expect("an interval");
        held += usize::from((lower..=upper).contains(&known.loyal_share));
        assert_eq!(share.unit, Unit::Share);
    }
    eprintln!("90 % intervals of the loyal share held the truth in {held} of {companies}");
    assert!(held >= 32, "{held} of {companies}");
}

#[test]
fn the_fields_hold_all_of_the_equity() {
    let known = company(800, 7, 0.6);
    let outcome = assess(&known.frame, Some(&known.value), &quick(), 1).expect("enough answers");
    let map = outcome.report.table("loyalty.map").expect("the map");
    let shares: f64 = map
        .rows
        .iter()
        .map(|row| match row[4] {
            odla_domain::Cell::Number(share) => share,
            _ => 0.0,
        })
        .sum();
    assert!((shares - 1.0).abs() < 1e-9, "{shares}");
    assert_eq!(map.rows.len(), Field::ALL.len());
}

#[test]
fn a_measure_with_less_noise_foretells_more() {
    let known = company(6_000, 3, 0.7);
    let outcome = assess(&known.frame, Some(&known.value), &quick(), 1).expect("enough answers");
    let gain = |word: &str| {
        figure(&outcome, &format!("loyalty.prediction.{word}"))
            .value
            .expect("told")
    };
    assert!(gain("engagement") > gain("satisfaction"));
    assert!(gain("attitude") > 0.0);
    let keys: Vec<&str> = outcome
        .report
        .sentences
        .iter()
        .map(|s| s.key.as_str())
        .collect();
    assert!(keys.contains(&"loyalty.engagement_better"), "{keys:?}");
}

#[test]
fn the_silent_pull_the_interval_down_when_they_may_be_less_willing() {
    let known = company(800, 5, 0.3);
    let calm = assess(&known.frame, Some(&known.value), &quick(), 1).expect("enough answers");
    let wary = LoyaltyConfig {
        silent_shift: 0.3,
        ..quick()
    };
    let wary = assess(&known.frame, Some(&known.value), &wary, 1).expect("enough answers");
    assert_eq!(
        figure(&calm, "loyalty.share").value,
        figure(&wary, "loyalty.share").value
    );
    assert!(figure(&wary, "loyalty.share").lower < figure(&calm, "loyalty.share").lower);
    assert_eq!(
        figure(&calm, "loyalty.share").upper,
        figure(&wary, "loyalty.share").upper
    );
}

#[test]
fn without_values_customers_are_counted_and_money_is_not_told() {
    let known = company(500, 9, 0.6);
    let outcome = assess(&known.frame, None, &quick(), 1).expect("enough answers");
    assert_eq!(figure(&outcome, "loyalty.share").value, None);
    assert!(figure(&outcome, "loyalty.losable_share").value.is_some());
}

#[test]
fn too_few_answers_are_named() {
    let known = company(60, 1, 0.5);
    let Err(InsightError::TooLittleData(why)) = assess(&known.frame, None, &quick(), 1) else {
        panic!("sixty customers cannot be enough");
    };
    assert_eq!(why.key, "loyalty.too_few_answers");
}
