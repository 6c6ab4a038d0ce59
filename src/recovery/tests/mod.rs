//! The journeys over parts that are in memory: what follows from what, to the letter and the second.

mod asking;
mod counting;
mod delivering;
mod inspecting;
mod logging;
mod logging_in;
mod newest;
mod operating;
mod policies;
mod ports;
mod resetting;
mod telling;
mod watching;
