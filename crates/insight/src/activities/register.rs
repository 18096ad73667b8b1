//! Which process does each activity and each row of the books belong to, and what is not known of it?

use super::ActivitiesConfig;
use odla_domain::Money;
use odla_domain::frames::activities::{ActivitiesFrame, Activity, Pool};

/// The processes of the ledger's own list, in the order of a customer's way.
pub const PROCESSES: [&str; 8] = [
    "brand",
    "digital",
    "sales",
    "product",
    "logistics",
    "billing",
    "service",
    "communication",
];

/// What is known of one process. `None` is a blind spot.
#[derive(Clone, Debug)]
pub struct Process {
    /// Empty: the books or the log name no process.
    pub word: String,
    pub cost: Option<Money>,
    pub activities: Option<u64>,
    /// Activities of which it is known who got them.
    pub with_receivers: Option<u64>,
    pub events: Option<u64>,
    pub customers: Option<u64>,
    /// Share of the judged meetings that solved it.
    pub resolved: Option<f64>,
    /// Share of the meetings that someone else held in our place.
    pub by_partner: Option<f64>,
    /// Satisfaction after the meeting, 0..100, and answers behind it.
    pub experience: Option<(f64, u64)>,
    pub owned: Option<u64>,
}

/// Where a part of the books goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// An activity of the register.
    Activity,
    /// A process with events, but no activity.
    Events,
    /// A process of which no event is logged.
    NoEvents,
    /// Names an activity that is not in the register.
    Unregistered,
    /// Names neither process nor activity.
    Nothing,
}

impl Place {
    pub const ALL: [Self; 5] = [
        Self::Activity,
        Self::Events,
        Self::NoEvents,
        Self::Unregistered,
        Self::Nothing,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Activity => "place.activity",
            Self::Events => "place.events",
            Self::NoEvents => "place.no_events",
            Self::Unregistered => "place.unregistered",
            Self::Nothing => "place.nothing",
        }
    }
}

/// The register, the map and the books.
#[derive(Clone, Debug)]
pub struct Register {
    pub processes: Vec<Process>,
    /// Exact sums by place, in the order of [`Place::ALL`].
    pub places: Vec<Money>,
    /// The books less everything laid out: zero, or a query lost a row.
    pub difference: Money,
    pub blind_spots: usize,
}

impl Register {
    pub fn of(&self, place: Place) -> Money {
        self.places[place as usize]
    }

    pub fn laid_out(&self) -> Money {
        self.places.iter().copied().sum()
    }
}

impl Process {
    /// What is not known, as words.
    pub fn blind(&self) -> Vec<&'static str> {
        [
            (self.cost.is_none(), "blind.cost"),
            (self.activities.is_none(), "blind.activities"),
            (self.events.is_none(), "blind.events"),
            (self.experience.is_none(), "blind.experience"),
        ]
        .into_iter()
        .filter_map(|(blind, word)| blind.then_some(word))
        .collect()
    }
}

pub fn lay_out(frame: &ActivitiesFrame, config: &ActivitiesConfig) -> Register {
    let mut words: Vec<&str> = PROCESSES.to_vec();
    let unnamed = frame
        .pools
        .iter()
        .any(|pool| process_of(pool, frame).is_empty())
        || frame.contacts.iter().any(|met| met.process.is_empty());
    if unnamed {
        words.push("");
    }
    let processes: Vec<Process> = words
        .into_iter()
        .map(|word| process(word, frame, config))
        .collect();
    let mut places = vec![Money::default(); Place::ALL.len()];
    for pool in &frame.pools {
        places[place(pool, frame) as usize] += pool.amount;
    }
    let laid_out: Money = places.iter().copied().sum();
    Register {
        blind_spots: processes
            .iter()
            .filter(|p| !p.word.is_empty())
            .map(|p| p.blind().len())
            .sum(),
        processes,
        places,
        difference: frame.books - laid_out,
    }
}

fn activity_of<'f>(pool: &Pool, frame: &'f ActivitiesFrame) -> Option<&'f Activity> {
    (frame.activities.iter())
        .find(|activity| activity.activity_id == pool.activity_id && activity.registered)
}

/// The pool's own process, else its activity's.
fn process_of<'f>(pool: &'f Pool, frame: &'f ActivitiesFrame) -> &'f str {
    match pool.process.as_str() {
        "" => activity_of(pool, frame).map_or("", |activity| activity.process.as_str()),
        process => process,
    }
}

fn place(pool: &Pool, frame: &ActivitiesFrame) -> Place {
    if activity_of(pool, frame).is_some() {
        return Place::Activity;
    }
    if !pool.activity_id.is_empty() {
        return Place::Unregistered;
    }
    match process_of(pool, frame) {
        "" => Place::Nothing,
        process if events(process, frame).is_some() => Place::Events,
        _ => Place::NoEvents,
    }
}

/// Meetings, and the work that is logged otherwise, of one process.
fn events(process: &str, frame: &ActivitiesFrame) -> Option<u64> {
    let met = frame
        .contacts
        .iter()
        .find(|met| met.process == process)
        .map_or(0, |met| met.events);
    let words: &[&str] = match process {
        "sales" => &["orders"],
        "logistics" => &["deliveries", "returns"],
        "billing" => &["invoices"],
        _ => &[],
    };
    let work = frame
        .work
        .iter()
        .filter(|work| words.contains(&work.word.as_str()));
    let all = met + work.map(|work| work.events).sum::<u64>();
    (all > 0).then_some(all)
}

fn process(word: &str, frame: &ActivitiesFrame, config: &ActivitiesConfig) -> Process {
    let pools = || {
        frame
            .pools
            .iter()
            .filter(|pool| process_of(pool, frame) == word)
    };
    let activities: Vec<&Activity> = (frame.activities.iter())
        .filter(|activity| activity.registered && activity.process == word)
        .collect();
    let count = |of: &dyn Fn(&Activity) -> bool| -> Option<u64> {
        (!activities.is_empty()).then(|| activities.iter().filter(|a| of(a)).count() as u64)
    };
    let met = frame.contacts.iter().find(|met| met.process == word);
    let heard = frame.heard.iter().find(|heard| heard.process == word);
    Process {
        word: word.to_owned(),
        cost: pools()
            .next()
            .map(|_| pools().map(|pool| pool.amount).sum()),
        activities: count(&|_| true),
        with_receivers: count(&|activity| activity.exposures > 0),
        owned: count(&|activity| !activity.owner.is_empty()),
        events: events(word, frame),
        customers: met.map(|met| met.customers),
        resolved: met
            .filter(|met| met.judged > 0)
            .map(|met| met.resolved as f64 / met.judged as f64),
        by_partner: met.map(|met| met.by_partner as f64 / met.events.max(1) as f64),
        experience: heard
            .filter(|heard| heard.answers >= config.fewest_answers && heard.place.is_finite())
            .map(|heard| (100.0 * heard.place, heard.answers)),
    }
}
