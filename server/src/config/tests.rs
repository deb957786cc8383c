//! Tests of the configuration: defaults, precedence, errors and masked secrets.

use toml::Table;

use super::{source::take_site, *};

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let home = [("HOME", "/home/ada")];
    let environment = home
        .iter()
        .chain(environment)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::parse(text, environment).map_err(|error| error.to_string())
}

#[test]
fn defaults_are_for_one_machine() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.public_url, "http://127.0.0.1:3000");
    assert_eq!(config.database_url, "sqlite:///home/ada/.local/share/websh/websh.db");
    assert_eq!(config.scrollback, 10_000);
}

#[test]
fn the_environment_wins() {
    let config = load(
        "[websh]\nscrollback = 5",
        &[("WEBSH_SCROLLBACK", "7"), ("WEBSH_ALLOWED_ORIGINS", "[\"https://a.example\"]")],
    )
    .unwrap();
    assert_eq!((config.scrollback, config.allowed_origins[1].as_str()), (7, "https://a.example"));
}

#[test]
fn errors_name_the_key_in_one_sentence() {
    for (text, environment, named) in [
        ("[websh]\nscrolback = 5", vec![], "scrolback"),
        ("[webs]\n", vec![], "webs"),
        ("", vec![("WEBSH_SCROLBACK", "5")], "WEBSH_SCROLBACK"),
        ("[websh]\nscrollback = \"many\"", vec![], "u32"),
        ("[websh]\nscrollback = 1000001", vec![], "scrollback"),
        ("[websh]\nlisten = \"0.0.0.0:80\"", vec![], "public_url"),
        ("[websh]\npublic_url = \"https://a.example/x\"", vec![], "public_url"),
        ("[websh]\ndatabase_url = \"mysql://x\"", vec![], "database_url"),
        ("[websh]\nallowed_origins = [\"*\"]", vec![], "allowed_origins"),
        ("nonsense", vec![], "TOML"),
    ] {
        let sentence = load(text, &environment).unwrap_err();
        assert!(sentence.contains(named), "{sentence}");
        assert!(!sentence.contains('\n') && sentence.ends_with('.'), "{sentence}");
    }
}

#[test]
fn the_bound_port_replaces_port_zero() {
    let mut config = load("[websh]\nlisten = \"127.0.0.1:0\"", &[]).unwrap();
    config.bound_to(SocketAddr::from(([127, 0, 0, 1], 4321)));
    assert_eq!(config.public_url, "http://127.0.0.1:4321");
    assert_eq!(config.allowed_origins, ["http://127.0.0.1:4321", "http://localhost:4321"]);
    let set = "[websh]\npublic_url = \"https://websh.example\"";
    let mut config = load(set, &[]).unwrap();
    config.bound_to(SocketAddr::from(([127, 0, 0, 1], 4321)));
    assert_eq!(config.allowed_origins, ["https://websh.example"]);
}

#[test]
fn the_usual_port_is_not_said() {
    for (written, origin) in [
        ("https://websh.example:443", "https://websh.example"),
        ("https://websh.example:443/", "https://websh.example"),
        ("https://websh.example:80", "https://websh.example:80"),
        ("https://Websh.example:8443", "https://websh.example:8443"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://127.0.0.1:443", "http://127.0.0.1:443"),
    ] {
        let config = load(&format!("[websh]\npublic_url = \"{written}\""), &[]).unwrap();
        assert_eq!(config.public_url, origin, "{written}");
    }
    for (listen, origins) in [
        ("127.0.0.1:80", ["http://127.0.0.1", "http://localhost"]),
        ("[::1]:3000", ["http://[::1]:3000", "http://localhost:3000"]),
    ] {
        let mut config = load(&format!("[websh]\nlisten = \"{listen}\""), &[]).unwrap();
        config.bound_to(config.listen);
        assert_eq!(config.allowed_origins, origins);
    }
}

#[test]
fn secrets_are_masked() {
    for (url, shown) in [
        ("postgres://websh:secret@db/websh", "postgres://websh:***@db/websh"),
        ("postgres://db/websh?password=secret", "postgres://db/websh?password=***"),
        ("postgres://db/websh?password=a@secret", "postgres://db/websh?password=***"),
        (
            "postgres://websh:secret@db/websh?sslmode=require&PASSWORD=secret&user=websh",
            "postgres://websh:***@db/websh?sslmode=require&PASSWORD=***&user=websh",
        ),
        ("postgres://db/websh?pass%77ord=secret", "postgres://db/websh?pass%77ord=***"),
        ("postgres://websh@db/websh", "postgres://websh@db/websh"),
        ("sqlite:///var/lib/websh.db", "sqlite:///var/lib/websh.db"),
    ] {
        assert_eq!(without_password(url), shown);
        let config = load(&format!("[websh]\ndatabase_url = \"{url}\""), &[]).unwrap();
        assert!(!config.to_toml().contains("secret"), "{}", config.to_toml());
    }
}

#[test]
fn the_project_file_agrees_with_the_build() {
    let top = Path::new("..");
    let leptos = |text: &str| -> Table {
        let mut file: Table = text.parse().unwrap();
        take_site(&mut file).unwrap()
    };
    let run = leptos(&fs::read_to_string(top.join("Leptos.toml")).unwrap());
    let build: Table = fs::read_to_string(top.join("Cargo.toml")).unwrap().parse().unwrap();
    let build = build["workspace"]["metadata"]["leptos"][0].as_table().unwrap().clone();
    for (key, value) in &run {
        assert_eq!(Some(value), build.get(key), "{key}");
    }
    load(&fs::read_to_string(top.join("Leptos.toml")).unwrap(), &[]).unwrap();
}
