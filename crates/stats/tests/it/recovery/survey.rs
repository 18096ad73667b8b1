//! Are reliability, people's tastes and the worth of features found again, at the rate that the intervals claim?

use odla_stats::survey::choice::{ChoiceData, fit};
use odla_stats::survey::conjoint::{Attribute, Feature, OfferChoices, part_worths};
use odla_stats::survey::kano::classify;
use odla_stats::survey::maxdiff::{BestWorst, counts, utilities};
use odla_stats::survey::reliability::cronbach_alpha;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::assert_coverage;

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// What is left of a utility when chance has had its say (Gumbel).
fn noisy(utility: f64, rng: &mut ChaCha8Rng) -> f64 {
    utility - (-rng.random::<f64>().max(1e-300).ln()).ln()
}

fn best(values: &[f64]) -> usize {
    let best = (0..values.len()).max_by(|a, b| values[*a].total_cmp(&values[*b]));
    best.expect("there are values")
}

#[test]
fn alpha_of_skewed_items_of_unequal_quality_is_covered() {
    // Loadings differ, so that alpha itself (not reliability) is what is estimated; its value from the covariances.
    let loadings = [0.9, 0.7, 0.6, 0.4];
    let (k, tries) = (loadings.len() as f64, 600);
    let trace: f64 = loadings.iter().map(|l| l * l + 1.0).sum();
    let whole = loadings.iter().sum::<f64>().powi(2) + k;
    let truth = k / (k - 1.0) * (1.0 - trace / whole);
    let names: Vec<String> = (0..4).map(|j| format!("item {j}")).collect();
    let mut hits = 0;
    for seed in 0..tries {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut items = vec![Vec::new(); 4];
        for _ in 0..300 {
            // Exponential level and errors: strongly skewed.
            let level = -(1.0 - rng.random::<f64>()).ln();
            for (item, loading) in items.iter_mut().zip(loadings) {
                item.push(loading * level - (1.0 - rng.random::<f64>()).ln());
            }
        }
        let found = cronbach_alpha(&items, &names, None, 0.9).expect("sound");
        hits += u64::from(found.alpha.interval.contains(truth));
    }
    // The interval rests on the normal approximation, a little short for skewed answers of 300.
    let rate = hits as f64 / tries as f64;
    assert!((0.85..=0.93).contains(&rate), "{rate}");
}

#[test]
fn common_logit_coefficients_are_covered_when_people_answer_alike() {
    let truth = [1.0, -0.6];
    let names = ["a".to_owned(), "b".to_owned()];
    let (mut hits, mut tries) = (0, 0);
    for seed in 0..300 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut columns = vec![Vec::new(); 2];
        let (mut sets, mut chosen, mut respondents) = (Vec::new(), Vec::new(), Vec::new());
        for set in 0..400 {
            let rows: Vec<[f64; 2]> = (0..3)
                .map(|_| [normal(&mut rng), normal(&mut rng)])
                .collect();
            let values: Vec<f64> = (rows.iter())
                .map(|x| noisy(truth[0] * x[0] + truth[1] * x[1], &mut rng))
                .collect();
            let best = best(&values);
            for (k, x) in rows.iter().enumerate() {
                columns[0].push(x[0]);
                columns[1].push(x[1]);
                sets.push(set);
                chosen.push(k == best);
                respondents.push(set / 4);
            }
        }
        let data = ChoiceData {
            columns: &columns,
            names: &names,
            sets: &sets,
            chosen: &chosen,
            respondents: &respondents,
        };
        let found = fit(&data, 0.0, 0.9).expect("sound");
        for (coefficient, truth) in found.coefficients.iter().zip(truth) {
            hits += u64::from(coefficient.interval.contains(truth));
            tries += 1;
        }
    }
    assert_coverage("conditional logit", (hits, tries), 0.9);
}

/// Utilities of six items, their spread between people, and the true mean chance to be best.
struct Tastes {
    mean: [f64; 6],
    spread: f64,
}

const TASTES: Tastes = Tastes {
    mean: [1.5, 0.8, 0.3, -0.2, -0.9, -1.5],
    spread: 0.8,
};

/// Respondents, tasks, items and choices of some people who each get ten tasks of four.
type Named = (Vec<usize>, Vec<usize>, Vec<usize>, Vec<i8>);

fn name_best_and_worst(people: usize, seed: u64) -> Named {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut all: Named = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for person in 0..people {
        let own: Vec<f64> = (TASTES.mean.iter())
            .map(|m| m + TASTES.spread * normal(&mut rng))
            .collect();
        for task in 0..10 {
            let mut shown: Vec<usize> = (0..6).collect();
            for k in 0..4 {
                shown.swap(k, rng.random_range(k..6));
            }
            shown.truncate(4);
            let liked: Vec<f64> = shown.iter().map(|&i| noisy(own[i], &mut rng)).collect();
            let first = best(&liked);
            let mut disliked: Vec<f64> = shown.iter().map(|&i| noisy(-own[i], &mut rng)).collect();
            disliked[first] = f64::NEG_INFINITY;
            let last = best(&disliked);
            for (k, &item) in shown.iter().enumerate() {
                all.0.push(person);
                all.1.push(task);
                all.2.push(item);
                all.3.push(i8::from(k == first) - i8::from(k == last));
            }
        }
    }
    all
}

/// Mean over people of the chance to be named best, by many simulated people.
fn true_shares() -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(999);
    let mut sum = vec![0.0; 6];
    const PEOPLE: usize = 200_000;
    for _ in 0..PEOPLE {
        let own: Vec<f64> = (TASTES.mean.iter())
            .map(|m| (m + TASTES.spread * normal(&mut rng)).exp())
            .collect();
        let total: f64 = own.iter().sum();
        sum.iter_mut()
            .zip(own)
            .for_each(|(s, u)| *s += u / total / PEOPLE as f64);
    }
    sum
}

#[test]
fn best_worst_utilities_and_shares_of_unlike_people_are_found_again() {
    let names: Vec<String> = (0..6).map(|j| format!("item {j}")).collect();
    let shares = true_shares();
    let (mut utility_hits, mut share_hits, mut tries, mut spread) = (0, 0, 0, 0.0);
    const SURVEYS: u64 = 40;
    for seed in 0..SURVEYS {
        let (respondents, tasks, items, choices) = name_best_and_worst(120, seed);
        let data = BestWorst {
            names: &names,
            respondents: &respondents,
            tasks: &tasks,
            items: &items,
            choices: &choices,
        };
        let found = utilities(&data, 0.9, seed).expect("sound");
        let counted = counts(&data, 0.9).expect("sound");
        assert!(counted[0].score.value > counted[5].score.value);
        for (j, item) in found.items.iter().enumerate() {
            utility_hits += u64::from(item.utility.interval.contains(TASTES.mean[j]));
            share_hits += u64::from(item.share.interval.contains(shares[j]));
            spread += item.between_people / (6.0 * SURVEYS as f64);
            tries += 1;
        }
    }
    let (utility, share) = (
        utility_hits as f64 / tries as f64,
        share_hits as f64 / tries as f64,
    );
    eprintln!("best-worst: utilities {utility:.3} shares {share:.3} spread {spread:.3}");
    // The figures of one survey hang together, so that the rate is looser than that of as many lone intervals.
    assert!((0.84..=0.95).contains(&utility), "{utility}");
    assert!((0.83..=0.95).contains(&share), "{share}");
    assert!(
        (spread - TASTES.spread * (5.0_f64 / 6.0).sqrt()).abs() < 0.12,
        "{spread}"
    );
}

#[test]
fn part_worths_importance_and_exchange_of_offers_are_found_again() {
    let brand = [0.8, 0.0, -0.8];
    let price = -0.5;
    let (mut hits, mut tries) = (0, 0);
    let mut exchange = 0.0;
    const SURVEYS: u64 = 40;
    for seed in 0..SURVEYS {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut respondents, mut tasks, mut chosen) = (Vec::new(), Vec::new(), Vec::new());
        let (mut brands, mut prices) = (Vec::new(), Vec::new());
        for person in 0..100 {
            let taste: Vec<f64> = brand.iter().map(|b| b + 0.5 * normal(&mut rng)).collect();
            for task in 0..10 {
                let offers: Vec<(usize, f64)> = (0..3)
                    .map(|k| ((k + task) % 3, f64::from(rng.random_range(1..=6))))
                    .collect();
                let values: Vec<f64> = (offers.iter())
                    .map(|(b, p)| noisy(taste[*b] + price * p, &mut rng))
                    .collect();
                let best = best(&values);
                for (k, (b, p)) in offers.iter().enumerate() {
                    respondents.push(person);
                    tasks.push(task);
                    chosen.push(k == best);
                    brands.push(*b);
                    prices.push(*p);
                }
            }
        }
        let attributes = [
            Attribute::Levels {
                name: "brand".to_owned(),
                levels: ["a", "b", "c"].map(str::to_owned).to_vec(),
                of_row: brands,
            },
            Attribute::Slope {
                name: "price".to_owned(),
                of_row: prices,
            },
        ];
        let data = OfferChoices {
            respondents: &respondents,
            tasks: &tasks,
            chosen: &chosen,
            attributes: &attributes,
        };
        let found = part_worths(&data, 0.9, seed).expect("sound");
        let worths = &found.attributes[0].worths;
        for ((_, worth), truth) in worths.iter().zip(brand) {
            hits += u64::from(worth.interval.contains(truth));
            tries += 1;
        }
        hits += u64::from(found.attributes[1].worths[0].1.interval.contains(price));
        tries += 1;
        let importance: f64 = found.attributes.iter().map(|a| a.importance.value).sum();
        assert!((importance - 1.0).abs() < 1e-9);
        exchange += found.exchange(0, 1).expect("the price counts")[0].value / SURVEYS as f64;
        let offer = |b: usize, p: f64| vec![Feature::Level(b), Feature::Value(p)];
        let shares = found
            .shares(&[offer(0, 3.0), offer(2, 3.0)], 1)
            .expect("sound");
        assert!(shares[0].value > 0.6 && found.exchange(1, 0).is_none());
        assert!(found.shares(&[offer(0, 3.0), offer(3, 3.0)], 1).is_err());
    }
    let rate = hits as f64 / tries as f64;
    eprintln!("conjoint: {rate:.3} covered, exchange {exchange:.3}");
    assert!((0.82..=0.96).contains(&rate), "{rate}");
    assert!((exchange - brand[0] / -price).abs() < 0.15, "{exchange}");
}

#[test]
fn kano_coefficients_are_covered() {
    let (mut hits, mut tries) = (0, 0);
    for seed in 0..500 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut present, mut absent) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            // A 0.3, O 0.25, M 0.2, I 0.25 of those who fall in the four.
            let (p, a) = match rng.random::<f64>() {
                u if u < 0.30 => (1.0, 3.0),
                u if u < 0.55 => (1.0, 5.0),
                u if u < 0.75 => (3.0, 5.0),
                _ => (3.0, 3.0),
            };
            present.push(p);
            absent.push(a);
        }
        let found = classify(&present, &absent, None, 0.9).expect("sound");
        hits += u64::from(found.satisfaction.interval.contains(0.55));
        hits += u64::from(found.dissatisfaction.interval.contains(-0.45));
        tries += 2;
    }
    assert_coverage("Kano coefficients", (hits, tries), 0.9);
}
