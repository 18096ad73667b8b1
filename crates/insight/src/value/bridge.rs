//! How did the equity of a year ago become that of today?

use super::ValueConfig;
use super::people::{Fate, Loss, Parts, People};
use super::sum::Sum;
use odla_domain::Money;

/// Opening, what came, what changed, what went, closing. The amounts add up exactly: they are rounded to the ledger's
/// four decimals first, and `developed` is what is left.
pub struct Bridge {
    pub closing: Sum,
    pub free: Sum,
    pub contract: Sum,
    /// Nothing when a year ago too little had been seen to value anyone by.
    pub steps: Option<Steps>,
}

pub struct Steps {
    pub opening: Sum,
    pub new: Sum,
    pub developed: Sum,
    /// Negative: what went, all in all and by whether we could have influenced it.
    pub lost: Sum,
    pub lost_influenceable: Sum,
    pub lost_not_influenceable: Sum,
    pub lost_untold: Sum,
}

pub fn build(people: &People, parts: Parts<'_>, config: &ValueConfig, seed: u64) -> Bridge {
    let all = |_: Fate| true;
    let sums = Sums {
        people,
        parts,
        config,
        seed,
    };
    let (free, contract) = (sums.free_closing(all), sums.contract_closing(all));
    let closing = rounded(free.plus(contract));
    Bridge {
        free: rounded(free),
        contract: rounded(contract),
        closing,
        steps: sums.can_open().then(|| steps(&sums, closing)),
    }
}

fn steps(sums: &Sums<'_>, closing: Sum) -> Steps {
    let is = |wanted: Fate| move |fate: Fate| fate == wanted;
    let opening = rounded(sums.opening(|_| true));
    let new = rounded(sums.closing(is(Fate::New)));
    let lost = |loss: Loss| {
        let went = sums.opening(is(Fate::Lost(loss)));
        let left = sums.left(Fate::Lost(loss));
        rounded(
            Sum {
                value: went.value - left,
                ..went
            }
            .negated(),
        )
    };
    let [lost_influenceable, lost_not_influenceable, lost_untold] =
        [Loss::Influenceable, Loss::NotInfluenceable, Loss::Untold].map(lost);
    let lost = rounded(
        lost_influenceable
            .plus(lost_not_influenceable)
            .plus(lost_untold),
    );
    // What stayed is valued twice, by two fits; their doubts are taken as unrelated, which makes the interval wide.
    let stayed = sums
        .closing(is(Fate::Stayed))
        .plus(sums.opening(is(Fate::Stayed)).negated());
    let left = money(closing.value) - money(opening.value) - money(new.value) - money(lost.value);
    Steps {
        developed: Sum {
            value: left.to_f64(),
            ..stayed
        },
        opening,
        new,
        lost,
        lost_influenceable,
        lost_not_influenceable,
        lost_untold,
    }
}

struct Sums<'s> {
    people: &'s People,
    parts: Parts<'s>,
    config: &'s ValueConfig,
    seed: u64,
}

impl Sums<'_> {
    /// A year ago can be valued when every kind of relation that existed then can.
    fn can_open(&self) -> bool {
        let persons = &self.people.persons;
        let free = self.parts.0.is_some_and(|free| free.opening.is_some());
        let contract = self
            .parts
            .1
            .is_some_and(|contracts| contracts.opening.is_some());
        (free || !persons.iter().any(|person| person.bought_before_opening))
            && (contract || !persons.iter().any(|person| person.contract_then))
            && (free || contract)
    }

    fn opening(&self, wanted: impl Fn(Fate) -> bool) -> Sum {
        let free = self.parts.0.and_then(|free| free.opening.as_ref());
        let contract = self
            .parts
            .1
            .and_then(|contracts| contracts.opening.as_ref());
        let buyers = |row: usize| wanted(self.people.persons[self.people.of_purchases[row]].fate);
        let contracts = |row: usize| wanted(self.people.persons[self.people.of_opening[row]].fate);
        let free = free.map_or(Sum::default(), |free| {
            free.sum(buyers, self.config, self.seed ^ 0x0be1)
        });
        free.plus(contract.map_or(Sum::default(), |portfolio| {
            portfolio.sum(contracts, self.config)
        }))
    }

    fn closing(&self, wanted: impl Fn(Fate) -> bool + Copy) -> Sum {
        self.free_closing(wanted)
            .plus(self.contract_closing(wanted))
    }

    fn free_closing(&self, wanted: impl Fn(Fate) -> bool) -> Sum {
        let buyers = |row: usize| wanted(self.people.persons[self.people.of_purchases[row]].fate);
        let free = self.parts.0.map(|free| &free.closing);
        free.map_or(Sum::default(), |free| {
            free.sum(buyers, self.config, self.seed)
        })
    }

    fn contract_closing(&self, wanted: impl Fn(Fate) -> bool) -> Sum {
        let contracts = |row: usize| wanted(self.people.persons[self.people.of_closing[row]].fate);
        let portfolio = self.parts.1.map(|contracts| &contracts.closing);
        portfolio.map_or(Sum::default(), |portfolio| {
            portfolio.sum(contracts, self.config)
        })
    }

    /// What little is still expected of those who count as lost.
    fn left(&self, fate: Fate) -> f64 {
        let lost = self
            .people
            .persons
            .iter()
            .filter(|person| person.fate == fate);
        lost.map(|person| person.value.value).sum()
    }
}

fn money(amount: f64) -> Money {
    Money::from_raw((amount * 10_000.0).round() as i128)
}

fn rounded(sum: Sum) -> Sum {
    Sum {
        value: money(sum.value).to_f64(),
        ..sum
    }
}
