//! Mouse, pen, touch and wheel. They belong to the program if it requested them and Shift is not held,
//! else to the browser's selection and scrolling.

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::prelude::set_timeout;
use protocol::{
    modes,
    wire::{Mouse, MouseKind, input::Event as Input},
};
use web_sys::{Event, MouseEvent, PointerEvent, WheelEvent};

use super::terminal::Terminal;
use crate::{
    browser::{self, Listener, style},
    terminal::model::{css::px, keys},
};

/// Button of a report of motion without a button.
const NO_BUTTON: u32 = 3;

/// Rows of one wheel step: programs scroll by about this many lines.
const ROWS_PER_STEP: f64 = 3.0;

/// Most wheel steps of one event.
const MAX_STEPS: f64 = 20.0;

/// `MouseEvent.button` of the middle button.
const MIDDLE: i16 = 1;

/// Time for which the text field stays under the pointer after a middle click.
const LENT: Duration = Duration::from_millis(300);

pub struct Pointer {
    terminal: Rc<Terminal>,
    /// Button that was pressed for the program.
    pressed: Cell<Option<u32>>,
    /// Cell that was reported last.
    cell: Cell<Option<(u32, u32)>>,
    /// Part of a wheel step that is not reported yet.
    rest: Cell<f64>,
    /// Position of a finger, in pixels from the top.
    finger: Cell<Option<f64>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    Program,
    /// For the wheel only: the alternate screen turns it into cursor keys.
    ProgramWheel,
    Browser,
}

impl Pointer {
    pub fn new(terminal: Rc<Terminal>) -> Rc<Self> {
        Rc::new(Self {
            terminal,
            pressed: Cell::new(None),
            cell: Cell::new(None),
            rest: Cell::new(0.0),
            finger: Cell::new(None),
        })
    }

    /// Returns the listeners, active until they are dropped.
    pub fn listen(self: &Rc<Self>) -> Vec<Listener> {
        let scroller = &self.terminal.dom.scroller;
        let pointer = [
            ("pointerdown", Self::pointer_down as fn(&Self, &PointerEvent)),
            ("pointermove", Self::pointer_moved),
            ("pointerup", Self::pointer_up),
            ("pointercancel", Self::pointer_up),
        ]
        .map(|(event, handle)| Listener::new(scroller, event, self.handler(handle)));
        let mouse = [
            ("mousedown", Self::mouse_down as fn(&Self, &MouseEvent)),
            ("mouseup", Self::middle_up),
            ("auxclick", Self::middle_up),
            ("click", Self::clicked),
            ("contextmenu", Self::context_menu),
        ]
        .map(|(event, handle)| Listener::new(scroller, event, self.handler(handle)));
        let scroll = |it: &Self, _: &Event| it.terminal.scrolled();
        let other = [
            Listener::new(scroller, "wheel", self.handler(Self::wheel)),
            Listener::new(scroller, "scroll", self.handler(scroll)),
        ];
        pointer.into_iter().chain(mouse).chain(other).collect()
    }

    fn handler<E>(self: &Rc<Self>, handle: impl Fn(&Self, &E) + 'static) -> impl Fn(E) + 'static {
        let this = Rc::clone(self);
        move |event| handle(&this, &event)
    }

    fn receiver(&self, shift: bool) -> Receiver {
        let modes = self.terminal.modes();
        let wheel = modes::ALTERNATE_SCREEN | modes::ALTERNATE_SCROLL;
        if shift || !self.terminal.is_driving() {
            Receiver::Browser
        } else if modes & modes::ANY_MOUSE != 0 {
            Receiver::Program
        } else if modes & wheel == wheel {
            Receiver::ProgramWheel
        } else {
            Receiver::Browser
        }
    }

    /// Returns the cell under the pointer, clamped to the screen.
    fn cell_of(&self, event: &MouseEvent) -> Option<(u32, u32)> {
        let client = self.terminal.connection.client();
        let point = (event.client_x(), event.client_y());
        self.terminal.screen.borrow().cell(client.mirror(), point)
    }

    fn report(&self, kind: MouseKind, button: u32, (column, row): (u32, u32), modifiers: u32) {
        let mouse = Mouse { kind: kind.into(), button, column, row, modifiers };
        self.terminal.input(Input::Mouse(mouse));
    }

    fn pointer_down(&self, event: &PointerEvent) {
        let receiver = self.receiver(event.shift_key());
        if event.pointer_type() == "touch" {
            let finger = (receiver != Receiver::Browser).then(|| f64::from(event.client_y()));
            return self.finger.set(finger);
        }
        let follows_link = event.ctrl_key() || event.meta_key();
        if receiver != Receiver::Program || (follows_link && on_link(event)) {
            return;
        }
        let Some(cell) = self.cell_of(event) else { return };
        event.prevent_default();
        let button = u32::try_from(event.button()).unwrap_or(NO_BUTTON);
        self.pressed.set(Some(button));
        self.cell.set(Some(cell));
        // Motion outside the terminal still belongs to this press.
        let _ = self.terminal.dom.scroller.set_pointer_capture(event.pointer_id());
        self.report(MouseKind::Down, button, cell, modifiers(event));
        self.terminal.focus();
    }

    fn pointer_moved(&self, event: &PointerEvent) {
        if let Some(before) = self.finger.get() {
            let now = f64::from(event.client_y());
            self.finger.set(Some(now));
            return self.turn(event, before - now);
        }
        let (pressed, modes) = (self.pressed.get(), self.terminal.modes());
        let requested = modes & modes::MOUSE_MOTION != 0
            || (modes & modes::MOUSE_DRAG != 0 && pressed.is_some());
        if !requested || self.receiver(event.shift_key()) != Receiver::Program {
            return;
        }
        let last = self.cell.get();
        let Some(cell) = self.cell_of(event).filter(|cell| last != Some(*cell)) else { return };
        self.cell.set(Some(cell));
        self.report(MouseKind::Move, pressed.unwrap_or(NO_BUTTON), cell, modifiers(event));
    }

    fn pointer_up(&self, event: &PointerEvent) {
        self.finger.set(None);
        if let (Some(button), Some(cell)) = (self.pressed.take(), self.cell_of(event)) {
            event.prevent_default();
            self.report(MouseKind::Up, button, cell, modifiers(event));
        }
    }

    fn wheel(&self, event: &WheelEvent) {
        if event.ctrl_key() {
            return;
        }
        if self.receiver(event.shift_key()) == Receiver::Browser {
            if event.delta_y() < 0.0 {
                self.terminal.hold();
            }
            return;
        }
        event.prevent_default();
        let row = self.terminal.screen.borrow().view.row;
        let rows = self.terminal.connection.client().mirror().lines.len();
        let pixels = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * row,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * row * rows as f64,
            _ => event.delta_y(),
        };
        self.turn(event, pixels);
    }

    /// Reports a movement of the wheel, or of a finger, by pixels.
    fn turn(&self, event: &MouseEvent, pixels: f64) {
        let Some(cell) = self.cell_of(event) else { return };
        let row = self.terminal.screen.borrow().view.row;
        let all = self.rest.get() + pixels / (row * ROWS_PER_STEP);
        self.rest.set(all.fract());
        let steps = all.trunc().clamp(-MAX_STEPS, MAX_STEPS);
        let button = if steps < 0.0 { 64 } else { 65 };
        for _ in 0..steps.abs() as u32 {
            self.report(MouseKind::Wheel, button, cell, modifiers(event));
        }
    }

    /// Keeps the focus in the text field, into which the middle button pastes.
    fn mouse_down(&self, event: &MouseEvent) {
        if self.receiver(event.shift_key()) == Receiver::Program {
            return event.prevent_default();
        }
        if event.button() == MIDDLE && !on_link(event) {
            event.prevent_default();
            self.terminal.focus();
        }
    }

    /// Prepares the paste of the primary selection by the middle button, unless the mouse belongs to
    /// the program. Chromium pastes after `mouseup` into the focused field. Firefox pastes after
    /// `auxclick` into the field under the pointer, so the field moves there for a moment.
    fn middle_up(&self, event: &MouseEvent) {
        if event.button() != MIDDLE || on_link(event) {
            return;
        }
        if self.receiver(event.shift_key()) == Receiver::Program {
            return event.prevent_default();
        }
        if event.type_() == "auxclick" {
            self.lend_field(event);
        }
    }

    fn lend_field(&self, event: &MouseEvent) {
        let rect = self.terminal.dom.area.get_bounding_client_rect();
        let x = f64::from(event.client_x()) - rect.left() - 8.0;
        let y = f64::from(event.client_y()) - rect.top() - 8.0;
        self.terminal.screen.borrow_mut().field_is_lent = true;
        let field = &self.terminal.dom.keyboard;
        style(field, "transform", &format!("translate({},{})", px(x), px(y)));
        style(field, "pointer-events", "auto");
        self.terminal.focus();
        let terminal = Rc::downgrade(&self.terminal);
        let give_back = move || {
            if let Some(terminal) = terminal.upgrade() {
                terminal.screen.borrow_mut().field_is_lent = false;
                style(&terminal.dom.keyboard, "pointer-events", "");
                terminal.paint_soon();
            }
        };
        set_timeout(give_back, LENT);
    }

    fn clicked(&self, event: &MouseEvent) {
        let with_key = event.ctrl_key() || event.meta_key();
        let program = self.receiver(event.shift_key()) == Receiver::Program;
        if program && !with_key && on_link(event) {
            event.prevent_default();
        }
        let selection = browser::window().get_selection().ok().flatten();
        if selection.is_none_or(|it| it.is_collapsed()) {
            self.terminal.focus();
        }
    }

    fn context_menu(&self, event: &MouseEvent) {
        if self.receiver(event.shift_key()) == Receiver::Program {
            event.prevent_default();
        }
    }
}

fn modifiers(event: &MouseEvent) -> u32 {
    [
        (event.shift_key(), keys::SHIFT),
        (event.alt_key(), keys::ALT),
        (event.ctrl_key(), keys::CONTROL),
        (event.meta_key(), keys::META),
    ]
    .into_iter()
    .filter(|(on, _)| *on)
    .map(|(_, bit)| bit)
    .sum()
}

fn on_link(event: &MouseEvent) -> bool {
    let target =
        event.target().and_then(|it| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(it).ok());
    target.is_some_and(|it| it.closest("a[href]").ok().flatten().is_some())
}
