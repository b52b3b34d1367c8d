# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestCommunication(CrmCampaignCase):
    """What campaigns told a contact, as seen from the contact and from the lead."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.salesman = cls._create_seller("seller", "sales_team.group_sale_salesman")
        cls.sales_lead = cls._create_seller(
            "sales_lead", "sales_team.group_sale_salesman_all_leads"
        )
        cls.zoe = cls._create_partner(
            "Zoé", "zoe@test.example.com", street="1 rue X", zip="35000", city="Y"
        )

    @classmethod
    def _create_seller(cls, login, group):
        return mail_new_test_user(
            cls.env, login=login, groups=f"base.group_user,{group}", company_id=cls.company.id
        )

    def _about(self, record, user=None):
        """Return what the tab of a record lists."""
        name = "about_partner_id" if record._name == "res.partner" else "about_lead_id"
        Communication = self.env["crm.campaign.communication"].with_user(user or self.env.user)
        return Communication.search([(name, "=", record.id)])

    def _sent_to_leads(self, **lead):
        """Send to one lead; return it and the execution."""
        lead = self.env["crm.lead"].create(
            {"name": "Fair", "email_from": "lead@test.example.com", "user_id": False, **lead}
        )
        target = self._create_target(
            record_kind="lead", domain=f"[('id', '=', {lead.id})]", name="Leads"
        )
        return lead, self._sent_execution(target_id=target.id)

    def test_each_message_is_a_line_whatever_its_channel(self):
        email = self._sent_execution()
        letter = self._create_template(channel="post", subject="A letter", body_html="<p>Hi</p>")
        post = self._sent_execution(template_id=letter.id, channel="post")
        self._get_recipient(email, self.zoe)._mark("opened")

        self.assertRecordValues(
            self._about(self.zoe).sorted("id"),
            [
                {
                    "execution_id": email.id,
                    "channel": "email",
                    "address": "zoe@test.example.com",
                    "state": "opened",
                    "reading": "read",
                    "subject": "Hello …",
                    "purpose_id": self.purpose.id,
                    "exclusion": False,
                },
                {
                    "execution_id": post.id,
                    "channel": "post",
                    "address": "1 RUE X\n35000 Y\n",
                    "state": "sent",
                    "reading": False,
                    "subject": "A letter",
                    "purpose_id": self.purpose.id,
                    "exclusion": False,
                },
            ],
        )

    def test_message_is_shown_in_the_language_in_which_it_left(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.zoe.lang = "fr_FR"
        template = self._create_template()
        self.env["crm.campaign.template"].create(
            {
                "name": "fr",
                "source_id": template.id,
                "language": "fr_FR",
                "subject": "Bonjour",
                "body_html": "<p>Salut</p>",
            }
        )
        execution = self._sent_execution(template_id=template.id)

        row = self._about(self.zoe, self.salesman)

        self.assertEqual((row.subject, row.title), ("Bonjour", "Bonjour"))
        self.assertIn("Salut", row.body)
        recipient = self._get_recipient(execution, self.zoe)
        recipient._withdraw_consent("unsubscribe")
        consent = self.env["crm.campaign.consent"].search([("partner_id", "=", self.zoe.id)])
        self.assertEqual(consent.wording, "Bonjour")

    def test_email_that_nobody_opened_is_unread(self):
        self._sent_execution()

        self.assertEqual(self._about(self.zoe).reading, "unread")

    def test_what_was_held_back_says_why(self):
        self.env["mail.blacklist"]._add(self.zoe.email)
        self._sent_execution()

        self.assertRecordValues(
            self._about(self.zoe), [{"exclusion": "blacklisted", "reading": False, "body": ""}]
        )

    def test_message_is_shown_as_it_was_sent(self):
        execution = self._sent_execution()
        execution.template_id.body_html = "<p>Something else</p>"

        communication = self._about(self.zoe, self.salesman)

        self.assertEqual(communication.title, "Hello Zoé")
        self.assertIn("Dear Zoé", communication.body)
        self.assertNotIn("Something else", communication.body)

    def test_company_shows_what_its_people_got(self):
        company = self._create_partner("Works", is_company=True, category_id=False)
        self.zoe.parent_id = company
        self._sent_execution()

        self.assertEqual(self._about(company).partner_id, self.zoe)

    def test_contact_does_not_show_what_its_colleagues_got(self):
        company = self._create_partner("Works", is_company=True, category_id=False)
        yann = self._create_partner("Yann", category_id=False, parent_id=company.id)
        self.zoe.parent_id = company
        self._sent_execution()

        self.assertFalse(self._about(yann))

    def test_lead_that_became_a_customer_shows_both_and_so_does_the_customer(self):
        lead, to_lead = self._sent_to_leads()
        lead.partner_id = self.zoe
        to_customer = self._sent_execution()

        for record in (lead, self.zoe):
            with self.subTest(record._name):
                self.assertEqual(self._about(record).execution_id, to_lead | to_customer)

    def test_merged_contact_brings_its_messages(self):
        twin = self._create_partner("Zoe", "zoe2@test.example.com")
        execution = self._sent_execution()
        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )

        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.zoe | twin).ids, self.zoe)

        self.assertEqual(
            set(self._about(self.zoe).mapped("address")),
            {"zoe@test.example.com", "zoe2@test.example.com"},
        )
        self.assertEqual(recipients.mapped("res_id"), [self.zoe.id] * 2)

    def test_two_people_who_got_letters_at_one_address_can_be_merged(self):
        address = {"street": "1 Main Street", "zip": "35000", "city": "Rennes"}
        self.zoe.write(address)
        twin = self._create_partner("Z. Hostis", "zoe2@test.example.com", **address)
        letter = self._create_template(channel="post")
        execution = self._dispatch(self._create_operation(template_id=letter.id, channel="post"))

        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.zoe | twin).ids, self.zoe)

        recipients = self.env["crm.campaign.recipient"].search(
            [("execution_id", "=", execution.id)]
        )
        self.assertEqual(recipients.mapped("res_id"), [self.zoe.id] * 2)

    def test_merged_lead_brings_its_messages(self):
        lead, execution = self._sent_to_leads()
        other = self.env["crm.lead"].create({"name": "Stays", "email_from": "x@test.example.com"})

        other._merge_dependences(lead)
        lead.unlink()

        self.assertEqual(self._about(other).execution_id, execution)

    def test_deleted_contact_leaves_the_record_of_what_was_done(self):
        execution = self._sent_execution()

        self.zoe.unlink()

        self.assertFigures(execution, targeted=1, sent=1)

    def test_whoever_may_read_the_contact_sees_what_it_was_told(self):
        self._sent_execution()
        for user in (self.salesman, self.marketer, self.other_marketer, self.manager):
            with self.subTest(user.login):
                self.assertEqual(len(self._about(self.zoe, user)), 1)

    def test_who_sells_nothing_sees_nothing(self):
        self._sent_execution()
        with self.assertRaises(AccessError):
            self._about(self.zoe, self.caller)

    def test_another_company_sees_nothing(self):
        self._sent_execution()

        self.assertFalse(self._about(self.zoe, self.foreign_manager))

    def test_contact_of_a_company_one_is_not_in_shows_nothing(self):
        self._sent_execution()
        self.zoe.company_id = self.foreign_company

        self.assertFalse(self._about(self.zoe, self.salesman))

    def test_messages_to_the_lead_of_a_colleague_are_for_those_who_see_all_leads(self):
        lead, _execution = self._sent_to_leads(user_id=self.marketer.id)

        self.assertFalse(self._about(lead, self.salesman))
        self.assertEqual(len(self._about(lead, self.sales_lead)), 1)

    def test_salesperson_who_sees_the_message_does_not_see_the_campaign(self):
        self._sent_execution()
        communication = self._about(self.zoe, self.salesman)

        with self.assertRaises(AccessError):
            communication.action_view_recipient()

    def test_listing_takes_the_same_queries_for_2_and_for_11(self):
        counts = []
        specification = {
            "date": {},
            "operation_id": {"fields": {"display_name": {}}},
            "subject": {},
            "partner_id": {"fields": {"display_name": {}}},
            "state": {},
            "reading": {},
        }
        for times in (1, 1, 9):  # the first one warms what is kept between requests
            for _time in range(times):
                self._sent_execution()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.campaign.communication"].with_user(self.salesman).web_search_read(
                [("about_partner_id", "=", self.zoe.id)], specification, limit=20
            )
            counts.append(self.env.cr.sql_log_count - before)

        self.assertEqual(counts[1], counts[2])
