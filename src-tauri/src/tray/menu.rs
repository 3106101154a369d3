//! The menu as it is shown: lines that say something else get other words, and
//! only where there are more or fewer of them some come or go. So it does not
//! flicker, and stays open.

use navette::desktop::{Does, Row};
use tauri::menu::{IsMenuItem, Menu, MenuId, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Wry};

/// The menu, and its lines.
pub(super) struct Shown {
    root: Menu<Wry>,
    slots: Vec<Slot>,
}

/// A line, as it is shown.
enum Slot {
    Line(MenuItem<Wry>, String),
    Item(MenuItem<Wry>, String, Does),
    Menu(Submenu<Wry>, String, Vec<Slot>),
    Rule(PredefinedMenuItem<Wry>),
}

impl Shown {
    /// An empty menu.
    pub(super) fn new(app: &AppHandle) -> tauri::Result<Self> {
        Ok(Self { root: Menu::new(app)?, slots: Vec::new() })
    }

    /// The menu itself.
    pub(super) fn root(&self) -> &Menu<Wry> {
        &self.root
    }

    /// Shows these lines.
    pub(super) fn show(&mut self, app: &AppHandle, rows: Vec<Row>) -> tauri::Result<()> {
        fill(app, &Holder::Root(&self.root), &mut self.slots, rows)
    }

    /// What the line with this id does.
    pub(super) fn does(&self, id: &MenuId) -> Option<Does> {
        find(&self.slots, id)
    }
}

fn find(slots: &[Slot], id: &MenuId) -> Option<Does> {
    slots.iter().find_map(|slot| match slot {
        Slot::Item(item, _, does) if item.id() == id => Some(does.clone()),
        Slot::Menu(_, _, inner) => find(inner, id),
        _ => None,
    })
}

/// What holds lines.
enum Holder<'a> {
    Root(&'a Menu<Wry>),
    Sub(&'a Submenu<Wry>),
}

impl Holder<'_> {
    fn insert(&self, slot: &Slot, at: usize) -> tauri::Result<()> {
        let item: &dyn IsMenuItem<Wry> = match slot {
            Slot::Line(item, _) | Slot::Item(item, _, _) => item,
            Slot::Menu(menu, _, _) => menu,
            Slot::Rule(rule) => rule,
        };
        match self {
            Self::Root(menu) => menu.insert(item, at),
            Self::Sub(menu) => menu.insert(item, at),
        }
    }

    fn remove(&self, at: usize) -> tauri::Result<()> {
        match self {
            Self::Root(menu) => menu.remove_at(at).map(drop),
            Self::Sub(menu) => menu.remove_at(at).map(drop),
        }
    }
}

/// Makes the lines of a holder those.
fn fill(
    app: &AppHandle,
    holder: &Holder<'_>,
    slots: &mut Vec<Slot>,
    rows: Vec<Row>,
) -> tauri::Result<()> {
    let (kept, end) = ends(slots, &rows);
    // What is between the lines that stay goes, and comes.
    for at in (kept..slots.len() - end).rev() {
        holder.remove(at)?;
        slots.remove(at);
    }
    let new = kept..rows.len() - end;
    for (at, row) in rows.into_iter().enumerate() {
        if new.contains(&at) {
            let slot = made(app, row)?;
            holder.insert(&slot, at)?;
            slots.insert(at, slot);
        } else {
            said(app, &mut slots[at], row)?;
        }
    }
    Ok(())
}

/// How many lines at the beginning, and then at the end, are of the same kind.
fn ends(slots: &[Slot], rows: &[Row]) -> (usize, usize) {
    let same = |(slot, row): &(&Slot, &Row)| is_same_kind(slot, row);
    let kept = slots.iter().zip(rows).take_while(same).count();
    let left = slots.len().min(rows.len()) - kept;
    let end = slots.iter().rev().zip(rows.iter().rev()).take(left).take_while(same).count();
    (kept, end)
}

fn is_same_kind(slot: &Slot, row: &Row) -> bool {
    matches!(
        (slot, row),
        (Slot::Line(..), Row::Line(_))
            | (Slot::Item(..), Row::Item(..))
            | (Slot::Menu(..), Row::Menu(..))
            | (Slot::Rule(_), Row::Rule)
    )
}

fn made(app: &AppHandle, row: Row) -> tauri::Result<Slot> {
    Ok(match row {
        Row::Line(text) => Slot::Line(MenuItem::new(app, plain(&text), false, None::<&str>)?, text),
        Row::Item(text, does) => {
            Slot::Item(MenuItem::new(app, plain(&text), true, None::<&str>)?, text, does)
        }
        Row::Menu(text, rows) => {
            let menu = Submenu::new(app, plain(&text), true)?;
            let mut inner = Vec::new();
            fill(app, &Holder::Sub(&menu), &mut inner, rows)?;
            Slot::Menu(menu, text, inner)
        }
        Row::Rule => Slot::Rule(PredefinedMenuItem::separator(app)?),
    })
}

/// Lets a line of the same kind say that.
fn said(app: &AppHandle, slot: &mut Slot, row: Row) -> tauri::Result<()> {
    match (slot, row) {
        (Slot::Line(item, before), Row::Line(text)) if *before != text => {
            item.set_text(plain(&text))?;
            *before = text;
        }
        (Slot::Item(item, before, did), Row::Item(text, does)) => {
            if *before != text {
                item.set_text(plain(&text))?;
                *before = text;
            }
            *did = does;
        }
        (Slot::Menu(menu, before, inner), Row::Menu(text, rows)) => {
            if *before != text {
                menu.set_text(plain(&text))?;
                *before = text;
            }
            fill(app, &Holder::Sub(menu), inner, rows)?;
        }
        _ => {}
    }
    Ok(())
}

/// `&` before a letter would make it one that is typed.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}
