# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTarget(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.firm = cls._create_partner(
            "Menuiserie Le Bihan", "firm@test.example.com", is_company=True
        )
        cls.zoe = cls._create_partner("Zoé L'Hostis", "zoe@test.example.com", parent_id=cls.firm.id)
        cls.gone = cls._create_partner("Gone", "gone@test.example.com", active=False)

    def _get_people(self, target, **kwargs):
        query = target._get_query(**kwargs)
        return self.env["res.partner"].browse(query.get_result_ids())

    def test_kinds_of_record(self):
        for kind, expected in (
            ("company", self.firm),
            ("contact", self.zoe + self.gone),
            ("partner", self.firm + self.zoe + self.gone),
        ):
            with self.subTest(kind):
                target = self._create_target(record_kind=kind)
                self.assertEqual(set(self._get_people(target).ids), set(expected.ids))

    def test_count_tells_archived_people_apart(self):
        target = self._create_target()

        self.assertEqual(target.targeted_count, 3)
        self.assertEqual(target.archived_count, 1)

    def test_preview_shows_ten_people_at_most(self):
        self._create_partners(12)

        self.assertEqual(len(self._create_target().preview["rows"]), 10)

    def test_marketing_user_chooses_columns(self):
        self._create_partner("Ann", "ann@test.example.com", birthdate_date="1990-02-03")
        target = self._create_target(domain="[('email', '=', 'ann@test.example.com')]")

        target.columns = ["name", "birthdate_date"]

        self.assertEqual(target.preview["columns"], ["Name", "Birthdate"])
        self.assertEqual(target.preview["rows"][0]["cells"], ["Ann", "02/03/1990"])

    def test_target_is_evaluated_again_at_each_use(self):
        target = self._create_target()
        self.assertEqual(len(self._get_people(target)), 3)

        self._create_partner("Newcomer", "new@test.example.com")

        self.assertEqual(len(self._get_people(target)), 4)

    def test_broken_criteria_are_refused(self):
        for name, domain in (
            ("unknown field", "[('no_such_field', '=', 1)]"),
            ("unknown operator", "[('name', 'resembles', 'x')]"),
            ("not a domain", "{'name': 'x'}"),
            ("syntax error", "[('name', '=', "),
            ("bare word", "name = x"),
            ("code", "[('id', 'in', __import__('os').listdir('/'))]"),
            ("call", "[('create_date', '<', context_today())]"),
            ("date compared with a word", "[('create_date.month_number', '=', 'today')]"),
            ("unbalanced", "['&', ('name', '=', 'x')]"),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "cannot be used"):
                self._create_target(domain=domain)

    def test_criteria_that_became_broken_stop_the_departure_and_not_the_form(self):
        target = self._create_target()
        operation = self._create_operation(target_id=target.id)
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET domain = %s WHERE id = %s",
            ("[('field_of_a_removed_addon', '=', 1)]", target.id),
        )
        target.invalidate_recordset()

        self.assertTrue(target.is_broken)
        self.assertEqual(target.targeted_count, 0)
        self.assertFalse(target.preview)
        with self.assertRaisesRegex(UserError, "cannot be used"):
            operation.action_dispatch()

    def test_relative_dates_are_criteria(self):
        target = self._create_target(
            domain=f"[('category_id', '=', {self.tag.id}), ('create_date', '>=', 'today -7d')]"
        )

        self.assertEqual(target.targeted_count, 3)

    def test_record_rules_of_the_responsible_hold(self):
        self.zoe.company_id = self.foreign_company
        target = self._create_target()

        people = self._get_people(target, user=self.marketer, company=self.company)

        self.assertNotIn(self.zoe, people)
        self.assertIn(self.firm, people)

    def test_only_the_company_of_the_operation_counts(self):
        self.marketer.company_ids |= self.foreign_company
        self.zoe.company_id = self.foreign_company
        target = self._create_target()

        people = self._get_people(target, user=self.marketer, company=self.company)

        self.assertNotIn(self.zoe, people)

    def test_used_target_is_not_deleted(self):
        target = self._create_target()
        self._create_operation(target_id=target.id)

        with self.assertRaisesRegex(UserError, "archive it instead"):
            target.unlink()

    def test_unused_target_is_deleted(self):
        target = self._create_target()

        target.unlink()

        self.assertFalse(target.exists())

    def test_code_comes_from_the_sequence(self):
        self.assertRegex(self._create_target().code, r"^TGT\d{5}$")
