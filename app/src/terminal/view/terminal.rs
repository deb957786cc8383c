//! The terminal on the page: joins the connection, the screen and the signals of the page. Keyboard,
//! pointer and clipboard act through it.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use client::{BatonAction, Client, Event, Refused};
use leptos::prelude::{Set, Update, WithUntracked, request_animation_frame};
use protocol::{api::AttachMode, wire::input::Event as Input};

use super::{
    connection::{self, Connection},
    render::Screen,
    theme,
};
use crate::{
    browser::{self, attribute},
    terminal::{
        Attachment, Dom, Ui,
        model::{baton, keys::Press},
        set_changed,
    },
};

/// Shortest interval between two bells, in milliseconds.
const BELL_INTERVAL: u64 = 1_000;

/// Duration of a bell, in milliseconds.
const BELL_DURATION: i32 = 160;

pub struct Terminal {
    this: Weak<Self>,
    pub dom: Dom,
    pub ui: Ui,
    pub mac: bool,
    pub connection: Rc<Connection>,
    pub screen: RefCell<Screen>,
    painting: Cell<bool>,
    bells: Cell<u64>,
    last_bell: Cell<u64>,
}

impl Terminal {
    /// Returns a terminal that is not connected. `dispatch` shows the updates of its connection.
    pub fn new(
        dom: Dom,
        ui: Ui,
        attachment: Attachment,
        mode: AttachMode,
        dispatch: fn(&Self, connection::Update),
    ) -> Rc<Self> {
        Rc::new_cyclic(|this: &Weak<Self>| {
            let terminal = this.clone();
            let connection = Connection::new(attachment, mode, ui, move |update| {
                if let Some(terminal) = terminal.upgrade() {
                    dispatch(&terminal, update);
                }
            });
            Self {
                this: this.clone(),
                screen: RefCell::new(Screen::new(dom.clone())),
                dom,
                ui,
                mac: browser::user_agent().contains("Mac OS X"),
                connection,
                painting: Cell::new(false),
                bells: Cell::new(0),
                last_bell: Cell::new(0),
            }
        })
    }

    pub fn modes(&self) -> u32 {
        self.connection.client().mirror().modes
    }

    pub fn is_driving(&self) -> bool {
        self.connection.client().is_driving()
    }

    pub fn input(&self, event: Input) {
        match self.connection.with(|client| client.input(event)) {
            Err(Refused::Watching) => self.hint(),
            Err(Refused::Full) => {
                self.notify("Too much input is waiting to be sent. This input was discarded.");
            }
            Ok(()) | Err(Refused::Over) => {}
        }
    }

    pub fn paste(&self, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.connection.with(|client| client.paste(text)) {
            Err(Refused::Watching) => return self.hint(),
            Err(Refused::Over) => return,
            Err(Refused::Full) => self.notify("This text is too long to paste at once."),
            Ok(()) => {}
        }
        self.to_bottom();
    }

    fn notify(&self, sentence: &str) {
        self.ui.notice.set(Some(sentence.into()));
    }

    /// Shows why keys are not sent, and which keys change that.
    pub fn hint(&self) {
        let hint = baton::hint(self.connection.client().participants(), self.mac);
        set_changed(self.ui.notice, Some(hint));
    }

    /// Performs the baton action of a key. Returns false if the key has none.
    pub fn baton_key(&self, press: &Press) -> bool {
        let action = self.ui.participants.with_untracked(|all| baton::action(all, press));
        if let Some(action) = action {
            self.baton(action);
        }
        action.is_some()
    }

    pub fn baton(&self, action: BatonAction) {
        self.ui.notice.set(None);
        self.connection.with(|client| client.baton(action));
    }

    /// Keeps the session from expiring.
    pub fn keep_session(&self) {
        self.ui.expires.set(None);
        self.connection.with(Client::keep);
    }

    /// Attaches again after an ending.
    pub fn attach_again(&self, mode: AttachMode) {
        self.ui.ending.set(None);
        self.connection.with(|client| client.set_mode(mode));
        self.connection.on(Event::Start { take_over: mode == AttachMode::Drive });
    }

    /// Sends the visibility and the colours of the page, and renews the mark of a driver.
    pub fn report_presence(&self) {
        let visible = !browser::document().hidden();
        let theme = theme::of(&self.dom.root);
        let now = browser::steady_millis();
        self.connection.with(|client| client.report_presence(visible, theme, now));
        if self.is_driving() {
            self.connection.attachment.mark(true);
        }
    }

    /// Adapts to the visibility of the page.
    pub fn visibility_changed(&self) {
        let visible = !browser::document().hidden();
        self.report_presence();
        self.connection.on(Event::Visible(visible));
        if visible {
            self.ui.bell.set(false);
            self.paint_soon();
        }
    }

    pub fn focus(&self) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = self.dom.keyboard.focus_with_options(&options);
    }

    /// Paints before the next frame of the browser.
    pub fn paint_soon(&self) {
        if self.painting.replace(true) {
            return;
        }
        let this = self.this.clone();
        request_animation_frame(move || {
            if let Some(terminal) = this.upgrade() {
                terminal.painting.set(false);
                terminal.paint();
            }
        });
    }

    fn on_screen<R>(&self, call: impl FnOnce(&mut Screen, &Client) -> R) -> R {
        call(&mut self.screen.borrow_mut(), &self.connection.client())
    }

    fn paint(&self) {
        let missing = self.on_screen(|it, client| it.paint(client.mirror(), client.is_driving()));
        if let Some((first, count)) = missing {
            self.connection.with(|client| client.request_history(first, count));
        }
    }

    /// Adapts to the size of the page or of the font.
    pub fn resized(&self) {
        let size = self.on_screen(|it, client| it.resize(client.mirror(), client.is_driving()));
        let Some((columns, rows)) = size else { return };
        self.connection.with(|client| client.resize(columns, rows));
        self.paint_soon();
    }

    /// Adopts the scroll position.
    pub fn scrolled(&self) {
        if self.on_screen(|screen, client| screen.scrolled(client.mirror())) {
            set_changed(self.ui.below, false);
        }
        self.paint();
    }

    /// Stops following the screen, before the first movement upwards.
    pub fn hold(&self) {
        self.on_screen(|screen, client| screen.hold(client.mirror()));
    }

    /// Scrolls by pages of the screen, up when negative.
    pub fn page(&self, pages: i32) {
        if pages < 0 {
            self.hold();
        }
        self.screen.borrow().scroll_by(self.connection.client().mirror(), pages);
        self.scrolled();
    }

    pub fn to_top(&self) {
        self.hold();
        self.dom.scroller.set_scroll_top(0);
        self.scrolled();
    }

    /// Scrolls to the screen, and follows it.
    pub fn to_bottom(&self) {
        self.screen.borrow_mut().view.follow = true;
        set_changed(self.ui.below, false);
        self.paint();
    }

    /// Scrolls to the screen after input.
    pub fn follow(&self) {
        let following = self.screen.borrow().view.follow;
        if !following {
            self.to_bottom();
        }
    }

    pub fn ring(&self, times: u32) {
        let now = browser::steady_millis();
        self.bells.set(self.bells.get() + u64::from(times));
        attribute(&self.dom.root, "data-bells", &self.bells.get().to_string());
        let last = self.last_bell.get();
        if last != 0 && now < last + BELL_INTERVAL {
            return;
        }
        self.last_bell.set(now.max(1));
        let bell = self.ui.bell;
        bell.set(true);
        wasm_bindgen_futures::spawn_local(async move {
            browser::pause(BELL_DURATION).await;
            // The bell of a hidden tab stays in its title until the tab becomes visible.
            if !browser::document().hidden() {
                let _ = bell.try_update(|on| *on = false);
            }
        });
    }
}
