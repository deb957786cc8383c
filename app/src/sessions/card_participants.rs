//! The participants of a session on its card, in the same words and colors as in the terminal.

use client::participants::hue;
use leptos::prelude::*;
use protocol::api::{Doing, Present, Session};

use crate::{format, ui::show::Show};

/// Name, device and activity of each participant; nothing while only the owner is attached.
#[component]
pub fn CardParticipants(session: Memo<Session>) -> impl IntoView {
    let present = Memo::new(move |_| session.with(|it| shown(&it.present).to_vec()));
    let line = |it: &Present| {
        view! {
            <li data-testid="card-person" data-guest=it.guest.to_string()>
                <i
                    class="color-dot"
                    class:typing=it.doing == Doing::Types
                    data-hue=hue(it.viewer).to_string()
                ></i>
                <span>{it.who.clone()}</span>
                <span class="muted">{format::uses(it.guest, &it.device)}</span>
                <span class="badge">{format::doing(it.doing)}</span>
            </li>
        }
        .into_any()
    };
    let lines = move || present.with(|it| it.iter().map(line).collect::<Vec<_>>());
    let more = move || {
        let all = session.with(|it| it.clients + it.guests) as usize;
        let more = all.saturating_sub(present.with(Vec::len));
        (more > 0).then(|| view! { <li class="muted">{format!("and {more} more")}</li> }.into_any())
    };
    view! {
        <Show when=move || present.with(|it| !it.is_empty())>
            <ul class="card-participants" data-testid="card-crew" aria-label="Participants">
                {lines}
                {more}
            </ul>
        </Show>
    }
}

/// Name of the guest who drives a session.
pub fn guest_driver(session: &Session) -> Option<&str> {
    // The driver comes first; others may have typed a moment ago.
    let drives = |it: &&Present| it.guest && matches!(it.doing, Doing::Drives | Doing::Types);
    session.present.first().filter(drives).map(|it| it.who.as_str())
}

/// All participants; none while only the owner is attached.
fn shown(present: &[Present]) -> &[Present] {
    match present {
        [one] if !one.guest && one.doing != Doing::Oversees => &[],
        all => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_alone_is_no_shown() {
        let one = |guest, doing| Present {
            viewer: 1,
            who: "Ann".into(),
            device: String::new(),
            guest,
            doing,
        };
        for (present, count) in [
            (vec![], 0),
            (vec![one(false, Doing::Drives)], 0),
            (vec![one(false, Doing::Watches)], 0),
            (vec![one(true, Doing::Watches)], 1),
            (vec![one(false, Doing::Oversees)], 1),
            (vec![one(false, Doing::Drives), one(false, Doing::Watches)], 2),
            (vec![one(true, Doing::Types), one(false, Doing::Watches)], 2),
        ] {
            assert_eq!(shown(&present).len(), count, "{present:?}");
        }
    }
}
