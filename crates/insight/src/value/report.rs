//! How is the value laid out: equity and its bridge, retention, hazards, and what stands behind the forecast?

use super::ValueConfig;
use super::bridge::{Bridge, Steps};
use super::contracts::{Contracts, Ends};
use super::free::Free;
use super::people::{People, Person};
use super::sum::{Sum, wilson};
use super::tables;
use crate::InsightError;
use odla_domain::frames::purchases::PurchasesFrame;
use odla_domain::frames::renewals::RenewalsFrame;
use odla_domain::{Caution, CustomerScores, Figure, Report, Sentence, Unit};
use odla_stats::estimate::normal_quantile_for_level;

/// All that the report is laid out from.
pub struct Found<'f> {
    pub purchases: &'f PurchasesFrame,
    pub renewals: &'f RenewalsFrame,
    pub free: Result<Free, InsightError>,
    pub contracts: Result<Contracts, InsightError>,
    pub people: People,
    pub bridge: Bridge,
}

pub fn lay_out(found: &Found<'_>, config: &ValueConfig) -> Report {
    let mut report = Report::new("value");
    report.cautions = cautions(found);
    report.figures = equity(found, config);
    report.figures.extend(steps(found, config));
    report.figures.extend(retention(found, config));
    report.figures.extend(hazards(found, config));
    report.figures.extend(behind(found));
    report.tables = tables::all(found);
    report.sentences = sentences(found, &report);
    report
}

/// Scores per customer; see [`super::assess`].
pub fn scores(found: &Found<'_>) -> CustomerScores {
    let persons = &found.people.persons;
    let column = |of: &dyn Fn(&Person) -> f64| persons.iter().map(of).collect::<Vec<_>>();
    let opened = found.bridge.steps.is_some();
    let numbers = [
        ("value", column(&|person| person.value.value)),
        ("value_lower", column(&|person| person.value.interval().0)),
        ("value_upper", column(&|person| person.value.interval().1)),
        ("p_alive", column(&|person| person.p_alive)),
        ("purchases_12m", column(&|person| person.purchases_12m)),
        ("active_years", column(&|person| person.years)),
        (
            "value_opening",
            column(&|person| if opened { person.opening } else { f64::NAN }),
        ),
    ];
    let relation = |person: &Person| match (person.contract_now, person.buys) {
        (true, true) => "both",
        (true, false) => "contract",
        (false, true) => "free",
        (false, false) => "ended",
    };
    CustomerScores {
        customer_id: found.people.customer_id.clone(),
        numbers: numbers
            .into_iter()
            .map(|(name, values)| (name.to_owned(), values))
            .collect(),
        words: vec![(
            "relation".to_owned(),
            persons
                .iter()
                .map(|person| relation(person).to_owned())
                .collect(),
        )],
    }
}

impl Found<'_> {
    /// Whether any part of the value is revenue, for want of costs.
    fn is_revenue(&self) -> bool {
        self.free
            .as_ref()
            .is_ok_and(|free| free.closing.margin.is_revenue)
            || self
                .contracts
                .as_ref()
                .is_ok_and(|contracts| contracts.is_revenue)
    }

    fn methods(&self) -> String {
        let mut methods = Vec::new();
        if let Ok(free) = &self.free {
            methods.push(format!("{}+gamma_gamma", free.kind.key()));
        }
        if self.contracts.is_ok() {
            methods.push("hazard".to_owned());
        }
        methods.join("+")
    }
}

fn revenue_caution(found: &Found<'_>) -> Option<Caution> {
    found.is_revenue().then(|| Caution::new("value_is_revenue"))
}

fn money(key: &str, sum: Sum, (found, config): (&Found<'_>, &ValueConfig)) -> Figure {
    Figure::estimated(key, sum.value, sum.interval(), config.level, Unit::Money)
        .of(found.people.persons.len() as u64)
        .by(&found.methods())
        .cautioned(revenue_caution(found))
}

fn equity(found: &Found<'_>, config: &ValueConfig) -> Vec<Figure> {
    let bridge = &found.bridge;
    let mut total = money("equity.total", bridge.closing, (found, config));
    // A kind of relation that exists but could not be valued is missing from the sum: say so beside it.
    if let (Err(error), false) = (&found.free, found.purchases.is_empty()) {
        total
            .cautions
            .push(Caution::new("value.without_free").with("why", error.reason().key));
    }
    if let (Err(error), false) = (&found.contracts, found.renewals.closing.is_empty()) {
        total
            .cautions
            .push(Caution::new("value.without_contracts").with("why", error.reason().key));
    }
    let free = match &found.free {
        Ok(free) => money("equity.free", bridge.free, (found, config))
            .of(free.closing.customers as u64)
            .by(&format!("{}+gamma_gamma", free.kind.key()))
            .cautioned(free.cautions.clone()),
        Err(error) => Figure::untold("equity.free", Unit::Money, error.reason()),
    };
    let contract = match &found.contracts {
        Ok(contracts) => money("equity.contract", bridge.contract, (found, config))
            .of(contracts.closing.value.len() as u64)
            .by("hazard")
            .cautioned(contracts.cautions.clone()),
        Err(error) => Figure::untold("equity.contract", Unit::Money, error.reason()),
    };
    vec![total, free, contract]
}

fn steps(found: &Found<'_>, config: &ValueConfig) -> Vec<Figure> {
    let closing = money("equity.closing", found.bridge.closing, (found, config));
    let keys = [
        "equity.opening",
        "equity.new",
        "equity.developed",
        "equity.lost",
        "equity.lost_influenceable",
    ];
    let mut figures: Vec<Figure> = match &found.bridge.steps {
        None => keys
            .map(|key| Figure::untold(key, Unit::Money, Caution::new("value.no_opening")))
            .into(),
        Some(steps) => keys
            .into_iter()
            .zip(amounts(steps))
            .map(|(key, sum)| money(key, sum, (found, config)))
            .collect(),
    };
    figures.push(closing);
    figures
}

fn amounts(steps: &Steps) -> [Sum; 5] {
    [
        steps.opening,
        steps.new,
        steps.developed,
        steps.lost,
        steps.lost_influenceable,
    ]
}

fn retention(found: &Found<'_>, config: &ValueConfig) -> Vec<Figure> {
    let persons = &found.people.persons;
    let active = persons.iter().filter(|person| person.active_now).count();
    let base: Vec<&Person> = persons.iter().filter(|person| person.active_then).collect();
    let stayed = base.iter().filter(|person| person.active_now).count();
    let n = base.len() as u64;
    let few = || Caution::new("value.nobody_a_year_ago");
    let z = normal_quantile_for_level(config.level);
    let active = Figure::booked(
        "customers.active",
        active as f64,
        Unit::Count,
        persons.len() as u64,
    );
    if base.is_empty() {
        return vec![
            active,
            Figure::untold("retention.12m", Unit::Share, few()),
            Figure::untold("right_retention.index", Unit::SharePoints, few()),
        ];
    }
    let share = stayed as f64 / base.len() as f64;
    let interval = wilson(stayed as f64, base.len() as f64, z);
    let retention = Figure::estimated("retention.12m", share, interval, config.level, Unit::Share)
        .of(n)
        .by("share");
    vec![
        active,
        retention,
        right_retention(found, &base, (share, z), config),
    ]
}

/// Retention weighted by the opening value less retention by heads: above zero, the right ones stay.
fn right_retention(
    found: &Found<'_>,
    base: &[&Person],
    (share, z): (f64, f64),
    config: &ValueConfig,
) -> Figure {
    const KEY: &str = "right_retention.index";
    let weight: f64 = base.iter().map(|person| person.opening.max(0.0)).sum();
    if found.bridge.steps.is_none() || weight <= 0.0 {
        return Figure::untold(KEY, Unit::SharePoints, Caution::new("value.no_opening"));
    }
    let kept = |person: &&Person| f64::from(u8::from(person.active_now));
    let valued: f64 = base
        .iter()
        .map(|p| p.opening.max(0.0) * kept(p))
        .sum::<f64>()
        / weight;
    let n = base.len() as f64;
    let pulls = base
        .iter()
        .map(|p| p.opening.max(0.0) / weight * (kept(p) - valued) - (kept(p) - share) / n);
    let half = z * pulls.map(|pull| pull * pull).sum::<f64>().sqrt();
    let index = valued - share;
    Figure::estimated(
        KEY,
        index,
        (index - half, index + half),
        config.level,
        Unit::SharePoints,
    )
    .of(base.len() as u64)
    .by("share")
    .cautioned(revenue_caution(found))
}

fn hazards(found: &Found<'_>, config: &ValueConfig) -> Vec<Figure> {
    let one = |key: &str, ends: &dyn Fn(&Contracts) -> Ends| {
        let contracts = match &found.contracts {
            Ok(contracts) => contracts,
            Err(error) => return Figure::untold(key, Unit::Share, error.reason()),
        };
        let ends = ends(contracts);
        match ends.share() {
            None => Figure::untold(key, Unit::Share, Caution::new("value.no_renewals")),
            Some(share) => Figure::estimated(
                key,
                share,
                ends.interval(config.level),
                config.level,
                Unit::Share,
            )
            .of(ends.at_risk as u64)
            .by("hazard"),
        }
    };
    vec![
        one("hazard.first_renewal", &|contracts| contracts.first),
        one("hazard.later_renewal", &|contracts| contracts.later),
        one("hazard.influenceable_share", &|contracts| {
            contracts.influenceable
        }),
    ]
}

/// What the value of free buyers rests on.
fn behind(found: &Found<'_>) -> Vec<Figure> {
    let keys = [
        ("value.spend_frequency_correlation", Unit::Ratio),
        ("value.margin_share", Unit::Share),
    ];
    let closing = match &found.free {
        Ok(free) => &free.closing,
        Err(error) => {
            return keys
                .map(|(key, unit)| Figure::untold(key, unit, error.reason()))
                .into();
        }
    };
    let n = closing.customers as u64;
    let booked = |value: f64, at: usize| Figure::booked(keys[at].0, value, keys[at].1, n);
    let margin = match closing.margin.is_revenue {
        true => Figure::untold(keys[1].0, keys[1].1, Caution::new("value_is_revenue")),
        false => booked(closing.margin.overall, 1),
    };
    vec![booked(closing.correlation, 0), margin]
}

fn cautions(found: &Found<'_>) -> Vec<Caution> {
    let mut cautions: Vec<Caution> = revenue_caution(found).into_iter().collect();
    if let Ok(free) = &found.free {
        let margin = &free.closing.margin;
        if !margin.is_revenue && margin.unknown > 0.001 {
            cautions.push(Caution::new("value.cost_partly_unknown").with("share", margin.unknown));
        }
        cautions.extend(free.cautions.iter().cloned());
        let identified = |score: &odla_stats::btyd::HoldoutScore| {
            score
                .cautions
                .iter()
                .all(|caution| caution.key() != "dropout_not_identified")
        };
        let nbd = free.kind == odla_stats::btyd::PurchaseKind::Nbd;
        if nbd
            && !free.scores.is_empty()
            && !free
                .scores
                .iter()
                .any(|s| s.kind != free.kind && identified(s))
        {
            cautions.push(Caution::new("value.silence_tells_nothing"));
        }
    }
    if let Ok(contracts) = &found.contracts {
        cautions.extend(contracts.cautions.iter().cloned());
    }
    let mut kept: Vec<Caution> = Vec::new();
    for caution in cautions {
        if !kept.contains(&caution) {
            kept.push(caution);
        }
    }
    kept
}

fn sentences(found: &Found<'_>, report: &Report) -> Vec<Sentence> {
    let bridge = &found.bridge;
    let (lower, upper) = bridge.closing.interval();
    let lead = if found.is_revenue() {
        "value.lead_revenue"
    } else {
        "value.lead"
    };
    let mut sentences = vec![
        Sentence::new(lead)
            .with("equity", bridge.closing.value)
            .with("lower", lower)
            .with("upper", upper)
            .from_figure("equity.total"),
    ];
    match &bridge.steps {
        None => sentences.push(Sentence::new("value.no_bridge")),
        Some(steps) => sentences.push(change(steps, bridge)),
    }
    if let Some(told) = retained(report) {
        sentences.push(told);
    }
    if let Some(told) = renewals(report) {
        sentences.push(told);
    }
    if let Ok(free) = &found.free
        && !free.scores.is_empty()
    {
        sentences.push(
            Sentence::new("value.holdout")
                .with("expected", free.scores[0].total_expected)
                .with("actual", free.scores[0].total_actual)
                .from_figure("equity.free"),
        );
    }
    sentences
}

/// Says up or down only when the interval of the change leaves no doubt of its sign.
fn change(steps: &Steps, bridge: &Bridge) -> Sentence {
    let change = bridge.closing.value - steps.opening.value;
    let doubt = bridge.closing.plus(steps.opening.negated());
    let key = match doubt.interval() {
        (lower, _) if lower > 0.0 => "value.bridge_up",
        (_, upper) if upper < 0.0 => "value.bridge_down",
        _ => "value.bridge_level",
    };
    Sentence::new(key)
        .with("opening", steps.opening.value)
        .with("change", change.abs())
        .with("new", steps.new.value)
        .with("developed", steps.developed.value)
        .with("lost", -steps.lost.value)
        .from_figure("equity.opening")
        .from_figure("equity.closing")
}

fn retained(report: &Report) -> Option<Sentence> {
    let retention = report.figure("retention.12m")?.value?;
    let index = report.figure("right_retention.index")?;
    let key = match (index.value, index.lower, index.upper) {
        (Some(_), Some(lower), _) if lower > 0.0 => "value.right_stay",
        (Some(_), _, Some(upper)) if upper < 0.0 => "value.right_leave",
        (Some(_), _, _) => "value.right_level",
        _ => "value.retention",
    };
    let sentence = Sentence::new(key)
        .with("retention", retention)
        .from_figure("retention.12m");
    Some(match index.value {
        Some(index) => sentence
            .with("index", index)
            .from_figure("right_retention.index"),
        None => sentence,
    })
}

fn renewals(report: &Report) -> Option<Sentence> {
    let first = report.figure("hazard.first_renewal")?;
    let later = report.figure("hazard.later_renewal")?;
    let key = match (first.lower? > later.upper?, first.upper? < later.lower?) {
        (true, _) => "value.first_renewal_is_harder",
        (_, true) => "value.later_renewal_is_harder",
        _ => "value.renewals_alike",
    };
    Some(
        Sentence::new(key)
            .with("first", first.value?)
            .with("later", later.value?)
            .from_figure("hazard.first_renewal")
            .from_figure("hazard.later_renewal"),
    )
}
