//! Every verb on a simulated disk and a simulated server: what it achieves,
//! what its guard refuses, and what is left when it is cut at any moment.

mod aside;
mod conflict;
mod cuts;
mod deleted;
mod group;
mod guards;
mod lab;
mod large;
mod order;
mod overwrite;
mod twins;
mod verbs;
mod zips;
