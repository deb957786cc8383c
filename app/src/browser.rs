//! Access to the browser for effects and event handlers. Nothing here may be called while the server
//! renders.

use js_sys::Reflect;
use leptos::prelude::{
    Effect, Get as _, GetUntracked as _, NodeRef, ReadSignal, RwSignal, Set as _, StoredValue,
};
pub use leptos::prelude::{document, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    AddEventListenerOptions, Element, Event, EventTarget, HtmlElement, HtmlFormElement, Storage,
    VisibilityState, Window,
};

/// Text in lower case. The browser has the Unicode tables already; in the wasm they would be large.
pub fn lower_case(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Time of a monotonic clock, in milliseconds.
pub fn steady_millis() -> u64 {
    window().performance().map_or(0.0, |clock| clock.now()) as u64
}

/// Unix time in milliseconds by the clock of this machine: for relative times only.
pub fn unix_millis() -> i64 {
    js_sys::Date::now() as i64
}

/// A time of day in the local time zone: `14:05`.
pub fn local_clock(millis: i64) -> String {
    let time = js_sys::Date::new(&JsValue::from_f64(millis as f64));
    format!("{:02}:{:02}", time.get_hours(), time.get_minutes())
}

/// True while the tab is visible, and until the browser reports otherwise. Ends with the component.
pub fn page_shown() -> ReadSignal<bool> {
    let shown = RwSignal::new(true);
    Effect::new(move |_| {
        let check = move || {
            let now = document().visibility_state() == VisibilityState::Visible;
            if shown.get_untracked() != now {
                shown.set(now);
            }
        };
        check();
        let listen = Listener::new(&document(), "visibilitychange", move |_: Event| check());
        // Dropped with the effect.
        StoredValue::new_local(listen);
    });
    shown.read_only()
}

/// True while an element intersects the viewport. Ends with the component.
pub fn in_sight(element: NodeRef<leptos::html::Div>) -> ReadSignal<bool> {
    let seen = RwSignal::new(false);
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        let observe = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
            let last = entries.pop().dyn_into::<web_sys::IntersectionObserverEntry>();
            if let Ok(last) = last {
                let _ = seen.try_set(last.is_intersecting());
            }
        });
        let function = observe.as_ref().unchecked_ref();
        if let Ok(observer) = web_sys::IntersectionObserver::new(function) {
            observer.observe(&element);
            // Both are dropped with the effect.
            StoredValue::new_local(Observed { observer, _callback: observe });
        }
    });
    seen.read_only()
}

struct Observed {
    observer: web_sys::IntersectionObserver,
    _callback: Closure<dyn FnMut(js_sys::Array)>,
}

impl Drop for Observed {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

pub async fn pause(millis: i32) {
    let promise = js_sys::Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
    });
    // The promise is never rejected.
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}

pub fn user_agent() -> String {
    window().navigator().user_agent().unwrap_or_default()
}

/// Returns true if shortcuts use the Command key; false while the server renders.
pub fn is_mac() -> bool {
    cfg!(target_arch = "wasm32") && user_agent().contains("Mac OS X")
}

/// Copies text to the clipboard. Returns false if the browser refuses.
pub async fn copy(text: &str) -> bool {
    // Browsers offer no clipboard to pages loaded over plain HTTP from another host.
    if member(&window().navigator(), "clipboard").is_undefined() {
        return false;
    }
    let copied = window().navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(copied).await.is_ok()
}

/// Fragment of this page's address, without the `#`.
pub fn fragment() -> String {
    window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned()
}

/// Replaces the address of this page, in the history too, without loading it.
pub fn replace_address(path: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(path));
    }
}

pub fn go(path: &str) {
    // Fails only for addresses that cannot be parsed.
    let _ = window().location().assign(path);
}

/// Opens a tab for the page of a session that does not exist yet. Works only while a click is handled;
/// none if the browser blocks it.
pub fn new_tab() -> Option<Window> {
    window().open_with_url_and_target("about:blank", "_blank").ok().flatten()
}

/// Loads a page of this site in a tab.
pub fn open_in(tab: &Window, path: &str) {
    // The new page gets no access to this one. Browsers refuse neither call.
    let _ = Reflect::set(tab, &"opener".into(), &JsValue::NULL);
    let origin = window().location().origin().unwrap_or_default();
    let _ = tab.location().replace(&format!("{origin}{path}"));
}

/// Path and query of this page.
pub fn here() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// Path of the sign-in page that returns to this one.
pub fn sign_in_and_back() -> String {
    let back = String::from(js_sys::encode_uri_component(&here()));
    format!("/sign-in?return={back}&signed_out=1")
}

/// Storage shared by all tabs; none if it is disabled.
pub fn local_storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

pub fn session_storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

pub fn recall(storage: Option<&Storage>, key: &str) -> Option<String> {
    storage?.get_item(key).ok().flatten()
}

/// Stores or removes a value. Failures are ignored: the values are conveniences.
pub fn remember(storage: Option<&Storage>, key: &str, value: Option<&str>) {
    if let Some(storage) = storage {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

/// Sets a CSS property of an element through the object model, which the content security policy allows.
pub fn style(element: &Element, property: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property(property, value);
    }
}

pub fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}

pub fn value_in(form: &HtmlFormElement, name: &str) -> Option<String> {
    let field = form.get_with_name(name)?;
    member(&field, "value").as_string()
}

pub fn attribute(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

pub fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// An event handler, removed on drop.
#[must_use = "removes the handler when dropped"]
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    capture: bool,
    handler: Handler,
}

// One type for all events, because each type of closure is compiled to code of its own.
type Handler = Closure<dyn FnMut(JsValue)>;

impl Listener {
    /// Calls `handler` on every `event` of `target`. The handler may prevent the default.
    pub fn new<E: JsCast>(
        target: &EventTarget,
        event: &'static str,
        mut handler: impl FnMut(E) + 'static,
    ) -> Self {
        let handler = Closure::new(move |event: JsValue| handler(event.unchecked_into()));
        Self::with(target, event, false, handler)
    }

    /// As [`new`](Self::new), in the capture phase.
    pub fn capture<E: JsCast>(
        target: &EventTarget,
        event: &'static str,
        mut handler: impl FnMut(E) + 'static,
    ) -> Self {
        let handler = Closure::new(move |event: JsValue| handler(event.unchecked_into()));
        Self::with(target, event, true, handler)
    }

    fn with(target: &EventTarget, event: &'static str, capture: bool, handler: Handler) -> Self {
        let options = AddEventListenerOptions::new();
        options.set_capture(capture);
        options.set_passive(false);
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event,
            handler.as_ref().unchecked_ref(),
            &options,
        );
        Self { target: target.clone(), event, capture, handler }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback_and_bool(
            self.event,
            self.handler.as_ref().unchecked_ref(),
            self.capture,
        );
    }
}
