//! Which level should each segment aim for, and where is it heading by itself?
//!
//! A segment uses a share of each reason's minutes, and its customers are worth more or less than others. Minutes are taken to
//! help its cases as they help all; their worth is the segment's own. So a segment that is worth twice as much
//! should have its minutes where they give half as much for all.

use super::{TargetsConfig, amount_at};
use crate::allocation::Place;
use odla_domain::frames::segments::SegmentsFrame;
use odla_domain::{Caution, Cell, CustomerScores, Figure, Sentence, Table, Unit};
use odla_stats::estimate::normal_quantile_for_level;
use odla_stats::{Estimate, Interval};
use std::collections::BTreeMap;

/// One segment, and its target or why there is none.
#[derive(Clone, Debug)]
pub struct Segment {
    /// `segment.kind`, `segment.group` or `segment.unit`.
    pub kind: &'static str,
    pub name: String,
    pub customers: f64,
    pub today: f64,
    /// Change of the share who stay from the year before; none with too few then.
    pub trend: Option<Estimate>,
    pub target: Result<Target, Caution>,
}

/// Where marginal cost meets marginal value for one segment, per year.
#[derive(Clone, Debug)]
pub struct Target {
    pub share: f64,
    pub range: Interval,
    /// What chance alone does to the share in a year.
    pub band: f64,
    pub kept: f64,
    pub cost: f64,
    pub net: f64,
    pub net_range: Interval,
    /// Value of one more point who stay.
    pub point: f64,
    pub verdict: &'static str,
}

type Of = fn(&SegmentsFrame) -> &Vec<String>;
const KINDS: [(&str, Of); 3] = [
    ("segment.kind", |frame| &frame.kind),
    ("segment.group", |frame| &frame.group),
    ("segment.unit", |frame| &frame.unit),
];

/// Every segment of every kind that has at least two.
pub fn segments(
    places: &[&Place],
    frame: &SegmentsFrame,
    value: Option<&CustomerScores>,
    config: &TargetsConfig,
) -> Vec<Segment> {
    let worth = Worth::of(frame, value);
    let mut found = Vec::new();
    for (kind, of) in KINDS {
        let mut rows_of = BTreeMap::<&str, Vec<usize>>::new();
        for (row, name) in of(frame).iter().enumerate() {
            if !name.is_empty() && (frame.active[row] || frame.active_before[row]) {
                rows_of.entry(name).or_default().push(row);
            }
        }
        if rows_of.len() < 2 {
            continue;
        }
        let own = rows_of
            .iter()
            .map(|(name, rows)| segment(places, (kind, name, rows), (frame, &worth), config));
        found.extend(own);
    }
    found
}

/// What customers are worth, by row; `NaN` where it is not known.
struct Worth {
    value: Vec<f64>,
    alive: Vec<f64>,
}

impl Worth {
    fn of(frame: &SegmentsFrame, scores: Option<&CustomerScores>) -> Self {
        let rows = frame.customer_id.len();
        let mut worth = Self {
            value: vec![f64::NAN; rows],
            alive: vec![f64::NAN; rows],
        };
        let columns = scores
            .and_then(|scores| Some((scores, scores.number("value")?, scores.number("p_alive")?)));
        if let Some((scores, value, alive)) = columns {
            for (row, id) in frame.customer_id.iter().enumerate() {
                if let Ok(place) = scores.customer_id.binary_search(id) {
                    (worth.value[row], worth.alive[row]) = (value[place], alive[place]);
                }
            }
        }
        worth
    }

    /// Of one customer who is there, on average.
    fn mean(&self, rows: impl Iterator<Item = usize>) -> Option<f64> {
        let told = rows.filter(|&row| self.value[row].is_finite() && self.alive[row].is_finite());
        let (sum, alive) = told.fold((0.0, 0.0), |sum, row| {
            (sum.0 + self.value[row], sum.1 + self.alive[row])
        });
        (alive > 5.0 && sum > 0.0).then(|| sum / alive)
    }
}

fn segment(
    places: &[&Place],
    (kind, name, rows): (&'static str, &str, &[usize]),
    (frame, worth): (&SegmentsFrame, &Worth),
    config: &TargetsConfig,
) -> Segment {
    let count = |of: &dyn Fn(usize) -> bool| rows.iter().filter(|&&row| of(row)).count() as f64;
    let customers = count(&|row| frame.active[row]);
    let stayed = count(&|row| frame.active[row] && frame.stayed[row]);
    let before = count(&|row| frame.active_before[row]);
    let stayed_before = count(&|row| frame.active_before[row] && frame.stayed_before[row]);
    let today = stayed / customers.max(1.0);
    let enough = customers >= config.fewest_of_segment;
    let trend = (enough && before >= config.fewest_of_segment).then(|| {
        let then = stayed_before / before;
        let variance = |share: f64, n: f64| (share * (1.0 - share)).max(0.25 / n) / n;
        let error = (variance(today, customers) + variance(then, before)).sqrt();
        Estimate::normal(today - then, error, config.level)
    });
    let whole = worth.mean(0..frame.customer_id.len());
    let own = worth.mean(rows.iter().copied());
    let target = match (enough, own.zip(whole)) {
        (false, _) => Err(Caution::new("targets.segment_too_few")
            .with("needed", config.fewest_of_segment)
            .with("got", customers)),
        (_, None) => Err(Caution::new("targets.segment_no_worth")),
        (true, Some((own, whole))) => {
            let shares = shares(places, rows, frame);
            target(places, (&shares, own / whole), (today, customers), config)
        }
    };
    Segment {
        kind,
        name: name.to_owned(),
        customers,
        today,
        trend,
        target,
    }
}

/// Share of each place's minutes that the segment's customers used.
fn shares(places: &[&Place], rows: &[usize], frame: &SegmentsFrame) -> Vec<f64> {
    let of_place = |place: &&Place| {
        let reason = place.id.strip_prefix("minutes.").unwrap_or(&place.id);
        let Some(spent) = frame.minutes.get(reason) else {
            return 0.0;
        };
        let all: f64 = spent.iter().map(|(_, minutes)| minutes).sum();
        let own = spent
            .iter()
            .filter(|(row, _)| rows.binary_search(row).is_ok());
        own.map(|(_, minutes)| minutes).sum::<f64>() / all.max(1e-9)
    };
    places.iter().map(of_place).collect()
}

/// All places at the amounts where the next krona gives the segment one back: `w r v(m / w)` of money m, for the share w of the
/// minutes and the worth r relative to all.
fn target(
    places: &[&Place],
    (shares, worth): (&[f64], f64),
    (today, customers): (f64, f64),
    config: &TargetsConfig,
) -> Result<Target, Caution> {
    if shares.iter().all(|share| *share <= 0.0) {
        return Err(Caution::new("targets.segment_no_contacts"));
    }
    let amounts: Vec<f64> = places
        .iter()
        .map(|place| amount_at(place, 1.0 / worth))
        .collect();
    let sum = |curve: &dyn Fn(usize) -> f64| -> (f64, f64) {
        let mut all = (0.0, 0.0);
        for (at, place) in places.iter().enumerate() {
            let gain = shares[at] * curve(at);
            all = (all.0 + gain / place.worth, all.1 + worth * gain);
        }
        all
    };
    let between = |curve: &odla_stats::allocate::Curve, at: usize| {
        curve.value(amounts[at]) - curve.value(places[at].today)
    };
    let (kept, value) = sum(&|at| between(&places[at].cell.curve, at));
    let cost: f64 = (0..places.len())
        .map(|at| shares[at] * (amounts[at] - places[at].today))
        .sum();
    let draws = places
        .iter()
        .map(|place| place.draws.len())
        .min()
        .unwrap_or(0);
    let drawn: Vec<(f64, f64)> = (0..draws)
        .map(|draw| sum(&|at| between(&places[at].draws[draw], at)))
        .collect();
    let column = |of: &dyn Fn(&(f64, f64)) -> f64| {
        Interval::from_draws(&drawn.iter().map(of).collect::<Vec<_>>(), config.level)
    };
    let z = normal_quantile_for_level(config.level);
    let band = z * (today * (1.0 - today) / customers).sqrt();
    let range = column(&|draw| (today + draw.0 / customers).clamp(0.0, 1.0));
    let step = kept / customers;
    let lost: f64 = (places.iter().zip(shares))
        .map(|(place, share)| share * place.worth * place.today)
        .sum();
    let money: f64 = (places.iter().zip(shares))
        .map(|(place, share)| share * place.today)
        .sum();
    Ok(Target {
        share: (today + step).clamp(0.0, 1.0),
        range,
        band,
        kept,
        cost,
        net: value - cost,
        net_range: column(&|draw| draw.1 - cost),
        point: 0.01 * customers * worth * lost / money.max(1e-9),
        verdict: match (step > 0.0, step.abs() > band) {
            (true, true) => "target.raise",
            (false, true) => "target.lower",
            (_, false) => "target.within_chance",
        },
    })
}

pub fn figures(segments: &[Segment]) -> Vec<Figure> {
    let told = segments.iter().filter_map(|segment| {
        let target = segment.target.as_ref().ok()?;
        // A dot would part the key.
        let key = format!("targets.segment.{}.target", segment.name.replace('.', "_"));
        let range = (target.range.lower, target.range.upper);
        let figure = Figure::estimated(key, target.share, range, target.range.level, Unit::Share);
        Some(figure.of(segment.customers as u64).by("targets"))
    });
    told.collect()
}

pub fn table(segments: &[Segment]) -> Table {
    let mut table = Table::new(
        "targets.segments",
        &[
            ("targets.segment", Unit::Text),
            ("targets.segment_kind", Unit::Text),
            ("targets.customers", Unit::Count),
            ("targets.today", Unit::Share),
            ("targets.trend", Unit::SharePoints),
            ("targets.trend_range", Unit::SharePoints),
            ("targets.target", Unit::Share),
            ("targets.target_range", Unit::Share),
            ("targets.band", Unit::SharePoints),
            ("targets.cost", Unit::Money),
            ("targets.net", Unit::Money),
            ("targets.net_range", Unit::Money),
            ("targets.point_worth", Unit::Money),
            ("targets.verdict", Unit::Text),
        ],
    );
    let range = |own: &Interval| Cell::Range(own.lower, own.upper);
    for segment in segments {
        let name = match segment.kind {
            "segment.kind" => Cell::Key(format!("segment.{}", segment.name)),
            _ => Cell::Text(segment.name.clone()),
        };
        let target = segment.target.as_ref().ok();
        let number =
            |of: fn(&Target) -> f64| target.map_or(Cell::None, |own| Cell::Number(of(own)));
        table.push(vec![
            name,
            Cell::Key(segment.kind.to_owned()),
            Cell::Number(segment.customers),
            if segment.customers > 0.0 {
                Cell::Number(segment.today)
            } else {
                Cell::None
            },
            segment
                .trend
                .map_or(Cell::None, |trend| Cell::Number(trend.value)),
            segment
                .trend
                .map_or(Cell::None, |trend| range(&trend.interval)),
            number(|own| own.share),
            target.map_or(Cell::None, |own| range(&own.range)),
            number(|own| own.band),
            number(|own| own.cost),
            number(|own| own.net),
            target.map_or(Cell::None, |own| range(&own.net_range)),
            number(|own| own.point),
            Cell::Key(match &segment.target {
                Ok(target) => target.verdict.to_owned(),
                Err(why) => why.key.clone(),
            }),
        ]);
    }
    table
}

/// Where most is to be won, and who moves by themselves.
pub fn sentences(segments: &[Segment]) -> Vec<Sentence> {
    let told = || {
        segments
            .iter()
            .filter_map(|segment| Some((segment, segment.target.as_ref().ok()?)))
    };
    let mut said = Vec::new();
    let best = told().max_by(|a, b| a.1.net.total_cmp(&b.1.net));
    if let Some((segment, target)) = best.filter(|(_, target)| target.net > 0.0) {
        let key = if target.kept >= 0.0 {
            "targets.segment_most"
        } else {
            "targets.segment_too_much"
        };
        said.push(
            Sentence::new(key)
                .with("segment", name_of(segment))
                .with("today", segment.today)
                .with("target", target.share)
                .with("net", target.net)
                .with("lower", target.net_range.lower)
                .with("upper", target.net_range.upper)
                .from_figure(&format!(
                    "targets.segment.{}.target",
                    segment.name.replace('.', "_")
                )),
        );
    }
    let falling = segments
        .iter()
        .filter_map(|segment| Some((segment, segment.trend?)));
    let falling = falling.filter(|(_, trend)| trend.interval.upper < 0.0);
    if let Some((segment, trend)) = falling.min_by(|a, b| a.1.value.total_cmp(&b.1.value)) {
        said.push(
            Sentence::new("targets.segment_falling")
                .with("segment", name_of(segment))
                .with("change", trend.value)
                .with("lower", trend.interval.lower)
                .with("upper", trend.interval.upper),
        );
    }
    said
}

fn name_of(segment: &Segment) -> String {
    match segment.kind {
        "segment.kind" => format!("segment.{}", segment.name),
        _ => segment.name.clone(),
    }
}
