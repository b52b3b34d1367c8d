# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetManual(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner("Ann", "ann@test.example.com")
        cls.bob = cls._create_partner("Bob", "bob@test.example.com")
        cls.out = cls._create_partner("Out", "out@test.example.com", category_id=False)
        cls.target = cls._create_target()

    def _names(self, target):
        partners = self.env["res.partner"].browse(target._get_query().get_result_ids())
        return sorted(partners.mapped("name"))

    def _select(self, records, **values):
        wizard = self.env["crm.campaign.target.add"].with_user(self.marketer)
        wizard = wizard.with_context(active_model=records._name, active_ids=records.ids)
        return wizard.create({"target_id": self.target.id, **values}).action_confirm()

    def test_what_is_added_and_excluded_in_a_list_sticks(self):
        self._select(self.out, reason="Asked for it")
        self._select(self.bob, decision="exclusion")
        self.assertEqual(self._names(self.target), ["Ann", "Out"])

        self.target.domain = "[('name', '=', 'Bob')]"

        self.assertEqual(self._names(self.target), ["Out"])
        self.assertEqual(self.target.addition_count, 1)
        self.assertEqual(self.target.exclusion_count, 1)

    def test_target_made_from_a_list_holds_the_widest_kind_of_its_records(self):
        wizard = self.env["crm.campaign.target.add"]
        for model, kind in (("res.partner", "partner"), ("crm.lead", "lead")):
            with self.subTest(model):
                defaults = wizard.with_context(active_model=model).default_get(["record_kind"])
                self.assertEqual(defaults, {"record_kind": kind})

    def test_who_and_when_is_kept(self):
        self._select(self.out, reason="Asked for it")

        member = self.env["crm.campaign.target.member"].search([("target_id", "=", self.target.id)])
        self.assertRecordValues(
            member,
            [
                {
                    "res_id": self.out.id,
                    "origin": "addition",
                    "reason": "Asked for it",
                    "create_uid": self.marketer.id,
                }
            ],
        )
        self.assertTrue(member.create_date)

    def test_the_last_word_counts(self):
        self._select(self.ann, decision="exclusion")
        self._select(self.ann)
        self.assertEqual(self._names(self.target), ["Ann", "Bob"])

        self._select(self.ann, decision="exclusion")
        self._select(self.ann, decision="forget")

        self.assertEqual(self._names(self.target), ["Ann", "Bob"])
        self.assertFalse(self.target.member_ids)

    def test_figures_count_those_excluded_by_hand_apart(self):
        self._select(self.bob, decision="exclusion")

        self.assertEqual(self.target.targeted_count, 2)
        self.assertEqual(self.target.excluded_count, 1)
        self.assertEqual([row["cells"][0] for row in self.target.preview["rows"]], ["Ann"])

    def test_sets_do_not_see_those_excluded_by_hand(self):
        other = self._create_target(name="Nobody", domain="[('name', '=', 'No such name')]")
        union = self._create_target(
            mode="set", set_operator="union", set_member_ids=[(6, 0, (self.target + other).ids)]
        )
        self._select(self.bob, decision="exclusion")

        self.assertEqual(self._names(union), ["Ann"])

    def test_records_of_another_kind_are_refused(self):
        self.target.record_kind = "company"

        with self.assertRaisesRegex(UserError, "not of the kind"):
            self._select(self.ann)

    def test_leads_are_not_added_to_a_target_of_contacts(self):
        lead = self.env["crm.lead"].create({"name": "Lead", "user_id": self.marketer.id})

        with self.assertRaisesRegex(UserError, "another type"):
            self._select(lead)

    def test_a_target_that_names_records_keeps_their_model(self):
        self._select(self.ann)

        with self.assertRaisesRegex(ValidationError, "one by one"):
            self.target.record_kind = "lead"

    def test_only_the_owner_and_managers_name_records(self):
        target = self.target.with_user(self.other_marketer)

        with self.assertRaises(AccessError):
            target._add_records(self.out.with_user(self.other_marketer))
        target.with_user(self.manager)._add_records(self.out.with_user(self.manager))

    def test_a_list_is_opened_on_the_people_of_any_target(self):
        self._select(self.out)
        action = self.target.action_view_records()

        people = self.env["res.partner"].with_user(self.marketer).with_context(**action["context"])

        self.assertEqual(
            people.search(action["domain"], order="name").mapped("name"), ["Ann", "Bob", "Out"]
        )

    def test_criteria_may_not_lead_back_to_their_target(self):
        with self.assertRaisesRegex(ValidationError, "part of its own criteria"):
            self.target.domain = f"[('campaign_target_ids', 'in', [{self.target.id}])]"

    def test_criteria_may_name_another_target(self):
        other = self._create_target(domain=f"[('campaign_target_ids', 'in', [{self.target.id}])]")

        self.assertEqual(self._names(other), ["Ann", "Bob"])

    def test_criteria_in_words_tell_what_was_done_by_hand(self):
        self._select(self.out)

        self.assertIn("1 added by hand", self.target.criteria)


@tagged("post_install", "-at_install")
class TestTargetVisibility(CrmCampaignCase):
    def test_who_sees_a_target(self):
        team = self.env["crm.team"].create({"name": "Team", "user_id": False})
        team.member_ids = self.other_marketer
        for visibility, values, seen in (
            ("everybody", {}, (True, True, True)),
            ("company", {}, (True, True, False)),
            ("team", {"team_id": team.id}, (True, True, False)),
            ("user", {}, (False, True, False)),
        ):
            with self.subTest(visibility):
                target = self._create_target(visibility=visibility, **values)
                users = (self.other_marketer, self.manager, self.foreign_manager)
                self.assertEqual(
                    tuple(target.with_user(user).has_access("read") for user in users), seen
                )

    def test_a_team_that_one_is_not_in_hides_the_target(self):
        team = self.env["crm.team"].create({"name": "Team", "user_id": False})
        target = self._create_target(visibility="team", team_id=team.id)

        self.assertFalse(target.with_user(self.other_marketer).has_access("read"))
        self.assertTrue(target.with_user(self.marketer).has_access("read"))

    def test_who_sees_a_target_may_not_change_it(self):
        target = self._create_target(visibility="everybody")

        self.assertFalse(target.with_user(self.other_marketer).has_access("write"))

    def test_a_target_for_a_team_names_the_team(self):
        with self.assertRaisesRegex(ValidationError, "Name the sales team"):
            self._create_target(visibility="team")

    def test_a_target_for_everybody_has_no_company(self):
        target = self._create_target(visibility="everybody")

        self.assertFalse(target.company_id)


@tagged("post_install", "-at_install")
class TestTargetLeads(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")
        common = {"user_id": cls.marketer.id, "expected_revenue": 4242}
        cls.known = cls.env["crm.lead"].create(
            {"name": "Known", "partner_id": cls.zoe.id, **common}
        )
        cls.unknown = cls.env["crm.lead"].create(
            {"name": "Unknown", "email_from": "Bob <bob@test.example.com>", **common}
        )
        cls.target = cls._create_target(
            record_kind="lead", domain="[('expected_revenue', '=', 4242)]"
        )

    def test_leads_are_reached_at_their_own_address(self):
        execution = self._sent_execution(target_id=self.target.id)

        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)], order="res_id"
        )
        self.assertRecordValues(
            recipients,
            [
                {
                    "lead_id": self.known.id,
                    "res_id": self.known.id,
                    "partner_id": self.zoe.id,
                    "email": "zoe@test.example.com",
                    "state": "sent",
                },
                {
                    "lead_id": self.unknown.id,
                    "res_id": self.unknown.id,
                    "partner_id": False,
                    "email": "bob@test.example.com",
                    "state": "sent",
                },
            ],
        )

    def test_consent_of_the_contact_counts_for_its_leads(self):
        self.env["crm.campaign.consent"]._record(self.zoe, self.purpose, "email", "refused")

        execution = self._dispatch(self._create_operation(target_id=self.target.id))

        self.assertEqual(self._get_recipient(execution, self.zoe).exclusion, "no_consent")

    def test_a_lead_without_contact_unsubscribes_by_its_address(self):
        execution = self._sent_execution(target_id=self.target.id)
        recipient = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id), ("lead_id", "=", self.unknown.id)]
        )

        # The host's page then puts the address on its blacklist.
        self.assertFalse(recipient._withdraw_consent("one_click"))
        self.assertTrue(recipient.unsubscribed_at)

    def test_a_lead_lost_before_the_message_leaves_is_withdrawn(self):
        execution = self._dispatch(self._create_operation(target_id=self.target.id))
        self.unknown.action_archive()

        self._send()

        recipient = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id), ("lead_id", "=", self.unknown.id)]
        )
        self.assertEqual((recipient.state, recipient.failure_reason), ("withdrawn", "Archived"))
