//! The words and rules of the trade: tables, figures, frames, money, time.
