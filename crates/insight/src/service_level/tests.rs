//! Are the best minutes found where raw data point elsewhere, and is what nobody has seen refused?

use super::whatif::{Asked, Kept};
use super::{ServiceLevelConfig, assess};
use crate::InsightError;
use jiff::civil::date;
use odla_domain::frames::service::{
    Buyers, Contacts, Met, MinutePool, Renewals, ServiceFrame, Volume,
};
use odla_domain::{Figure, Outcome, Report};
use odla_stats::special::logistic;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

/// Key, typical minutes, log odds there, gain per log minute, effect of a failed first contact on leaving.
const REASONS: [(&str, f64, f64, f64, f64); 2] = [
    ("fault", 12.0, 0.9, 1.6, 0.45),
    ("login", 4.0, 1.9, 0.15, 0.0),
];
const SPEED: [f64; 4] = [-0.3, -0.1, 0.1, 0.3];
const MINUTE_COST: f64 = 9.0;
const MARGIN: f64 = 180.0;
const BASE: f64 = -2.0;

/// Contract customers with one renewal each, after a year of contacts; hard cases take long and fail.
fn company(customers: usize, seed: u64, uneven: bool) -> ServiceFrame {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (mut contacts, mut renewals) = (Contacts::default(), Renewals::default());
    let mut hard_words = Vec::new();
    renewals.names = vec!["company".to_owned()];
    renewals.traits = vec![Vec::new()];
    let mut volumes: Vec<Volume> = REASONS
        .iter()
        .map(|reason| Volume {
            reason: reason.0.to_owned(),
            unit: "KS".to_owned(),
            process: "service".to_owned(),
            contacts: 0.0,
            firsts: 0.0,
            minutes: 0.0,
            customers: 0.0,
        })
        .collect();
    for customer in 0..customers {
        let mut failed_effect = 0.0;
        for (at, (key, typical, solves, gain, effect)) in REASONS.into_iter().enumerate() {
            for _ in 0..dice.random_range(0..3) {
                let difficulty: f64 = StandardNormal.sample(&mut dice);
                let word = match difficulty + 0.4 * noise(&mut dice) {
                    d if d < -0.6 => "1",
                    d if d < 0.6 => "2",
                    _ => "3",
                };
                let mut first_failed = 0.0;
                for attempt in 1..=3_u8 {
                    let mut group = dice.random_range(0..SPEED.len());
                    if uneven && word == "3" {
                        group = SPEED.len() - 1;
                    }
                    let stretch = 0.25 * difficulty + SPEED[group] + 0.3 * noise(&mut dice);
                    let minutes = typical * stretch.exp();
                    let odds = solves + gain * (minutes / typical).ln() - 0.8 * difficulty;
                    let solved = dice.random::<f64>() < logistic(odds);
                    let again = !solved && attempt < 3 && dice.random::<f64>() < 0.8;
                    contacts.customer.push(customer);
                    contacts.reason.push(key.to_owned());
                    contacts.minutes.push(minutes);
                    contacts.wait.push(3.0 * dice.random::<f64>());
                    contacts.resolved.push(solved);
                    contacts.group.push(format!("g{group}"));
                    contacts.channel.push("phone".to_owned());
                    contacts.attempt.push(attempt);
                    contacts.followed.push(again);
                    contacts.ripe.push(true);
                    contacts.company.push(false);
                    contacts.contract.push(true);
                    contacts.said.push(f64::NAN);
                    contacts.hour.push(10.0);
                    hard_words.push(word.to_owned());
                    volumes[at].contacts += 1.0;
                    volumes[at].minutes += minutes;
                    if attempt == 1 {
                        volumes[at].firsts += 1.0;
                        first_failed = f64::from(!solved);
                    }
                    if !again {
                        break;
                    }
                }
                volumes[at].customers += 1.0;
                failed_effect += effect * first_failed;
                renewals.met.push(Met {
                    row: customer,
                    reason: key.to_owned(),
                    cases: 1.0,
                    failed: first_failed,
                });
            }
        }
        let hazard: f64 = 1.0 - (-(BASE + failed_effect).exp()).exp();
        renewals.customer_id.push(format!("k{customer:06}"));
        renewals.ended.push(dice.random::<f64>() < hazard);
        renewals.number.push(2.0);
        renewals.month.push(f64::from(dice.random_range(1..=12)));
        renewals.term.push(12.0);
        renewals.margin.push(MARGIN);
        renewals.traits[0].push(f64::from(dice.random::<f64>() < 0.3));
    }
    contacts.extra = vec![hard_words];
    let minutes: f64 = volumes.iter().map(|volume| volume.minutes).sum();
    ServiceFrame {
        as_of: date(2026, 6, 30),
        pools: vec![MinutePool {
            unit: "KS".to_owned(),
            process: "service".to_owned(),
            amount: MINUTE_COST * 1.2 * minutes,
            capacity: 1.2 * minutes,
        }],
        volumes,
        contacts,
        extra: vec!["x_hard".to_owned()],
        renewals,
        buyers: Buyers::default(),
        open_hours: 2_250.0,
        open_contacts: 0.0,
        mean_wait: 1.5,
        share_read: 1.0,
    }
}

fn noise(dice: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(dice)
}

fn config() -> ServiceLevelConfig {
    ServiceLevelConfig {
        hidden_spread: 0.0,
        ..ServiceLevelConfig::standard()
    }
}

/// Expected contacts per case and share of first contacts that fail, at so many minutes.
fn course((_, typical, solves, gain, _): (&str, f64, f64, f64, f64), minutes: f64) -> (f64, f64) {
    let (mut contacts, mut fails, mut mass) = (0.0, 0.0, 0.0);
    for step in -40..=40 {
        let difficulty = 0.1 * f64::from(step);
        let weight = (-0.5 * difficulty * difficulty).exp();
        let miss = 1.0 - logistic(solves + gain * (minutes / typical).ln() - 0.8 * difficulty);
        contacts += weight * (1.0 + 0.8 * miss + 0.64 * miss * miss);
        fails += weight * miss;
        mass += weight;
    }
    (contacts / mass, fails / mass)
}

/// The best minutes between two, and the loss per failed case.
fn truth(reason: usize, (from, to): (f64, f64)) -> (f64, f64) {
    let own = REASONS[reason];
    let hazard = |eta: f64| 1.0 - (-eta.exp()).exp();
    // Others' failed cases raise the base a little.
    let mean_failed = 1.0 * course(REASONS[0], 12.5).1;
    let base = BASE + REASONS[0].4 * mean_failed;
    let stays = 1.0 - hazard(BASE);
    let monthly = 1.1_f64.powf(-1.0 / 12.0);
    let months: f64 = (0..60)
        .map(|m: i32| stays.powi(m / 12) * monthly.powf(f64::from(m) + 0.5))
        .sum();
    let loss = (hazard(base + own.4) - hazard(base)) * MARGIN * months;
    let net = |m: f64| {
        let (contacts, fails) = course(own, m);
        MINUTE_COST * m * contacts + loss * fails
    };
    let best = (0..=500)
        .map(|k| from + (to - from) * f64::from(k) / 500.0)
        .min_by(|a, b| net(*a).total_cmp(&net(*b)));
    (best.expect("some minutes"), loss)
}

fn figure<'r>(report: &'r Report, key: &str) -> &'r Figure {
    report
        .figure(key)
        .unwrap_or_else(|| panic!("{key} is told"))
}

fn value(outcome: &Outcome, key: &str) -> f64 {
    figure(&outcome.report, key).value.expect("a value")
}

#[test]
fn best_minutes_are_found_where_raw_data_point_elsewhere() {
    let companies = 20;
    let (mut near, mut naive_near, mut covered, mut slope_covered) = (0, 0, 0, 0);
    let (mut mean, mut mean_truth) = (0.0, 0.0);
    for seed in 0..companies {
        let frame = company(12_000, seed, false);
        let outcome = assess(&frame, None, &config(), seed).expect("contacts enough");
        let table = outcome.report.table("service_level.terms").expect("kept");
        let kept = Kept::of(&outcome.report).expect("kept");
        assert_eq!(table.rows.len(), 2);
        let fault = kept
            .terms
            .iter()
            .find(|term| term.reason == "fault")
            .expect("a reason");
        let (best, loss) = truth(0, fault.observed);
        let found = figure(&outcome.report, "service_level.fault.best_minutes");
        let naive = value(&outcome, "service_level.fault.naive_minutes");
        let told = found.value.expect("told");
        mean += told / f64::from(companies as u32);
        mean_truth += best / f64::from(companies as u32);
        near += usize::from((told - best).abs() <= 1.0);
        naive_near += usize::from((naive - best).abs() <= 1.0);
        covered +=
            usize::from(found.lower.expect("told") <= best && best <= found.upper.expect("told"));
        let gain = figure(&outcome.report, "service_level.fault.gain");
        // Averaged over what no column tells, the gain is a little flatter than within one case.
        slope_covered +=
            usize::from(gain.lower.expect("told") <= 1.6 && gain.upper.expect("told") >= 1.45);
        let login = value(&outcome, "service_level.login.best_minutes");
        assert!(
            (login - truth(1, kept.terms[1].observed).0).abs() < 0.5,
            "{login}"
        );
        assert!(loss > 100.0);
    }
    eprintln!(
        "of {companies}: within a minute {near}, raw data {naive_near}, covered {covered}, slope {slope_covered}; mean {mean:.2} against {mean_truth:.2}"
    );
    assert!(near >= 12 && naive_near <= 3 && covered >= 15 && slope_covered >= 16);
    // Pooling draws an uncertain loss a little towards none.
    assert!((mean - mean_truth).abs() < 0.9);
}

#[test]
fn a_center_that_sends_hard_cases_to_slow_groups_is_seen_through() {
    let outcome = assess(&company(8_000, 3, true), None, &config(), 3).expect("contacts enough");
    let keys: Vec<&str> = outcome
        .report
        .cautions
        .iter()
        .map(|c| c.key.as_str())
        .collect();
    assert!(keys.contains(&"service_level.adjusted_only"), "{keys:?}");
    let best = figure(&outcome.report, "service_level.fault.best_minutes");
    assert_eq!(best.grade, Some(odla_domain::Grade::C));
}

#[test]
fn what_nobody_has_seen_is_refused_with_the_lowest_that_was() {
    let outcome = assess(&company(6_000, 5, false), None, &config(), 5).expect("contacts enough");
    let kept = Kept::of(&outcome.report).expect("kept");
    let mut asked = Asked::default();
    asked.minutes.insert("fault".to_owned(), 2.0);
    let report = kept.report(&asked);
    let refused = report
        .cautions
        .iter()
        .find(|c| c.key == "service_level.never_so_short");
    let refused = refused.expect("two minutes were never seen");
    assert!(refused.params.contains_key("shortest"));
    assert_eq!(report.figure("whatif.net").and_then(|net| net.value), None);
}

#[test]
fn a_cut_from_twelve_to_eight_minutes_saves_less_than_it_seems_and_costs_customers() {
    let outcome = assess(&company(20_000, 7, false), None, &config(), 7).expect("contacts enough");
    let kept = Kept::of(&outcome.report).expect("kept");
    let mut asked = Asked::default();
    asked.minutes.insert("fault".to_owned(), 8.0);
    let report = kept.report(&asked);
    assert_eq!(
        report,
        kept.report(&asked),
        "the same question gives the same answer"
    );
    let told = |key: &str| figure(&report, key).value.expect("told");
    assert!(told("whatif.saving") < told("whatif.naive_saving"));
    assert!(told("whatif.value_lost") > 0.0);
    let sum = told("whatif.saving") - told("whatif.value_lost");
    assert!((told("whatif.net") - sum).abs() < 1e-6);
    // Soon the saving shows and the loss does not yet.
    assert!(told("whatif.net_12m") > told("whatif.net"));
    let net = figure(&report, "whatif.net");
    assert!(net.lower < net.value && net.value < net.upper);
}

#[test]
fn a_cut_of_what_needs_no_time_is_a_saving() {
    let outcome = assess(&company(20_000, 9, false), None, &config(), 9).expect("contacts enough");
    let kept = Kept::of(&outcome.report).expect("kept");
    let mut asked = Asked::default();
    asked.minutes.insert("login".to_owned(), 3.0);
    let report = kept.report(&asked);
    let net = figure(&report, "whatif.login.net");
    assert!(net.lower.expect("told") > 0.0, "{net:?}");
    assert_eq!(report.sentences[0].key, "whatif.gains");
}

#[test]
fn too_few_contacts_are_named() {
    let mut frame = company(20, 1, false);
    frame.contacts = Contacts {
        extra: vec![Vec::new()],
        ..Contacts::default()
    };
    let Err(InsightError::TooLittleData(why)) = assess(&frame, None, &config(), 1) else {
        panic!("nothing can be told of no contacts");
    };
    assert_eq!(why.key, "service_level.too_few_contacts");
}
