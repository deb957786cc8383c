//! Who is attached to a session, on its card: as the bar of its terminal says it, in the same colours.

use leptos::prelude::*;
use protocol::api::{Doing, Present, Session};

use client::participants::hue;

use crate::{format, ui::show::Show};

/// Names, what they use and what they do; nothing while its owner is alone with it, or nobody is there.
#[component]
pub fn CardCrew(
    /// The session.
    session: Signal<Session>,
) -> impl IntoView {
    let present = Memo::new(move |_| session.with(|it| company(&it.present).to_vec()));
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
            <ul class="card-participants" data-testid="card-crew" aria-label="Who is here">
                {move || lines()}
                {move || more()}
            </ul>
        </Show>
    }
}

/// Who drives a session as a guest.
pub fn guest_driver(session: &Session) -> Option<&str> {
    // Who typed a moment ago may drive no more; who drives comes first.
    let drives = |it: &&Present| it.guest && matches!(it.doing, Doing::Drives | Doing::Types);
    session.present.first().filter(drives).map(|it| it.who.as_str())
}

/// Those who are worth naming: everybody, unless it is the owner alone.
fn company(present: &[Present]) -> &[Present] {
    match present {
        [one] if !one.guest && one.doing != Doing::Oversees => &[],
        all => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_alone_is_no_company() {
        let one = |guest, doing| Present {
            viewer: 1,
            who: "Ann".into(),
            device: String::new(),
            guest,
            doing,
        };
        for (present, named) in [
            (vec![], 0),
            (vec![one(false, Doing::Drives)], 0),
            (vec![one(false, Doing::Watches)], 0),
            (vec![one(true, Doing::Watches)], 1),
            (vec![one(false, Doing::Oversees)], 1),
            (vec![one(false, Doing::Drives), one(false, Doing::Watches)], 2),
            (vec![one(true, Doing::Types), one(false, Doing::Watches)], 2),
        ] {
            assert_eq!(company(&present).len(), named, "{present:?}");
        }
    }
}
