# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import CrmCampaignCase

NAME = "object.partner_id.name"
CITY = "object.partner_id.city"
COUNTRY = "object.partner_id.country_id.name"
SUBJECTS = {
    "no field": "Hello",
    "one": f"Hello {{{{ {NAME} }}}}",
    "two with fallbacks": f"{{{{ {NAME} ||| you }}}} of {{{{ {CITY} ||| your town }}}}!",
    "through two records": f"{{{{ {COUNTRY} }}}}",
}
BODIES = {
    "no field": "<p>Hello</p>",
    "fallback": f'<p>Dear <t t-out="{NAME}">you</t> of <t t-out="{CITY}">your town</t>.</p>',
    "no fallback": f'<p>Dear <t t-out="{CITY}"/>, welcome</p>',
    "other tags": f'<h1 t-out="{NAME}">x</h1><p><strong t-out="{CITY}">town</strong></p>',
    "not alone in its tag": f'<p><b class="a">A <t t-out="{NAME}"/> b</b></p>',
    "twice": f'<p><t t-out="{NAME}"/><t t-out="{NAME}">y</t></p>',
    "entities": f'<p>R&amp;D &lt; <t t-out="{NAME}">R&amp;D</t>&nbsp;é</p>',
    "translated": f'<p><t t-out="{COUNTRY}">nowhere</t></p>',
    "links": f'<p><a href="https://www.example.com/a?b=1&amp;c=2"><t t-out="{NAME}"/></a>'
    '<a href="/shop">shop</a><img src="/logo.png"/><a href="/view">see</a>'
    '<a href="/campaign_preferences">prefer</a></p>',
    "only for the host's engine": f'<p t-if="{CITY}">In <t t-out="{CITY}.upper()"/></p>'
    f'<a href="https://www.example.com/a"><t t-out="{NAME}"/></a>',
}


@tagged("post_install", "-at_install")
class TestEmailRendering(CrmCampaignCase):
    """What is worked out once and filled is what the host renders for each recipient."""

    def setUp(self):
        super().setUp()
        self._create_partner('Zoé <b>&amp; "Co"</b> d\'Or', "zoe@test.example.com")
        france = self.env.ref("base.fr")
        self._create_partner(
            "日本 👩‍👩‍👧", "two@test.example.com", city="Rennes", country_id=france.id
        )
        self._create_partner("slot0 {{ object.email }}", "three@test.example.com", city="\u202eX")
        self.channel = self.env["crm.campaign.channel.email"]

    def _prepare(self, **values):
        # As superuser: one of the bodies is only for template editors of the host.
        template = self._create_template().sudo()
        template.write(values)
        self.execution = self._dispatch(self._create_operation(template_id=template.id))
        return self.env["crm.campaign.recipient"].search([("execution_id", "=", self.execution.id)])

    def _render(self, recipients):
        traces = self.channel._create_traces(self.execution, recipients)
        return traces, self.channel._render(self.execution, recipients, traces)

    def _render_with_host(self, recipients, source, **options):
        renderer = self.env["crm.campaign.template"].with_user(self.execution.user_id)
        return renderer._render_template(source, recipients._name, recipients.ids, **options)

    def _personalise(self, recipient, page, trace_id):
        """Make the links of a rendered page personal, one recipient at a time."""
        mailing = self.execution.mailing_id
        urls = {
            "unsubscribe_from_list": mailing._get_unsubscribe_url(recipient.email, recipient.id),
            "view": mailing._get_view_url(recipient.email, recipient.id),
            "campaign_preferences": recipient._get_preference_url(),
        }
        page = re.sub(r'(?<=")(https?://[^/"]+/r/\w+)(?=")', rf"\1/m/{trace_id}", str(page))
        for name, url in urls.items():
            url = url.replace("&", "&amp;")
            page = re.sub(rf'"(?:https?://[^/"]+)?/{name}"', f'"{url}"', page)
        return page

    def test_subjects_are_what_the_host_renders(self):
        for name, subject in SUBJECTS.items():
            with self.subTest(name):
                recipients = self._prepare(subject=subject)
                expected = self._render_with_host(recipients, self.execution.mailing_id.subject)

                _traces, contents = self._render(recipients)

                self.assertEqual({id_: row[0] for id_, row in contents.items()}, expected)

    def test_bodies_are_what_the_host_renders(self):
        for name, body in BODIES.items():
            with self.subTest(name), patch("time.time", lambda: 1.0):
                recipients = self._prepare(body_html=body)
                pages = self._render_with_host(
                    recipients,
                    self.execution.mailing_id.body_html,
                    engine="qweb",
                    options={"post_process": True},
                )

                traces, contents = self._render(recipients)

                for recipient in recipients:
                    trace_id = traces[recipient.id][0]
                    page = self._personalise(recipient, pages[recipient.id], trace_id)
                    html, text = contents[recipient.id][1]
                    without_pixel = re.sub(r'\n<img src="[^"]+/blank.gif" alt=""/>\n', "", html)
                    self.assertEqual(self._forget(without_pixel), self._forget(page))
                    self.assertEqual(
                        self._forget(text).split(), self._forget(html2plaintext(page)).split()
                    )

    def _forget(self, text):
        """Leave out the preference token, which holds the moment of its making."""
        return re.sub(r"/preferences/[\w-]+", "/preferences/", text)

    def test_pages_of_the_same_name_on_another_site_are_tracked_links(self):
        urls = [f"https://shop.example/{name}" for name in ("view", "unsubscribe_from_list")]
        body = "".join(f'<p><a href="{url}">a</a></p>' for url in urls)
        recipients = self._prepare(body_html=body)
        links = self.env["link.tracker"].search(
            [("mass_mailing_id", "=", self.execution.mailing_id.id)]
        )
        self.assertEqual(sorted(links.mapped("url")), sorted(urls))

        # As one of the merge fields of a page may write it.
        mailing = self.execution.mailing_id
        mailing.body_html = body
        _traces, contents = self._render(recipients)

        self.assertIn(f'href="{urls[0]}"', contents[recipients[0].id][1].html)

    def test_values_are_in_the_language_of_the_sender(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        germany = self.env.ref("base.de")
        germany.with_context(lang="fr_FR").name = "Allemagne"
        self._create_partner("Max", "max@test.example.com", country_id=germany.id)
        recipients = self._prepare(body_html=BODIES["translated"])

        self.channel = self.channel.with_context(lang="fr_FR")
        _traces, contents = self._render(recipients.with_context(lang="fr_FR"))

        self.assertIn("Allemagne", contents[recipients[-1].id][1].text)

    def test_a_recipient_that_cannot_be_rendered_fails_alone(self):
        recipients = self._prepare(body_html=BODIES["fallback"])
        bad = recipients[1]
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {bad.partner_id.id})]",
            }
        )
        self.env.invalidate_all()

        payloads = self.channel._prepare_batch(self.execution, recipients)

        self.assertIsInstance(payloads[bad.id], str)
        self.assertEqual(
            [payloads[one.id]["To"].addresses[0].addr_spec for one in recipients - bad],
            ["zoe@test.example.com", "three@test.example.com"],
        )

    def test_hooks_of_integrators_are_honoured(self):
        recipients = self._prepare()
        Channel = type(self.channel)
        build = Channel._build_message

        def build_and_attach(channel, execution, recipient, subject, body, *ids):
            body = body._replace(html=body.html + "<p>More</p>")
            message = build(channel, execution, recipient, subject, body, *ids)
            message.add_attachment(b"1", maintype="application", subtype="pdf", filename="a.pdf")
            return message

        with (
            patch.object(Channel, "_build_message", build_and_attach),
            patch.object(Channel, "_get_headers", lambda *args: {"X-Mine": "é"}),
        ):
            payloads = self.channel._prepare_batch(self.execution, recipients)

        message = payloads[recipients[0].id]
        self.assertEqual(message["X-Mine"], "é")
        self.assertIn("<p>More</p>", message.get_body(("html",)).get_content())
        self.assertEqual([part.get_filename() for part in message.iter_attachments()], ["a.pdf"])
