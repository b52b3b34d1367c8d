# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetExecution(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner("Ann", "ann@test.example.com")
        cls.bob = cls._create_partner("Bob", "bob@test.example.com")
        cls.nobody = cls._create_partner("Nobody")
        cls.target = cls._create_target()

    def setUp(self):
        super().setUp()
        self.execution = self._sent_execution(target_id=self.target.id)

    def _names(self, **values):
        values = {
            "mode": "execution",
            "source_execution_id": self.execution.id,
            "source_figure": "included",
            **values,
        }
        target = self._create_target(**values)
        people = self.env["res.partner"].browse(target._get_query().get_result_ids())
        return sorted(people.mapped("name"))

    def test_recipients_by_what_became_of_them(self):
        self._get_recipient(self.execution, self.ann)._mark("clicked")
        for figure, expected in (
            ("included", ["Ann", "Bob"]),
            ("targeted", ["Ann", "Bob", "Nobody"]),
            ("excluded", ["Nobody"]),
            ("opened", ["Ann"]),
            ("not_opened", ["Bob"]),
            ("clicked", ["Ann"]),
            ("not_clicked", ["Bob"]),
            ("bounced", []),
        ):
            with self.subTest(figure):
                self.assertEqual(self._names(source_figure=figure), expected)

    def test_recipients_stay_those_of_then(self):
        self.target.domain = "[('name', '=', 'Nobody')]"
        self.bob.category_id = False

        self.assertEqual(self._names(), ["Ann", "Bob"])

    def test_only_the_new_ones(self):
        self._create_partner("Cyd", "cyd@test.example.com")
        self.bob.category_id = False
        later = self._sent_execution(target_id=self.target.id)

        action = later.with_user(self.marketer).action_compare()
        wizard = self.env[action["res_model"]].with_user(self.marketer)
        wizard = wizard.with_context(**action["context"]).create({})

        self.assertEqual(wizard.before_id, self.execution)
        self.assertEqual((wizard.new_count, wizard.gone_count, wizard.both_count), (1, 1, 1))
        for method, expected in (("action_target_new", ["Cyd"]), ("action_target_gone", ["Bob"])):
            with self.subTest(method):
                context = getattr(wizard, method)()["context"]
                targets = self.env["crm.campaign.target"].with_user(self.marketer)
                with Form(targets.with_context(**context)) as form:
                    pass
                people = self.env["res.partner"].browse(form.record._get_query().get_result_ids())
                self.assertEqual(people.mapped("name"), expected)

    def test_a_first_run_has_nothing_to_be_compared_with(self):
        with self.assertRaisesRegex(UserError, "No earlier run"):
            self.execution.action_compare()

    def test_follow_up_prepares_those_who_did_not_open(self):
        self._get_recipient(self.execution, self.ann)._mark("opened")
        context = self.execution.action_follow_up()["context"]

        with Form(
            self.env["crm.campaign.target"].with_user(self.marketer).with_context(**context)
        ) as form:
            pass

        people = self.env["res.partner"].browse(form.record._get_query().get_result_ids())
        self.assertEqual(people, self.bob)
        self.assertIn("Those who did not open it", form.record.criteria)

    def test_an_execution_that_one_may_not_read_is_refused(self):
        with self.assertRaises(AccessError):
            self.env["crm.campaign.target"].with_user(self.other_marketer).create(
                {
                    "name": "Spy",
                    "mode": "execution",
                    "source_execution_id": self.execution.id,
                }
            )

    def test_an_execution_that_reached_another_kind_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "records of its kind"):
            self._names(record_kind="lead")

    def test_recipients_are_combined_with_other_targets(self):
        rest = self._create_target(
            name="Rest",
            mode="set",
            set_operator="difference",
            set_first_id=self.target.id,
            set_member_ids=[
                (
                    6,
                    0,
                    self._create_target(
                        mode="execution", source_execution_id=self.execution.id
                    ).ids,
                )
            ],
        )

        people = self.env["res.partner"].browse(rest._get_query().get_result_ids())
        self.assertEqual(people, self.nobody)
