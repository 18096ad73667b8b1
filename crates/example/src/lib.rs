//! The example company: a simulated Swedish firm whose truth is known.
