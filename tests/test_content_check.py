# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CrmCampaignCase
from .common_sms import SmsCase
from .test_template_test import TestSendMixin


class CheckMixin:
    def _open_check(self, operation, user=None):
        action = operation.with_user(user or self.marketer).action_check_departure()
        check = self.env[action["res_model"]].browse(action["res_id"])
        return check.with_user(user or self.marketer)

    def _check(self, operation):
        """Check everything; return kind and detail -> number, and the wizard."""
        check = self._open_check(operation)
        report = check.check_next()
        while report["done"] < report["total"]:
            report = check.check_next()
        found = {(row["kind"], row["detail"]): row["count"] for row in report["findings"]}
        return found, check


@tagged("post_install", "-at_install")
class TestContentCheck(CheckMixin, TestSendMixin, CrmCampaignCase):
    def _check_template(self, **values):
        template = self._create_template(**values)
        return self._check(self._create_operation(template_id=template.id))

    def test_message_without_fault(self):
        self._create_partners(3)

        found, check = self._check(self._create_operation())

        self.assertEqual(found, {("no_way_out", ""): 0})
        self.assertEqual((check.check_done, check.check_total), (3, 3))

    def test_translations_are_checked_for_those_who_get_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self._create_partners(2)
        self.env["res.partner"].search([("name", "=", "Person 1")]).lang = "fr_FR"
        template = self._create_template()
        self.env["crm.campaign.template"].create(
            {
                "name": "fr",
                "source_id": template.id,
                "language": "fr_FR",
                "subject": "{{ object.partner_id.function }}",
                "body_html": '<p><a href="#">Voir</a><t t-out="object.partner_id.ref">x</t></p>',
            }
        )

        found, _check = self._check(self._create_operation(template_id=template.id))

        self.assertEqual(found["empty_subject", ""], 1)
        self.assertEqual(found["empty_field", "object.partner_id.function"], 1)
        self.assertEqual(found["fallback", "object.partner_id.ref"], 1)
        self.assertIn("bad_link", [kind for kind, _detail in found])

    def test_merge_fields_without_value_are_counted_with_their_people(self):
        self._create_partners(2)
        there = self._create_partner("There", "there@test.example.com", city="Paris", ref="R")
        body = '<p><t t-out="object.partner_id.city"/> <t t-out="object.partner_id.ref">x</t></p>'

        found, check = self._check_template(body_html=body)

        self.assertEqual(found["empty_field", "object.partner_id.city"], 2)
        self.assertEqual(found["fallback", "object.partner_id.ref"], 2)
        self.assertNotIn(("empty_field", "object.partner_id.name"), found)
        index = next(i for i, row in enumerate(check.findings) if row["kind"] == "empty_field")
        action = check.action_view_finding(index)
        people = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(set(people.mapped("name")), {"Person 1", "Person 2"})
        self.assertNotIn(there, people)

    def test_one_bad_record_never_blocks_the_others(self):
        self._create_partners(3)
        self._create_partner("Zero", "zero@test.example.com", color=0)
        self.env["res.partner"].search([("name", "like", "Person %")]).color = 2
        template = self.env["crm.campaign.template"].create(
            {
                "name": "Divides",
                "purpose_id": self.purpose.id,
                "subject": "x",
                "body_html": '<p><t t-out="4 / object.partner_id.color"/></p>',
            }
        )

        found, check = self._check(self._create_operation(template_id=template.id))

        words = 'ZeroDivisionError: division by zero · <t t-out="4 / object.partner_id.color"/>'
        self.assertEqual(found["error", words], 1)
        self.assertEqual(check.check_done, 4)
        (row,) = (row for row in check.read_check()["findings"] if row["kind"] == "error")
        self.assertEqual((row["person"], row["level"]), ("Zero", "danger"))

    def test_links_images_and_subject_of_the_content(self):
        self._create_partners(1)
        body = (
            '<p><a href="http://">x</a><a href="www.example.com">y</a>'
            '<a href="https://www.example.com">z</a><img src="/logo.png"/>'
            '<a href="/unsubscribe_from_list">u</a></p>'
        )

        found, _check = self._check_template(body_html=body, subject=" ")

        self.assertEqual(found["bad_link", "http://"], 0)
        self.assertEqual(found["bad_link", "www.example.com"], 0)
        self.assertEqual(found["bare_image", "/logo.png"], 0)
        self.assertEqual(found["no_subject", ""], 0)
        self.assertNotIn(("no_way_out", ""), found)
        self.assertNotIn(("bad_link", "https://www.example.com"), found)

    def test_content_that_cannot_be_sent_at_all_ends_the_check(self):
        self._create_partners(1)

        found, check = self._check_template(subject=False)

        blocked = [detail for kind, detail in found if kind == "blocked"]
        self.assertEqual(blocked, ["Template “Offer” has no subject or no body."])
        self.assertEqual(check.read_check()["findings"][0]["level"], "danger")

    def test_operation_that_lacks_its_sender_ends_the_check(self):
        self._create_partners(1)
        operation = self._create_operation()
        operation.email_from = False

        found, _check = self._check(operation)

        self.assertEqual(found["blocked", "“Newsletter” cannot leave yet. Missing: From."], 0)

    def test_link_of_one_person_is_looked_at(self):
        self._create_partner("Good", "good@test.example.com", ref="https://x.example.com")
        self._create_partner("Bad", "bad@test.example.com", ref="no where")
        template = self.env["crm.campaign.template"].create(
            {
                "name": "Links",
                "purpose_id": self.purpose.id,
                "subject": "x",
                "body_html": '<p><a t-att-href="object.partner_id.ref">x</a></p>',
            }
        )

        found, _check = self._check(self._create_operation(template_id=template.id))

        self.assertEqual(found["bad_link", "no where"], 1)
        self.assertEqual([kind for kind, _link in found].count("bad_link"), 1)

    def test_empty_subject_of_one_person(self):
        self._create_partners(2)
        self._create_partner("City", "city@test.example.com", city="Paris")

        found, _check = self._check_template(subject="{{ object.partner_id.city }}")

        self.assertEqual(found["empty_subject", ""], 2)
        self.assertEqual(found["empty_field", "object.partner_id.city"], 2)

    def test_only_who_would_receive_is_checked(self):
        self._create_partners(2)
        self._create_partner("No Email")
        self._create_partner("Same", "person1@test.example.com")

        _found, check = self._check(self._create_operation())

        self.assertEqual(check.check_total, 2)

    def test_who_is_reached_at_the_company_is_checked_too(self):
        company = self._create_partner(
            "Company", "company@test.example.com", is_company=True, category_id=False
        )
        person = self._create_partner("Without Email", parent_id=company.id)
        target = self._create_target(domain=repr([("id", "=", person.id)]))
        operation = self._create_operation(
            target_id=target.id,
            template_id=self._create_template(subject="{{ object.partner_id.function }}").id,
            address_rule="company",
        )

        found, _check = self._check(operation)

        self.assertEqual(found["empty_subject", ""], 1)

    def test_leaves_nothing_behind(self):
        self._create_partners(3)
        operation = self._create_operation()
        before = self._count_rows()

        self._check(operation)

        self.assertEqual(self._count_rows(), before)
        self.assertEqual(operation.state, "draft")

    def test_goes_on_where_it_stopped(self):
        self._create_partners(5)
        self.patch(type(self.env["crm.campaign.channel.email"]), "_check_batch_size", 2)
        self.patch(type(self.env["crm.campaign.operation.check"]), "_call_seconds", 0)
        body = '<p><t t-out="object.partner_id.city"/></p>'
        operation = self._create_operation(template_id=self._create_template(body_html=body).id)

        check = self._open_check(operation)

        self.assertEqual([check.check_next()["done"] for _call in range(3)], [2, 4, 5])
        found = {row["kind"]: row["count"] for row in check.read_check()["findings"]}
        self.assertEqual(found["empty_field"], 5)
        check.operation_id.template_id.body_html = "<p>Hello</p>"
        self.assertEqual(check.restart_check()["done"], 2)
        self.assertNotIn("empty_field", [row["kind"] for row in check.findings])

    def test_queries_do_not_grow_with_the_people(self):
        counts = []
        for number in (5, 50):
            self.env["res.partner"].search([("category_id", "in", self.tag.ids)]).unlink()
            self._create_partners(number)
            check = self._open_check(self._create_operation())
            check.check_next()
            check.restart_check()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            check.restart_check()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_leads_are_checked(self):
        self.env["crm.lead"].create(
            {
                "name": "Trip",
                "email_from": "lead@test.example.com",
                "user_id": self.marketer.id,
                "team_id": False,
            }
        )
        target = self._create_target(
            record_kind="lead", domain="[('email_from', '=', 'lead@test.example.com')]"
        )
        operation = self._create_operation(target_id=target.id)

        found, check = self._check(operation)

        self.assertEqual(check.check_done, 1)
        self.assertEqual(found["empty_field", "object.partner_id.name"], 1)

    def test_who_may_check(self):
        self._create_partners(1)
        operation = self._create_operation()
        check = self._open_check(operation)
        self.assertEqual(self._open_check(operation, self.manager).check_next()["done"], 1)
        for user in (self.caller, self.other_marketer, self.manager):
            with self.subTest(user.login), self.assertRaises(AccessError):
                check.with_user(user).check_next()
        operation.campaign_id.member_ids = self.other_marketer
        with self.assertRaisesRegex(UserError, "or a marketing manager"):
            self._open_check(operation, self.other_marketer).check_next()


@tagged("post_install", "-at_install")
class TestContentCheckSms(CheckMixin, SmsCase):
    def test_texts_that_take_more_than_the_text_alone(self):
        self._create_person("Zoé", "06 12 34 56 01")
        self._create_person("Z" * 150, "06 12 34 56 02")

        found, _check = self._check(self._create_sms())

        self.assertEqual(found, {("long_sms", "2"): 1})


@tagged("post_install", "-at_install")
class TestContentCheckLetters(CheckMixin, CrmCampaignCase):
    def test_letters_of_several_pages_and_those_that_cannot_be_printed(self):
        address = {"street": "1 rue de la Paix", "zip": "75002", "city": "Paris"}
        self._create_partner("Short", **address)
        self._create_partner("Long", function="word " * 2000, **{**address, "street": "2 rue"})
        self._create_partner("漢字", **{**address, "street": "3 rue"})
        template = self._create_template(
            channel="post",
            body_html='<p><t t-out="object.partner_id.name"/></p>'
            '<p><t t-out="object.partner_id.function">none</t></p>',
        )
        operation = self._create_operation(channel="post", template_id=template.id)

        found, check = self._check(operation)

        self.assertEqual(check.check_done, 3)
        self.assertEqual([n for (kind, _d), n in found.items() if kind == "error"], [1])
        self.assertEqual([n for (kind, _d), n in found.items() if kind == "long_letter"], [1])
