//! Are effects over time found again: staggered starts, mixes of others, lags and early signals?

use odla_stats::causal::did::{self, Aggregation, Control, DidConfig, Staggered, two_way};
use odla_stats::causal::lag::{self, LagConfig, LagShape, Timed};
use odla_stats::causal::simulate::{self, Course, SimulatedPanel};
use odla_stats::causal::surrogate::{self, History, Trial};
use odla_stats::causal::synthetic::{self, Donors, SyntheticConfig};

use super::assert_coverage;

const LEVEL: f64 = 0.90;

fn staggered(panel: &SimulatedPanel, adjusted: bool) -> Staggered<'_> {
    Staggered {
        outcome: &panel.outcome,
        period: &panel.period,
        first_treated: &panel.first_treated,
        unit: Some(&panel.unit),
        columns: if adjusted { &panel.columns } else { &[] },
        names: if adjusted { &panel.names } else { &[] },
        clusters: None,
    }
}

fn config(seed: u64, draws: usize) -> DidConfig {
    DidConfig {
        draws,
        seed,
        ..DidConfig::standard()
    }
}

const GROWING: Course = Course {
    first: 0.5,
    growth: 0.5,
    early_factor: 2.0,
    drift: 0.0,
};
const NOTHING: Course = Course {
    first: 0.0,
    growth: 0.0,
    early_factor: 1.0,
    drift: 0.0,
};

#[test]
fn growing_effects_are_right_where_two_way_fixed_effects_are_wrong() {
    // The mean effect over treated rows of all such panels, not of one.
    let truth = simulate::staggered((40_000, 10), GROWING, 0.0, 9999).mean_effect;
    let (mut covered, mut customary) = (0, 0);
    let mut means = (0.0, 0.0, 0.0);
    let mut negative = 0.0;
    for seed in 0..150 {
        let panel = simulate::staggered((200, 10), GROWING, 0.0, seed);
        let data = staggered(&panel, false);
        let effects = did::estimate(&data, &config(seed, 49)).unwrap();
        let simple = did::aggregate(&effects, Aggregation::Simple).unwrap();
        let two_way = two_way::estimate(&data, LEVEL).unwrap();
        covered += u64::from(simple.overall.interval.contains(truth));
        customary += u64::from(two_way.effect.interval.contains(truth));
        means.0 = truth;
        means.1 += simple.overall.value / 150.0;
        means.2 += two_way.effect.value / 150.0;
        negative += two_way.negative_share / 150.0;
    }
    eprintln!(
        "truth, ours, two-way: {means:?}; covered {covered}, two-way {customary} of 150, negative {negative:.3}"
    );
    assert_coverage("simple mean", (covered, 150), LEVEL);
    assert!(customary < 15 && negative > 0.0);
    assert!((means.1 - means.0).abs() < 0.03 && (means.2 - means.0).abs() > 0.3);
}

/// Effect of starting at `group` in `period`, for panels of ten periods of a [`GROWING`] course.
fn growing_effect(group: i64, period: i64) -> f64 {
    let size = 0.5 + 0.5 * (period - group) as f64;
    match (period >= group, group) {
        (false, _) => 0.0,
        (true, 4) => 2.0 * size,
        (true, _) => size,
    }
}

#[test]
fn every_single_start_and_period_is_covered() {
    // At the start, long after it, in the last group, and before a start.
    let told = [(4, 4), (4, 10), (6, 8), (8, 8), (8, 10), (8, 6)];
    let mut covered = [0_u64; 6];
    let tries = 250;
    for seed in 0..tries {
        let panel = simulate::staggered((200, 10), GROWING, 0.0, 3000 + seed);
        let effects = did::estimate(&staggered(&panel, false), &config(seed, 49)).unwrap();
        for (hits, (group, period)) in covered.iter_mut().zip(told) {
            let own = |cell: &&did::CellEffect| cell.group == group && cell.period == period;
            let cell = effects.cells.iter().find(own).expect("every cell is told");
            *hits += u64::from((cell.effect.interval).contains(growing_effect(group, period)));
        }
    }
    eprintln!("of {tries}, by start and period {told:?}: {covered:?}");
    for (hits, cell) in covered.iter().zip(told) {
        assert_coverage(&format!("start and period {cell:?}"), (*hits, tries), LEVEL);
    }
}

#[test]
fn the_placebo_before_the_start_rejects_at_its_nominal_rate_and_sees_a_drift() {
    let (mut kept, mut banded, mut seen) = (0, 0, 0);
    let tries = 300;
    for seed in 0..tries {
        let panel = simulate::staggered((80, 8), NOTHING, 0.0, seed);
        let effects = did::estimate(&staggered(&panel, false), &config(seed, 199)).unwrap();
        let event = did::aggregate(&effects, Aggregation::Event).unwrap();
        kept += u64::from(event.placebo.unwrap().p_value >= 0.10);
        banded += u64::from(event.parts.iter().all(|p| p.simultaneous.contains(0.0)));
        if seed < 60 {
            let drift = Course {
                drift: 0.25,
                ..NOTHING
            };
            let panel = simulate::staggered((80, 8), drift, 0.0, seed);
            let effects = did::estimate(&staggered(&panel, false), &config(seed, 19)).unwrap();
            let event = did::aggregate(&effects, Aggregation::Event).unwrap();
            seen += u64::from(event.placebo.unwrap().p_value < 0.10);
        }
    }
    eprintln!(
        "placebo kept {kept}, all bands at once {banded} of {tries}; drift seen {seen} of 60"
    );
    assert_coverage("placebo", (kept, tries), 0.90);
    assert!(banded as f64 >= 0.85 * tries as f64 && seen > 40);
}

#[test]
fn a_steady_drift_of_few_units_is_seen_by_the_test_in_one_direction_which_keeps_its_level() {
    let (mut kept, mut covered, mut seen, mut jointly) = (0, 0, 0, 0);
    let tries = 300;
    let event = |course: Course, seed: u64| {
        let panel = simulate::staggered((24, 10), course, 0.0, seed);
        let effects = did::estimate(&staggered(&panel, false), &config(seed, 19)).unwrap();
        did::aggregate(&effects, Aggregation::Event).unwrap()
    };
    for seed in 0..tries {
        let drift = event(NOTHING, seed).drift.unwrap();
        kept += u64::from(drift.p_value >= 0.10);
        covered += u64::from(drift.per_period.interval.contains(0.0));
        if seed < 60 {
            let drifting = Course {
                drift: 0.25,
                ..NOTHING
            };
            let found = event(drifting, seed);
            seen += u64::from(found.drift.unwrap().p_value < 0.10);
            jointly += u64::from(found.placebo.is_some_and(|joint| joint.p_value < 0.10));
        }
    }
    eprintln!(
        "drift kept {kept}, covered {covered} of {tries}; seen {seen} of 60, jointly {jointly}"
    );
    assert_coverage("drift", (kept, tries), 0.90);
    assert_coverage("interval of the drift", (covered, tries), 0.90);
    assert!(seen > jointly && seen > 30);
}

#[test]
fn a_covariate_that_steers_start_and_course_is_adjusted_for() {
    let constant = Course {
        first: 1.0,
        ..NOTHING
    };
    let (mut adjusted, mut plain) = (0, 0);
    for seed in 0..120 {
        let panel = simulate::staggered((250, 6), constant, 0.2, seed);
        for (columns, hits) in [(true, &mut adjusted), (false, &mut plain)] {
            let settings = DidConfig {
                control: Control::Never,
                ..config(seed, 19)
            };
            let effects = did::estimate(&staggered(&panel, columns), &settings).unwrap();
            let simple = did::aggregate(&effects, Aggregation::Simple).unwrap();
            *hits += u64::from(simple.overall.interval.contains(1.0));
        }
    }
    eprintln!("adjusted {adjusted}, plain {plain} of 120");
    assert_coverage("adjusted difference", (adjusted, 120), LEVEL);
    assert!(plain < 60);
}

#[test]
fn repeated_samples_and_regions_are_covered_too() {
    let constant = Course {
        first: 1.0,
        ..NOTHING
    };
    let mut covered = 0;
    for seed in 0..100 {
        let panel = simulate::staggered((300, 5), constant, 0.0, seed);
        let data = Staggered {
            unit: None,
            clusters: Some(&panel.unit),
            ..staggered(&panel, false)
        };
        let effects = did::estimate(&data, &config(seed, 19)).unwrap();
        let simple = did::aggregate(&effects, Aggregation::Simple).unwrap();
        covered += u64::from(simple.overall.interval.contains(1.0));
    }
    eprintln!("samples {covered} of 100");
    assert_coverage("repeated samples", (covered, 100), LEVEL);
}

fn mixed(
    units: &[Vec<f64>],
    before: usize,
    config: &SyntheticConfig,
) -> synthetic::SyntheticResult {
    let donors = Donors {
        treated: &units[0],
        donors: &units[1..],
        before,
    };
    synthetic::estimate(&donors, config).expect("the case is sound")
}

#[test]
fn placebo_ranks_call_no_effect_at_the_nominal_rate_and_the_interval_holds_the_true_one() {
    let (mut kept, mut covered) = (0, 0);
    let tries = 200;
    for seed in 0..tries {
        let units = simulate::donors((20, 40, 30), 0.0, 0.3, seed);
        let standard = SyntheticConfig::standard();
        kept += u64::from(mixed(&units, 30, &standard).p_value > 0.10);
        let units = simulate::donors((20, 40, 30), 2.0, 0.3, 1000 + seed);
        covered += u64::from(mixed(&units, 30, &standard).interval.contains(2.0));
    }
    eprintln!("kept {kept}, covered {covered} of {tries}");
    // The treated unit is one of twenty drawn alike, so ranks are even and the level is exact but for steps of 1/20.
    assert_coverage("placebo rank", (kept, tries), LEVEL);
    assert_coverage("interval", (covered, tries), LEVEL);
}

#[test]
fn the_augmented_mix_mends_a_poor_fit_and_levels_can_be_left_out() {
    let (mut plain, mut augmented, mut courses) = (0.0, 0.0, 0.0);
    for seed in 0..60 {
        let mut units = simulate::donors((20, 40, 30), 1.0, 0.2, seed);
        // The treated unit moves more than the donors and stands a little above: few mixes reach it.
        units[0]
            .iter_mut()
            .for_each(|y| *y = 1.5 * (*y - 10.0) + 10.5);
        let miss = |result: synthetic::SyntheticResult| (result.effect - 1.5).abs() / 60.0;
        let standard = SyntheticConfig::standard();
        plain += miss(mixed(&units, 30, &standard));
        augmented += miss(mixed(
            &units,
            30,
            &SyntheticConfig {
                augmented: true,
                ..standard
            },
        ));
        courses += miss(mixed(
            &units,
            30,
            &SyntheticConfig {
                courses_only: true,
                ..standard
            },
        ));
    }
    eprintln!("mean miss: plain {plain:.3}, augmented {augmented:.3}, courses {courses:.3}");
    assert!(augmented < 0.9 * plain && courses < 0.9 * plain);
}

fn timed(units: usize, periods: usize) -> (Vec<usize>, Vec<i64>) {
    let rows = (0..units).flat_map(|u| (0..periods).map(move |t| (u, t as i64)));
    rows.unzip()
}

#[test]
fn effects_by_lag_and_in_all_are_covered_for_one_long_series_and_for_many_units() {
    let truth = [0.5, 0.8, 0.4, 0.1];
    for (units, periods, shape) in [
        (1, 300, LagShape::Free),
        (60, 12, LagShape::Free),
        (60, 12, LagShape::Polynomial(3)),
    ] {
        let (unit, period) = timed(units, periods);
        let (mut covered, mut whole) = (0, 0);
        let tries = 200;
        for seed in 0..tries {
            let (outcome, dose) = simulate::lagged((units, periods), &truth, 0.4, seed);
            let data = Timed {
                outcome: &outcome,
                dose: &dose,
                unit: &unit,
                period: &period,
                columns: &[],
                names: &[],
            };
            let config = LagConfig {
                longest: 3,
                shape,
                unit_levels: units > 1,
                level: LEVEL,
            };
            let result = lag::estimate(&data, &config).unwrap();
            covered += u64::from(result.effects[1].interval.contains(0.8));
            whole += u64::from(result.cumulative[3].interval.contains(1.8));
        }
        eprintln!("{units} units {shape:?}: lag 1 {covered}, in all {whole} of {tries}");
        assert_coverage("lag 1", (covered, tries), LEVEL);
        // Bartlett weights are known to give somewhat short intervals for one series.
        assert!(whole as f64 >= 0.83 * tries as f64);
    }
}

#[test]
fn a_long_effect_is_foretold_with_its_doubt_when_it_runs_through_the_signals() {
    let (mut covered, mut kept) = (0, 0);
    // Effect on each signal, and what a unit of it is worth.
    let mut channels = [[0_u64; 2]; 2];
    for seed in 0..300 {
        for (shift, hits) in [(0.3, &mut covered), (0.0, &mut kept)] {
            let data = simulate::signals((150, 120), shift, seed);
            let names = ["a".to_owned(), "b".to_owned()];
            let trial = Trial {
                treated: &data.treated,
                signals: &data.trial_signals,
            };
            let history = History {
                outcome: &data.history_outcome,
                signals: &data.history_signals,
                names: &names,
            };
            let result = surrogate::estimate(&trial, &history, LEVEL).unwrap();
            *hits += u64::from(result.effect.interval.contains(data.effect));
            assert_eq!(result.cautions[0].key(), "surrogacy_assumed");
            if shift > 0.0 {
                let truth = [(shift, 2.0), (0.5 * shift, -1.0)];
                let own = result.channels.iter().zip(truth);
                for (hits, (channel, (effect, worth))) in channels.iter_mut().zip(own) {
                    hits[0] += u64::from(channel.effect.interval.contains(effect));
                    hits[1] += u64::from(channel.worth.interval.contains(worth));
                }
            }
        }
    }
    eprintln!("covered {covered}, none called {kept}, channels {channels:?} of 300");
    for hits in channels.as_flattened() {
        assert_coverage("channel", (*hits, 300), LEVEL);
    }
    assert_coverage("surrogate", (covered, 300), LEVEL);
    assert_coverage("surrogate without effect", (kept, 300), LEVEL);
}
