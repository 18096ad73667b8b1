//! Which meetings take place, how long do they last, and what do they leave behind?

use crate::buying::Bought;
use crate::company::{Company, store_id};
use crate::customer::{Customer, YEAR};
use crate::dice::{Dice, logistic};
use crate::relations::KeyPerson;
use crate::write::Sheets;

/// Why customers get in touch, and how a minute helps.
pub struct Reason {
    pub key: &'static str,
    /// Whether a failed first contact makes the customer likelier to leave.
    pub critical: bool,
    /// Typical minutes for a case of middling difficulty.
    pub minutes: f64,
    /// Log odds of solving a middling case in the typical time.
    pub solves: f64,
    /// Gain in log odds per unit of log minutes.
    pub gain: f64,
    process: &'static str,
    touchpoint: &'static str,
    of_contracts: f64,
    of_buyers: f64,
}

const fn reason(
    key: &'static str,
    critical: bool,
    minutes: f64,
    curve: (f64, f64),
    shares: (f64, f64),
) -> Reason {
    Reason {
        key,
        critical,
        minutes,
        solves: curve.0,
        gain: curve.1,
        process: "service",
        touchpoint: "support",
        of_contracts: shares.0,
        of_buyers: shares.1,
    }
}

impl Reason {
    /// How common the reason is among contract customers, or among buyers without a contract.
    pub fn share(&self, contract: bool) -> f64 {
        if contract {
            self.of_contracts
        } else {
            self.of_buyers
        }
    }
}

pub const REASONS: [Reason; 6] = [
    Reason {
        process: "billing",
        touchpoint: "invoice",
        ..reason("invoice_question", false, 5.0, (2.0, 0.15), (0.18, 0.10))
    },
    Reason {
        process: "logistics",
        touchpoint: "delivery",
        ..reason("delivery_status", false, 4.0, (2.2, 0.10), (0.05, 0.40))
    },
    Reason {
        process: "digital",
        touchpoint: "login",
        ..reason("login", false, 4.0, (1.9, 0.15), (0.15, 0.20))
    },
    reason("product_choice", false, 8.0, (1.5, 0.40), (0.05, 0.20)),
    reason("fault_report", true, 8.0, (1.3, 3.0), (0.30, 0.10)),
    reason("terms_or_leave", true, 8.0, (1.4, 3.0), (0.27, 0.0)),
];

/// How difficulty stretches a contact (log minutes per unit).
pub const STRETCH: f64 = 0.25;
/// How difficulty hinders a solution (log odds per unit).
pub const HINDRANCE: f64 = 1.3;
/// Spread of log minutes that has nothing to do with difficulty or with who answers.
pub const SPREAD: f64 = 0.30;
/// Probability that an unsolved contact is followed by another.
pub const REPEATS: f64 = 0.8;
/// Contacts a case has at most.
pub const MOST_CONTACTS: usize = 3;
/// Log minutes by group of staff: calls are routed at random, so speed is as if drawn by lot.
pub const SPEED: [f64; 6] = [-0.30, -0.15, -0.05, 0.05, 0.15, 0.30];
/// Leave no contact shorter or longer than this.
pub const MINUTES: (f64, f64) = (1.0, 90.0);

pub struct Meeting {
    pub day: i32,
    minute: i32,
    process: &'static str,
    touchpoint: &'static str,
    channel: &'static str,
    reason: &'static str,
    /// Index in [`REASONS`] when it is a support case.
    pub case: Option<usize>,
    pub initiator: &'static str,
    pub forward: bool,
    phase: Option<&'static str>,
    pub minutes: f64,
    wait: Option<f64>,
    pub resolved: Option<bool>,
    pub repeat_of: Option<usize>,
    handed: Option<bool>,
    group: Option<usize>,
    /// Whoever met the customer in our place.
    partner: Option<&'static str>,
    person: Option<usize>,
    complexity: Option<i32>,
}

impl Meeting {
    fn plain(day: i32, dice: &mut Dice) -> Self {
        Meeting {
            day,
            minute: dice.between(8 * 60, 17 * 60),
            process: "sales",
            touchpoint: "meeting",
            channel: "phone",
            reason: "",
            case: None,
            initiator: "us",
            forward: false,
            phase: None,
            minutes: 0.0,
            wait: None,
            resolved: None,
            repeat_of: None,
            handed: None,
            group: None,
            partner: None,
            person: None,
            complexity: None,
        }
    }

    pub fn wait(&self) -> Option<f64> {
        self.wait
    }

    /// First contact about something critical that was not solved.
    pub fn is_failed_first(&self) -> bool {
        self.case.is_some_and(|case| REASONS[case].critical)
            && self.repeat_of.is_none()
            && self.resolved == Some(false)
    }
}

/// All meetings up to the end of the data; those after the relation's end are cut later.
pub fn simulate(
    company: &Company,
    customer: &Customer,
    bought: &Bought,
    persons: &[KeyPerson],
) -> Vec<Meeting> {
    let mut dice = Dice::new(company.seed, customer.number as u64, 30);
    let calendar = &company.calendar;
    let from = customer.acquired(company).max(calendar.start);
    let years = f64::from(calendar.as_of - from + 1) / YEAR;
    let mut meetings = Vec::new();
    for _ in 0..dice.count(customer.case_rate * years) {
        open_case(company, customer, from, &mut meetings, &mut dice);
    }
    let keen = if customer.company_kind { 1.4 } else { 0.35 };
    let rate = keen * company.initiative[customer.store];
    for _ in 0..dice.count(rate * years) {
        let day = calendar.working_days_after(dice.between(from, calendar.as_of), 0);
        if day <= calendar.as_of {
            meetings.push(take_initiative(day, persons, &mut dice));
        }
    }
    for _ in 0..dice.count(0.25 * years) {
        meetings.push(remind(dice.between(from, calendar.as_of), &mut dice));
    }
    for order in &bought.orders {
        deliver(calendar.as_of, order, &mut meetings, &mut dice);
    }
    meetings
}

/// How difficulty (a standard normal) shows in the register: a grade of 1, 2 or 3.
pub fn grade(difficulty: f64, noise: f64) -> i32 {
    (2.0 + 0.8 * difficulty + 0.4 * noise)
        .round()
        .clamp(1.0, 3.0) as i32
}

/// Probability that one contact of this many minutes solves a case of this difficulty.
pub fn solves(reason: &Reason, minutes: f64, difficulty: f64) -> f64 {
    logistic(reason.solves + reason.gain * (minutes / reason.minutes).ln() - HINDRANCE * difficulty)
}

fn open_case(
    company: &Company,
    customer: &Customer,
    from: i32,
    meetings: &mut Vec<Meeting>,
    dice: &mut Dice,
) {
    let calendar = &company.calendar;
    let contract = customer.subscriber.is_some();
    let weights = REASONS.map(|r| r.share(contract));
    let case = dice.weighted(&weights);
    let why = &REASONS[case];
    let difficulty = dice.normal();
    let complexity = grade(difficulty, dice.normal());
    let mut day = calendar.working_days_after(dice.between(from, calendar.as_of), 0);
    let mut before = None;
    for _ in 0..MOST_CONTACTS {
        if day > calendar.as_of {
            return;
        }
        let group = dice.between(0, SPEED.len() as i32 - 1) as usize;
        let stretch = STRETCH * difficulty + SPEED[group] + SPREAD * dice.normal();
        let minutes = (why.minutes * stretch.exp()).clamp(MINUTES.0, MINUTES.1);
        // Rounded before it acts, so that the register holds the very minutes that did the work.
        let minutes = (minutes * 10.0).round() / 10.0;
        let solved = dice.chance(solves(why, minutes, difficulty));
        let mut meeting = Meeting::plain(day, dice);
        meeting.process = why.process;
        meeting.touchpoint = why.touchpoint;
        meeting.channel = ["phone", "chat", "mail"][dice.weighted(&[0.6, 0.25, 0.15])];
        meeting.reason = why.key;
        meeting.case = Some(case);
        meeting.initiator = "customer";
        meeting.phase = Some(if contract && dice.chance(0.1) {
            "renew"
        } else {
            "use"
        });
        meeting.minutes = minutes;
        meeting.wait = Some((dice.wait(1.0 / 3.5) * 10.0).round() / 10.0);
        meeting.resolved = Some(solved);
        meeting.repeat_of = before;
        meeting.handed = Some(!solved && dice.chance(0.35));
        meeting.group = Some(group);
        // The payment company takes some of the questions about invoices.
        meeting.partner = (case == 0 && difficulty > 0.8).then_some("P05");
        meeting.complexity = Some(complexity);
        meetings.push(meeting);
        if solved || !dice.chance(REPEATS) {
            return;
        }
        before = Some(meetings.len() - 1);
        day = calendar.working_days_after(day, dice.between(1, 5));
    }
}

/// A step that carries the collaboration forward on our own initiative.
fn take_initiative(day: i32, persons: &[KeyPerson], dice: &mut Dice) -> Meeting {
    let kinds = [
        ("sales", "visit", "development_talk"),
        ("communication", "mail", "new_use"),
        ("service", "phone", "after_sales_call"),
        ("product", "visit", "co_development"),
    ];
    let (process, channel, reason) = *dice.pick(&kinds);
    let mut meeting = Meeting::plain(day, dice);
    meeting.process = process;
    meeting.channel = channel;
    meeting.reason = reason;
    meeting.forward = true;
    meeting.phase = Some(*dice.pick(&["need", "search", "compare", "decide", "use"]));
    meeting.minutes = (8.0 + dice.wait(1.0 / 12.0)).round();
    if !persons.is_empty() {
        meeting.person = Some(dice.between(0, persons.len() as i32 - 1) as usize);
    }
    meeting
}

/// A contact begun by us that carries nothing forward.
fn remind(day: i32, dice: &mut Dice) -> Meeting {
    let (process, reason) = *dice.pick(&[
        ("billing", "invoice_reminder"),
        ("communication", "newsletter_call"),
        ("sales", "campaign_call"),
    ]);
    let mut meeting = Meeting::plain(day, dice);
    meeting.process = process;
    meeting.touchpoint = "outgoing";
    meeting.reason = reason;
    meeting.minutes = 2.0;
    meeting
}

/// Some deliveries are met by hand, and some purchases begin with a question.
fn deliver(as_of: i32, order: &crate::buying::Order, meetings: &mut Vec<Meeting>, dice: &mut Dice) {
    if order.carrier.is_some() && order.delivered <= as_of && dice.chance(0.12) {
        let mut meeting = Meeting::plain(order.delivered, dice);
        meeting.process = "logistics";
        meeting.touchpoint = "delivery";
        meeting.channel = "delivery";
        meeting.reason = "handover";
        meeting.initiator = "partner";
        meeting.minutes = 3.0;
        meeting.partner = order
            .carrier
            .map(|carrier| ["P01", "P02", "P03", "P04"][carrier]);
        meetings.push(meeting);
    }
    if order.channel == 2 && order.delivered <= as_of && dice.chance(0.15) {
        let mut meeting = Meeting::plain(order.delivered, dice);
        meeting.process = "product";
        meeting.touchpoint = "installation";
        meeting.channel = "visit";
        meeting.reason = "installation";
        meeting.initiator = "partner";
        meeting.minutes = 45.0;
        meeting.partner = Some("P07");
        meetings.push(meeting);
    }
    if order.channel == 2 && dice.chance(0.5) {
        let mut meeting = Meeting::plain(order.day, dice);
        meeting.reason = "quote";
        meeting.touchpoint = "order";
        meeting.initiator = "customer";
        meeting.phase = Some(*dice.pick(&["search", "compare", "decide"]));
        meeting.minutes = (4.0 + dice.wait(0.25)).round();
        meetings.push(meeting);
    }
}

pub fn interaction_id(customer: &Customer, index: usize) -> String {
    format!("I{:07}-{:03}", customer.number, index + 1)
}

pub fn write(company: &Company, customer: &Customer, meetings: &[Meeting], sheets: &mut Sheets) {
    let id = customer.id();
    let unit = store_id(customer.store);
    let rows = sheets.table("interactions");
    for (index, meeting) in meetings.iter().enumerate() {
        rows.text(&interaction_id(customer, index)).text(&id);
        rows.maybe(
            meeting
                .person
                .map(|p| crate::relations::contact_id(customer, p))
                .as_deref(),
        );
        rows.instant(&company.calendar, meeting.day, meeting.minute);
        rows.text(meeting.process)
            .text(meeting.touchpoint)
            .text(meeting.channel)
            .text(meeting.reason);
        rows.text(meeting.initiator)
            .flag(meeting.forward)
            .maybe(meeting.phase);
        rows.number(meeting.minutes, 1);
        match meeting.wait {
            Some(wait) => rows.number(wait, 1),
            None => rows.blank(),
        };
        rows.maybe(meeting.resolved.map(|r| if r { "true" } else { "false" }));
        rows.maybe(
            meeting
                .repeat_of
                .map(|before| interaction_id(customer, before))
                .as_deref(),
        );
        rows.maybe(meeting.handed.map(|h| if h { "true" } else { "false" }));
        rows.text(if meeting.group.is_some() { "KS" } else { &unit });
        match meeting.group {
            Some(group) => rows.id(format_args!("KS-{}", (b'A' + group as u8) as char)),
            None => rows.id(format_args!("{unit}-sales")),
        };
        rows.maybe(meeting.partner);
        match meeting.complexity {
            Some(complexity) => rows.whole(i64::from(complexity)),
            None => rows.blank(),
        };
        rows.end();
    }
}
