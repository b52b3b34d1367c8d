# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetExplain(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner("Ann", "ann@test.example.com", city="Rennes")
        cls.bob = cls._create_partner("Bob", "bob@test.example.com", city="Brest")
        cls.target = cls._create_target(
            name="Gold of Rennes",
            record_kind="contact",
            domain=f"[('category_id', 'in', {cls.tag.ids}), '|', ('city', '=', 'Rennes'),"
            " ('ref', '=', 'gold')]",
        )

    def _flatten(self, node, depth=0):
        line = (depth, node["label"], node["passed"], node["value"])
        return [
            line,
            *(row for child in node["children"] for row in self._flatten(child, depth + 1)),
        ]

    def test_each_criterion_with_its_value_and_result(self):
        self.assertEqual(
            self._flatten(self.target._explain(self.bob)),
            [
                (0, "Gold of Rennes", False, ""),
                (1, "Contacts", True, ""),
                (1, "all of these", False, ""),
                (2, "Tags is Campaign Test", True, "Campaign Test"),
                (2, "one of these", False, ""),
                (3, "City is “Rennes”", False, "Brest"),
                (3, "Reference is “gold”", False, ""),
            ],
        )

    def test_who_fits_passes(self):
        self.assertTrue(self.target._explain(self.ann)["passed"])

    def test_range_of_dates_is_one_criterion(self):
        self.ann.birthdate_date = "2026-03-10"
        self.target.domain = (
            "['&', ('birthdate_date', '>=', 'today -5d'), ('birthdate_date', '<', 'today -4d')]"
        )
        with freeze_time("2026-03-15 12:00:00"):
            criterion = self.target._explain(self.ann)["children"][1]

        self.assertEqual(
            (criterion["label"], criterion["passed"], criterion["value"]),
            ("Birthdate is 5 days ago", True, "03/10/2026"),
        )

    def test_named_by_hand(self):
        self.target._exclude_records(self.ann, "Asked for peace")

        node = self.target._explain(self.ann)

        self.assertFalse(node["passed"])
        self.assertRegex(node["children"][-1]["label"], "^excluded by hand by Campaign Marketer on")
        self.assertEqual(node["children"][-1]["value"], "Asked for peace")

    def test_members_of_sets_are_explained(self):
        everybody = self._create_target(name="Everybody", record_kind="contact")
        without = self._create_target(
            name="Others",
            record_kind="contact",
            mode="set",
            set_operator="difference",
            set_first_id=everybody.id,
            set_member_ids=[(6, 0, self.target.ids)],
        )

        labels = [
            (label, passed) for _d, label, passed, _v in self._flatten(without._explain(self.bob))
        ]

        self.assertEqual(labels[0], ("Others", True))
        self.assertIn(("Everybody", True), labels)
        self.assertIn(("not", True), labels)
        self.assertIn(("Gold of Rennes", False), labels)
        self.assertIn(("City is “Rennes”", False), labels)

    def test_a_field_that_one_may_not_read_is_not_explained(self):
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET domain = %s WHERE id = %s",
            ("[('signup_type', '=', False)]", self.target.id),
        )
        self.target.invalidate_recordset()

        with self.assertRaises(AccessError):
            self.target._explain(self.ann)

    def _open(self, record, target=None):
        wizard = self.env["crm.campaign.target.explain"].with_user(self.marketer)
        return wizard.with_context(active_model=record._name, active_id=record.id).create(
            {"target_id": (target or self.target).id, "purpose_id": self.purpose.id}
        )

    def test_what_holds_a_message_back_is_told(self):
        self.env["crm.campaign.consent"]._record(self.ann, self.purpose, "email", "refused")
        self.ann.do_not_email = True

        explanation = self._open(self.ann).explanation

        self.assertIn("Blacklisted", explanation)
        self.assertIn("No Consent", explanation)
        self.assertIn("would not reach", explanation)

    def test_who_would_be_reached_and_where(self):
        explanation = self._open(self.ann).explanation

        self.assertIn("Nothing", explanation)
        self.assertRegex(explanation, r"would reach <strong>Ann</strong> at\s+ann@test.example.com")

    def test_a_duplicate_is_told(self):
        twin = self._create_partner("Twin", "ann@test.example.com", city="Rennes")

        self.assertIn("Duplicate Address", self._open(twin).explanation)

    def test_a_lead_is_explained_too(self):
        lead = self.env["crm.lead"].create({"name": "Lead", "user_id": self.marketer.id})
        target = self._create_target(record_kind="lead", domain="[('name', '=', 'Lead')]")

        explanation = self._open(lead, target).explanation

        self.assertIn("No Address", explanation)
