from ragline.runtime.child_environment import child_environment, without_secrets_of_airflow


def test_only_what_any_program_may_have_is_passed_on(monkeypatch):
    for name in ("AWS_SECRET_ACCESS_KEY", "RAGLINE__TRACKING__URI", "PGPASSWORD", "http_proxy", "SSH_AUTH_SOCK"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    made = child_environment(HOME="/scratch")
    assert (made["LANG"], made["HOME"]) == ("C.UTF-8", "/scratch")
    assert "PATH" in made and "secret" not in made.values()


def test_what_is_airflow_s_stays_with_airflow():
    given = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql://a:secret@db/airflow",
        "AIRFLOW__CORE__FERNET_KEY": "secret",
        "AIRFLOW_CONN_WIKI": "secret",
        "airflow__core__fernet_key": "secret",
        "AIRFLOW_VAR_TOKEN": "secret",
        "_AIRFLOW_WWW_USER_PASSWORD": "secret",
    }
    kept = {"AIRFLOW_HOME": "/a", "WIKI_PASSWORD": "granted", "PATH": "/bin"}
    assert without_secrets_of_airflow({**given, **kept}) == kept
