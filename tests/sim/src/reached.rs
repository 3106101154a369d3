//! What the stories have reached: a check that never sees a rule at work
//! proves nothing about it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{self, Display};
use std::rc::Rc;

use navette::plan::{Divergence, Repair, Why};

/// Something that some story must reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// The engine began an operation, on a side, for a reason.
    Step(&'static str, &'static str, Why),
    /// An operation ended so.
    Outcome(&'static str, &'static str),
    /// A request met a fault.
    Fault(&'static str, &'static str),
    /// An engine asked the server for this.
    Asked(&'static str),
    /// The disk or the computer failed in this way.
    Trouble(&'static str),
    /// The engine was killed, or the power failed, while it did this.
    Cut(&'static str, &'static str),
    /// Somebody did this, here or on the server.
    Deed(&'static str, &'static str),
    /// The world is of this kind.
    World(&'static str),
    /// A node stood in this row of the merge's table: here, and there.
    Row(Divergence, Divergence),
    /// A target was repaired in this way.
    Repair(Repair),
    /// Something that is not wrong, but to be known how often it happens.
    Rate(&'static str),
}

impl Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step(op, side, why) => write!(f, "step {op} {side} because {why:?}"),
            Self::Outcome(op, outcome) => write!(f, "{op} ends {outcome}"),
            Self::Fault(method, what) => write!(f, "{method}: {what}"),
            Self::Asked(what) => write!(f, "asked for {what}"),
            Self::Trouble(what) => write!(f, "trouble: {what}"),
            Self::Cut(how, op) => write!(f, "{how} during {op}"),
            Self::Deed(deed, side) => write!(f, "somebody {side}: {deed}"),
            Self::World(what) => write!(f, "world: {what}"),
            Self::Row(here, there) => write!(f, "row: {here:?} here, {there:?} there"),
            Self::Repair(repair) => write!(f, "repair: {repair:?}"),
            Self::Rate(what) => write!(f, "rate: {what}"),
        }
    }
}

/// How often each point was reached. Clones count together.
#[derive(Clone, Debug, Default)]
pub struct Reached(Rc<RefCell<BTreeMap<Point, u64>>>);

impl Reached {
    /// It was reached once more.
    pub fn mark(&self, point: Point) {
        *self.0.borrow_mut().entry(point).or_default() += 1;
    }

    /// All counts.
    pub fn counts(&self) -> BTreeMap<Point, u64> {
        self.0.borrow().clone()
    }
}
