//! What the parts of a page offer in its command palette, as long as they are shown. It does not know
//! what they do.

use leptos::prelude::*;

use crate::palette::Command;

/// All that is offered on a page.
#[derive(Clone, Copy, Debug)]
pub struct Offers(RwSignal<Vec<Signal<Vec<Command>>>>);

impl Offers {
    /// Lets the parts of this page offer something.
    pub fn provide() {
        provide_context(Self(RwSignal::new(Vec::new())));
    }

    /// What is offered on this page now.
    pub fn of_page() -> Signal<Vec<Command>> {
        let offers = use_context::<Self>();
        Signal::derive(move || {
            let all = offers.map(|offers| offers.0.get()).unwrap_or_default();
            all.into_iter().filter_map(|it| it.try_get()).flatten().collect()
        })
    }
}

/// Offers these as long as the part that says so is shown.
pub fn offer(commands: impl Fn() -> Vec<Command> + Send + Sync + 'static) {
    let Some(Offers(all)) = use_context() else { return };
    let commands = Signal::derive(commands);
    Effect::new(move |_| all.update(|all| all.push(commands)));
    on_cleanup(move || {
        all.try_update(|all| all.retain(|it| *it != commands));
    });
}
