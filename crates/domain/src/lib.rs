//! The words and rules of the trade: which tables exist, what a figure is, what a run is, what an analysis reads,
//! who may do what, and what a decision needs.
//!
//! Pure: no files, no clock, no SQL, no statistics.

pub mod caution;
pub mod decision;
pub mod figure;
pub mod frames;
pub mod money;
pub mod need;
pub mod people;
pub mod report;
pub mod run;
pub mod tables;
pub mod trial;

pub use caution::{Caution, Params};
pub use decision::{
    Course, Deed, Draft, LoyaltyLine, Matter, Member, MinutesChange, MoneyMove, Refusal, Rested,
    Settled, Spot, Stance, Subject,
};
pub use figure::{Figure, FigureDefinition, Grade, Rows, Unit};
pub use money::Money;
pub use need::Need;
pub use people::{Permission, Role, Sight, UnitNode, permissions_of, sight_of};
pub use report::{Cell, Column, CustomerScores, Outcome, Report, Sentence, Table};
pub use run::{Missing, RunRecord};
pub use trial::{Looks, PlanFault, RegisteredTrial, TrialOutcome, TrialPlan};
