//! One member: name, role, and the actions on them.

use leptos::prelude::*;
use protocol::api::{ChangeMember, Member, Role};

use super::PageState;
use crate::{
    api,
    format::{self, ROLES},
    palette::Command,
    ui::{
        button::Button, dialog::confirm::Question, failure::Failure, request::Request, show::Show,
        time::Ago,
    },
};

/// The row; it is kept while the member changes. `is_me` is true for the signed-in member.
#[component]
pub fn MemberRow(member: Memo<Member>, is_me: bool) -> impl IntoView {
    let Some(state) = use_context::<PageState>() else {
        return ().into_any();
    };
    let asked = state.asked;
    let of = move |what: fn(Member) -> String| what(member.get());
    let active = move || member.with(|it| it.active);
    let role = move || member.with(|it| it.role);
    let request = Request::new();
    let reset = move |()| state.reset_password(&member.get_untracked(), request);
    let pick = move |select: web_sys::HtmlSelectElement| {
        let it = member.get_untracked();
        let picked = usize::try_from(select.selected_index()).ok();
        let picked = picked.and_then(|at| ROLES.get(at)).map_or(it.role, |(role, _)| *role);
        // Shows the current role until the change is confirmed.
        let now = ROLES.iter().position(|(role, _)| *role == it.role).unwrap_or_default();
        select.set_selected_index(i32::try_from(now).unwrap_or_default());
        if picked != it.role {
            asked.set(Some(confirm_role(&it, picked)));
        }
    };
    let toggle_active = move |()| asked.set(Some(confirm_active(&member.get_untracked())));
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
                {move || match member.with(|it| it.signed_in_at) {
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
                        <span title=move || format::role_means(role())>
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
                                .map(|(it, label)| {
                                    view! {
                                        <option
                                            selected=untrack(role) == it
                                            prop:selected=move || role() == it
                                        >
                                            {label}
                                        </option>
                                    }
                                })}
                        </select>
                        <Button
                            testid="member-reset"
                            label="Reset password"
                            full_label=Signal::derive(move || format!("Reset password of {}", of(|it| it.name)))
                            disabled=Signal::derive(move || request.busy.get() || !active())
                            press=reset
                        />
                        <Button
                            testid="member-turn"
                            label=Signal::derive(move || {
                                if active() { "Deactivate" } else { "Reactivate" }
                            })
                            press=toggle_active
                        />
                    }
                        .into_any()
                }}
            </div>
            <Failure error=request.error testid="member-error" />
        </li>
    }
    .into_any()
}

/// Commands on a member, for the command palette.
pub fn commands(member: &Member, state: PageState, request: Request) -> Vec<Command> {
    let Member { name, email, role: now, active, .. } = member;
    let command = |id, label: String, question: fn(&Member, Role) -> Question, role| {
        let it = member.clone();
        let confirm = move || state.asked.set(Some(question(&it, role)));
        Command::new(id, label, format!("{email}, with confirmation"), confirm).last()
    };
    let toggle = if *active { "Deactivate" } else { "Reactivate" };
    let toggle = format!("{toggle} {name}");
    let mut all = vec![command("member-turn", toggle, |it, _| confirm_active(it), *now)];
    // As in the row: a deactivated member keeps role and password.
    if *active {
        for (role, _) in ROLES.into_iter().filter(|(role, _)| role != now) {
            let label = format!("Make {name} {}", format::a_role(role));
            all.push(command("member-role", label, confirm_role, role));
        }
        let it = member.clone();
        let reset = move || state.reset_password(&it, request);
        let label = format!("Reset password of {name}");
        all.push(Command::new("member-reset", label, email, reset).last());
    }
    all
}

fn confirm_role(member: &Member, role: Role) -> Question {
    let (id, name) = (member.id, &member.name);
    let question = Question::destructive(
        format!("Make {name} {}?", format::a_role(role)),
        format::role_means(role).into(),
        "Change role",
        async move || {
            let change = ChangeMember { role: Some(role), ..ChangeMember::default() };
            api::change_member(id, change).await.map(drop)
        },
    );
    Question { danger: false, ..question }
}

fn confirm_active(member: &Member) -> Question {
    let (id, name, active) = (member.id, &member.name, member.active);
    let act = async move || {
        let change = ChangeMember { active: Some(!active), ..ChangeMember::default() };
        api::change_member(id, change).await.map(drop)
    };
    if active {
        let text = "They are signed out everywhere and their API tokens stop working. Their running sessions \
                    continue until they expire or are dropped.";
        Question::destructive(format!("Deactivate {name}?"), text.into(), "Deactivate", act)
    } else {
        let text = "They can sign in again with their previous password.";
        let title = format!("Reactivate {name}?");
        let question = Question::destructive(title, text.into(), "Reactivate", act);
        Question { danger: false, ..question }
    }
}
