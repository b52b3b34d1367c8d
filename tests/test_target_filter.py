# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import tempfile
from pathlib import Path

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetFilter(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner("Ann", "ann@test.example.com", user_id=cls.marketer.id)
        cls.bob = cls._create_partner("Bob", "bob@test.example.com", user_id=cls.manager.id)
        cls.mine = f"[('category_id', '=', {cls.tag.id}), ('user_id', '=', uid)]"

    def _create_filter(self, domain, user=None, **values):
        user = user or self.marketer
        return (
            self.env["ir.filters"]
            .with_user(user)
            .create(
                {
                    "name": "My Favorite",
                    "model_id": "res.partner",
                    "user_ids": [(6, 0, user.ids)],
                    "domain": domain,
                    **values,
                }
            )
        )

    def _create_by_filter(self, domain=None, favorite=None, **values):
        favorite = favorite or self._create_filter(domain or self.mine)
        return self._create_target(mode="filter", filter_id=favorite.id, **values)

    def _get_people(self, target, **kwargs):
        return self.env["res.partner"].browse(target._get_query(**kwargs).get_result_ids())

    def test_literal_filter(self):
        target = self._create_by_filter(f"[('category_id', 'in', [{self.tag.id}])]")

        self.assertEqual(self._get_people(target), self.ann + self.bob)
        self.assertEqual(target.targeted_count, 2)

    def test_uid_is_the_user_who_evaluates(self):
        target = self._create_by_filter()

        self.assertEqual(self._get_people(target), self.ann)
        self.assertEqual(
            self._get_people(target.sudo(), user=self.manager, company=self.company), self.bob
        )

    def test_departure_evaluates_as_the_responsible(self):
        target = self._create_by_filter()
        operation = self._create_operation(target_id=target.id, user_id=self.marketer.id)

        execution = self._dispatch(operation.with_user(self.manager))

        self.assertRecipients(execution, [{"partner": self.ann, "state": "pending"}])
        self.assertIn("“My Favorite”", execution.criteria)
        self.assertIn("Salesperson is Campaign Marketer", execution.criteria)

    def test_dates_of_the_day(self):
        tagged_people = f"('category_id', '=', {self.tag.id})"
        for name, leaf in (
            ("date", "('create_date', '>=', context_today().strftime('%Y-%m-%d'))"),
            ("before", "('create_date', '>', context_today() - relativedelta(days=2))"),
            (
                "moment",
                "('create_date', '>=', (datetime.datetime.now() - datetime.timedelta(days=1))"
                ".to_utc().strftime('%Y-%m-%d %H:%M:%S'))",
            ),
            (
                "combined",
                "('create_date', '>=', datetime.datetime.combine(context_today() - "
                "relativedelta(days=1), datetime.time(0, 0, 0)).to_utc())",
            ),
            ("old", "('create_date', '<', time.strftime('%Y-12-31 23:59:59'))"),
            ("smart", "('create_date', '>=', 'today -1d')"),
            ("company", "('company_id', 'in', allowed_company_ids + [False])"),
        ):
            with self.subTest(name):
                target = self._create_by_filter(f"[{tagged_people}, {leaf}]")
                self.assertEqual(target.targeted_count, 2)

    def test_moments_are_on_the_clock_of_the_user(self):
        self.marketer.tz = "Europe/Paris"
        target = self._create_by_filter().with_user(self.marketer)
        midnight = "datetime.datetime.combine(datetime.date(2026, 7, 1), datetime.time(0, 0, 0))"

        value = target._evaluate_filter(f"[('date', '=', {midnight}.to_utc().strftime('%H:%M'))]")

        self.assertEqual(value, [("date", "=", "22:00")])

    def test_later_changes_of_the_filter_are_followed(self):
        target = self._create_by_filter()
        self.assertEqual(target.targeted_count, 1)

        target.filter_id.domain = f"[('category_id', 'in', [{self.tag.id}])]"

        self.assertEqual(target.targeted_count, 2)
        self.assertEqual(self._get_people(target), self.ann + self.bob)

    def test_filter_that_the_author_may_not_read_is_refused(self):
        private = self._create_filter("[]", user=self.other_marketer)

        with self.assertRaises(AccessError):
            self._create_by_filter(favorite=private)
        target = self._create_by_filter()
        with self.assertRaises(AccessError):
            target.filter_id = private

    def test_filter_chosen_in_a_form_is_not_read_behind_the_rules(self):
        private = self._create_filter("[]", user=self.other_marketer)

        typed = (
            self.env["crm.campaign.target"]
            .with_user(self.marketer)
            .new({"name": "x", "mode": "filter", "filter_id": private.id})
        )

        self.assertTrue(typed.is_broken)
        self.assertFalse(typed.filter_domain)

    def test_a_private_filter_is_lent_to_the_users_of_the_target(self):
        target = self._create_by_filter()

        self.assertEqual(target.with_user(self.manager).targeted_count, 1)
        self.assertEqual(self._get_previewed(target.with_user(self.manager)), self.bob)
        self.assertEqual(target.with_user(self.manager).filter_domain, self.mine)

    def test_filter_of_another_model_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "on the records of its kind"):
            self._create_by_filter(favorite=self._create_filter("[]", model_id="crm.lead"))

    def test_filter_that_goes_to_another_model_breaks_the_target(self):
        target = self._create_by_filter()

        target.filter_id.model_id = "crm.lead"

        self.assertTrue(target.is_broken)
        with self.assertRaises(UserError):
            target._get_query()

    def test_no_filter_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "needs a saved filter"):
            self._create_target(mode="filter")

    def test_code_is_refused_and_not_run(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        trace = Path(folder.name) / "trace"
        for name, domain in (
            ("import", f"__import__('os').system('touch {trace}')"),
            ("in a leaf", f"[('id', '=', __import__('os').system('touch {trace}'))]"),
            ("open", f"[('id', '=', open('{trace}', 'w'))]"),
            ("environment", "[('id', 'in', context_today.__closure__[0].cell_contents.env)]"),
            ("classes", "[('id', '=', uid.__class__.__base__.__subclasses__())]"),
            ("memory", "[('id', 'in', [0] * 10 ** 10)]"),
            ("unknown name", "[('user_id', '=', user)]"),
            ("field of nobody", "[('no_such_field', '=', uid)]"),
            ("no list", "uid"),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "cannot be used"):
                self._create_by_filter(domain)
        self.assertFalse(trace.exists())

    def test_part_of_a_set_operation(self):
        everybody = self._create_target(name="Everybody")
        target = self._create_target(
            name="Set",
            mode="set",
            set_operator="difference",
            set_first_id=everybody.id,
            set_member_ids=[(6, 0, self._create_by_filter().ids)],
        )

        self.assertEqual(self._get_people(target), self.bob)

    def test_used_filter_is_not_deleted(self):
        target = self._create_by_filter()

        refused = self.assertRaises(psycopg2.IntegrityError)
        with mute_logger("odoo.sql_db"), refused, self.env.cr.savepoint():
            target.filter_id.unlink()
        self.assertTrue(target.filter_id.exists())
