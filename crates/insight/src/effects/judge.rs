//! How good is the evidence for one activity, and what does it say?

use super::EffectsConfig;
use super::compare::{Asking, Found, compare_rows, outcome_of, rows_of, state_of};
use super::money;
use super::test_plan::{self, Plan};
use super::units::{self, Staged};
use jiff::civil::Date;
use odla_domain::frames::effects::{Assigned, Relation, Studied};
use odla_domain::{Caution, Grade};
use odla_stats::{Estimate, Interval};

/// Standard deviations of chance that are taken off an unlikeness before it counts: its lower limit at 90 %.
const BY_CHANCE: f64 = 1.645;

/// All that is known of one activity.
#[derive(Clone, Debug)]
pub struct Judged {
    pub activity_id: String,
    pub name: String,
    pub assigned: Assigned,
    pub relation: Relation,
    pub grade: Grade,
    /// Why it is not better than an association; empty when it is.
    pub against: Vec<Caution>,
    pub retention: Result<Found, Caution>,
    pub margin: Result<Found, Caution>,
    pub attitude: Result<Found, Caution>,
    /// Gain per customer in kronor, before the cost.
    pub worth: Result<Found, Caution>,
    /// p-value of the comparison of what it cannot have moved.
    pub placebo: Option<f64>,
    /// The effect on staying by group, at a level that holds for all of them together.
    pub groups: Vec<Group>,
    pub treated: f64,
    pub cost: f64,
    pub cost_each: f64,
    /// Worth of one who stays over one who leaves.
    pub of_staying: f64,
    /// Days followed.
    pub followed: f64,
    /// Change in staying that would pay; none when none would.
    pub target: Option<f64>,
    pub verdict: Verdict,
    pub test: Option<Plan>,
    /// Only for units: months since the start and effect.
    pub course: Vec<(f64, Estimate, Interval)>,
    pub until: Option<Date>,
}

/// The effect on staying in one group.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: &'static str,
    pub found: Result<Found, Caution>,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Gives more than it costs.
    Pays,
    /// Works, but whether it gives more than it costs cannot be told.
    Works,
    /// Works, and gives less than it costs.
    WorksAtALoss,
    /// Costs contribution.
    Harms,
    /// No effect worth acting on.
    None,
    CannotTell,
    /// An association; no effect is told.
    Unjudged,
}

impl Verdict {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pays => "verdict.pays",
            Self::Works => "verdict.works",
            Self::WorksAtALoss => "verdict.works_at_a_loss",
            Self::Harms => "verdict.does_harm",
            Self::None => "verdict.none",
            Self::CannotTell => "verdict.cannot_tell",
            Self::Unjudged => "verdict.unjudged",
        }
    }
}

impl Judged {
    /// Whether an effect is told at all.
    pub fn is_told(&self) -> bool {
        self.grade != Grade::D && self.retention.is_ok()
    }

    pub fn name(&self) -> &str {
        if self.name.is_empty() {
            &self.activity_id
        } else {
            &self.name
        }
    }
}

/// Judges one activity by the best design that its ledger rows allow.
pub fn judge(activity: &Studied, as_of: Date, asking: (&EffectsConfig, u64)) -> Judged {
    let (config, _) = asking;
    let mut judged = match activity.assigned {
        Assigned::Units => by_units(activity, asking),
        Assigned::Lot | Assigned::Once | Assigned::Running => by_customers(activity, asking),
    };
    let (cost_each, of_staying) = (judged.cost_each, judged.of_staying);
    if let Ok(found) = &judged.retention {
        judged.target = test_plan::target(cost_each, of_staying, found.without, config);
    }
    judged.verdict = verdict(&judged, config);
    let open = matches!(judged.verdict, Verdict::CannotTell | Verdict::Unjudged);
    if let (true, Ok(found), Some(target)) = (open, &judged.retention, judged.target) {
        let available = (found.treated + found.compared) as f64;
        judged.test = test_plan::plan(activity, (found, target, cost_each), available, config);
    }
    judged.until = Some(as_of);
    judged
}

fn opening(activity: &Studied) -> Judged {
    let cost = activity.cost.to_f64();
    let none = || Err(Caution::new("effects.too_early"));
    Judged {
        activity_id: activity.activity_id.clone(),
        name: activity.name.clone(),
        assigned: activity.assigned,
        relation: activity.relation,
        grade: Grade::D,
        against: Vec::new(),
        retention: none(),
        margin: none(),
        attitude: none(),
        worth: none(),
        placebo: None,
        groups: Vec::new(),
        treated: activity.treated as f64,
        cost,
        cost_each: cost / (activity.treated.max(1) as f64),
        of_staying: 0.0,
        followed: activity.people.followed_days,
        target: None,
        verdict: Verdict::CannotTell,
        test: None,
        course: Vec::new(),
        until: None,
    }
}

fn by_units(activity: &Studied, (config, seed): (&EffectsConfig, u64)) -> Judged {
    let mut judged = opening(activity);
    judged.followed = 365.0;
    let one = |measure| units::compare(activity, measure, (config, seed));
    let plain = |staged: Result<Staged, Caution>| staged.map(|staged| staged.found);
    judged.margin = plain(one(units::Measure::Margin));
    judged.attitude = plain(one(units::Measure::Said));
    let staged = match one(units::Measure::Stayed) {
        Ok(staged) => staged,
        Err(why) => {
            judged.retention = Err(why);
            return judged;
        }
    };
    judged.placebo = staged.placebo;
    judged.course = staged.course;
    let stayed = staged.found.without;
    judged.retention = Ok(staged.found);
    judged.of_staying = staying(activity, stayed, config);
    judged.worth = match &judged.retention {
        Ok(found) => Ok(scaled(found, judged.of_staying)),
        Err(why) => Err(why.clone()),
    };
    match judged.placebo {
        Some(p) if p < config.placebo_limit => {
            judged
                .against
                .push(Caution::new("effects.moved_before").with("p", p));
        }
        Some(_) => judged.grade = Grade::B,
        None => judged.against.push(Caution::new("effects.no_time_before")),
    }
    judged
}

/// Worth of one who stays: half of the year followed, and the years after it.
fn staying(activity: &Studied, stayed: f64, config: &EffectsConfig) -> f64 {
    let started = || {
        activity
            .units
            .iter()
            .filter(|c| c.adopted == Some(c.period))
    };
    let customers: f64 = started().map(|c| c.stayed).sum();
    // One who leaves does so half way through on the average.
    let left: f64 = started().map(|c| c.customers - c.stayed).sum();
    let margin: f64 = started().map(|c| c.margin).sum();
    let yearly = margin / (customers + 0.5 * left).max(1.0);
    yearly * (0.5 + money::annuity(stayed, 1.0, config))
}

fn scaled(found: &Found, by: f64) -> Found {
    let of = |estimate: &Estimate| Estimate {
        value: by * estimate.value,
        standard_error: by.abs() * estimate.standard_error,
        interval: Interval {
            lower: by * estimate.interval.lower,
            upper: by * estimate.interval.upper,
            level: estimate.interval.level,
        },
    };
    Found {
        effect: of(&found.effect),
        plain: of(&found.plain),
        without: by * found.without,
        sd: by * found.sd,
        ..found.clone()
    }
}

fn by_customers(activity: &Studied, (config, seed): (&EffectsConfig, u64)) -> Judged {
    let mut judged = opening(activity);
    let people = &activity.people;
    if people.followed_days < config.fewest_days {
        return judged;
    }
    let rows = rows_of(activity);
    let asking = Asking::of(activity, (config, seed));
    let state = state_of(people, true);
    let stayed = outcome_of(people, activity.relation, people.followed_days);
    let worth = money::count(activity, &rows, config);
    let one = |outcome: &[f64], rows: &[usize]| {
        compare_rows(activity, rows, (outcome, &state), (asking, config))
    };
    judged.of_staying = worth.of_staying;
    judged.retention = enough_events(&stayed, &rows, config).and_then(|()| one(&stayed, &rows));
    judged.margin = one(&worth.margin, &rows);
    judged.worth = one(&worth.whole, &rows);
    let answered: Vec<usize> = (rows.iter().copied())
        .filter(|&row| people.satisfaction_after[row].is_finite())
        .collect();
    let said: Vec<f64> = people
        .satisfaction_after
        .iter()
        .map(|place| 100.0 * place)
        .collect();
    judged.attitude = one(&said, &answered);
    judged.placebo = placebo(activity, &rows, (config, asking));
    let groups = groups(activity, &rows);
    let together = Asking {
        level: 1.0 - (1.0 - config.level) / groups.len().max(1) as f64,
        ..asking
    };
    judged.groups = (groups.into_iter())
        .map(|(name, rows)| Group {
            name,
            found: enough_events(&stayed, &rows, config).and_then(|()| {
                compare_rows(activity, &rows, (&stayed, &state), (together, config))
            }),
        })
        .collect();
    grade(activity, &mut judged, config);
    judged
}

fn enough_events(stayed: &[f64], rows: &[usize], config: &EffectsConfig) -> Result<(), Caution> {
    let kept = rows.iter().filter(|&&row| stayed[row] > 0.0).count();
    let fewer = kept.min(rows.len() - kept);
    match fewer >= config.fewest_events {
        true => Ok(()),
        false => Err(Caution::new("effects.too_few_left")
            .with("needed", config.fewest_events)
            .with("got", fewer)),
    }
}

/// Compares the year before the last, which the activity cannot have moved, the last year held still.
///
/// Only of those who were customers then. The smallest of the p-values times their number.
fn placebo(
    activity: &Studied,
    rows: &[usize],
    (config, asking): (&EffectsConfig, Asking),
) -> Option<f64> {
    let people = &activity.people;
    let old: Vec<usize> = (rows.iter().copied())
        .filter(|&row| people.tenure_days[row] > 365.0)
        .collect();
    let state = state_of(people, false);
    let earlier = [
        ln(&people.purchases_earlier),
        ln(&people.margin_earlier),
        ln(&people.contacts_earlier),
    ];
    let found: Vec<f64> = (earlier.iter())
        .filter_map(|outcome| {
            compare_rows(activity, &old, (outcome, &state), (asking, config)).ok()
        })
        .map(|found| found.p_value)
        .filter(|p| p.is_finite())
        .collect();
    let smallest = found.iter().copied().fold(f64::INFINITY, f64::min);
    (!found.is_empty()).then(|| (smallest * found.len() as f64).min(1.0))
}

fn ln(values: &[f64]) -> Vec<f64> {
    values.iter().map(|v| v.max(0.0).ln_1p()).collect()
}

/// The groups that were named before the data were looked at.
fn groups(activity: &Studied, rows: &[usize]) -> Vec<(&'static str, Vec<usize>)> {
    let people = &activity.people;
    let mut margins: Vec<f64> = rows.iter().map(|&row| people.margin_before[row]).collect();
    margins.sort_by(f64::total_cmp);
    let top = (margins.get(margins.len() * 2 / 3).copied()).unwrap_or(f64::INFINITY);
    let of = |belongs: &dyn Fn(usize) -> bool| -> Vec<usize> {
        rows.iter().copied().filter(|&row| belongs(row)).collect()
    };
    let old = |row: usize| people.tenure_days[row] > 730.0;
    let rich = |row: usize| people.margin_before[row] >= top;
    vec![
        ("group.company", of(&|row| people.company[row])),
        ("group.person", of(&|row| !people.company[row])),
        ("group.old", of(&old)),
        ("group.new", of(&|row| !old(row))),
        ("group.best_third", of(&rich)),
        ("group.others", of(&|row| !rich(row))),
    ]
}

fn grade(activity: &Studied, judged: &mut Judged, config: &EffectsConfig) {
    let Ok(found) = &judged.retention else {
        return;
    };
    if activity.assigned == Assigned::Lot {
        match judged.placebo {
            Some(p) if p < config.broken_draw_limit => {
                judged
                    .against
                    .push(Caution::new("effects.broken_draw").with("p", p));
            }
            _ => judged.grade = Grade::A,
        }
        return;
    }
    if activity.self_chosen {
        judged.against.push(Caution::new("effects.self_chosen"));
    }
    match judged.placebo {
        Some(p) if p < config.placebo_limit => {
            judged
                .against
                .push(Caution::new("effects.differed_before").with("p", p));
        }
        Some(_) => {}
        None => judged.against.push(Caution::new("effects.no_time_before")),
    }
    // Beyond what chance alone gives: small groups are never quite alike.
    let surely = found.imbalance - BY_CHANCE * found.imbalance_by_chance;
    if surely > config.most_imbalance {
        judged
            .against
            .push(Caution::new("effects.unlike").with("imbalance", found.imbalance));
    }
    if found.without_counterpart > config.most_without_counterpart {
        let share = found.without_counterpart;
        judged
            .against
            .push(Caution::new("effects.no_counterparts").with("share", share));
    }
    if judged.against.is_empty() {
        judged.grade = Grade::C;
    }
}

fn verdict(judged: &Judged, config: &EffectsConfig) -> Verdict {
    let Ok(found) = &judged.retention else {
        return Verdict::CannotTell;
    };
    if judged.grade == Grade::D {
        return Verdict::Unjudged;
    }
    let small = config.smallest_interesting;
    let stay = found.effect.interval;
    let Ok(worth) = judged.worth.as_ref().map(|worth| worth.effect.interval) else {
        return Verdict::CannotTell;
    };
    let margin = judged.margin.as_ref().map(|margin| margin.effect.interval);
    let loses = margin.is_ok_and(|margin| margin.upper < 0.0) && stay.lower <= 0.0;
    let alike = stay.lower > -small && stay.upper < small && worth.upper < judged.cost_each;
    let works = worth.lower > 0.0 || stay.lower > 0.0;
    match () {
        () if worth.upper < 0.0 || stay.upper < 0.0 || loses => Verdict::Harms,
        () if worth.lower > judged.cost_each => Verdict::Pays,
        () if works && worth.upper < judged.cost_each => Verdict::WorksAtALoss,
        () if works => Verdict::Works,
        () if alike => Verdict::None,
        () => Verdict::CannotTell,
    }
}
