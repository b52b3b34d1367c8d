# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import re

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, HttpCase, tagged

from .common import CrmCampaignCase, CrmCampaignMixin

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwAD"
    b"hgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestTemplateLayout(CrmCampaignCase):
    def test_layout_fills_an_empty_template(self):
        form = Form(self.env["crm.campaign.template"].with_user(self.marketer))
        form.name = "Begun"
        form.layout = "columns"
        template = form.save()

        self.assertIn("First idea", template.body_html)
        self.assertIn("Second idea", template.body_html)
        self.assertIn('<t t-out="object.partner_id.name">customer</t>', template.body_html)
        self.assertEqual(
            (template.has_banner, template.has_footer, template.has_social_links),
            (True, True, True),
        )

    def test_blank_has_nothing(self):
        template = self.env["crm.campaign.template"].create({"name": "Blank", "layout": "blank"})

        self.assertTrue(template.is_empty)
        self.assertFalse(template.has_banner)

    def test_layout_never_replaces_what_was_written(self):
        created = self._create_template(body_html="<p>Mine</p>", layout="simple")
        edited = created.new(origin=created)
        edited.layout = "columns"
        edited._onchange_layout()

        self.assertEqual(str(created.body_html), "<p>Mine</p>")
        self.assertEqual(str(edited.body_html), "<p>Mine</p>")

    def test_each_layout_is_fit_to_send(self):
        partner = self._create_partner("Zoé", "zoe@test.example.com")
        for layout, columns, pictures in (
            ("simple", 0, 0),
            ("columns", 2, 0),
            ("columns_image", 2, 2),
        ):
            with self.subTest(layout):
                template = self._create_template(layout=layout, body_html=False)
                execution = self._dispatch(self._create_operation(template_id=template.id))
                recipient = self._get_recipient(execution, partner)
                channel = self.env["crm.campaign.channel.email"]

                message = channel._prepare_batch(execution, recipient)[recipient.id]

                html = message.get_body(("html",)).get_content()
                self.assertIn("Dear Zoé,", html)
                self.assertEqual(html.count("<h2"), columns)
                self.assertEqual(html.count("layout_picture.png"), pictures)
                self.assertNotRegex(html, r'src="/')

    def test_templates_are_letters_where_the_channel_is_post(self):
        labels = dict(self.env["crm.campaign.template"]._fields["channel"].selection)
        channels = dict(self.env["crm.campaign.operation"]._fields["channel"].selection)

        self.assertEqual((labels["post"], channels["post"]), ("Letter", "Post"))
        without = {"fax", "phone", "action"}
        self.assertEqual(set(labels), set(channels) - without)


@tagged("post_install", "-at_install")
class TestMergeFields(CrmCampaignCase):
    def test_palette_has_the_families(self):
        Recipient = self.env["crm.campaign.recipient"].with_user(self.marketer)

        palette = Recipient.get_merge_field_palette()

        self.assertEqual(
            [(family["family"], family["label"]) for family in palette],
            [
                ("client", "Client"),
                ("agency", "Company or Agency"),
                ("campaign", "Campaign"),
                ("settings", "Settings"),
                ("about", "Automatic Task"),
            ],
        )
        self.assertIn(
            {"expression": "object.partner_id.city", "label": "City"}, palette[0]["fields"]
        )
        self.assertIn(
            {"expression": "object.operation_id.email_from", "label": "Sender"},
            palette[3]["fields"],
        )

    def test_mistyped_field_is_answered_with_the_nearest(self):
        for written, meant in (
            ("object.partner_id.nam", "Name”: {{ object.partner_id.name }}"),
            ("object.partner_id.citty", "City”: {{ object.partner_id.city }}"),
            ("object.city", "City”: {{ object.partner_id.city }}"),
            ("object.parner_id.street", "Street”: {{ object.partner_id.street }}"),
        ):
            with (
                self.subTest(written),
                self.assertRaisesRegex(ValidationError, "Did you mean “" + re.escape(meant)),
            ):
                self._create_template(subject="{{ %s }}" % written)

    def test_mistyped_field_is_refused_for_editors_too(self):
        Template = self.env["crm.campaign.template"].with_user(self.env.ref("base.user_admin"))

        with self.assertRaisesRegex(ValidationError, "Did you mean “City”"):
            Template.create({"name": "x", "body_html": "<p>{{ object.partner_id.ctiy }}</p>"})

    def test_field_that_is_near_nothing_is_told_plainly(self):
        with self.assertRaisesRegex(ValidationError, "Choose one from the list"):
            self._create_template(subject="{{ object.qqqqqq }}")

    def test_field_that_exists_but_is_not_offered_is_refused(self):
        with self.assertRaisesRegex(AccessError, "is not a merge field"):
            self._create_template(body_text="{{ object.partner_id.comment }}", channel="sms")


@tagged("post_install", "-at_install")
class TestCompanyPage(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "campaign_banner": PIXEL,
                "campaign_banner_alt": "Our shop",
                "campaign_footer": "<p>Shop, 1 Main Street</p>",
                "social_facebook": "https://www.facebook.com/shop",
                "social_linkedin": "www.linkedin.com/company/shop",
                "social_instagram": "javascript:alert(1)",
                "social_twitter": False,
                "social_youtube": False,
                "social_tiktok": False,
                "social_github": False,
                "social_discord": False,
            }
        )

    def _get_html(self, **values):
        partner = self._create_partner("Zoé", "zoe@test.example.com")
        template = self._create_template(**values)
        execution = self._dispatch(self._create_operation(template_id=template.id))
        recipient = self._get_recipient(execution, partner)
        channel = self.env["crm.campaign.channel.email"]
        message = channel._prepare_batch(execution, recipient)[recipient.id]
        return message.get_body(("html",)).get_content()

    def test_message_has_banner_footer_and_links_in_order(self):
        html = self._get_html(has_banner=True, has_footer=True, has_social_links=True)

        marks = ["Our shop", "Dear", "1 Main Street", "Facebook", "LinkedIn", "Unsubscribe"]
        places = [html.index(mark) for mark in marks]
        self.assertEqual(places, sorted(places))
        self.assertNotIn("Instagram", html)
        self.assertNotIn("javascript", html)

    def test_message_has_none_of_it_when_the_template_does_not_ask(self):
        html = self._get_html()

        for mark in ("Our shop", "1 Main Street", "Facebook"):
            self.assertNotIn(mark, html)

    def test_imported_page_has_it_inside_its_body(self):
        html = self._get_html(
            imported_html="<html><body class=a><p>Dear you</p></body></html>",
            has_banner=True,
            has_footer=True,
        )

        self.assertRegex(
            html, r'(?s)^<html><body class=a><table.*alt="Our shop".*Dear you.*Main Street.*</body>'
        )

    def test_directives_in_the_footer_are_not_worked_out(self):
        self.company.campaign_footer = '<p>A<t t-out="object.company_id.sudo().name">b</t></p>'

        self.assertNotIn("t-out", self.company._get_campaign_footer())

    def test_preview_shows_names_of_merge_fields_and_the_company(self):
        template = self._create_template(has_banner=True, has_footer=True)

        self.assertIn(">Name</span>", template.preview_html)
        self.assertIn('alt="Our shop"', template.preview_html)
        self.assertIn("1 Main Street", template.preview_html)
        self.assertNotIn("t-out", template.preview_html)

    def test_preview_of_an_imported_page_is_the_page(self):
        template = self._create_template(
            imported_html="<style>p{color:red}</style><p>Dear {{ object.partner_id.name }}</p>"
        )

        self.assertRegex(
            template.preview_html,
            r"^<style>p\{color:red\}</style><p>Dear <span style=[^>]+>Name</span></p>$",
        )

    def test_form_says_what_settings_lack(self):
        self.company.write(
            {"campaign_banner": False, "social_facebook": False, "social_linkedin": False}
        )
        template = self._create_template(has_banner=True, has_footer=True, has_social_links=True)

        self.assertEqual(template.missing_parts, "banner, social links")

    def test_changing_the_banner_voids_no_sent_picture(self):
        first = self.company._get_campaign_image_path("campaign_banner")
        self.assertEqual(self.company._get_campaign_image_path("campaign_banner"), first)

        self.company.campaign_banner = base64.b64encode(
            base64.b64decode(self.env.ref("base.partner_admin").image_128 or PIXEL) + b" "
        )

        second = self.company._get_campaign_image_path("campaign_banner")
        self.assertNotEqual(second, first)
        attachment = self.env["ir.attachment"].browse(int(re.search(r"\d+", first)[0]))
        self.assertEqual(attachment.datas, PIXEL)


@tagged("post_install", "-at_install")
class TestCompanyPictures(CrmCampaignMixin, HttpCase):
    def test_picture_is_for_who_has_its_whole_address(self):
        self.company.campaign_banner = PIXEL
        path = self.company._get_campaign_image_path("campaign_banner")

        with_token = self.url_open(path)
        without = self.url_open(path.partition("?")[0])
        wrong = self.url_open(f"{path}x")

        self.assertEqual(with_token.content, base64.b64decode(PIXEL))
        self.assertNotEqual(without.content, base64.b64decode(PIXEL))
        self.assertNotEqual(wrong.content, base64.b64decode(PIXEL))
