# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import crm_campaign_planning_pressure
from .test_planning import MONDAY, PlanningCase

WEEK = ["2027-01-04 00:00:00", "2027-01-11 00:00:00"]
NEXT_WEEK = ["2027-01-11 00:00:00", "2027-01-18 00:00:00"]


@tagged("post_install", "-at_install")
class TestPlanningPressure(PlanningCase):
    """Exact numbers of people whom several operations of a week concern."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls._create_partners(6)

    def _target(self, *numbers, **values):
        """Create a target of some of the six people, by their numbers from 1 on."""
        ids = [self.people[number - 1].id for number in numbers]
        return self._create_target(domain=f"[('id', 'in', {ids})]", **values)

    def _plan_for(self, *numbers, **values):
        return self._plan(target_id=self._target(*numbers).id, **values)

    def _get_pressure(self, *weeks, user=None):
        found = self.Planning.with_user(user or self.marketer).get_pressure(list(weeks or [WEEK]))
        return [(week["people"], week["targeted"], week["most"]) for week in found]

    def test_people_of_several_targets_are_counted_once(self):
        self._plan_for(1, 2, 3, 4)
        self._plan_for(3, 4, 5)
        self.assertEqual(self._get_pressure(), [(2, 5, 2)])

        self._plan_for(4, 6, name="Third")

        self.assertEqual(self._get_pressure(WEEK, NEXT_WEEK), [(2, 6, 3), (0, 0, 0)])
        [week] = self.Planning.get_pressure([WEEK])
        self.assertEqual(week["names"], ["Newsletter", "Newsletter", "Third"])
        self.assertFalse(week["is_partial"])

    def test_few_and_many_operations_are_counted_alike(self):
        for numbers in ((1, 2, 3), (2, 3), (3, 4)):
            self._plan_for(*numbers)
        domain = [("campaign_pressure", "in", ["/".join(WEEK)])]
        for joined in (16, 2):
            with patch.object(crm_campaign_planning_pressure, "MOST_JOINED", joined):
                self.assertEqual(self._get_pressure(), [(2, 4, 3)])
                self.assertEqual(self.env["res.partner"].search(domain), self.people[1:3])

    def test_a_week_ends_where_the_next_one_begins(self):
        self._plan_for(1, 2)
        self._plan_for(1, start=datetime(2027, 1, 11, 0, 0))
        self._plan_for(2, start=datetime(2027, 1, 10, 23, 30))
        self.assertEqual(self._get_pressure(WEEK, NEXT_WEEK), [(1, 2, 2), (0, 0, 0)])

    def test_what_lasts_counts_in_each_of_its_weeks(self):
        self._plan_for(1, 2, 3, date_end=datetime(2027, 1, 13, 8, 0))
        self._plan_for(1)
        self._plan_for(2, 3, start=datetime(2027, 1, 12, 8, 0))
        self.assertEqual(self._get_pressure(WEEK, NEXT_WEEK), [(1, 3, 2), (2, 3, 2)])

    def test_what_left_counts_those_who_got_it(self):
        self.people[0].email = False
        operation = self._plan_for(1, 2, 3)
        self._plan_for(1, 2, 4)
        self.assertEqual(self._get_pressure(), [(2, 4, 2)])

        self._dispatch(operation).sudo()._depart()
        operation.target_id.domain = "[]"

        self.assertEqual(self._get_pressure(), [(1, 4, 2)])

    def test_whom_nothing_reached_is_not_concerned(self):
        operation = self._plan_for(1, 2, 3, 4)
        self._plan_for(1, 2, 3, 4)
        execution = self._dispatch(operation)
        execution.sudo()._depart()
        for person, state in zip(self.people, ("failed", "withdrawn", "bounced"), strict=False):
            self.env.cr.execute(
                "UPDATE crm_campaign_recipient SET state = %s"
                " WHERE execution_id = %s AND partner_id = %s",
                (state, execution.id, person.id),
            )

        self.assertEqual(self._get_pressure(), [(1, 4, 2)])

    def test_what_is_no_week_is_said_to_be_none(self):
        for value in ("soon", "2027-01-04/x", False):
            with self.subTest(value), self.assertRaisesRegex(UserError, "is no week"):
                self.env["res.partner"].search([("campaign_pressure", "in", [value])])

    def test_leads_count_as_their_contact_and_archived_people_do_not(self):
        self.env["crm.lead"].create(
            [
                {"name": "A", "partner_id": self.people[0].id, "user_id": self.marketer.id},
                {"name": "B", "partner_id": self.people[0].id, "user_id": self.marketer.id},
                {"name": "C", "email_from": "nobody@test.example.com"},
            ]
        )
        leads = self._create_target(record_kind="lead", domain="[]")
        self._plan(target_id=leads.id)
        self._plan_for(1, 2, 3)
        known = self.env["crm.lead"].with_user(self.marketer).search([]).partner_id
        others = len(known - self.people)
        self.assertEqual(self._get_pressure(), [(1, 3 + others, 2)])

        self.people[0].active = False

        self.assertEqual(self._get_pressure()[0][0], 0)

    def test_a_task_counts_once_a_week_with_those_whom_it_concerns(self):
        self.people[1].birthdate_date = "1990-01-06"
        self.people[2].birthdate_date = "1990-01-20"
        birthday = self.env.ref("crm_campaign.crm_campaign_task_type_birthday")
        self._create_task(type_id=birthday.id, target_id=self._target(1, 2, 3).id)
        self._plan_for(1, 2, 3, 4)
        self.assertEqual(self._get_pressure(WEEK, NEXT_WEEK), [(1, 4, 2), (0, 0, 0)])

        self._create_task(target_id=self._target(4).id)

        self.assertEqual(self._get_pressure(), [(2, 4, 2)])

    def test_to_dos_of_colleagues_press_nobody(self):
        self._create_task(
            kind="colleague",
            template_id=False,
            target_id=self._target(1, 2).id,
            activity_type_id=self.env.ref("mail.mail_activity_data_todo").id,
        )
        self._plan_for(1, 2)
        self.assertEqual(self._get_pressure(), [(0, 0, 0)])

    def test_a_target_that_one_may_not_evaluate_is_said(self):
        self._plan_for(1, 2)
        self._plan_for(2, 3)
        hidden = self._plan_for(1)
        hidden.campaign_id.member_ids = self.other_marketer
        hidden.target_id.visibility = "user"

        [week] = self.Planning.with_user(self.other_marketer).get_pressure([WEEK])

        self.assertEqual((week["people"], week["targeted"], week["is_partial"]), (1, 3, True))

    def test_counting_that_takes_too_long_is_given_up(self):
        self._plan_for(1, 2)
        self._plan_for(2, 3)
        Target = type(self.env["crm.campaign.target"])
        with patch.object(Target, "_query_within_time", lambda self, sql: None):
            self.assertEqual(self._get_pressure(), [(None, None, None)])
        with patch.object(crm_campaign_planning_pressure, "MOST_SECONDS", -1):
            self.assertEqual(self._get_pressure(), [(None, None, None)])

    def test_people_are_listed_as_those_who_look_may_see_them(self):
        self._plan_for(1, 2, 3)
        self._plan_for(2, 3)
        Partner = self.env["res.partner"].with_user(self.marketer)
        domain = [("campaign_pressure", "in", ["/".join(WEEK)])]
        self.assertEqual(Partner.search(domain), self.people[1:3])
        self.assertFalse(Partner.search([("campaign_pressure", "in", ["/".join(NEXT_WEEK)])]))

        self.people[1].company_id = self.foreign_company

        self.assertEqual(Partner.search(domain), self.people[2])
        self.assertEqual(self._get_pressure(), [(1, 2, 2)])

    def test_no_operations_no_pressure(self):
        self.assertEqual(self.Planning.get_pressure([]), [])
        self._plan(start=False)
        self._plan_for(1, start=MONDAY)
        self.assertEqual(self._get_pressure(), [(0, 0, 0)])
