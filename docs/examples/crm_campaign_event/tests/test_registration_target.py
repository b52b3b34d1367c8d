# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.crm_campaign.tests.common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestRegistrationTarget(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.marketer.group_ids += cls.env.ref("event.group_event_registration_desk")
        cls.fair, cls.other, cls.foreign_fair = cls.env["event.event"].create(
            [
                {
                    "name": name,
                    "date_begin": "2030-05-06 08:00:00",
                    "date_end": "2030-05-07 16:00:00",
                    "event_mail_ids": [],
                    "company_id": company.id,
                }
                for name, company in (
                    ("Spring Fair", cls.company),
                    ("Other Day", cls.company),
                    ("Spring Fair", cls.foreign_company),
                )
            ]
        )
        cls.zoe = cls._create_partner("Zoé", "zoe@test.example.com")
        cls.booked = cls._register(partner_id=cls.zoe.id)
        cls.typed = cls._register(name="Max", email='"Max M." <Max@Test.Example.com>')
        cls.elsewhere = cls._register(event_id=cls.other.id, email="else@test.example.com")
        cls.target = cls._create_target(
            name="Fair",
            record_kind="registration",
            domain="[('event_id.name', '=', 'Spring Fair')]",
        )

    @classmethod
    def _register(cls, **values):
        return cls.env["event.registration"].create({"event_id": cls.fair.id, **values})

    def _depart(self, **values):
        return self._dispatch(self._create_operation(target_id=self.target.id, **values))

    def _get_row(self, execution, registration):
        return self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id), ("res_id", "=", registration.id)]
        )

    def _exclusions(self, execution):
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        return {recipient.res_id: recipient.exclusion for recipient in recipients}

    def _refuse(self, partner):
        self.env["crm.campaign.consent"]._record(partner, self.purpose, "email", "refused")

    # === WHO === #

    def test_target_counts_and_shows_the_registrations_of_an_event(self):
        self.typed.action_archive()

        self.assertEqual(self.target.res_model, "event.registration")
        self.assertEqual(self.target.targeted_count, 2)
        self.assertEqual(self.target.archived_count, 1)
        self.assertEqual(self._get_previewed(self.target), self.booked + self.typed)
        self.assertEqual(self.target.preview["columns"], ["Display Name", "Email", "Phone"])
        self.assertEqual(
            self.target.preview["rows"][0]["cells"], ["Zoé", "zoe@test.example.com", ""]
        )

    def test_criteria_are_told_in_words(self):
        self.assertEqual(
            self.target.criteria, "Event Registrations · Event › Event is “Spring Fair”"
        )

    def test_list_opens_on_the_registrations(self):
        action = self.target.action_view_records()

        self.assertEqual(action["res_model"], "event.registration")
        registrations = self.env["event.registration"].with_user(self.marketer)
        self.assertEqual(registrations.search(action["domain"]), self.booked + self.typed)

    def test_who_may_not_see_registrations_may_not_use_the_target(self):
        with self.assertRaises(AccessError):
            self.target.with_user(self.other_marketer)._get_query()

    def test_registrations_of_another_company_are_left_alone(self):
        self._register(event_id=self.foreign_fair.id, email="foreign@test.example.com")

        execution = self._depart()

        self.assertEqual(self._exclusions(execution), {self.booked.id: False, self.typed.id: False})

    def test_registrations_are_added_and_excluded_by_hand(self):
        wizard = self.env["crm.campaign.target.add"].with_user(self.marketer)
        for registration, decision in ((self.elsewhere, "addition"), (self.typed, "exclusion")):
            form = Form(
                wizard.with_context(active_model="event.registration", active_ids=registration.ids)
            )
            form.target_id = self.target
            form.decision = decision
            form.save().action_confirm()

        self.assertEqual(
            wizard.with_context(active_model="event.registration").default_get(["record_kind"]),
            {"record_kind": "registration"},
        )
        self.assertEqual(
            set(self.target._get_query().get_result_ids()), {self.booked.id, self.elsewhere.id}
        )

    def test_sets_are_made_of_targets_of_registrations(self):
        named_max = self._create_target(
            name="Max", record_kind="registration", domain="[('name', '=', 'Max')]"
        )
        others = self._create_target(
            name="Without Max",
            record_kind="registration",
            mode="set",
            set_operator="difference",
            set_first_id=self.target.id,
            set_member_ids=[(6, 0, named_max.ids)],
        )

        self.assertEqual(list(others._get_query().get_result_ids()), [self.booked.id])

    def test_explanation_tells_each_criterion_and_obstacle(self):
        self._refuse(self.zoe)
        wizard = (
            self.env["crm.campaign.target.explain"]
            .with_user(self.marketer)
            .with_context(active_model="event.registration", active_id=self.booked.id)
            .create({"target_id": self.target.id, "purpose_id": self.purpose.id})
        )

        node = self.target._explain(self.elsewhere)

        self.assertFalse(node["passed"])
        self.assertEqual(
            node["children"][0],
            {
                "label": "Event › Event is “Spring Fair”",
                "passed": False,
                "value": "Other Day",
                "connective": "",
                "children": [],
            },
        )
        self.assertEqual(wizard.record, self.booked)
        self.assertIn("No Consent", wizard.explanation)

    # === DEPARTURE === #

    def test_departure_freezes_record_contact_and_address(self):
        execution = self._depart()

        self.assertEqual(execution.record_kind, "registration")
        self.assertRecordValues(
            self.env["crm.campaign.recipient"].search(
                [("execution_id", "=", execution.id)], order="res_id"
            ),
            [
                {
                    "res_id": self.booked.id,
                    "res_model": "event.registration",
                    "partner_id": self.zoe.id,
                    "email": "zoe@test.example.com",
                    "exclusion": False,
                    "display_name": "Zoé",
                },
                {
                    "res_id": self.typed.id,
                    "res_model": "event.registration",
                    "partner_id": False,
                    "email": "max@test.example.com",
                    "exclusion": False,
                    "display_name": "max@test.example.com",
                },
            ],
        )

    def test_reasons_to_leave_a_registration_out(self):
        refuses = self._create_partner("Refuses", "refuses@test.example.com")
        blocked = self._create_partner("Blocked", "blocked@test.example.com")
        blocked.do_not_email = True
        self._refuse(refuses)
        expected = {
            self._register(email="gone@test.example.com", active=False): "archived",
            self._register(name="No address"): "no_address",
            self._register(name="Not one", email="ask at the desk"): "no_address",
            self._register(partner_id=blocked.id): "blacklisted",
            self._register(partner_id=refuses.id): "no_consent",
            self._register(name="Max again", email="MAX@test.example.com"): "duplicate",
        }
        by_hand = self._register(email="hand@test.example.com")
        self.target._exclude_records(by_hand.with_user(self.marketer))

        execution = self._depart()

        self.assertEqual(
            self._exclusions(execution),
            {
                self.booked.id: False,
                self.typed.id: False,
                by_hand.id: "manual",
                **{registration.id: reason for registration, reason in expected.items()},
            },
        )

    def test_who_cancelled_is_left_out_for_a_reason_of_the_addon(self):
        self.typed.write({"state": "cancel", "email": False})

        execution = self._depart()

        self.assertEqual(
            self._exclusions(execution), {self.booked.id: False, self.typed.id: "cancelled"}
        )
        self.assertEqual(
            execution.exclusion_summary,
            [{"reason": "cancelled", "label": "Registration Cancelled", "count": 1}],
        )
        self.assertEqual(
            self.env["crm.campaign.recipient"].search(
                [
                    ("execution_id", "=", execution.id),
                    *execution._get_figure_domain("cancelled"),
                ]
            ),
            self._get_row(execution, self.typed),
        )

    def test_reason_of_the_addon_is_counted_before_departure_and_explained(self):
        self.typed.action_cancel()
        operation = self._create_operation(target_id=self.target.id)

        figures = operation._get_departure_figures()
        obstacles, _address = operation._get_departure_execution()._explain_reasons(self.typed)

        self.assertEqual(figures, {"targeted": 2, "cancelled": 1, "included": 1})
        self.assertEqual(obstacles, ["cancelled"])
        registrations = self.env["event.registration"].with_user(self.marketer)
        self.assertEqual(
            registrations.search([("campaign_departure", "in", [f"{operation.id}:cancelled"])]),
            self.typed,
        )

    def test_waterfall_counts_what_the_departure_does_and_opens_lists(self):
        self._register(name="No address")
        operation = self._create_operation(target_id=self.target.id)

        check = self.env["crm.campaign.operation.check"].browse(
            operation.action_check_departure()["res_id"]
        )

        self.assertEqual((check.targeted_count, check.included_count), (3, 2))
        action = (
            check.with_user(self.marketer)
            .with_context(recipient_figure="included")
            .action_view_recipients()
        )
        registrations = self.env[action["res_model"]].with_user(self.marketer)
        self.assertEqual(registrations.search(action["domain"]), self.booked + self.typed)

    def test_messages_leave_with_and_without_a_contact(self):
        execution = self._depart()

        self._send()

        self.assertEqual(execution.state, "done")
        self.assertFigures(execution, targeted=2, included=2, sent=2)

    def test_what_happens_before_the_message_leaves_counts(self):
        hand, archived, away, deleted, cancelled = (
            self._register(email=f"{name}@test.example.com")
            for name in ("hand", "archived", "away", "deleted", "cancelled")
        )
        execution = self._depart()
        rows = {
            registration: self._get_row(execution, registration)
            for registration in (self.booked, self.typed, hand, archived, away, deleted, cancelled)
        }
        self._refuse(self.zoe)
        self.target._exclude_records(hand.with_user(self.marketer))
        archived.action_archive()
        away.event_id = self.foreign_fair
        deleted.unlink()
        cancelled.action_cancel()

        self._send()

        self.assertEqual(
            [(row.state, row.failure_reason) for row in rows.values()],
            [
                ("withdrawn", "No Consent"),
                ("sent", False),
                ("withdrawn", "Excluded by Hand"),
                ("withdrawn", "Archived"),
                ("withdrawn", "Not Visible"),
                ("withdrawn", "Deleted"),
                ("withdrawn", "Registration Cancelled"),
            ],
        )

    def test_unsubscribing_refuses_for_the_contact(self):
        execution = self._depart()
        self._send()

        self._get_row(execution, self.booked)._withdraw_consent("unsubscribe")

        self.assertEqual(
            self._exclusions(self._depart()), {self.booked.id: "no_consent", self.typed.id: False}
        )

    # === GOING AWAY === #

    def test_target_stays_without_anybody_when_its_kind_goes_away(self):
        operation = self._create_operation(target_id=self.target.id)
        self.target._exclude_records(self.typed.with_user(self.marketer))
        kind = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.campaign.target"),
                ("field_id.name", "=", "record_kind"),
                ("value", "=", "registration"),
            ]
        )

        kind._process_ondelete()

        self.assertEqual(operation.target_id, self.target)
        self.assertRecordValues(
            self.target, [{"record_kind": "partner", "res_model": "res.partner", "active": False}]
        )
        self.assertEqual(list(self.target._get_targeted_query().get_result_ids()), [])
