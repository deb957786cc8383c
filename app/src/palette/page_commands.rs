//! Commands that the components of a page add to its command palette while they are shown. It does not
//! know what the commands do.

use leptos::prelude::*;

use crate::palette::Command;

/// Commands of all components of a page.
#[derive(Clone, Copy, Debug)]
pub struct PageCommands(RwSignal<Vec<Signal<Vec<Command>>>>);

impl PageCommands {
    /// Provides the commands to the components of this page.
    pub fn provide() {
        provide_context(Self(RwSignal::new(Vec::new())));
    }

    /// The current commands of this page.
    pub fn of_page() -> Signal<Vec<Command>> {
        let commands = use_context::<Self>();
        Signal::derive(move || {
            let all = commands.map(|commands| commands.0.get()).unwrap_or_default();
            all.into_iter().filter_map(|it| it.try_get()).flatten().collect()
        })
    }
}

/// Adds commands while the calling component is shown.
pub fn offer(commands: impl Fn() -> Vec<Command> + Send + Sync + 'static) {
    let Some(PageCommands(all)) = use_context() else { return };
    let commands = Signal::derive(commands);
    Effect::new(move |_| all.update(|all| all.push(commands)));
    on_cleanup(move || {
        all.try_update(|all| all.retain(|it| *it != commands));
    });
}
