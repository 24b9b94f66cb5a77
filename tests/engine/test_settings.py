"""Settings come from the environment and a .env file, and say what is wrong with them."""

from pathlib import Path

import pytest

from engine.core.errors import SetupError
from engine.core.secret import Secret, without_password
from engine.settings import Settings
from engine.texts.text import in_full


def test_nothing_set_gives_loopback_and_local_folders() -> None:
    settings = Settings.read({})

    assert (settings.host, settings.port) == ("127.0.0.1", 8080)
    assert (settings.data, settings.flows, settings.nodes) == (Path("data"), Path("flows"), ())
    assert settings.database_url is None


def test_variable_wins_over_env_file(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MCS_PORT=9000\nMCS_HOST=localhost\n")

    settings = Settings.read({"MCS_PORT": "9001"}, file)

    assert (settings.host, settings.port) == ("localhost", 9001)


def test_dollar_in_env_file_stands_for_itself(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("MCS_ADMIN_PASSWORD=a${HOME}b\n")

    settings = Settings.read({}, file)

    assert settings.admin_password == Secret("a${HOME}b")


def test_missing_env_file_is_no_error(tmp_path: Path) -> None:
    assert Settings.read({}, tmp_path / ".env") == Settings.read({})


def test_empty_variable_counts_as_not_set() -> None:
    assert Settings.read({"MCS_PORT": "  "}).port == 8080


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.5", "８０"])
def test_wrong_port_is_named_with_its_value(text: str) -> None:
    with pytest.raises(SetupError, match=f'MCS_PORT: "{text}" is not a port'):
        Settings.read({"MCS_PORT": text})


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(SetupError) as caught:
        Settings.read({"MCS_PORT": "x", "MCS_HOST": "http://a", "MCS_REDIS_URL": "localhost"})

    assert all(name in str(caught.value) for name in ("MCS_PORT", "MCS_HOST", "MCS_REDIS_URL"))


@pytest.mark.parametrize(
    "url", ["mysql://u:hunter2@h/d", "postgresql://u:hunter2@h:99999/d", "postgresql://u:hunter2@h:x/d", "hunter2"]
)
def test_wrong_address_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(SetupError) as caught:
        Settings.read({"MCS_DATABASE_URL": url})

    assert "MCS_DATABASE_URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_repr_shows_no_secret() -> None:
    settings = Settings.read(
        {
            "MCS_DATABASE_URL": "postgresql://u:hunter2@h/d",
            "MCS_S3_SECRET_ACCESS_KEY": "hunter2",
            "MCS_LICENCE_KEY": "hunter2",
            "MCS_ADMIN_PASSWORD": "hunter2",
        }
    )

    assert "hunter2" not in f"{settings!r} {settings.licence_key} {settings.licence_key!r}"
    assert settings.licence_key is not None
    assert settings.licence_key.reveal() == "hunter2"


def test_misspelt_variable_is_reported_with_the_nearest_name() -> None:
    (unknown,) = Settings.read({"MCS_PROT": "1"}).unknown
    assert in_full(unknown, "en") == "MCS_PROT is not a setting; did you mean `MCS_PORT`?"


def test_variable_of_a_pack_is_not_reported() -> None:
    assert Settings.read({"MCS_PLANT_TITLE": "x"}, pack_variables=frozenset({"MCS_PLANT_TITLE"})).unknown == ()


def test_node_folders_are_separated_as_in_path() -> None:
    assert Settings.read({"MCS_NODES": "/a:/b"}).nodes == (Path("/a"), Path("/b"))


def test_address_without_password_keeps_host_port_and_path() -> None:
    assert without_password("mqtts://u:p%40ss@broker.plant:8883/x?password=p") == "mqtts://broker.plant:8883/x"


def test_log_level_is_a_setting_and_a_wrong_one_is_refused() -> None:
    assert Settings.read({"MCS_LOG_LEVEL": "Warning"}).log_level == "warning"
    assert Settings.read({"MCS_LOG_LEVEL": "error"}).unknown == ()
    with pytest.raises(SetupError, match=r"MCS_LOG_LEVEL.*debug, info, warning or error"):
        Settings.read({"MCS_LOG_LEVEL": "loud"})


@pytest.mark.parametrize("text", ["4", "0", "-400", "29", "36501", "400.5", "for ever", "999999"])
def test_keep_time_that_would_delete_evidence_or_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match=r"MCS_HISTORY_DAYS.*from 30 to 36500"):
        Settings.read({"MCS_HISTORY_DAYS": text})


def test_keep_time_is_400_days_unless_set() -> None:
    assert Settings.read({}).history_days == 400
    assert Settings.read({"MCS_HISTORY_DAYS": "30"}).history_days == 30
