# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_action import ActionCase

# What differs from one record to another whoever creates it.
OWN = {"id", "name", "partner_id", "create_date", "write_date", "campaign_operation_id"}
OWN |= {"campaign_attributed_id", "campaign_id", "description", "write_uid"}


@tagged("post_install", "-at_install")
class TestMassActionLeads(ActionCase):
    """New leads on companies and contacts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {"name": "Check-ups", "member_ids": [(6, 0, cls.marketer.ids)]}
        )
        cls.market = cls.env["crm.tag"].create({"name": "Fleets"})
        france = cls.env.ref("base.fr").id
        cls.ada.write(
            {
                "phone": "06 12 34 56 78",
                "street": "1 rue de Rennes",
                "country_id": france,
                "function": "Buyer",
                "website": "https://www.example.com",
                "lang": "en_US",
            }
        )
        cls.bob.write({"email": "bob@", "phone": "12", "country_id": france})

    @classmethod
    def _prepare_line(cls, **values):
        """Prepare a line: a lead for the marketer."""
        return super()._prepare_line(
            **{
                "kind": "lead",
                "activity_type_id": False,
                "summary": "Fleet of {{ object.partner_id.name }}",
                "tag_ids": [(6, 0, cls.market.ids)],
                "expected_revenue": 5000,
                **values,
            }
        )

    def _get_leads(self):
        return self.env["crm.lead"].search([("partner_id", "in", self.people.ids)], order="id")

    @freeze_time("2027-03-10 10:00:00")
    def test_each_contact_gets_a_lead(self):
        operation = self._act({"team_id": self.team.id, "delay_days": 30})

        leads = self._get_leads()
        self.assertEqual(leads.partner_id, self.people)
        self.assertEqual(leads.mapped("name"), ["Fleet of Ada", "Fleet of Bob", "Fleet of Cy"])
        self.assertEqual(leads.user_id, self.marketer)
        self.assertEqual((leads.team_id, leads.tag_ids), (self.team, self.market))
        self.assertEqual(set(leads.mapped("expected_revenue")), {5000})
        self.assertEqual(set(leads.mapped("date_deadline")), {date(2027, 4, 9)})
        self.assertEqual(leads.campaign_id, operation.campaign_id.utm_campaign_id)
        self.assertEqual(leads.campaign_operation_id, operation)
        self.assertEqual(leads.mapped("partner_name"), ["Red", "Red", "Blue"])
        self.assertEqual(operation.obtained_lead_count, 3)
        self.assertEqual(operation.obtained_lead_ids, leads)

    def test_a_lead_is_what_the_host_would_make_of_it(self):
        """Field by field, on a contact with everything, one with little and one with nonsense."""
        operation = self._act({"note": "Ask <them>"})
        leads = self._get_leads()
        Lead = self.env["crm.lead"].with_user(self.marketer)
        for ours in leads:
            theirs = Lead.create(
                {
                    "name": ours.name,
                    "partner_id": ours.partner_id.id,
                    "user_id": self.marketer.id,
                    "tag_ids": [(6, 0, self.market.ids)],
                    "expected_revenue": 5000,
                    "campaign_id": operation.campaign_id.utm_campaign_id.id,
                    "description": "<p>Ask &lt;them&gt;</p>",
                }
            ).sudo()
            self.env.flush_all()
            self.env.invalidate_all()
            for name, field in Lead._fields.items():
                if field.store and name not in OWN and field.type != "one2many":
                    with self.subTest(f"{ours.name}: {name}"):
                        self.assertEqual(ours[name], theirs[name])
            self.assertEqual(ours.description, theirs.description)

    def test_probabilities_are_those_of_the_host_once_it_has_some(self):
        self.env["crm.lead.scoring.frequency"].search([]).unlink()
        self.env["ir.config_parameter"].set_param("crm.pls_fields", "email_state")
        stage = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.env["crm.lead.scoring.frequency"].create(
            [
                {"variable": variable, "value": value, "won_count": won, "lost_count": lost}
                for variable, value, won, lost in (
                    ("stage_id", str(stage.id), 30, 10),
                    ("email_state", "correct", 20, 1),
                    ("email_state", "incorrect", 5, 9),
                )
            ]
        )
        self._act({"stage_id": stage.id})

        # 40 leads, 30 of them won; of correct addresses 20 of 25 won and 1 of 10 lost leads.
        self.assertEqual(self._get_leads().mapped("probability"), [96.0, 40.0, 75.0])
        self.assertEqual(self._get_leads().mapped("automated_probability"), [96.0, 40.0, 75.0])

    def test_history_and_followers_are_those_of_the_host(self):
        context = {"tracking_disable": False, "mail_create_nolog": False}
        self.env = self.env(context={**self.env.context, **context})
        self._create_action().with_context(**context).action_dispatch()
        ours = self._get_leads()[-1]
        theirs = (
            self.env["crm.lead"]
            .with_user(self.marketer)
            .with_context(**context)
            .create({"name": "Theirs", "partner_id": self.cy.id, "user_id": self.marketer.id})
        )

        names = ["body", "subtype_id", "author_id", "message_type", "email_from", "model"]
        self.assertEqual(
            [message[name] for message in ours.message_ids for name in names],
            [message[name] for message in theirs.message_ids for name in names],
        )
        self.assertEqual(ours.message_partner_ids, theirs.message_partner_ids)
        self.assertEqual(
            ours.message_follower_ids.subtype_ids, theirs.message_follower_ids.subtype_ids
        )
        self.assertNotEqual(
            ours.message_ids.message_id, self._get_leads()[0].message_ids.message_id
        )

    def test_each_salesperson_gets_their_own_and_is_told_once(self):
        operation = self._act({"assignee_rule": "responsible", "user_id": False})

        self.assertEqual(
            {lead.partner_id.name: lead.user_id for lead in self._get_leads()},
            {"Ada": self.marketer, "Bob": self.other_marketer},
        )
        self.assertEqual(operation.execution_ids.exclusion_counts, {"no_responsible": 1})
        self.assertEqual(
            self._find_told(self.other_marketer).mapped("subject"), ["1 new lead(s): Check-up"]
        )

    def test_leads_may_be_nobodys(self):
        self._act({"assignee_rule": "nobody", "user_id": False, "team_id": self.team.id})

        leads = self._get_leads()
        self.assertEqual(len(leads), 3)
        self.assertFalse(leads.user_id)
        self.assertEqual(leads.team_id, self.team)

    def test_a_lead_without_anybody_is_of_the_company_of_its_contact(self):
        (self.ada | self.red | self.bob).company_id = self.company
        self._act({"assignee_rule": "nobody", "user_id": False})

        self.assertEqual(
            {lead.partner_id.name: lead.company_id for lead in self._get_leads()},
            {"Ada": self.company, "Bob": self.company, "Cy": self.env["res.company"]},
        )

    def test_it_is_finished_at_once_when_it_makes_leads_only(self):
        operation = self._act()

        self.assertFigures(operation.execution_ids, included=3, pending=0, sent=3)
        self._send()
        self.assertEqual(operation.state, "done")

    def test_todos_and_leads_together(self):
        operation = self._act(
            {}, {"kind": "todo", "summary": "Call", "activity_type_id": self.call.id}
        )

        self.assertEqual((len(self._get_leads()), len(self._get_activities())), (3, 3))
        self.assertEqual(operation.state, "running")
        self.assertEqual(
            self._find_told(self.marketer).mapped("subject"),
            ["3 new to-do(s), 3 new lead(s): Check-up"],
        )

    def test_leads_that_are_born_won_are_made_by_the_host(self):
        won = self.env["crm.stage"].create({"name": "Won at once", "is_won": True})
        self._act({"stage_id": won.id})

        leads = self._get_leads()
        self.assertEqual(set(leads.mapped("won_status")), {"won"})
        self.assertTrue(all(leads.mapped("date_closed")))

    def test_leads_are_made_by_the_host_where_somebody_automated_them(self):
        self.env["base.automation"].create(
            {
                "name": "Mark new leads",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "trigger": "on_create",
                "action_server_ids": [
                    (
                        0,
                        0,
                        {
                            "name": "Mark",
                            "model_id": self.env["ir.model"]._get_id("crm.lead"),
                            "state": "object_write",
                            "update_path": "referred",
                            "value": "automated",
                        },
                    )
                ],
            }
        )
        self._act()

        self.assertEqual(self._get_leads().mapped("referred"), ["automated"] * 3)

    def test_who_may_not_create_leads_does_not_make_them(self):
        operation = self._create_action()
        self.patch(
            type(self.env["crm.lead"]), "has_access", lambda self, operation: operation != "create"
        )
        with self.assertRaisesRegex(UserError, "may not create leads"):
            operation.action_dispatch()

    def test_the_list_of_leads_obtained_has_the_columns_of_the_manual(self):
        operation = self._act({"team_id": self.team.id, "note": "Ask them"})
        lead = operation.obtained_lead_ids.filtered(lambda lead: lead.partner_id == self.ada)

        self.assertEqual((lead.obtained_market, lead.obtained_comment), ("Fleets", "Ask them"))
        self.assertEqual(lead.obtained_company_id, self.red)
        lead.action_set_lost()
        self.assertEqual(lead.obtained_closed_at, lead.date_closed)
        operation.invalidate_recordset()
        self.assertEqual(operation.obtained_lead_count, 3)
