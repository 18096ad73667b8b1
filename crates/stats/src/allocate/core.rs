//! Which few groups should leave their best option, so that the money left over is used as well as it can be?

/// An option beside the one that is best at the price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Alternative {
    pub option: usize,
    /// What it costs more than the best one; negative when it is cheaper.
    pub cost: f64,
    /// What it is worth less than the best one at the price, 0 or more.
    pub loss: f64,
}

/// A group that may leave its best option.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub group: usize,
    pub alternatives: Vec<Alternative>,
}

pub(super) struct Search {
    /// Worth of one unit of money left over.
    pub price: f64,
    /// Money left over when everyone has the best option.
    pub slack: f64,
    pub forgiven: f64,
    /// What the best choice known leaves on the table.
    pub start_gap: f64,
    /// What may be left on the table.
    pub allowed_gap: f64,
    pub states: usize,
}

/// A better choice than the one at the start.
pub(super) struct Found {
    /// What it leaves on the table, against the bound.
    pub gap: f64,
    /// No choice leaves less than this.
    pub open: f64,
    /// Groups that leave their best option, and the option they get.
    pub swaps: Vec<(usize, usize)>,
}

#[derive(Clone, Copy)]
struct State {
    slack: f64,
    loss: f64,
    node: u32,
}

/// What the groups not yet decided can do at best: loss per unit of cost saved and added.
#[derive(Clone, Copy)]
struct Rates {
    saving: f64,
    adding: f64,
}

/// One changed group of a partial choice, and the change before it.
struct Node {
    before: u32,
    group: u32,
    option: u32,
}

const ROOT: u32 = u32::MAX;

/// Searches for the choice with the least `loss + price x money left`, money left being 0 or more.
///
/// `None` only when nothing better than the start exists among the members (the start is then best). Groups enter in
/// the order of their least loss per unit of cost, so that few of them are needed. A partial choice is dropped when another
/// has as much money left and no less value, or when even the best rates of the groups to come cannot bring it below
/// the best gap. When more partial choices remain than `states`, the least promising go, and `open` remembers them.
pub(super) fn search(members: &[Member], task: &Search) -> Option<Found> {
    let mut order: Vec<(f64, &Member)> = members.iter().map(|m| (m.least_rate(), m)).collect();
    order.sort_unstable_by(|one, other| {
        one.0
            .total_cmp(&other.0)
            .then(one.1.group.cmp(&other.1.group))
    });
    let rates = rates_to_come(&order);
    let mut table = Table {
        task,
        best_gap: task.start_gap,
        best_node: None,
        open: f64::INFINITY,
        nodes: Vec::new(),
        noise: 1e-13 * task.start_gap,
    };
    let mut states = vec![State {
        slack: task.slack,
        loss: 0.0,
        node: ROOT,
    }];
    let mut next = Vec::new();
    for (at, (_, member)) in order.iter().enumerate() {
        if table.best_gap <= task.allowed_gap || states.is_empty() {
            break;
        }
        if table.is_full() {
            table.close(&states, rates[at]);
            states.clear();
            break;
        }
        table.extend(&states, member, &mut next);
        table.reduce(&mut next, rates[at + 1]);
        std::mem::swap(&mut states, &mut next);
    }
    if table.best_gap <= task.allowed_gap {
        table.open = 0.0;
    }
    let open = table.open.min(table.best_gap);
    match table.best_node {
        None if open >= table.best_gap => None,
        None => Some(Found {
            gap: table.best_gap,
            open,
            swaps: Vec::new(),
        }),
        Some(node) => Some(Found {
            gap: table.best_gap,
            open,
            swaps: table.swaps(node),
        }),
    }
}

impl Member {
    fn least_rate(&self) -> f64 {
        self.alternatives
            .iter()
            .map(|a| a.loss / a.cost.abs())
            .fold(f64::INFINITY, f64::min)
    }
}

fn rates_to_come(order: &[(f64, &Member)]) -> Vec<Rates> {
    let mut rates = vec![
        Rates {
            saving: f64::INFINITY,
            adding: f64::INFINITY,
        };
        order.len() + 1
    ];
    for (at, (_, member)) in order.iter().enumerate().rev() {
        rates[at] = rates[at + 1];
        for own in &member.alternatives {
            let rate = own.loss / own.cost.abs();
            if own.cost < 0.0 {
                rates[at].saving = rates[at].saving.min(rate);
            } else {
                rates[at].adding = rates[at].adding.min(rate);
            }
        }
    }
    rates
}

struct Table<'a> {
    task: &'a Search,
    best_gap: f64,
    best_node: Option<u32>,
    open: f64,
    nodes: Vec<Node>,
    noise: f64,
}

impl Table<'_> {
    /// Memory for the way back is limited; what is then undecided stays open.
    fn is_full(&self) -> bool {
        self.nodes.len() > (1_000 * self.task.states.clamp(1_000, 100_000))
    }

    /// All partial choices with one more group decided.
    fn extend(&mut self, states: &[State], member: &Member, next: &mut Vec<State>) {
        next.clear();
        next.extend_from_slice(states);
        for own in &member.alternatives {
            if own.loss >= self.best_gap {
                continue;
            }
            for state in states {
                let loss = state.loss + own.loss;
                if loss >= self.best_gap - self.noise {
                    continue;
                }
                let node = self.nodes.len() as u32;
                self.nodes.push(Node {
                    before: state.node,
                    group: member.group as u32,
                    option: own.option as u32,
                });
                let moved = State {
                    slack: state.slack - own.cost,
                    loss,
                    node,
                };
                self.try_as_best(&moved);
                next.push(moved);
            }
        }
    }

    fn try_as_best(&mut self, state: &State) {
        if state.slack < -self.task.forgiven {
            return;
        }
        let gap = state.loss + self.task.price * state.slack.max(0.0);
        if gap < self.best_gap - self.noise {
            self.best_gap = gap;
            self.best_node = Some(state.node);
        }
    }

    /// The least that a partial choice can leave on the table.
    fn promise(&self, state: &State, rates: Rates) -> f64 {
        if state.slack >= -self.task.forgiven {
            return state.loss + state.slack.max(0.0) * rates.adding.min(self.task.price);
        }
        state.loss - (state.slack + self.task.forgiven) * rates.saving
    }

    fn reduce(&mut self, states: &mut Vec<State>, rates: Rates) {
        states.retain(|state| self.promise(state, rates) < self.best_gap - self.noise);
        states.sort_unstable_by(|one, other| {
            let worth = |s: &State| s.loss + self.task.price * s.slack;
            other
                .slack
                .total_cmp(&one.slack)
                .then(worth(one).total_cmp(&worth(other)))
        });
        let mut least = f64::INFINITY;
        states.retain(|state| {
            let kept = state.loss + self.task.price * state.slack;
            let stays = kept < least;
            least = least.min(kept);
            stays
        });
        if states.len() > self.task.states {
            let keep = self.task.states;
            states.select_nth_unstable_by(keep, |one, other| {
                self.promise(one, rates)
                    .total_cmp(&self.promise(other, rates))
                    .then(one.slack.total_cmp(&other.slack))
                    .then(one.loss.total_cmp(&other.loss))
            });
            let gone = states.split_off(keep);
            self.close(&gone, rates);
        }
    }

    /// Remembers what partial choices that are given up could have reached.
    fn close(&mut self, states: &[State], rates: Rates) {
        for state in states {
            self.open = self.open.min(self.promise(state, rates));
        }
    }

    fn swaps(&self, mut node: u32) -> Vec<(usize, usize)> {
        let mut swaps = Vec::new();
        while node != ROOT {
            let own = &self.nodes[node as usize];
            swaps.push((own.group as usize, own.option as usize));
            node = own.before;
        }
        swaps
    }
}
