//! What does the program say over HTTP?
