//! What do people decide, and who may? The operational disk.
