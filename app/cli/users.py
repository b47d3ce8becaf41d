"""``lierre user``: people, from the command line."""

import json
import sys

import click

from app.cli.opening import OPERATOR, now, opened
from app.services.accounts import (
    AccountEdit,
    NewAccount,
    add_account,
    delete_account,
    edit_account,
    find_account,
    set_password,
)
from app.services.people import all_people
from app.services.second_step import reset
from app.services.tokens import revoke_of

PASSWORD_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def user() -> None:
    """Add, list and change people and administrators."""


@user.command()
@click.argument("login")
@click.option("--name", default="", help="Full name.")
@click.option("--mail", default="", help="Mail address.")
@click.option("--group", "groups", multiple=True, help="A group to be in, such as admin; may be given more than once.")
@PASSWORD_STDIN
def add(login: str, name: str, mail: str, groups: tuple[str, ...], *, password_stdin: bool) -> None:
    """Add a person; the password is typed, or read."""
    new = NewAccount(login, name, mail, groups, _password(password_stdin=password_stdin))
    with opened() as (_wiki, session):
        person = add_account(session, new, by=OPERATOR, now=now())
    click.echo(f"{person.login}: added, groups {', '.join(person.groups)}", err=True)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with name, mail and groups.")
def list_users(*, as_json: bool) -> None:
    """Print the logins of all people, one a line."""
    with opened() as (_wiki, session):
        for person in all_people(session, by=OPERATOR):
            row = {
                "login": person.login,
                "name": person.name,
                "mail": person.mail,
                "groups": person.groups,
                "active": person.active,
            }
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else person.login)


@user.command()
@click.argument("login")
@PASSWORD_STDIN
def passwd(login: str, *, password_stdin: bool) -> None:
    """Give a person a new password; their sessions end."""
    password = _password(password_stdin=password_stdin)
    with opened() as (_wiki, session):
        set_password(session, login, password, by=OPERATOR, now=now())
    click.echo(f"{login}: password changed", err=True)


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Shut a person out; nothing is deleted."""
    _switch(login, active=False)


@user.command()
@click.argument("login")
def enable(login: str) -> None:
    """Let a disabled person in again."""
    _switch(login, active=True)


@user.command()
@click.argument("login")
@click.option("--group", "groups", multiple=True, required=True, help="All groups to be in, instead of those now.")
def groups(login: str, groups: tuple[str, ...]) -> None:
    """Set the groups of a person."""
    with opened() as (_wiki, session):
        person = edit_account(session, login, AccountEdit(groups=groups), by=OPERATOR, now=now())
    click.echo(f"{login}: groups {', '.join(person.groups)}", err=True)


@user.command("revoke-tokens")
@click.argument("login")
def revoke_tokens(login: str) -> None:
    """Shut out all programs of a person, at once."""
    with opened() as (_wiki, session):
        find_account(session, login)
        count = revoke_of(session, login, None, by=OPERATOR, now=now())
    click.echo(f"{login}: access tokens revoked: {count}", err=True)


@user.command()
@click.argument("login")
def delete(login: str) -> None:
    """Delete a person; what they wrote stays."""
    with opened() as (_wiki, session):
        delete_account(session, login, by=OPERATOR, now=now())
    click.echo(f"{login}: deleted", err=True)


@user.command("reset-second-step")
@click.argument("login")
def reset_second_step(login: str) -> None:
    """Take a lost second step away; sessions end.

    App, passkeys and recovery codes of the person are gone then.
    """
    with opened() as (_wiki, session):
        had = reset(session, login, by=OPERATOR, now=now())
    lost = f"app {'yes' if had.app else 'no'}, passkeys {had.passkeys}, recovery codes {had.codes}"
    click.echo(f"{login}: second step reset (had: {lost})", err=True)


def _switch(login: str, *, active: bool) -> None:
    with opened() as (_wiki, session):
        edit_account(session, login, AccountEdit(active=active), by=OPERATOR, now=now())
    click.echo(f"{login}: {'enabled' if active else 'disabled'}", err=True)


def _password(*, password_stdin: bool) -> str:
    if password_stdin:
        return sys.stdin.buffer.read().decode(errors="replace").rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
