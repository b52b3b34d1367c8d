# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from ast import literal_eval

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools.misc import file_path

from odoo.addons.web.tests import test_js

from .common import CrmCampaignMixin

# Left out of Debian's package of the host because its licence is not free: an address that answers
# "not found" breaks every browser test.
NON_FREE_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


class BrowserCase(CrmCampaignMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        try:
            file_path(NON_FREE_SCRIPT)
        except FileNotFoundError:
            cls.env["ir.asset"].create(
                [
                    {
                        "name": "not in this package of the host",
                        "bundle": bundle,
                        "directive": "remove",
                        "path": NON_FREE_SCRIPT,
                    }
                    for bundle in ("web.assets_backend",)
                ]
            )


@tagged("post_install", "-at_install")
class TestUi(BrowserCase):
    def test_from_a_new_campaign_to_its_departure(self):
        self._create_partners(2)
        self._create_partner("No Email")
        self._create_target(name="Tour target")
        self._create_template(name="Tour template")

        self.start_tour(
            "/odoo/action-crm_campaign.crm_campaign_action",
            "crm_campaign_departure",
            login="campaign_marketer",
        )

        campaign = self.env["crm.campaign"].search([("title", "=", "Tour campaign")])
        self.assertEqual(campaign.user_id, self.marketer)
        operation = campaign.operation_ids
        self.assertEqual((operation.name, operation.state), ("Tour mailing", "running"))
        self.assertFigures(operation.execution_ids, targeted=3, included=2, excluded=1)

    def test_results_open_their_lists(self):
        self._create_partners(2)
        self._create_partner("No Email")
        campaign = self._create_campaign(title="Tour results")
        execution = self._sent_execution(name="Tour mailing", campaign_id=campaign.id)
        execution._refresh_counters()

        self.start_tour(
            "/odoo/action-crm_campaign.crm_campaign_action",
            "crm_campaign_results",
            login="campaign_marketer",
        )

    def test_marketing_user_writes_a_template(self):
        self.start_tour("/odoo", "crm_campaign_template", login="campaign_marketer")

        template = self.env["crm.campaign.template"].search([("name", "=", "Tour template")])
        self.assertEqual(template.subject, "Hello {{ object.partner_id.name ||| you }}")
        self.assertIn('t-out="object.partner_id.city"', template.body_html)
        self.assertIn("Second idea", template.body_html)

    def test_target_in_words_with_preview_and_explanation(self):
        today = fields.Date.context_today(self.env.user)
        self._create_partner("Born Today", birthdate_date=today - relativedelta(years=40))
        later = today + relativedelta(days=40, years=-30)
        self._create_partner("Born Later", birthdate_date=later)

        self.start_tour(
            "/odoo/action-crm_campaign.crm_campaign_target_action",
            "crm_campaign_target",
            login="campaign_marketer",
        )

        target = self.env["crm.campaign.target"].search([("name", "=", "Tour birthdays")])
        self.assertEqual(literal_eval(target.domain), [("birthday_period", "=", "today")])

    def test_contact_is_excluded_from_a_target_in_the_list_of_contacts(self):
        contact = self._create_partner("Left Out", "left.out@test.example.com")
        target = self._create_target(name="Tour target")

        self.start_tour(
            "/odoo/contacts?view_type=list",
            "crm_campaign_add_to_target",
            login="campaign_marketer",
        )

        member = target.member_ids
        self.assertEqual(
            (member.res_id, member.origin, member.reason), (contact.id, "exclusion", "Complaint")
        )

    def test_figure_of_the_waterfall_opens_its_list(self):
        self._create_partners(2)
        self._create_partner("No Email")
        target = self._create_target()
        target._exclude_records(self._create_partner("Left Out", "left.out@test.example.com"))
        operation = self._create_operation(target_id=target.id)

        self.start_tour(
            f"/odoo/action-crm_campaign.crm_campaign_operation_action/{operation.id}",
            "crm_campaign_waterfall",
            login="campaign_marketer",
        )

    def test_message_to_one_contact_from_its_form(self):
        contact = self._create_partner("Zoé", "zoe@test.example.com")
        tag = self.env["utm.tag"].create({"name": "Tour gesture"})
        self._create_template(name="Tour template", tag_ids=tag.ids)

        self.start_tour(
            f"/odoo/contacts/{contact.id}", "crm_campaign_communicate", login="campaign_marketer"
        )

        recipient = self.env["crm.campaign.recipient"].search([("partner_id", "=", contact.id)])
        self.assertEqual((recipient.email, recipient.state), ("zoe@test.example.com", "pending"))
        self.assertEqual(recipient.execution_id.subject, "Sorry, Zoé")

    def test_messages_are_checked_before_departure(self):
        self._create_partners(2)
        self._create_partner("There", "there@test.example.com", city="Paris")
        template = self._create_template(body_html='<p><t t-out="object.partner_id.city"/></p>')
        operation = self._create_operation(template_id=template.id)

        self.start_tour(
            f"/odoo/action-crm_campaign.crm_campaign_operation_action/{operation.id}",
            "crm_campaign_content_check",
            login="campaign_marketer",
        )


@tagged("post_install", "-at_install")
class TestHoot(BrowserCase):
    def test_units(self):
        hash_ = test_js.HOOTCommon._generate_hash(self, "@crm_campaign")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={hash_}",
            "",
            "",
            login="admin",
            timeout=180,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
