//! How much is moved to the right side of a date or a limit, and how much is created by it?
//!
//! [`estimate_bunching`] reads the excess before a threshold and the gap after it against a smooth course; [`concentration`] tells
//! how much of a period's sum falls in its last days; [`simulate_bunching`] draws a course with known moves.

mod concentration;
mod excess;
mod simulate;

pub use concentration::{Concentration, concentration};
pub use excess::{Bunching, BunchingConfig, Course, estimate_bunching};
pub use simulate::{BunchingPlan, simulate_bunching};
