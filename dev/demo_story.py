# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""`make demo`: the main job of the addon on the shipped contacts, then an account of it.

A marketing user sends an offer to the customers of a region. A real Odoo server sends it, over a
real SMTP connection, to a sink; the recipients open, click, leave, bounce and answer. Then what the
database says is compared with what the mail server and the recipients saw.

Wants a fresh database with the addon and both languages, and the environment that dev/run.py sets:
DEMO_DB, ODOO_PYTHON, ODOO_BIN, ODOO_RC, PYTHONPATH. Exit status 0 if everything agrees.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import xmlrpc.client
from pathlib import Path

from demo_account import check_sending, check_tracking, print_account, say
from demo_documents import make_documents
from demo_people import (
    Acts,
    People,
    import_contacts,
    read_contacts,
    read_letters,
    write_criteria,
)
from demo_samples import create_sql_target, load_samples
from ground import bind_to_parent, end_group
from smtp_sink import SmtpSink, read_journal

import odoo.init  # noqa: F401 - the host's set-up of the process
from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.modules.registry import Registry
from odoo.tools import config

DOMAIN = "ateliers.example.com"
HOST = "127.0.0.1"
CRON_THREADS = 2
START_LIMIT_S = 90
SENDING_LIMIT_S = 180
COUNTERS_LIMIT_S = 60
# Silence after which the addon tells people from machines (tools/scanner.py), and a little more.
SETTLING_S = 11
POLL_S = 0.2

MAUD = "maud"  # login and password
ADMIN = "admin"  # login
COMPANY = {
    "name": "Les Ateliers du Couesnon",
    "email": f"bonjour@{DOMAIN}",
    "phone": "02 61 91 00 00",
    "city": "Rennes",
}
# Jobs of the host that call services on the internet, or write to people on their own.
OUTGOING_JOBS = (
    "mail.ir_cron_module_update_notification",
    "crm_iap_enrich.ir_cron_lead_enrichment",
    "digest.ir_cron_digest_scheduler_action",
)
SUBJECT = "{{ object.partner_id.name ||| Bonjour }}, le printemps à {{ object.company_id.city }}"
BODY = """\
<p>Bonjour {{ object.partner_id.name ||| chère cliente, cher client }},</p>
<p>Jusqu'au 30 avril, {{ object.company_id.name ||| nos ateliers }} vous offrent
<a href="https://www.ateliers.example.com/printemps">vingt pour cent sur les cours de poterie</a>.
Venez en voisin de {{ object.partner_id.city ||| Bretagne }} : les inscriptions sont
<a href="https://www.ateliers.example.com/inscription?stage=avril">ouvertes en ligne</a>.</p>
<p>{{ object.operation_id.user_id.name ||| L'équipe }},
{{ object.company_id.phone ||| 02 61 91 00 00 }}</p>
<p><a href="/unsubscribe_from_list">Ne plus recevoir nos offres</a></p>
"""


@contextlib.contextmanager
def step(number: int, title: str):
    """Announce a step, then its seconds. Yields a list for what there is to add to the line."""
    remarks = []
    sys.stdout.write(f"{number}. {title}")
    sys.stdout.flush()
    start = time.monotonic()
    try:
        yield remarks
    except BaseException:
        say(" ✗")
        raise
    seconds = f"{time.monotonic() - start:.1f}".replace(".", ",")
    say("".join(f" · {remark}" for remark in remarks) + f" — {seconds} s")


# === DATABASE === #


class Database:
    """The demo database, as this process reaches it."""

    def __init__(self, name: str, rc: str):
        config.parse_config(["-c", rc, "-d", name], setup_logging=False)
        self.name = name
        self.registry = Registry(name)
        self.server = None  # process of its server

    @contextlib.contextmanager
    def env(self, login: str | None = None, lang: str = "fr_FR"):
        """Yield an environment (superuser without ``login``); what was done is committed."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"lang": lang})
            if login:
                user = env["res.users"].search([("login", "=", login)])
                env = env(user=user.id, context=env["res.users"].with_user(user).context_get())
            yield env
            env.flush_all()

    def wait(self, question, limit_s: float, goal: str):
        """Ask ``question(env)`` again and again until the answer is true.

        :raise RuntimeError: too late, or the server is gone
        """
        end = time.monotonic() + limit_s
        while True:
            with self.env() as env:
                if question(env):
                    return
            if self.server.poll() is not None:
                raise RuntimeError("Le serveur Odoo s'est arrêté.")
            if time.monotonic() > end:
                raise RuntimeError(f"Après {limit_s} s, toujours pas : {goal}.")
            time.sleep(POLL_S)

    @contextlib.contextmanager
    def serve(self, port: int, log: Path):
        """Run its Odoo server, scheduled jobs included, for the time of a ``with`` block."""
        command = [os.environ["ODOO_PYTHON"], os.environ["ODOO_BIN"], "server"]
        command += ["-c", os.environ["ODOO_RC"], "-d", self.name, "--workers", "0"]
        command += ["--http-interface", HOST, "--http-port", str(port)]
        command += ["--max-cron-threads", str(CRON_THREADS)]
        with log.open("wb") as file:
            options = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": subprocess.STDOUT}
            options |= {"start_new_session": True, "preexec_fn": bind_to_parent}
            self.server = subprocess.Popen(command, **options)
        try:
            self.wait(self._is_served, START_LIMIT_S, "le serveur Odoo écoute")
            yield
        finally:
            end_group(self.server)

    def _is_served(self, env) -> bool:
        """Tell whether the job threads wait for notifications; HTTP is served before that."""
        env.cr.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = 'postgres'"
            " AND state = 'idle' AND application_name = %s",
            [f"odoo-{self.server.pid}"],
        )
        return env.cr.fetchone()[0] >= CRON_THREADS


def free_port() -> int:
    """Return a TCP port that nobody uses right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


# === BEFORE THE DEPARTURE === #


def set_company_up(env, base_url: str, sink: SmtpSink):
    """Give the company its name, currency, mail domain and outgoing server."""
    euro = env.ref("base.EUR")
    euro.active = True
    company = env.ref("base.main_company")
    company.write(COMPANY | {"currency_id": euro.id, "country_id": env.ref("base.fr").id})
    company.partner_id.lang = "fr_FR"
    company.alias_domain_id = env["mail.alias.domain"].create({"name": DOMAIN})
    env.ref("base.user_admin").write({"lang": "fr_FR", "tz": "Europe/Paris"})
    server = {"name": "Serveur de la démonstration", "from_filter": DOMAIN}
    server |= {"smtp_host": sink.host, "smtp_port": sink.port, "smtp_encryption": "none"}
    env["ir.mail_server"].create(server)
    env["ir.config_parameter"].set_param("web.base.url", base_url)
    env["ir.config_parameter"].set_param("web.base.url.freeze", "True")
    for name in OUTGOING_JOBS:
        env.ref(name).active = False


def create_maud(env):
    """Create the marketing user, who is no administrator."""
    groups = ("crm_campaign.crm_campaign_group_user", "base.group_allow_export")
    groups += ("sales_team.group_sale_salesman",)
    vals = {
        "name": "Maud Le Goff",
        "login": MAUD,
        "password": MAUD,
        "email": f"maud@{DOMAIN}",
        "lang": "fr_FR",
        "tz": "Europe/Paris",
        "group_ids": [Command.set([env.ref(name).id for name in groups])],
    }
    env["res.users"].with_context(no_reset_password=True).create(vals)


def prepare_operation(env):
    """Prepare the letter as Maud does, until it is ready."""
    purpose = env.ref("crm_campaign.crm_campaign_purpose_marketing")
    template = {"name": "Offre de printemps", "purpose_id": purpose.id, "subject": SUBJECT}
    template = env["crm.campaign.template"].create(template | {"body_html": BODY})
    target = {"name": "Clients de Bretagne avec un e-mail", "record_kind": "partner"}
    target = env["crm.campaign.target"].create(target | {"domain": repr(write_criteria(env))})
    campaign = {"title": "Printemps", "budget_planned": 2500}
    campaign = env["crm.campaign"].create(campaign | {"currency_id": env.ref("base.EUR").id})
    operation = {"name": "Lettre de printemps", "campaign_id": campaign.id, "budget": 180}
    operation |= {"target_id": target.id, "template_id": template.id}
    env["crm.campaign.operation"].create(operation).action_ready()


# === SENDING === #


def is_sent(env) -> bool:
    """Tell whether the execution is done.

    :raise RuntimeError: it stopped with an error
    """
    execution = env["crm.campaign.execution"].search([])
    if execution.state == "error":
        raise RuntimeError(f"L'envoi s'est arrêté : {execution.error_message}")
    return execution.state == "done"


def send(database: Database, folder: Path) -> str:
    """Have Maud dispatch the operation and the server send it.

    :return: remark on how long it took until the first message was accepted
    """
    with database.env(MAUD) as env:
        env["crm.campaign.operation"].search([]).action_dispatch()
    start = time.time()
    database.wait(is_sent, SENDING_LIMIT_S, "l'envoi est terminé")
    delay = read_journal(folder)[0]["time"] - start
    return f"premier message après {delay:.1f} s".replace(".", ",")


def let_an_hour_pass(database: Database):
    """Have the letters leave an hour earlier: nobody reads within seconds of a departure."""
    with database.env() as env:
        env.cr.execute(
            "UPDATE crm_campaign_recipient SET sent_at = sent_at - interval '1 hour'"
            " WHERE sent_at IS NOT NULL"
        )


def count(database: Database):
    """Wake the job that counts, which runs by itself once a minute, and wait until it has."""
    time.sleep(SETTLING_S)
    with database.env() as env:
        env.ref("crm_campaign.ir_cron_refresh_counters")._trigger()
    database.wait(is_counted, COUNTERS_LIMIT_S, "les compteurs sont à jour")


def is_counted(env) -> bool:
    """Tell whether the jobs have brought all figures up to date."""
    waiting = env["crm.campaign.event"].search_count([])
    return not waiting and not env["crm.campaign.recount"].search_count([])


# === ACCOUNT === #


def give_account(database: Database, sink: SmtpSink, acts: Acts) -> bool:
    """Print all figures and checks; tell whether every check holds."""
    accepted = sink.accepted()
    outside = acts.by_figure(set(accepted))
    with database.env() as env:
        # The next `make serve` has another address, which the host notes at the first login.
        env["ir.config_parameter"].set_param("web.base.url.freeze", False)
        execution = env["crm.campaign.execution"].search([])
        print_account(execution, outside)
        checks = check_sending(execution, accepted, read_letters(sink.folder))
        checks += check_tracking(execution, outside, acts)
    say("\nVérifications")
    for holds, sentence in checks:
        say(f"  {'✓' if holds else '✗'} {sentence}")
    return all(holds for holds, _sentence in checks)


# === STORY === #


def tell_story(database: Database, folder: Path) -> bool:
    """Tell everything; what is started ends with it. Tell whether every check holds."""
    sink = SmtpSink(folder / "smtp")
    port = free_port()
    base_url = f"http://{HOST}:{port}"
    with sink, contextlib.ExitStack() as stack:
        prepare(database, base_url, sink)
        with step(4, f"Un serveur Odoo démarre ({base_url})"):
            stack.enter_context(database.serve(port, folder / "odoo.log"))
        with step(5, "Maud fait partir la lettre, les tâches du serveur l'envoient") as remarks:
            remarks.append(send(database, sink.folder))
        with step(6, "Une heure après, on ouvre, on clique, on répond ; les machines aussi"):
            let_an_hour_pass(database)
            acts = People(base_url, database.name, read_letters(sink.folder)).act()
        with step(7, "Les compteurs sont à jour"):
            count(database)
    agrees = give_account(database, sink, acts)
    add_samples(database)
    title = "Maud imprime, envoie des SMS et fait un fichier"
    with step(9, title) as remarks, database.env(MAUD) as env:
        remarks.append(f"{make_documents(env)} destinataires")
    return agrees


def add_samples(database: Database):
    """Add what a reader can click through: after the account, which tells of the letter alone."""
    with step(8, "Exemples : cibles de chaque sorte, consentements, prochain départ") as remarks:
        with database.env(lang="en_US") as env:
            load_samples(env)
        with database.env(ADMIN) as env:
            create_sql_target(env)
            remarks.append(f"{env['crm.campaign.target'].search_count([])} cibles")


def prepare(database: Database, base_url: str, sink: SmtpSink):
    """Go the way to a letter that is ready."""
    rows = read_contacts()
    with step(1, f"{len(rows)} contacts importés"), database.env(lang="en_US") as env:
        import_contacts(env, rows)
    with step(2, f"Société « {COMPANY['name']} »"), database.env() as env:
        set_company_up(env, base_url, sink)
    with step(3, "Maud Le Goff, utilisatrice marketing, prépare sa lettre"):
        with database.env() as env:
            create_maud(env)
        with database.env(MAUD) as env:
            prepare_operation(env)


def end(number: int, frame: object):
    """Turn a signal into an orderly end."""
    sys.exit(128 + number)


def main() -> int:
    """Run the story; return the exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)
    rc, name = Path(os.environ["ODOO_RC"]), os.environ["DEMO_DB"]
    folder = rc.parent / f"demo-{name}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        agrees = tell_story(Database(name, str(rc)), folder)
    except (RuntimeError, OSError, UserError, xmlrpc.client.Fault) as error:
        say(f"\n{error}\nLe journal du serveur : {folder / 'odoo.log'}")
        return 1
    say("\n`make serve` montre cette base (admin / admin, maud / maud).")
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
