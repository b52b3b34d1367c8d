# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import base64
import re

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCampaignCase

PAGE = """<!DOCTYPE html>
<html><head><title>Spring  sale</title><style>@media (max-width:480px){.a{width:9%}}</style></head>
<BODY bgcolor=white>
<!--[if mso]><table><tr><td><![endif]-->
<p  class="a">Dear *|FNAME|*, in {{ contact.CITY | default: "your town" }}:</p>
<A HREF='https://www.example.com/offer?a=1&amp;b=2'>See</A>
<a href="*|UNSUB|*">Leave</a>
<!--[if mso]></td></tr></table><![endif]-->
</BODY></html>
"""


@tagged("post_install", "-at_install")
class TestTemplateImport(CrmCampaignCase):
    def _import(self, data, name="offer.html", **values):
        if isinstance(data, str):
            data = data.encode()
        wizard = (
            self.env["crm.campaign.template.import"]
            .with_user(self.marketer)
            .create({"file": base64.b64encode(data), "file_name": name, **values})
        )
        return self.env["crm.campaign.template"].browse(wizard.action_import()["res_id"])

    def _send_page(self, page, **values):
        """Send an imported page to Zoé; return its execution and the message."""
        partner = self._create_partner('Zoé <b> & "Co"', "zoe@test.example.com", **values)
        template = self._create_template()
        template._import_html(page)
        execution = self._dispatch(self._create_operation(template_id=template.id))
        recipient = self._get_recipient(execution, partner)
        channel = self.env["crm.campaign.channel.email"]
        payload = channel._prepare_batch(execution, recipient)[recipient.id]
        self.assertNotIsInstance(payload, str)
        return execution, payload

    # === FILES === #

    def test_file_makes_a_template_named_after_its_title(self):
        template = self._import(PAGE)

        self.assertEqual(
            (template.name, template.channel, template.is_imported, template.user_id),
            ("Spring sale", "email", True, self.marketer),
        )
        self.assertEqual(
            template.imported_html,
            PAGE.replace("*|FNAME|*", "{{ object.partner_id.name }}")
            .replace(
                '{{ contact.CITY | default: "your town" }}',
                "{{ object.partner_id.city ||| your town }}",
            )
            .replace("*|UNSUB|*", "/unsubscribe_from_list"),
        )
        self.assertFalse(template.import_notes)

    def test_file_replaces_what_a_template_holds(self):
        template = self._create_template()

        imported = self._import("<p>New</p>", template_id=template.id)

        self.assertEqual(imported, template)
        self.assertEqual((template.name, template.imported_html), ("Offer", "<p>New</p>"))
        self.assertEqual(str(template.body_html), "<p>New</p>")

    def test_other_files_are_refused_with_what_to_do(self):
        for name, file_name, data, message in (
            ("archive", "mail.zip", b"PK\x03\x04", "Unpack it"),
            ("archive in disguise", "mail.html", b"PK\x03\x04", "Unpack it"),
            ("document", "mail.docx", b"<p>x</p>", "not a file of HTML"),
            ("text", "mail.html", b"Hello", "not a file of HTML"),
            ("too long", "mail.html", b"<p>" + b"x" * 2_000_000, "too long"),
            ("nothing left", "mail.html", b"<script>x</script>", "nothing to send"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, message):
                self._import(data, file_name)

    def test_notes_say_what_was_changed(self):
        template = self._import(
            "<p onclick='x'>*|FNAME|* *|LNAME|* *|AGE|*</p><script>x</script><p onclick='y'>b</p>"
        )

        self.assertEqual(
            template.import_notes,
            "Taken out: event handlers (2), scripts and drawings (1).\n"
            "Left out, because the name of a contact is one field: *|LNAME|*.\n"
            "Unknown placeholders, to be replaced before departure: *|AGE|*.",
        )

    def test_long_page_is_told_that_gmail_cuts_it(self):
        template = self._import(f"<p>{'x' * 110_000}</p>")

        self.assertIn("Gmail shows the first 102 kB only, this is 110 kB", template.import_notes)

    # === RIGHTS === #

    def test_page_is_cleaned_whoever_writes_it(self):
        dirty = '<p t-out="env" onclick="x">a<script>b</script></p>'
        template = self._create_template(imported_html=dirty)
        self.assertEqual(template.imported_html, "<p>a</p>")

        template.imported_html = dirty.replace("a<", "c<")

        self.assertEqual(template.imported_html, "<p>c</p>")

    def test_default_value_does_not_pass_by_the_cleaning(self):
        Template = self.env["crm.campaign.template"].with_user(self.marketer)

        with self.assertRaisesRegex(ValidationError, "imported again"):
            Template.with_context(default_imported_html="<p onclick='x'>a</p>").create(
                {"name": "Sly"}
            )

    def test_other_fields_are_refused_in_a_page_for_editors_too(self):
        page = "<p>{{ object.partner_id.comment }}</p>"
        with self.assertRaisesRegex((AccessError, ValidationError), "is not a merge field"):
            self._create_template(imported_html=page)
        admin = self.env.ref("base.user_admin")
        Template = self.env["crm.campaign.template"].with_user(admin)
        with self.assertRaisesRegex(ValidationError, "is not a merge field"):
            Template.create({"name": "Editor", "imported_html": page})

    def test_code_in_a_page_is_never_run(self):
        template = self._create_template()

        template._import_html("<p>{{ env.user.login }} {{ 7 * 7 }}</p>")

        self.assertEqual(template.imported_html, "<p>{{ env.user.login }} {{ 7 * 7 }}</p>")
        self.assertEqual(str(template.body_html), "<p>[env.user.login] [7 * 7]</p>")
        with self.assertRaisesRegex(UserError, "placeholders that nothing fills"):
            template._assert_content()

    def test_locked_template_is_not_imported_into(self):
        template = self._create_template()
        template.with_user(self.manager).locked = True

        with self.assertRaisesRegex(UserError, "pre-written"):
            self._import("<p>x</p>", template_id=template.id)

    def test_template_of_somebody_else_is_not_imported_into(self):
        template = self._create_template()
        wizard = (
            self.env["crm.campaign.template.import"]
            .with_user(self.other_marketer)
            .create(
                {
                    "template_id": template.id,
                    "file": base64.b64encode(b"<p>x</p>"),
                    "file_name": "a.html",
                }
            )
        )

        with self.assertRaises(AccessError):
            wizard.action_import()

    def test_callers_import_nothing(self):
        with self.assertRaises(AccessError):
            self.env["crm.campaign.template.import"].with_user(self.caller).create({"file": "eA=="})

    # === SENDING === #

    def test_what_leaves_is_the_file(self):
        execution, message = self._send_page(PAGE, city="Rennes")

        html = message.get_body(("html",)).get_content().replace("\r\n", "\n")
        found = re.search(r'<A HREF="(http[^"]+/r/\w+/m/\d+)">See</A>', html)
        self.assertTrue(found, html)
        self.assertTrue(re.search(r'<a href="http[^"]+/mailing/\d+/[^"]+">Leave</a>', html), html)
        pixel = re.search(r'<img src="http[^"]+/blank.gif" alt=""/>', html)
        self.assertTrue(html.rstrip().endswith(f"{pixel[0]}</BODY></html>"))
        html = html.replace(pixel[0], "").replace(found[0], "SEE")
        html = re.sub(r'<a href="[^"]+">Leave</a>', "LEAVE", html)
        self.assertEqual(
            html.rstrip(),
            """<!DOCTYPE html>
<html><head><title>Spring  sale</title><style>@media (max-width:480px){.a{width:9%}}</style></head>
<BODY bgcolor=white>
<!--[if mso]><table><tr><td><![endif]-->
<p  class="a">Dear Zoé &lt;b&gt; &amp; &#34;Co&#34;, in Rennes:</p>
SEE
LEAVE
<!--[if mso]></td></tr></table><![endif]-->
</BODY></html>""",
        )

    def test_plain_text_says_the_same(self):
        _execution, message = self._send_page(PAGE)

        text = message.get_body(("plain",)).get_content()

        self.assertIn('Dear Zoé <b> & "Co", in your town:', text)
        self.assertNotIn("max-width", text)

    def test_links_are_tracked_once_with_what_is_written_on_them(self):
        execution, _message = self._send_page(PAGE)

        trackers = self.env["link.tracker"].search(
            [("mass_mailing_id", "=", execution.mailing_id.id)]
        )
        self.assertEqual(
            [(tracker.url, tracker.label) for tracker in trackers],
            [("https://www.example.com/offer?a=1&b=2", "See")],
        )

    def test_links_to_other_sites_stay_theirs(self):
        execution, _message = self._send_page(
            '<p><a href="https://shop.example/view">shop</a> <a href="/view">page</a></p>'
        )

        links = self.env["link.tracker"].search([("mass_mailing_id", "=", execution.mailing_id.id)])
        self.assertEqual(links.mapped("url"), ["https://shop.example/view"])
        self.assertIn('<a href="/view">page</a>', execution.frozen_html)

    def test_values_cannot_leave_the_place_they_fill(self):
        _execution, message = self._send_page(
            '<p title={{object.partner_id.city}} id="{{ object.partner_id.city }}">x</p>'
            '<a href="https://x.example/?c={{ object.partner_id.city }}">y</a>',
            city='" onclick="x" a=\'',
        )

        html = message.get_body(("html",)).get_content()

        self.assertIn(
            "<p title=%22%20onclick%3D%22x%22%20a%3D%27"
            ' id="&#34; onclick=&#34;x&#34; a=&#39;">x</p>'
            '<a href="https://x.example/?c=%22%20onclick%3D%22x%22%20a%3D%27">y</a>',
            html,
        )

    def test_way_out_is_added_inside_the_body(self):
        _execution, message = self._send_page("<html><body><p>x</p></body></html>")

        html = message.get_body(("html",)).get_content()

        self.assertRegex(html, r"(?s)<p>x</p>.*Unsubscribe</a>.*</body></html>")

    def test_proof_shows_the_page(self):
        self._create_partner("Ann", "ann@test.example.com")
        template = self._create_template()
        template._import_html(PAGE)
        operation = self._create_operation(template_id=template.id, needs_proof=True)

        operation.action_request_proof()

        self.assertIn("<style>@media (max-width:480px)", operation.proof_body)
        self.assertIn('<p  class="a">Dear Ann, in your town:</p>', operation.proof_body)

    def test_changing_the_page_voids_the_proof(self):
        self._create_partner("Ann", "ann@test.example.com")
        template = self._create_template()
        template._import_html(PAGE)
        operation = self._create_operation(template_id=template.id, needs_proof=True)
        operation.action_request_proof()
        operation.with_user(self.manager).action_approve_proof()
        self.assertTrue(operation.is_proof_valid)

        template.imported_html = PAGE.replace("Dear", "Hello").replace("*|FNAME|*", "")

        self.assertFalse(operation.is_proof_valid)

    def test_what_was_sent_stays_when_the_template_changes(self):
        execution, _message = self._send_page(PAGE)

        execution.template_id.imported_html = "<p>Other</p>"

        self.assertIn("Dear {{ object.partner_id.name }}", execution.frozen_html)
        self.assertIn("Dear", execution.body_html)

    # === BACK TO THE EDITOR === #

    def test_editor_takes_the_page_over(self):
        template = self._create_template()
        template._import_html(PAGE)

        template.action_edit_imported()

        self.assertFalse(template.is_imported)
        self.assertIn('<t t-out="object.partner_id.city">your town</t>', template.body_html)
        self.assertNotIn("<style", template.body_html)

    def test_body_that_is_written_takes_the_place_of_the_page(self):
        template = self._create_template()
        template._import_html(PAGE)

        template.body_html = "<p>Mine</p>"

        self.assertFalse(template.imported_html)
        self.assertEqual(str(template.body_html), "<p>Mine</p>")
