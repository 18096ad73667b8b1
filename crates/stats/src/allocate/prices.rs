//! At which price of money and of an hour does everyone together ask for exactly what there is?

use super::plan::{Cell, Means};
use crate::reduce::sum_in_order;

/// Steps of the search for a price; each at least halves what is left to search.
const MOST_STEPS: usize = 200;
/// Relative rounding at which demand and supply are taken as equal.
const EVEN: f64 = 1e-13;

/// A cell with what has to be found out once: where its chord ends, if it is S-shaped.
#[derive(Debug, Clone)]
pub(super) struct Prepared<'a> {
    pub cell: &'a Cell,
    /// From here to the upper limit the curve lies on its concave envelope.
    pub concave_from: f64,
    /// Slope of the chord from the lower limit to there; infinite when there is none.
    pub chord: f64,
}

/// Sums over all cells at some prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Totals {
    pub money: f64,
    pub hours: f64,
    pub value: f64,
}

/// Price of a krona and of an hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Prices {
    pub money: f64,
    pub hours: f64,
}

/// Demand just above and just below what there is, and the prices in between.
pub(super) struct Bracket {
    /// Within the means.
    pub dear: Prices,
    /// Beyond them, by as little as the numbers allow; the same as `dear` when the means are met or more than enough.
    pub cheap: Prices,
}

impl<'a> Prepared<'a> {
    pub fn new(cell: &'a Cell) -> Self {
        let inflection = cell.curve.inflection();
        if cell.lower >= inflection || cell.lower >= cell.upper {
            return Prepared {
                cell,
                concave_from: cell.lower,
                chord: f64::INFINITY,
            };
        }
        let rise = |x: f64| cell.curve.value(x) - cell.curve.value(cell.lower);
        let under = |x: f64| cell.curve.slope(x) * (x - cell.lower) >= rise(x);
        let (mut low, mut high) = (inflection.min(cell.upper), cell.upper);
        if !under(high) {
            for _ in 0..120 {
                let middle = 0.5 * (low + high);
                if under(middle) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
        }
        Prepared {
            cell,
            concave_from: high,
            chord: rise(high) / (high - cell.lower),
        }
    }

    /// Whether amounts between those asked for at two neighboring prices are not to be had at a fair value.
    pub fn is_lumpy(&self) -> bool {
        self.cell.lower < self.cell.upper && (self.cell.step > 0.0 || self.chord.is_finite())
    }

    pub fn price(&self, prices: Prices) -> f64 {
        prices.money + prices.hours * self.cell.hours
    }

    /// The least amount allowed that is worth most at the price.
    pub fn demand(&self, price: f64) -> f64 {
        let cell = self.cell;
        if cell.lower >= cell.upper {
            return cell.lower;
        }
        if cell.step > 0.0 {
            return self.step_demand(price);
        }
        if price >= self.chord {
            return cell.lower;
        }
        cell.curve.demand(price, (self.concave_from, cell.upper))
    }

    /// On a grid the best amount is beside the best of all amounts where the curve is concave, or the lower limit.
    fn step_demand(&self, price: f64) -> f64 {
        let cell = self.cell;
        let floor = cell.curve.inflection().max(cell.lower).min(cell.upper);
        let free = cell.curve.demand(price, (floor, cell.upper));
        let below = cell.on_grid(free);
        let worth = |x: f64| cell.curve.value(x) - price * x;
        let mut best = cell.lower;
        for x in [below, cell.next_step(below)] {
            if x <= cell.upper && worth(x) > worth(best) {
                best = x;
            }
        }
        best
    }
}

/// Money, hours and value asked for at the prices.
pub(super) fn totals(cells: &[Prepared], prices: Prices) -> Totals {
    let [money, hours, value] = sum_in_order(cells.len(), |rows| {
        let mut sum = [0.0; 3];
        for own in &cells[rows] {
            let x = own.demand(own.price(prices));
            sum[0] += x;
            sum[1] += x * own.cell.hours;
            sum[2] += own.cell.curve.value(x);
        }
        sum
    });
    Totals {
        money,
        hours,
        value,
    }
}

/// Money asked for at the prices, and its change with the price: all that the search for a price needs.
pub(super) fn money_asked(cells: &[Prepared], prices: Prices) -> (f64, f64) {
    let [money, slope] = sum_in_order(cells.len(), |rows| {
        let mut sum = [0.0; 2];
        for own in &cells[rows] {
            let price = own.price(prices);
            let x = own.demand(price);
            sum[0] += x;
            if x > own.concave_from && x < own.cell.upper && own.cell.step == 0.0 {
                sum[1] -= own.cell.curve.demand_slope(price, x);
            }
        }
        sum
    });
    (money, slope)
}

/// The prices at which demand meets the means; `guess` is where the search for the price of money begins.
pub(super) fn meet(cells: &[Prepared], means: &Means, guess: f64) -> Bracket {
    let free = meet_money(cells, (means.money, 0.0), guess);
    let Some(most) = means.hours else {
        return free;
    };
    if totals(cells, free.dear).hours <= most * (1.0 + EVEN) {
        return free;
    }
    let mut low = free.cheap;
    let mut high = free.dear;
    high.hours = free.dear.money.max(guess).max(f64::MIN_POSITIVE);
    loop {
        high = meet_money(cells, (means.money, high.hours), high.money.max(guess)).dear;
        if totals(cells, high).hours <= most || high.hours > 1e290 {
            break;
        }
        low = high;
        high.hours *= 8.0;
    }
    for step in 0..MOST_STEPS {
        if high.hours - low.hours <= 4.0 * f64::EPSILON * high.hours {
            break;
        }
        let middle = if low.hours > 0.0 {
            (low.hours * high.hours).sqrt()
        } else if step < 60 {
            high.hours / 64.0
        } else {
            break;
        };
        let tried = meet_money(
            cells,
            (means.money, middle),
            high.money.max(low.money).max(guess),
        );
        let used = totals(cells, tried.dear).hours;
        if used <= most {
            high = tried.dear;
            if used >= most * (1.0 - EVEN) {
                return Bracket {
                    dear: high,
                    cheap: high,
                };
            }
        } else {
            low = tried.cheap;
        }
    }
    Bracket {
        dear: high,
        cheap: low,
    }
}

fn meet_money(cells: &[Prepared], (most, hour_price): (f64, f64), guess: f64) -> Bracket {
    let at = |price: f64| Prices {
        money: price,
        hours: hour_price,
    };
    let floor: f64 = cells.iter().map(|own| own.cell.lower).sum();
    let found = find_price(guess, (floor, most), |price| money_asked(cells, at(price)));
    Bracket {
        dear: at(found.0),
        cheap: at(found.1),
    }
}

/// Prices (dear, cheap) around the one where a falling demand meets the supply; (0, 0) when it never exceeds it.
///
/// Newton steps on ln(demand above the floor) over ln(price), which are exact for power curves, inside a bracket that
/// is halved (on the log scale) when a step leaves it or the demand jumps.
pub(super) fn find_price(
    guess: f64,
    (floor, supply): (f64, f64),
    demand: impl Fn(f64) -> (f64, f64),
) -> (f64, f64) {
    let even = EVEN * supply.abs().max(floor.abs());
    if demand(0.0).0 <= supply + even {
        return (0.0, 0.0);
    }
    let mut price = if guess.is_finite() && guess > 0.0 {
        guess
    } else {
        1.0
    };
    let (mut cheap, mut dear) = (0.0_f64, f64::INFINITY);
    for _ in 0..(8 * MOST_STEPS) {
        let (asked, slope) = demand(price);
        if (asked - supply).abs() <= even {
            return (price, price);
        }
        if asked > supply {
            cheap = price;
        } else {
            dear = price;
        }
        if dear.is_finite()
            && (dear - cheap <= 2.0 * f64::EPSILON * dear || dear < f64::MIN_POSITIVE)
        {
            break;
        }
        let elasticity = price * slope / (asked - floor);
        let step = -((asked - floor) / (supply - floor)).ln() / elasticity;
        let next = price * step.clamp(-12.0, 12.0).exp();
        price = if next > cheap && next < dear && next.is_finite() {
            next
        } else {
            between(cheap, dear)
        };
        if price >= f64::MAX / 16.0 {
            break;
        }
    }
    let dear = if dear.is_finite() { dear } else { f64::MAX };
    (dear, cheap)
}

fn between(cheap: f64, dear: f64) -> f64 {
    match (cheap > 0.0, dear.is_finite()) {
        (true, true) => (cheap.ln() * 0.5 + dear.ln() * 0.5).exp(),
        (true, false) => cheap * 16.0,
        (false, true) => dear / 16.0,
        (false, false) => 1.0,
    }
}
