//! What must be added up over all customers, so that the truth can be told without keeping them?

use crate::activities::Effects;
use crate::buying::CHANNELS;
use crate::company::{Company, HUNTER, STORES};
use crate::contacts::REASONS;
use crate::contracts::{self, is_unavoidable};
use crate::costs::{self, Use};
use crate::customer::Flawed;
use crate::history::History;
use crate::moments::Moments;
use crate::surveys::{self, Heard};
use crate::truth::Books;
use crate::worth;

/// A sum and how many it was over.
#[derive(Default, Clone, Copy)]
pub struct Mean {
    pub sum: f64,
    pub n: f64,
}

impl Mean {
    pub fn add(&mut self, value: f64) {
        self.sum += value;
        self.n += 1.0;
    }

    fn merge(&mut self, other: &Mean) {
        self.sum += other.sum;
        self.n += other.n;
    }

    /// Zero of nothing.
    pub fn value(&self) -> f64 {
        if self.n > 0.0 { self.sum / self.n } else { 0.0 }
    }
}

/// Names the means, so that adding one is adding a word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub enum M {
    EquityFree,
    EquityContract,
    ServiceAhead,
    Negative,
    Alive,
    InForce,
    RetainedExpected,
    RetainedRealised,
    TopBox,
    HazardFirst,
    HazardLater,
    HazardCompany,
    HazardPerson,
    HazardStress,
    HazardCalm,
    HazardBad,
    HazardNoBad,
    HazardKeyLeft,
    HazardKeyStayed,
    LeftFirst,
    LeftLater,
    Unavoidable,
    Trial,
    Review,
    ReviewLeaving,
    Gift,
    Discount,
    ClubRetention,
    ClubMargin,
    IncidentReported,
    IncidentCaught,
    IncidentKnown,
    IncidentBoth,
    SolvedWell,
    QuarterEnd,
    HunterQuarterEnd,
    PulledShare,
    CreatedShare,
    LoyalValue,
    LockedValue,
    HabitValue,
    SatisfactionAll,
    SatisfactionAnswered,
    Answered,
    PromiseKept,
    Forward,
    ReportedBySeverity,
    End,
}

pub struct Tally {
    pub means: Vec<Mean>,
    /// Mean leaving probability by calendar month of the renewal.
    pub season: [Mean; 12],
    /// Leaving loss in SEK per failed first contact, over all first contacts, by reason.
    pub failed_loss: [Mean; REASONS.len()],
    /// Shipments that were late, by carrier.
    pub late: [Mean; 4],
    /// Orders by sales channel.
    pub channels: [u64; CHANNELS.len()],
    /// satisfaction, retained, worth, log orders, margin, tenure, company, contract.
    pub link: Moments,
    /// n, satisfaction, retained, worth by store, as sums.
    pub stores: Vec<[f64; 4]>,
    /// Overall satisfaction first, then the attributes.
    pub drivers: Moments,
    pub months: Vec<Use>,
    pub books: Books,
    pub typos: Vec<String>,
    pub doubled: Vec<String>,
    pub repeated: u64,
}

impl Tally {
    pub fn new(company: &Company) -> Self {
        let calendar = &company.calendar;
        Tally {
            means: vec![Mean::default(); M::End as usize],
            season: [Mean::default(); 12],
            failed_loss: [Mean::default(); REASONS.len()],
            late: [Mean::default(); 4],
            channels: [0; CHANNELS.len()],
            link: Moments::new(8),
            stores: vec![[0.0; 4]; STORES],
            drivers: Moments::new(1 + surveys::ATTRIBUTES.len()),
            months: vec![Use::default(); calendar.month(calendar.as_of) + 2],
            books: Books::default(),
            typos: Vec::new(),
            doubled: Vec::new(),
            repeated: 0,
        }
    }

    pub fn mean(&self, which: M) -> Mean {
        self.means[which as usize]
    }

    fn put(&mut self, which: M, value: f64) {
        self.means[which as usize].add(value);
    }

    fn put_if(&mut self, which: M, yes: bool) {
        self.put(which, f64::from(yes));
    }

    /// Joins two parts; always done in the order of the customers, so that sums are the same every time.
    pub fn merge(&mut self, other: &Tally) {
        let pairs = |mine: &mut [Mean], more: &[Mean]| {
            mine.iter_mut().zip(more).for_each(|(a, b)| a.merge(b))
        };
        pairs(&mut self.means, &other.means);
        pairs(&mut self.season, &other.season);
        pairs(&mut self.failed_loss, &other.failed_loss);
        pairs(&mut self.late, &other.late);
        self.channels
            .iter_mut()
            .zip(other.channels)
            .for_each(|(a, b)| *a += b);
        self.link.merge(&other.link);
        self.drivers.merge(&other.drivers);
        for (mine, more) in self.stores.iter_mut().zip(&other.stores) {
            mine.iter_mut().zip(more).for_each(|(a, b)| *a += b);
        }
        self.months
            .iter_mut()
            .zip(&other.months)
            .for_each(|(a, b)| a.add(b));
        add_books(&mut self.books, &other.books);
        self.typos.extend_from_slice(&other.typos);
        self.doubled.extend_from_slice(&other.doubled);
        self.repeated += other.repeated;
    }

    /// Adds one customer.
    pub fn count(&mut self, company: &Company, history: &History, written: Written) {
        costs::count(company, history, &mut self.months);
        self.count_books(company, history, &written);
        self.count_worth(company, history);
        self.count_renewals(history);
        self.count_failed_cases(company, history);
        self.count_year(company, history, written.heard);
        self.count_effects(&written.effects);
        self.count_faults(history);
        self.count_orders(company, history);
        for meeting in history.meetings.iter().filter(|m| m.initiator == "us") {
            self.put_if(M::Forward, meeting.forward);
        }
        self.typos.extend(written.flawed.typo);
        self.doubled.extend(written.flawed.doubled);
    }

    fn count_books(&mut self, company: &Company, history: &History, written: &Written) {
        let books = &mut self.books;
        let calendar = &company.calendar;
        books.orders += history.bought.orders.len() as u64;
        for line in history.bought.orders.iter().flat_map(|order| &order.lines) {
            books.order_lines += 1;
            books.list_ore += line.list;
            books.discount_ore += line.discount;
            books.net_ore += line.net;
            books.goods_ore += line.goods;
            books.freight_ore += line.freight;
            books.returned_ore += line.returned;
        }
        if let (Some(contract), Some(traits)) = (&history.contract, &history.customer.subscriber) {
            let months = contract.months_between(company, calendar.start, calendar.as_of + 1);
            books.contract_amount_ore += months * traits.monthly_amount;
            books.contract_cost_ore += months * traits.monthly_cost;
        }
        books.exposure_ore += written.effects.exposure_cost;
        books.club_ore += written.effects.club_cost;
        let known = history
            .incidents
            .iter()
            .filter(|incident| incident.is_known());
        books.compensation_ore += known.map(|incident| incident.compensation).sum::<i64>();
        let bought = !history.bought.orders.is_empty();
        self.repeated +=
            u64::from(company.config.flaws && history.customer.number % 50 == 7 && bought);
        for (day, activity, ore) in &written.effects.paid {
            self.months[calendar.month(*day)].activities[*activity] += ore;
        }
    }

    fn count_worth(&mut self, company: &Company, history: &History) {
        let as_of = company.calendar.as_of;
        let in_force = history.contract.as_ref().is_some_and(|c| c.in_force(as_of));
        let alive = history.is_alive(as_of);
        let worth = worth::future(company, history);
        self.put(M::EquityFree, worth.free);
        self.put(M::EquityContract, worth.contract);
        self.put(M::ServiceAhead, worth.service);
        self.put_if(M::Alive, alive);
        self.put_if(M::InForce, in_force);
        self.put_if(
            M::Negative,
            worth.contribution() > 0.0 && worth.contribution() < worth.service,
        );
        let attitude = history.customer.attitude_in(company.quarter(as_of));
        let renewed = history
            .contract
            .as_ref()
            .is_some_and(|c| !c.renewals.is_empty());
        let returns =
            (in_force && renewed) || (alive && history.standing(company, as_of).orders >= 2);
        let value = worth.contribution();
        let kind = |yes: bool| if yes { value } else { 0.0 };
        let locked = history.customer.locked && in_force;
        self.put(M::LoyalValue, kind(returns && attitude > 0.0 && !locked));
        self.put(M::LockedValue, kind(returns && locked));
        self.put(M::HabitValue, kind(returns && attitude <= 0.0 && !locked));
    }

    fn count_renewals(&mut self, history: &History) {
        let Some(contract) = &history.contract else {
            return;
        };
        for renewal in &contract.renewals {
            let h = renewal.leaving;
            let at = &renewal.at;
            let company_kind = history.customer.company_kind;
            self.put(
                if at.first {
                    M::HazardFirst
                } else {
                    M::HazardLater
                },
                h,
            );
            self.put_if(
                if at.first { M::LeftFirst } else { M::LeftLater },
                renewal.left,
            );
            self.put(
                if company_kind {
                    M::HazardCompany
                } else {
                    M::HazardPerson
                },
                h,
            );
            self.put(
                if at.stress {
                    M::HazardStress
                } else {
                    M::HazardCalm
                },
                h,
            );
            self.put(
                if at.bad_incident {
                    M::HazardBad
                } else {
                    M::HazardNoBad
                },
                h,
            );
            if company_kind {
                self.put(
                    if at.key_person_left {
                        M::HazardKeyLeft
                    } else {
                        M::HazardKeyStayed
                    },
                    h,
                );
            }
            self.season[at.month_of_year].add(h);
        }
        if let Some(reason) = contract.reason {
            self.put_if(M::Unavoidable, is_unavoidable(reason));
        }
    }

    /// What one more failed first contact costs through the next renewal.
    fn count_failed_cases(&mut self, company: &Company, history: &History) {
        let calendar = &company.calendar;
        let contract = history.contract.as_ref();
        for meeting in history.meetings.iter().filter(|m| m.repeat_of.is_none()) {
            let Some(case) = meeting.case else { continue };
            let mut loss = 0.0;
            let in_force = contract.filter(|c| c.in_force(meeting.day));
            if let (true, Some(contract)) = (REASONS[case].critical, in_force) {
                let due = contract.renewals.iter().find(|r| r.day >= meeting.day);
                let (mut at, month) = match due {
                    Some(renewal) => (renewal.at, renewal.month),
                    None => {
                        let day = contract.next_renewal;
                        let number = contract.renewals.len() + 1;
                        let at = contracts::circumstances(
                            company,
                            &history.customer,
                            &history.events(),
                            day,
                            number,
                        );
                        (at, calendar.month(day))
                    }
                };
                at.failed_cases -= usize::from(meeting.is_failed_first()).min(at.failed_cases);
                let without = contracts::leaving_probability(&history.customer, &at);
                at.failed_cases += 1;
                let with = contracts::leaving_probability(&history.customer, &at);
                loss = (with - without) * worth::renewed_value(company, history, &at, month);
            }
            self.failed_loss[case].add(loss);
        }
    }

    /// The year from the relation wave on: say, do and worth of everyone who was a customer then.
    fn count_year(&mut self, company: &Company, history: &History, heard: Heard) {
        let day = company.turns.year_ago;
        let standing = history.standing(company, day);
        if !standing.is_active() {
            return;
        }
        let would = surveys::would_be(company, history, day);
        let retained = worth::retained(history, day);
        let worth = worth::coming_year(company, history, day);
        let as_of = company.calendar.as_of;
        let bought = history
            .bought
            .orders
            .iter()
            .any(|o| o.day > day && o.day <= as_of);
        let stayed = history.contract.as_ref().is_some_and(|c| c.in_force(as_of));
        self.put(M::RetainedExpected, retained);
        self.put_if(M::RetainedRealised, bought || stayed);
        self.put(M::SatisfactionAll, would.satisfaction);
        if would.satisfaction >= 9.0 {
            self.put(M::TopBox, retained);
        }
        if heard.asked {
            self.put_if(M::Answered, heard.answered);
        }
        if heard.answered {
            self.put(M::SatisfactionAnswered, would.satisfaction);
        }
        let kind = f64::from(history.customer.company_kind);
        let orders = (standing.orders as f64).ln_1p();
        let contract = f64::from(standing.subscribing);
        self.link.add(&[
            would.satisfaction,
            retained,
            worth,
            orders,
            standing.margin,
            standing.tenure_years,
            kind,
            contract,
        ]);
        let store = &mut self.stores[history.customer.store];
        for (sum, value) in store
            .iter_mut()
            .zip([1.0, would.satisfaction, retained, worth])
        {
            *sum += value;
        }
        let mut row = vec![would.satisfaction];
        row.extend_from_slice(&would.attributes);
        let heard = surveys::chance_to_be_heard(&history.customer, &would, &standing);
        self.drivers.add_weighted(&row, heard);
    }

    fn count_effects(&mut self, effects: &Effects) {
        if let Some(effect) = effects.trial {
            self.put(M::Trial, effect);
        }
        if let Some(effect) = effects.review {
            self.put(M::Review, effect);
        }
        for change in &effects.review_renewals {
            self.put(M::ReviewLeaving, *change);
        }
        if effects.gift {
            self.put(M::Gift, 0.0);
        }
        if let Some(effect) = effects.discount {
            self.put(M::Discount, effect);
        }
        if let Some(effect) = effects.club_retention {
            self.put(M::ClubRetention, effect);
        }
        if effects.club_margin > 0.0 {
            self.put(M::ClubMargin, effects.club_margin);
        }
    }

    fn count_faults(&mut self, history: &History) {
        for incident in &history.incidents {
            let told = incident.reported.is_some();
            self.put_if(M::IncidentReported, told);
            self.put_if(M::IncidentCaught, incident.caught);
            self.put_if(M::IncidentKnown, incident.is_known());
            self.put_if(M::IncidentBoth, told && incident.caught);
            if incident.resolved.is_some() {
                self.put_if(M::SolvedWell, incident.well);
            }
            if incident.severity >= 4 {
                self.put_if(M::ReportedBySeverity, told);
            }
        }
    }

    fn count_orders(&mut self, company: &Company, history: &History) {
        let hunter = history.customer.store == HUNTER;
        for order in &history.bought.orders {
            self.channels[order.channel] += 1;
            if let Some(carrier) = order
                .carrier
                .filter(|_| order.delivered <= company.calendar.as_of)
            {
                self.late[carrier].add(f64::from(order.is_late()));
                self.put_if(M::PromiseKept, !order.is_late());
            }
            let net = order.net() as f64 / 100.0;
            let ends = company.calendar.is_quarter_end(order.day);
            let weighted = |mean: &mut Mean, yes: bool| {
                mean.sum += if yes { net } else { 0.0 };
                mean.n += net;
            };
            weighted(&mut self.means[M::QuarterEnd as usize], ends);
            if hunter {
                weighted(&mut self.means[M::HunterQuarterEnd as usize], ends);
                if ends {
                    weighted(&mut self.means[M::PulledShare as usize], order.pulled);
                    weighted(&mut self.means[M::CreatedShare as usize], order.created);
                }
            }
        }
    }
}

/// What came of writing one customer's rows.
pub struct Written {
    pub flawed: Flawed,
    pub heard: Heard,
    pub effects: Effects,
}

fn add_books(mine: &mut Books, more: &Books) {
    mine.orders += more.orders;
    mine.order_lines += more.order_lines;
    mine.list_ore += more.list_ore;
    mine.discount_ore += more.discount_ore;
    mine.net_ore += more.net_ore;
    mine.goods_ore += more.goods_ore;
    mine.freight_ore += more.freight_ore;
    mine.returned_ore += more.returned_ore;
    mine.contract_amount_ore += more.contract_amount_ore;
    mine.contract_cost_ore += more.contract_cost_ore;
    mine.exposure_ore += more.exposure_ore;
    mine.club_ore += more.club_ore;
    mine.compensation_ore += more.compensation_ore;
}
