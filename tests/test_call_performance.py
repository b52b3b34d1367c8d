# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from ..tools.call_distribution import Call, Terms
from .common_call import CallCase


@tagged("post_install", "-at_install")
class TestCallPerformance(CallCase):
    """As many queries for many calls as for few."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_user("campaign_caller_2", "caller")

    def _count_queries(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def _forget_people(self):
        """Have those who were called so far be called no more."""
        self.env["res.partner"].search([("category_id", "=", self.tag.id)]).category_id = False

    def _copy_calls(self, call, count):
        """Have so many more calls like one, without the ORM."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            WITH people AS (
                INSERT INTO crm_campaign_recipient (execution_id, res_id, partner_id, phone, state)
                SELECT execution_id, res_id, partner_id, 'more' || number, state
                  FROM crm_campaign_recipient, generate_series(1, %s) AS number
                 WHERE id = %s
             RETURNING id, phone)
            INSERT INTO crm_campaign_call (operation_id, recipient_id, phone, user_id, date_planned,
                                           due_at, state, attempt_count, is_promised, is_paused)
            SELECT operation_id, people.id, people.phone, user_id, date_planned, due_at, state,
                   attempt_count, is_promised, is_paused
              FROM crm_campaign_call, people
             WHERE crm_campaign_call.id = %s
            """,
            (count, call.recipient_id.id, call.id),
        )
        self.env.invalidate_all()

    # === TAKING === #

    def _count_taking(self, calls):
        """Count the queries of taking one call, which is done then."""
        Call = self.env["crm.campaign.call"].with_user(self.caller)
        taken = []
        queries = self._count_queries(lambda: taken.append(Call.take_next()))
        self.assertTrue(taken[0])
        Call.browse(taken[0]["id"]).sudo().state = "done"
        return queries

    def test_taking_a_call_takes_the_same_queries_with_10_and_with_1000(self):
        calls = self._create_calls(10)
        self._count_taking(calls)

        few = self._count_taking(calls)
        self._copy_calls(calls[-1], 1_000)
        many = self._count_taking(calls)

        self.assertEqual(few, many)
        self.assertLessEqual(many, 10)

    def test_a_call_of_anybody_takes_no_more_queries_than_ones_own(self):
        calls = self._create_calls(10, callers=self.caller | self.second)
        calls.write({"user_id": self.caller.id})
        self._count_taking(calls)

        own = self._count_taking(calls)
        self._copy_calls(calls[-1], 1_000)
        calls.search([("state", "=", "todo")]).write({"user_id": False})
        anybody = self._count_taking(calls)

        self.assertEqual(own, anybody)

    # === MAKING === #

    def _count_making(self, people):
        """Count the queries that it takes to make the calls of so many people."""
        self._forget_people()
        self._create_callees(people)
        operation = self._create_call_operation(callers=self.caller | self.second, days=20)
        plan = operation.call_plan
        execution = self._dispatch(operation)
        self.env.cr.execute("DELETE FROM crm_campaign_call")
        operation.sudo().call_plan = plan
        queries = self._count_queries(lambda: operation.sudo()._create_calls(execution))
        self.assertEqual(operation.call_count, people)
        return queries

    def test_making_calls_takes_the_same_queries_for_10_and_for_500_people(self):
        self._count_making(1)

        self.assertEqual(self._count_making(10), self._count_making(500))

    # === SIMULATING === #

    def _simulate(self, count):
        Distribution = self.env["crm.campaign.call.distribution"]
        terms = Terms("calendar", self.today, self.today)
        calls = [Call(number) for number in range(count)]
        users = self.caller | self.second
        distribution, _callers = Distribution._simulate(calls, users, terms, self.company)
        self.assertEqual(len(distribution.placements), count)

    def test_a_simulation_takes_the_same_queries_for_10_and_for_5000_calls(self):
        self._simulate(1)

        few = self._count_queries(lambda: self._simulate(10))
        many = self._count_queries(lambda: self._simulate(5_000))

        self.assertEqual(few, many)
