//! portfolio

use odla_domain::FigureDefinition;

pub const FIGURES: &[FigureDefinition] = &[];
