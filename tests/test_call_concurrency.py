# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import odoo
from odoo import SUPERUSER_ID, api, fields
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

from ..models.crm_campaign_call_taking import HOLD_MINUTES
from ..tools.call_distribution import Terms
from ..tools.call_shares import Caller
from .call_server import PATIENCE_S, Client, Server

NAME = "crm_campaign concurrency"
CALLERS = 30


class CallConcurrencyCase(BaseCase):
    """Callers with sessions of their own, a real server, committed calls that belong to anybody.

    What is committed is deleted at the end, so that other tests find the database as it was.
    """

    people = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.addClassCleanup(cls._delete)
        with cls._committing() as env:
            env.cr.execute("SELECT COALESCE(max(id), 0) FROM ir_cron_trigger")
            cls.last_trigger_id = env.cr.fetchone()[0]
            cls.outcome_id = env.ref("crm_campaign.crm_campaign_call_outcome_interested").id
            users = cls._create_users(env)
            cls.campaign_id = env["crm.campaign"].create({"title": NAME}).id
            env.cr.commit()
            cls.callers = [Client(cls.server, env, user) for user in users]
            cls.manager = Client(cls.server, env, env.ref("base.user_admin"))
        for client in (*cls.callers, cls.manager):
            cls.addClassCleanup(client.forget)
        cls.server.wait()

    def setUp(self):
        super().setUp()
        self.addCleanup(self._delete_calls)
        with self._committing() as env:
            self.operation_id = self._create_operation(env, self.people).id

    # === DATA === #

    @classmethod
    @contextmanager
    def _committing(cls):
        """Lend an environment whose transaction is committed at the end."""
        with odoo.sql_db.db_connect(get_db_name()).cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})

    @classmethod
    def _create_users(cls, env):
        group = env.ref("crm_campaign.crm_campaign_group_caller")
        return (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Concurrent Caller {number}",
                        "login": f"{NAME} {number}",
                        "tz": "UTC",
                        "group_ids": [(4, group.id)],
                    }
                    for number in range(CALLERS)
                ]
            )
        )

    def _create_operation(self, env, people):
        """Depart with calls that are due and belong to anybody."""
        tag = env["res.partner.category"].create({"name": NAME})
        env["res.partner"].create(
            [
                {
                    "name": f"{NAME} {number}",
                    "phone": f"+331991{number:05d}",
                    "category_id": [(4, tag.id)],
                }
                for number in range(people)
            ]
        )
        target = {"name": NAME, "domain": f"[('category_id', 'in', {tag.ids})]"}
        users = env["res.users"].search([("login", "=like", f"{NAME}%")])
        start = fields.Datetime.now()
        operation = env["crm.campaign.operation"].create(
            {
                "name": NAME,
                "operation_type": "call",
                "channel": "phone",
                "campaign_id": self.campaign_id,
                "purpose_id": env.ref("crm_campaign.crm_campaign_purpose_marketing").id,
                "target_id": env["crm.campaign.target"].create(target).id,
                "user_id": env.ref("base.user_admin").id,
                "caller_ids": [(6, 0, users.ids)],
                "date_start": start,
                "date_end": start + timedelta(hours=1),
            }
        )
        today = fields.Date.today()
        callers = [Caller(user.id, user.name, 100, [today]) for user in users]
        terms = Terms("calendar", today, today)
        Distribution = env["crm.campaign.call.distribution"]
        operation.call_plan = Distribution._dump_plan(callers, terms, people)
        operation.action_dispatch()
        env.flush_all()
        env.cr.execute("UPDATE crm_campaign_call SET user_id = NULL")
        return operation

    def _delete_calls(self):
        """Delete what a test has made, and what has come of it."""
        with self._committing() as env:
            operation = env["crm.campaign.operation"].browse(self.operation_id)
            executions, calls = operation.execution_ids, operation.call_ids
            numbers = calls.mapped("phone")
            for table, column, values in (
                ("crm_campaign_call_attempt", "call_id", calls.ids),
                ("crm_campaign_call", "id", calls.ids),
                ("phone_blacklist", "number", numbers),
                ("crm_campaign_recount", "execution_id", executions.ids),
                ("crm_campaign_recipient", "execution_id", executions.ids),
                ("crm_campaign_execution", "id", executions.ids),
            ):
                condition = SQL("%s IN %s", SQL.identifier(column), tuple(values))
                env.cr.execute(SQL("DELETE FROM %s WHERE %s", SQL.identifier(table), condition))
            env.invalidate_all()
            target = operation.target_id
            operation.unlink()
            target.unlink()
            tag = env["res.partner.category"].search([("name", "=", NAME)])
            env["res.partner"].search([("category_id", "in", tag.ids)]).unlink()
            tag.unlink()

    @classmethod
    def _delete(cls):
        with cls._committing() as env:
            env["crm.campaign"].browse(cls.campaign_id).unlink()
            users = env["res.users"].search([("login", "=like", f"{NAME}%")])
            partners = users.partner_id
            users.unlink()
            partners.unlink()
            triggers = SQL("DELETE FROM ir_cron_trigger WHERE id > %s", cls.last_trigger_id)
            env.cr.execute(triggers)

    def _query(self, statement, *parameters):
        with self._committing() as env:
            env.cr.execute(SQL(statement, *parameters))
            return env.cr.fetchall()

    # === CALLERS === #

    def _together(self, *works):
        """Do works at the same moment; return what each gave, in order."""
        barrier = threading.Barrier(len(works))

        def begin(work):
            barrier.wait(PATIENCE_S)
            return work()

        with ThreadPoolExecutor(len(works)) as pool:
            return list(pool.map(begin, works))

    def _call_all(self, client):
        """Take and end calls until none is left.

        :return: moment at which each call was asked for, and the call; at last False
        :rtype: list[tuple[float, dict | bool]]
        """
        taken = []
        while not taken or taken[-1][1]:
            asked_at = time.monotonic()
            taken.append((asked_at, client.call("take_next")))
            if taken[-1][1]:
                call_id = taken[-1][1]["id"]
                token = f"{NAME} {call_id} {client.name}"
                client.call("record_outcome", [call_id], self.outcome_id, {"token": token})
        return taken

    def _call_while(self, clients, work):
        """Have sessions take and end calls while something happens.

        :return: moment at which it had happened, and what all sessions took, by moment
        """

        def happen():
            self._wait_for_calls(len(clients) * 2)
            work()
            return time.monotonic()

        works = [lambda client=client: self._call_all(client) for client in clients]
        happened_at, *taken = self._together(happen, *works)
        return happened_at, sorted((row for rows in taken for row in rows), key=lambda row: row[0])

    def _wait_for_calls(self, count):
        deadline = time.monotonic() + PATIENCE_S
        statement = "SELECT count(*) FROM crm_campaign_call WHERE state = 'done'"
        while self._query(statement)[0][0] < count:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)


@tagged("post_install", "-at_install")
class TestThirtyCallers(CallConcurrencyCase):
    """Thirty sessions at once, until the list is empty."""

    people = 300

    def test_every_call_is_handed_out_and_ended_exactly_once(self):
        works = [lambda client=client: self._call_all(client) for client in self.callers]
        rows = [row for rows in self._together(*works) for row in rows]

        handed_out = Counter(call["id"] for _moment, call in rows if call)
        self.assertEqual(len(handed_out), 300)
        self.assertEqual(set(handed_out.values()), {1})
        ends = "SELECT state, attempt_count, count(*) FROM crm_campaign_call GROUP BY 1, 2"
        self.assertEqual(self._query(ends), [("done", 1, 300)])
        attempts = "SELECT count(*), count(DISTINCT call_id) FROM crm_campaign_call_attempt"
        self.assertEqual(self._query(attempts), [(300, 300)])


@tagged("post_install", "-at_install")
class TestCallConcurrency(CallConcurrencyCase):
    """What callers do at the same moment."""

    people = 60

    def _take(self, client):
        return client.call("take_next")["id"]

    def _record(self, client, call_id, token):
        return client.send("record_outcome", [call_id], self.outcome_id, {"token": token})

    def test_nobody_waits_for_a_call_that_somebody_else_holds(self):
        with odoo.sql_db.db_connect(get_db_name()).cursor() as cr:
            cr.execute("SELECT id FROM crm_campaign_call ORDER BY due_at, id LIMIT 1 FOR UPDATE")
            (first_id,) = cr.fetchone()

            works = [lambda client=client: self._take(client) for client in self.callers]
            taken = self._together(*works)

        self.assertEqual(len({*taken, first_id}), CALLERS + 1)

    def test_two_who_end_the_same_call_make_one_attempt(self):
        first, second = self.callers[:2]
        for number in range(8):
            call_id = self._take(first)
            answers = self._together(
                lambda call_id=call_id, number=number: self._record(first, call_id, f"a{number}"),
                lambda call_id=call_id, number=number: self._record(second, call_id, f"b{number}"),
            )

            refused = [answer for answer in answers if "error" in answer]
            self.assertEqual(len(refused), 1)
            words = "was ended by Concurrent Caller"
            self.assertIn(words, refused[0]["error"]["data"]["message"])
            late = self._record(second, call_id, f"c{number}")
            self.assertIn("was ended by Concurrent Caller", late["error"]["data"]["message"])
        attempts = "SELECT count(*), count(DISTINCT call_id) FROM crm_campaign_call_attempt"
        self.assertEqual(self._query(attempts), [(8, 8)])

    def test_what_is_sent_twice_at_once_counts_once(self):
        client = self.callers[0]
        for number in range(8):
            call_id = self._take(client)
            record = lambda call_id=call_id, token=f"t{number}": self._record(  # noqa: E731
                client, call_id, token
            )

            answers = self._together(record, record)

            self.assertEqual([answer for answer in answers if "error" in answer], [])
            self.assertEqual(record()["result"]["state"], "done")
        attempts = "SELECT count(*), count(DISTINCT call_id) FROM crm_campaign_call_attempt"
        self.assertEqual(self._query(attempts), [(8, 8)])

    def test_the_call_of_a_session_that_died_goes_to_another_after_a_while(self):
        died, other = self.callers[:2]
        call_id = self._take(died)
        self.assertEqual(self._take(died), call_id, "its owner gets it again at once")
        other_id = self._take(other)
        self.assertNotEqual(other_id, call_id)
        other.call("put_back", [other_id])

        with self._committing() as env:
            taken_at = fields.Datetime.now() - timedelta(minutes=HOLD_MINUTES, seconds=1)
            env["crm.campaign.call"].browse(call_id).taken_at = taken_at

        self.assertEqual(self._take(other), call_id)
        self.assertNotEqual(self._take(died), call_id)


@tagged("post_install", "-at_install")
class TestWhileTenCall(CallConcurrencyCase):
    """What others decide while ten sessions take and end calls."""

    people = 200

    def test_nothing_is_handed_out_once_the_operation_is_suspended(self):
        def suspend():
            model = "crm.campaign.operation"
            self.manager.call("action_suspend", [self.operation_id], model=model)

        suspended_at, taken = self._call_while(self.callers[:10], suspend)

        late = [call for asked_at, call in taken if asked_at > suspended_at and call]
        self.assertEqual(late, [])
        left = "SELECT count(*) FROM crm_campaign_call WHERE state = 'todo' AND is_paused"
        self.assertGreater(self._query(left)[0][0], 0, "suspended before the end")

    def test_a_number_that_is_blacklisted_meanwhile_is_not_handed_out(self):
        numbers = [f"+331991{number:05d}" for number in range(150, 200)]

        def block():
            with self._committing() as env:
                env["phone.blacklist"]._add(numbers)

        blocked_at, taken = self._call_while(self.callers[:10], block)

        late = [call["phone"] for asked_at, call in taken if asked_at > blocked_at and call]
        self.assertFalse(set(late) & set(numbers))
        ends = "SELECT state, count(*) FROM crm_campaign_call GROUP BY 1 ORDER BY 1"
        ends = dict(self._query(ends))
        self.assertEqual(set(ends), {"cancelled", "done"})
        self.assertEqual(sum(ends.values()), 200)
