//! One member: who they are, what they may do, and what can be done about it.

use leptos::prelude::*;
use protocol::api::{ChangeMember, Member, Role};

use super::Links;
use crate::{
    api, format,
    palette::Command,
    ui::{dialog::confirm::Question, failure::Failure, request::Request, show::Show, time::Ago},
};

const ROLES: [Role; 3] = [Role::Member, Role::Staff, Role::Superuser];

/// The row; it stays while the member changes.
#[component]
pub fn MemberRow(
    /// The member.
    member: Memo<Option<Member>>,
    /// Whether it is the one who looks.
    is_me: bool,
) -> impl IntoView {
    let Some(links) = use_context::<Links>() else {
        return ().into_any();
    };
    let asked = links.asked;
    let of = move |what: fn(Member) -> String| member.get().map(what).unwrap_or_default();
    let active = move || member.get().is_some_and(|it| it.active);
    let role = move || member.get().map_or(Role::Member, |it| it.role);
    let request = Request::new();
    let reset = move |_| {
        if let Some(it) = member.get_untracked() {
            links.reset(&it, request);
        }
    };
    let pick = move |select: web_sys::HtmlSelectElement| {
        let Some(it) = member.get_untracked() else { return };
        let wanted = usize::try_from(select.selected_index()).ok();
        let wanted = wanted.and_then(|at| ROLES.get(at)).copied().unwrap_or(it.role);
        // It shows what is, until it is so.
        let now = ROLES.iter().position(|role| *role == it.role).unwrap_or_default();
        select.set_selected_index(i32::try_from(now).unwrap_or_default());
        if wanted != it.role {
            asked.set(Some(question_of_role(&it, wanted)));
        }
    };
    let turn = move |_| {
        if let Some(it) = member.get_untracked() {
            asked.set(Some(question_of_activity(&it)));
        }
    };
    view! {
        <li
            class="item member"
            class:inactive=move || !active()
            data-testid="member"
            data-email=move || of(|it| it.email)
            data-role=move || format::role(role()).to_ascii_lowercase()
            data-active=move || active().to_string()
        >
            <div class="item-main">
                <p class="item-name">
                    {move || of(|it| it.name)} {is_me.then(|| view! { <span class="badge">"you"</span> })}
                    <Show when=move || !active()>
                        <span class="badge">"deactivated"</span>
                    </Show>
                </p>
                <p class="muted">{move || of(|it| it.email)}</p>
            </div>
            <p class="item-side muted">
                {move || match member.get().and_then(|it| it.signed_in_at) {
                    Some(time) => view! { "signed in " <Ago time /> }.into_any(),
                    None => "never signed in".into_any(),
                }} <br />
                {move || of(|it| match it.sessions {
                    0 => "no sessions".into(),
                    1 => "1 session".into(),
                    many => format!("{many} sessions"),
                })}
            </p>
            <div class="item-actions">
                {if is_me {
                    view! {
                        <span class="item-role" title=move || format::role_means(role())>
                            {move || format::role(role())}
                        </span>
                    }
                        .into_any()
                } else {
                    view! {
                        <select
                            data-testid="member-role"
                            aria-label=move || format!("Role of {}", of(|it| it.name))
                            title=move || format::role_means(role())
                            disabled=move || !active()
                            on:change:target=move |event| pick(event.target())
                        >
                            {ROLES
                                .map(|it| {
                                    view! {
                                        <option
                                            selected=untrack(role) == it
                                            prop:selected=move || role() == it
                                        >
                                            {format::role(it)}
                                        </option>
                                    }
                                })}
                        </select>
                        <button
                            type="button"
                            class="button"
                            data-testid="member-reset"
                            aria-label=move || format!("Password link for {}", of(|it| it.name))
                            disabled=move || request.busy.get() || !active()
                            on:click=reset
                        >
                            "Password link"
                        </button>
                        <button
                            type="button"
                            class="button"
                            data-testid="member-turn"
                            on:click=turn
                        >
                            {move || if active() { "Deactivate" } else { "Let in again" }}
                        </button>
                    }
                        .into_any()
                }}
            </div>
            <Failure error=request.error testid="member-error" />
        </li>
    }
    .into_any()
}

impl Links {
    /// Makes a link by which a member chooses a new password, and shows it.
    fn reset(self, member: &Member, request: Request) {
        let Self { made, changes, .. } = self;
        request.send(api::members::reset(member.id), move |link| {
            made.set(Some(link));
            changes.update(|changes| *changes += 1);
        });
    }
}

/// What can be done about a member, for the command palette.
pub fn commands(member: &Member, links: Links, request: Request) -> Vec<Command> {
    let asked = links.asked;
    let Member { name, email, role: now, active, .. } = member;
    let of = |word, label: String, question: fn(&Member, Role) -> Question, role| {
        let it = member.clone();
        let ask = move || asked.set(Some(question(&it, role)));
        Command::new(word, label, format!("{email}, asks first"), ask).late()
    };
    let turn = if *active { format!("Deactivate {name}") } else { format!("Let {name} in again") };
    let mut all = vec![of("member-turn", turn, |it, _| question_of_activity(it), *now)];
    // As in the row: who is out keeps a role and needs no password.
    if *active {
        for role in ROLES.into_iter().filter(|role| role != now) {
            let label = format!("Make {name} {}", format::a_role(role));
            all.push(of("member-role", label, question_of_role, role));
        }
        let it = member.clone();
        let reset = move || links.reset(&it, request);
        all.push(
            Command::new("member-reset", format!("Password link for {name}"), email, reset).late(),
        );
    }
    all
}

fn question_of_role(member: &Member, role: Role) -> Question {
    let (id, name) = (member.id, &member.name);
    let means = format::role_means(role);
    let question = Question::harmful(
        format!("Make {name} {}?", format::a_role(role)),
        means.into(),
        "Change role",
        async move || {
            let change = ChangeMember { role: Some(role), ..ChangeMember::default() };
            api::members::change(id, change).await.map(drop)
        },
    );
    question.harmless()
}

fn question_of_activity(member: &Member) -> Question {
    let (id, name, active) = (member.id, &member.name, member.active);
    let act = async move || {
        let change = ChangeMember { active: Some(!active), ..ChangeMember::default() };
        api::members::change(id, change).await.map(drop)
    };
    if active {
        let text = "They are signed out everywhere at once, and their API tokens stop working. Sessions of theirs \
                    run on until they expire or are dropped.";
        Question::harmful(format!("Deactivate {name}?"), text.into(), "Deactivate", act)
    } else {
        let text = "They can sign in again with the password they had.";
        Question::harmful(format!("Let {name} in again?"), text.into(), "Let in", act).harmless()
    }
}
