"""Beside the rows of the conformance table: the written examples, the bounds, and what is broken."""

import pytest

from app.services import old_passwords
from app.services.old_passwords import FORMATS, belongs

PASSWORD = b"Wiki-Pass 7"
SEAFILE = "0a1b2c3d" * 8
EXAMPLES = {
    "smd5": "$1$Zk4q9LmN$6qPiTsozi49/NWnv5tdaX.",
    "smd5 without a salt": "$1$$Hz4eFjOpk7CQnaBYZdLb9/",
    "apr1": "$apr1$Zk4q9LmN$tMOJxnX3yVGk350S.iis8/",
    "md5": "6feeedac4e095624c0b25ae979f1eefb",
    "sha1": "4f7698c88b0766df910dae3fd167db7897b41d7b",
    "ssha": "{SSHA}CvfaWWC9azmuGlQS9n30GPqt3y9aazRx",
    "lsmd5": "{SMD5}DTMyrgM2R7uWJwx6QtsR3FprNHE5TG1O",
    "crypt": "Zky3sQRvroKck",
    "mysql as PHP counts": "43795285164f6000",
    "my411": "*8E228DFD775D456C291DD4D467DE4DF21697F146",
    "kmd5": "f0cfbe23d05b405b1y288a66c8fc1b35e4",
    "djangomd5": "md5$Zk4q9$f4c6fd90f4c77c78cb057aa784c11d0e",
    "djangosha1": "sha1$Zk4q9$41b9e859de130a02dbba91294f82c56830146453",
    "djangopbkdf2_sha1": "pbkdf2_sha1$24000$Zk4q9LmN2pRs$o4ztfVnajz3+GwWvoZsyRnK52s0=",
    "djangopbkdf2_sha256": "pbkdf2_sha256$24000$Zk4q9LmN2pRs$9qZG4epcMYpvcLOcF/4GcDYfjVwE9ZQzDBgORCAglJU=",
    "mediawiki": ":B:Zk4q9LmN2pRsT7vX1yBcDfGhJkMnPqRs:8b36ee358ce66e56e82c8c8e8ec38667",
    "sha512": "$6$Zk4q9LmN$CnEHtVazyiTNPDG9jOnqYMIPDXMe8MLbPNjeM/U7DRKVNnatwpAdVZtjIj2bDd0vrXFulpaKtyleqqjf2hyD91",
    "sha256": "$5$Zk4q9LmN$./T31hAw9whGdOP3PGN75pN1EbKsIBE73suY2.9b6k6",
    "sha256 with rounds": "$5$rounds=1500$Zk4q9LmN$uJpzj91oQZ4PhaooLISI4hjbpTgFboHyHsPeawkPQ44",
    "pmd5": "$P$6Zk4q9LmN0.HgkXKetZbaJshtLTHgW.",
    "hmd5": "$H$6Zk4q9LmN0.HgkXKetZbaJshtLTHgW.",
    "drupal_sha512": "$S$6Zk4q9LmNhEW/yt/J0OiEUCZFAenjbwuGMB1hX9lirA79R/.6fZC",
    "an md5 stretched later": "U$P$6Zk4q9LmNLb.9JMbwSWjkxrJfFcN0G0",
    "seafile": f"PBKDF2SHA256$10000${SEAFILE}$b35826d729e75bc8469f884d319a74ac291f4b2fcc112529ab1c091310ea8ca0",
    "bcrypt": "$2y$04$Zk4q9LmN2pRsT7vX1yBcDeWwyjm4g1YCXjQLprxSMQJSNOrra9cfq",
    "woltlab": "Bcrypt:$2a$04$Zk4q9LmN2pRsT7vX1yBcDeWwyjm4g1YCXjQLprxSMQJSNOrra9cfq",
}
examples = pytest.mark.parametrize("stored", EXAMPLES.values(), ids=EXAMPLES.keys())


@examples
def test_the_written_example_of_a_format_verifies(stored: str) -> None:
    assert belongs(PASSWORD, stored)
    assert not belongs(b"Wiki-Pass", stored) or stored == EXAMPLES["crypt"]
    assert not belongs(b"wiki-Pass 7", stored)


def test_every_format_has_an_example() -> None:
    known = {
        each.name for each in FORMATS for stored in EXAMPLES.values() if each.known.fullmatch(stored.removeprefix("U"))
    }
    assert known == {each.name for each in FORMATS}


@examples
def test_a_hash_that_broke_on_the_way_fits_nothing_and_never_raises(stored: str) -> None:
    broken = [stored[:cut] for cut in range(len(stored))]
    broken += [stored + "x", stored + "\n", "x" + stored, stored[:-1] + "é", stored.swapcase()]

    right = [each for each in broken if belongs(PASSWORD, each)]

    assert [each for each in right if each != stored] == []


@pytest.mark.parametrize("password", [b"", b"\0", b"Wiki\0Pass", b"\xff\xfe", b"x" * 1024, b"x" * 100_000])
@examples
def test_no_password_makes_it_raise(stored: str, password: bytes) -> None:
    assert not belongs(password, stored)


@pytest.mark.parametrize(
    ("stored", "password", "good"),
    [
        pytest.param("5d2e19393cc5ef67", b"password", True, id="the hash of the database itself"),
        pytest.param("5d2e19393cc5ef67", b"pass\tword ", True, id="which skips blanks and tabs"),
        pytest.param("5d2e19393cc5ef67", b"passwort", False, id="but not other passwords"),
        pytest.param("606717496665bcba", b"test", False, id="another hash"),
        pytest.param("378b243e220ca493", b"test", True, id="a short password, the same either way"),
        pytest.param("$1$Zk4q9LmN$HHKsuo/E5S4aNf.JppU7o.", "pä".encode(), True, id="bytes of UTF-8"),
        pytest.param(EXAMPLES["crypt"], b"Wiki-Pas and more", True, id="DES crypt knows eight bytes"),
        pytest.param(EXAMPLES["bcrypt"], b"Wiki-Pass 7\0more", True, id="bcrypt ends at a zero byte"),
    ],
)
def test_quirks_of_formats(stored: str, password: bytes, good: bool) -> None:
    assert belongs(password, stored) is good


# Right for this password, and a little above a bound each.
DEAR = b"ivy climbs by its links"
TOO_MUCH = {
    "pmd5": ("MOST_STRETCHING", "$P$HZk4q9LmNyPorDskteiOgNk4dGKYlJ/"),
    "drupal": ("MOST_STRETCHING", "$S$HZk4q9LmNO9QvIxB9pb.k7bbSbp8BBpGqlZU.ar9RHrfuMlpCnF3"),
    "django": ("MOST_PBKDF2", "pbkdf2_sha1$2000001$Zk4q9LmN2pRs$U7eVD2I25I55Oc/gcV4ESgFTxhY="),
    "seafile": (
        "MOST_PBKDF2",
        "PBKDF2SHA256$2000001$0a1b2c3d$3bc7b3d5e4afb3c7b21cb84167db1fbf2ea9370ba3217a57b857c310a3d3b646",
    ),
    "bcrypt": ("MOST_BCRYPT", "$2b$15$Zk4q9LmN2pRsT7vX1yBcDeuKVKYY3RsNIqYoAOjW7eqVHxPPu9nmW"),
    "sha512": (
        "MOST_SHA_CRYPT",
        "$6$rounds=200001$Zk4q9LmN$Tfn6sO.gK/Si6g1BUh52bczx9OXeNjc6kcwOZwbZP8GmLauA3dLvZ26t1TkJLwEerOfEZDY41SeiTrgg.aWw6/",
    ),
}


@pytest.mark.parametrize(("bound", "stored"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_a_hash_that_asks_for_too_much_is_refused_though_it_is_right(
    bound: str, stored: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not belongs(DEAR, stored)
    monkeypatch.setattr(old_passwords, bound, getattr(old_passwords, bound) + 1)
    assert belongs(DEAR, stored)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param("$P$" + "z" * 31, id="2 to the 63 rounds of phpass"),
        pytest.param("$S$" + "S" * 52, id="2 to the 30 rounds of drupal"),
        pytest.param("$P$é" + "z" * 30, id="a count in no alphabet"),
        pytest.param("pbkdf2_sha1$999999999$Zk4q9LmN2pRs$o4ztfVnajz3+GwWvoZsyRnK52s0=", id="a billion of django"),
        pytest.param("pbkdf2_sha1$0$Zk4q9LmN2pRs$o4ztfVnajz3+GwWvoZsyRnK52s0=", id="no round of django"),
        pytest.param("pbkdf2_shake_128$10$Zk4q9LmN2pRs$o4ztfVnajz3+GwWvoZsyRnK52s0=", id="a digest without a size"),
        pytest.param("pbkdf2_nothing$10$Zk4q9LmN2pRs$o4ztfVnajz3+GwWvoZsyRnK52s0=", id="no digest"),
        pytest.param("PBKDF2SHA256$999999999$0a$00", id="a billion of seafile"),
        pytest.param("PBKDF2SHA256$10$0a1$00", id="half a byte of salt"),
        pytest.param("$2y$31$Zk4q9LmN2pRsT7vX1yBcDeWwyjm4g1YCXjQLprxSMQJSNOrra9cfq", id="2 to the 31 of bcrypt"),
        pytest.param("$2y$00$Zk4q9LmN2pRsT7vX1yBcDeWwyjm4g1YCXjQLprxSMQJSNOrra9cfq", id="a cost below bcrypt's least"),
        pytest.param("$6$rounds=999999999$Zk4q9LmN$" + "a" * 86, id="a billion of SHA crypt"),
        pytest.param("$6$rounds=1$Zk4q9LmN$" + "a" * 86, id="too few of SHA crypt"),
        pytest.param("$5$" + "$" * 200, id="dollars"),
        pytest.param("{SSHA}!!!", id="no base64"),
        pytest.param("{SMD5}", id="nothing behind the name"),
        pytest.param(":B:::" + "a" * 32, id="colons"),
        pytest.param("U$U$U$" + "a" * 32, id="prefix upon prefix"),
        pytest.param("a" * 1_000_000, id="a megabyte"),
        pytest.param("..", id="a salt alone"),
        pytest.param("", id="nothing"),
        pytest.param("!unusable", id="an account without a password"),
    ],
)
def test_hostile_hashes_fit_nothing_at_once(stored: str) -> None:
    assert not belongs(DEAR, stored)
    assert not belongs(b"", stored)
