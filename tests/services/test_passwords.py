import subprocess
import sys

import pytest
from argon2 import PasswordHasher, Type

from app.domain.errors import BadValue
from app.services import passwords
from app.services.passwords import check_new, fits, hash_password, is_outdated

PASSWORD = "ivy climbs by its links"


def test_our_own_hash_fits_and_is_not_outdated() -> None:
    stored = hash_password(PASSWORD)

    assert stored.startswith("$argon2id$")
    assert fits(PASSWORD, stored)
    assert not fits(PASSWORD + " ", stored)
    assert not is_outdated(stored)


@pytest.mark.parametrize("kind", [Type.I, Type.ID])
def test_argon2_of_an_old_wiki_fits_and_is_outdated(kind: Type) -> None:
    stored = PasswordHasher(time_cost=4, memory_cost=1024, parallelism=1, type=kind).hash(PASSWORD)

    assert fits(PASSWORD, stored)
    assert not fits("wrong", stored)
    assert is_outdated(stored)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(
            "$argon2id$v=19$m=131080,t=1,p=1$Wms0cTlMbU4ycFJzVDd2WA$DJQFWbfhrx5F9ChAGMR2IZdEHymzpImYDEbmu1i27Gw",
            id="too much memory",
        ),
        pytest.param(
            "$argon2id$v=19$m=8192,t=129,p=1$Wms0cTlMbU4ycFJzVDd2WA$PC5Zq7DLAx+YNHLbR03fh619kTEVBHFkLwN9syV2HGE",
            id="too many passes",
        ),
        pytest.param(
            "$argon2id$v=19$m=128,t=1,p=9$Wms0cTlMbU4ycFJzVDd2WA$jvBDNW9R21mjOOWk6iszVOB6OoigG8QDwhRCc1MRoxU",
            id="too many threads",
        ),
    ],
)
def test_argon2_that_asks_for_too_much_is_refused_though_it_is_right(
    stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not fits(PASSWORD, stored)
    for bound in ("MOST_KIBIBYTES", "MOST_PASSES_OVER_KIBIBYTES", "MOST_THREADS"):
        monkeypatch.setattr(passwords, bound, 10_000_000)
    assert fits(PASSWORD, stored)


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "!unusable",
        "$argon2id$",
        "$argon2id$v=19$m=4294967295,t=4294967295,p=1$Wms0cTlMbU4ycFJzVDd2WA$DJQFWbfhrx5F9ChAGMR2IZdEHymz",
        "$argon2id$v=19$m=0,t=0,p=0$Wms0cTlMbU4ycFJzVDd2WA$DJQFWbfhrx5F9ChAGMR2IZdEHymz",
        "$argon2id$v=19$m=19456,t=2,p=1$A$B",
        "$argon2id$v=19$m=19456,t=2,p=1$",
        "$argon2d$v=19$m=8,t=1,p=1$Wms0cTlMbU4ycFJzVDd2WA$DJQFWbfhrx5F9ChAGMR2IZdEHymz",
        "\0",
        "\ud800",
        "é" * 32,
    ],
)
@pytest.mark.parametrize("password", ["", PASSWORD, "\0", "\ud800"])
def test_a_broken_hash_fits_nothing_and_never_raises(stored: str, password: str) -> None:
    assert not fits(password, stored)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("", id="an unknown login"),
        pytest.param("9ab2c725cd6055f5020fe986d4f90c46", id="an old hash that is computed at once"),
        pytest.param("$2y$31$Zk4q9LmN2pRsT7vX1yBcDeWwyjm4g1YCXjQLprxSMQJSNOrra9cfq", id="one that is not tried"),
        pytest.param(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"), id="a weak argon2"),
        pytest.param(hash_password("x"), id="our own"),
    ],
)
def test_every_no_costs_the_work_of_our_own_hash_once(stored: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []
    real = passwords._verify

    def verify(given: bytes, against: str) -> bool:
        done.append(against.rpartition("$")[0].rpartition("$")[0])
        return real(given, against)

    monkeypatch.setattr(passwords, "_verify", verify)
    assert not fits("wrong", stored)
    assert done.count("$argon2id$v=19$m=19456,t=2,p=1") == 1


def test_starting_the_program_loads_no_library_for_old_hashes() -> None:
    """Passkeys bring bcrypt along, unused: it is small. The library that knows all the other formats is not."""
    asked = "import sys, app.cli, app.wiki; print({'passlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("password", "says"),
    [
        pytest.param("ivy", "at least 10 characters", id="too short"),
        pytest.param("x1y2" * 300, "longer than 1024", id="too long"),
        pytest.param("azertyuiop", "along the keyboard", id="a row of keys"),
        pytest.param("motdepasse1", "well-known word", id="a known word"),
        pytest.param("annelise1987", "well-known word", id="the login"),
        pytest.param("Lierre-2026", "well-known word", id="the name of the wiki"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_way_out(password: str, says: str) -> None:
    with pytest.raises(BadValue) as caught:
        check_new(password, "annelise", "Lierre")

    assert caught.value.facts["field"] == "password"
    assert says in str(caught.value.facts["reason"])


def test_length_counts_and_not_the_kinds_of_characters() -> None:
    check_new(PASSWORD, "annelise", "Lierre")
    check_new("vq7xk2mzp0", "annelise", "Lierre")
