//! Mouse, pen, touch and wheel: the program's when it asked for them and Shift is not held, else the
//! browser's own selection and scrolling.

use protocol::{
    modes,
    wire::{Mouse, MouseKind, input::Event as Input},
};
use web_sys::{Event, MouseEvent, PointerEvent, WheelEvent};

use crate::{
    browser::{Listener, style},
    terminal::{keys, look::px, widget::Widget},
};

/// No button, in a report of motion.
const NO_BUTTON: u32 = 3;

/// Rows that a wheel step stands for: programs scroll by about as many lines.
const ROWS_A_STEP: f64 = 3.0;

/// Most wheel steps of one event.
const MOST_STEPS: f64 = 20.0;

/// What the pointer is doing.
#[derive(Default)]
pub struct Pointer {
    /// The button that went down for the program.
    pressed: Option<u32>,
    /// Last cell that was reported.
    cell: Option<(u32, u32)>,
    /// Part of a wheel step not yet reported, in rows.
    rest: f64,
    /// Where a finger was, in pixels from the top.
    finger: Option<f64>,
    /// The text field stands under the pointer, so that the browser pastes into it.
    pub lent: bool,
}

/// `MouseEvent.button` of the middle one.
const MIDDLE: i16 = 1;

/// Who gets the pointer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taker {
    Program,
    /// The wheel only: the alternate screen turns it into cursor keys.
    ProgramWheel,
    Browser,
}

impl Widget {
    pub(super) fn listen_to_pointer(&self) {
        let scroller = &self.dom.scroller;
        for (event, act) in [
            ("pointerdown", Self::pointer_down as fn(&Self, &PointerEvent)),
            ("pointermove", Self::pointer_moved),
            ("pointerup", Self::pointer_up),
            ("pointercancel", Self::pointer_up),
        ] {
            self.keep(Listener::new(
                scroller,
                event,
                self.weak(move |widget, event: PointerEvent| act(widget, &event)),
            ));
        }
        self.keep(Listener::new(
            scroller,
            "wheel",
            self.weak(|widget, event: WheelEvent| widget.wheel(&event)),
        ));
        self.keep(Listener::new(
            scroller,
            "scroll",
            self.weak(|widget, _: Event| widget.scrolled()),
        ));
        self.keep(Listener::new(
            scroller,
            "mousedown",
            self.weak(|widget, event: MouseEvent| widget.mouse_down(&event)),
        ));
        for event in ["mouseup", "auxclick"] {
            self.keep(Listener::new(
                scroller,
                event,
                self.weak(|widget, event: MouseEvent| widget.middle_up(&event)),
            ));
        }
        self.keep(Listener::new(
            scroller,
            "click",
            self.weak(|widget, event: MouseEvent| widget.clicked(&event)),
        ));
        self.keep(Listener::new(
            scroller,
            "contextmenu",
            self.weak(|widget, event: MouseEvent| {
                if widget.taker(event.shift_key()) == Taker::Program {
                    event.prevent_default();
                }
            }),
        ));
    }

    fn taker(&self, shift: bool) -> Taker {
        let state = self.state.borrow();
        let modes = state.mirror.modes();
        let wheel = modes::ALTERNATE_SCREEN | modes::ALTERNATE_SCROLL;
        if shift || !state.driving {
            Taker::Browser
        } else if modes & modes::ANY_MOUSE != 0 {
            Taker::Program
        } else if modes & wheel == wheel {
            Taker::ProgramWheel
        } else {
            Taker::Browser
        }
    }

    /// The cell under the pointer, within the screen.
    fn cell(&self, event: &MouseEvent) -> Option<(u32, u32)> {
        let state = self.state.borrow();
        let rect = self.dom.rows.get_bounding_client_rect();
        if state.metrics.width <= 0.0 || !state.view.follow {
            return None;
        }
        let at = |pixels: f64, size: f64, most: u32| {
            (pixels / size).floor().clamp(0.0, f64::from(most.max(1) - 1)) as u32
        };
        let rows = u32::try_from(state.mirror.lines().len()).unwrap_or(u32::MAX);
        Some((
            at(
                f64::from(event.client_x()) - rect.left(),
                state.metrics.width,
                state.mirror.columns(),
            ),
            at(f64::from(event.client_y()) - rect.top(), state.metrics.height, rows),
        ))
    }

    fn report(&self, kind: MouseKind, button: u32, (column, row): (u32, u32), modifiers: u32) {
        self.input(Input::Mouse(Mouse { kind: kind.into(), button, column, row, modifiers }));
    }

    fn pointer_down(&self, event: &PointerEvent) {
        let taker = self.taker(event.shift_key());
        if event.pointer_type() == "touch" {
            let finger = (taker != Taker::Browser).then(|| f64::from(event.client_y()));
            self.state.borrow_mut().pointer.finger = finger;
            return;
        }
        let follows_link = event.ctrl_key() || event.meta_key();
        if taker != Taker::Program || (follows_link && on_link(event)) {
            return;
        }
        let Some(cell) = self.cell(event) else { return };
        event.prevent_default();
        let button = u32::try_from(event.button()).unwrap_or(NO_BUTTON);
        {
            let mut state = self.state.borrow_mut();
            state.pointer.pressed = Some(button);
            state.pointer.cell = Some(cell);
        }
        // Motion outside the terminal still belongs to this press.
        let _ = self.dom.scroller.set_pointer_capture(event.pointer_id());
        self.report(MouseKind::Down, button, cell, modifiers(event));
        self.focus();
    }

    fn pointer_moved(&self, event: &PointerEvent) {
        let finger = self.state.borrow().pointer.finger;
        if let Some(before) = finger {
            let now = f64::from(event.client_y());
            self.state.borrow_mut().pointer.finger = Some(now);
            return self.turn(event, before - now);
        }
        let (pressed, last, modes) = {
            let state = self.state.borrow();
            (state.pointer.pressed, state.pointer.cell, state.mirror.modes())
        };
        let wanted = modes & modes::MOUSE_MOTION != 0
            || (modes & modes::MOUSE_DRAG != 0 && pressed.is_some());
        if !wanted || self.taker(event.shift_key()) != Taker::Program {
            return;
        }
        let Some(cell) = self.cell(event).filter(|cell| last != Some(*cell)) else { return };
        self.state.borrow_mut().pointer.cell = Some(cell);
        self.report(MouseKind::Move, pressed.unwrap_or(NO_BUTTON), cell, modifiers(event));
    }

    fn pointer_up(&self, event: &PointerEvent) {
        let pressed = {
            let mut state = self.state.borrow_mut();
            state.pointer.finger = None;
            state.pointer.pressed.take()
        };
        if let (Some(button), Some(cell)) = (pressed, self.cell(event)) {
            event.prevent_default();
            self.report(MouseKind::Up, button, cell, modifiers(event));
        }
    }

    fn wheel(&self, event: &WheelEvent) {
        if event.ctrl_key() {
            return;
        }
        if self.taker(event.shift_key()) == Taker::Browser {
            if event.delta_y() < 0.0 {
                self.hold();
            }
            return;
        }
        event.prevent_default();
        let (row, rows) = {
            let state = self.state.borrow();
            (state.view.row, state.mirror.lines().len())
        };
        let pixels = match event.delta_mode() {
            WheelEvent::DOM_DELTA_LINE => event.delta_y() * row,
            WheelEvent::DOM_DELTA_PAGE => event.delta_y() * row * rows as f64,
            _ => event.delta_y(),
        };
        self.turn(event, pixels);
    }

    /// The wheel, or a finger, moved by so many pixels.
    fn turn(&self, event: &MouseEvent, pixels: f64) {
        let Some(cell) = self.cell(event) else { return };
        let steps = {
            let mut state = self.state.borrow_mut();
            let all = state.pointer.rest + pixels / (state.view.row * ROWS_A_STEP);
            state.pointer.rest = all.fract();
            all.trunc().clamp(-MOST_STEPS, MOST_STEPS)
        };
        let button = if steps < 0.0 { 64 } else { 65 };
        let steps = steps.abs() as u32;
        for _ in 0..steps {
            self.report(MouseKind::Wheel, button, cell, modifiers(event));
        }
    }

    /// The keyboard keeps the focus: what the middle button pastes goes there.
    fn mouse_down(&self, event: &MouseEvent) {
        if self.taker(event.shift_key()) == Taker::Program {
            return event.prevent_default();
        }
        if event.button() == MIDDLE && !on_link(event) {
            event.prevent_default();
            self.focus();
        }
    }

    /// The middle button pastes the primary selection, unless the program has the mouse. Chromium
    /// pastes after `mouseup` into the field that has the focus, Firefox after `auxclick` into the one
    /// that is under the pointer: it is lent there for a moment.
    fn middle_up(&self, event: &MouseEvent) {
        if event.button() != MIDDLE || on_link(event) {
            return;
        }
        if self.taker(event.shift_key()) == Taker::Program {
            return event.prevent_default();
        }
        if event.type_() == "auxclick" {
            let rect = self.dom.area.get_bounding_client_rect();
            let x = f64::from(event.client_x()) - rect.left() - 8.0;
            let y = f64::from(event.client_y()) - rect.top() - 8.0;
            self.state.borrow_mut().pointer.lent = true;
            style(&self.dom.keyboard, "transform", &format!("translate({},{})", px(x), px(y)));
            style(&self.dom.keyboard, "pointer-events", "auto");
            self.focus();
            let give_back = self.weak(|widget, ()| {
                widget.state.borrow_mut().pointer.lent = false;
                style(&widget.dom.keyboard, "pointer-events", "");
                widget.paint_soon();
            });
            leptos::prelude::set_timeout(
                move || give_back(()),
                std::time::Duration::from_millis(300),
            );
        }
    }

    fn clicked(&self, event: &MouseEvent) {
        let with_key = event.ctrl_key() || event.meta_key();
        if self.taker(event.shift_key()) == Taker::Program && !with_key && on_link(event) {
            event.prevent_default();
        }
        let selecting = crate::browser::window()
            .get_selection()
            .ok()
            .flatten()
            .is_some_and(|it| !it.is_collapsed());
        if !selecting {
            self.focus();
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
