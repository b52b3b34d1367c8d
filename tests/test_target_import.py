# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from base64 import b64encode
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import CrmCampaignCase


class ImportMixin:
    """A target of mode import of the marketer, and what it takes to bring files into it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.target = cls._create_target(name="From a File", mode="import", domain="[]")

    @classmethod
    def _create_import(cls, content, name="people.csv", **values):
        content = content.encode() if isinstance(content, str) else content
        return (
            cls.env["crm.campaign.target.import"]
            .with_user(cls.marketer)
            .create(
                {
                    "target_id": cls.target.id,
                    "file": b64encode(content),
                    "file_name": name,
                    **values,
                }
            )
        )

    def _import(self, content, name="people.csv", **values):
        record = self._create_import(content, name, **values)
        record.action_import()
        return record

    def _get_lines(self, record, *names):
        """Return the named fields of each line, in the order of the file."""
        lines = self.env["crm.campaign.target.import.line"].search([("import_id", "=", record.id)])
        return [tuple(line[name] for name in names) for line in lines.sorted("line_number")]

    def _get_people(self, target=None):
        """Return the names of whom the target holds."""
        ids = (target or self.target)._get_query().get_result_ids()
        return sorted(self.env["res.partner"].browse(ids).mapped("name"))


@tagged("post_install", "-at_install")
class TestTargetImport(ImportMixin, CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.fr")
        cls.shop = cls._create_partner("Le Copeau", "shop@imported.example.com", is_company=True)
        cls.ann = cls._create_partner(
            "Ann Roy", "ann@imported.example.com", ref="XC001", phone="02 61 91 11 07"
        )
        cls.bob = cls._create_partner(
            "Bob Petit", "bob@imported.example.com", parent_id=cls.shop.id, phone="02 61 91 31 66"
        )

    def test_each_rule_recognises(self):
        for name, header, value, rule, message in (
            ("reference", "Code client", "XC001", "match_reference", "By reference"),
            ("email", "Courriel", "ANN@Imported.example.com", "match_email", "By email"),
            ("written out", "Mail", "Ann <ann@imported.example.com>", "match_email", "By email"),
            ("phone", "Tél", "+33 2 61 91 11 07", "match_phone", "By phone"),
            ("national phone", "Tél", "02.61.91.11.07", "match_phone", "By phone"),
        ):
            with self.subTest(name):
                rules = {"match_reference": False, "match_email": False, rule: True}
                record = self._import(f"{header}\n{value}\n", replace=True, **rules)

                self.assertEqual(record.state, "done")
                self.assertEqual(
                    self._get_lines(record, "line_number", "status", "res_id", "message"),
                    [(2, "matched", self.ann.id, message)],
                )
                self.assertEqual(self._get_people(), ["Ann Roy"])

    def test_name_and_company_recognise_without_case(self):
        record = self._import(
            "Prénom;Nom;Société\nbob;PETIT;le copeau\nbob;petit;Elsewhere\n", match_name=True
        )

        self.assertEqual(
            self._get_lines(record, "status", "res_id"),
            [("matched", self.bob.id), ("rejected", 0)],
        )

    def test_a_rule_that_was_not_chosen_recognises_nobody(self):
        record = self._import("Ref,Phone\n,02 61 91 11 07\n")

        self.assertEqual(
            self._get_lines(record, "status", "message"), [("rejected", "Nobody answers to it")]
        )

    def test_the_first_rule_that_finds_somebody_decides(self):
        record = self._import("Ref,Email\nXC001,bob@imported.example.com\n")

        self.assertEqual(
            self._get_lines(record, "res_id", "message"), [(self.ann.id, "By reference")]
        )

    def test_a_rule_that_finds_nobody_leaves_it_to_the_next(self):
        record = self._import("Ref,Email\nXC999,bob@imported.example.com\n")

        self.assertEqual(self._get_lines(record, "res_id", "message"), [(self.bob.id, "By email")])

    def test_several_people_for_one_email_are_ambiguous(self):
        self._create_partner("Ann Again", "ann@imported.example.com")
        record = self._import("Email,Name\nann@imported.example.com,Ann\n", create_missing=True)

        self.assertEqual(
            self._get_lines(record, "status", "res_id", "message"),
            [("ambiguous", 0, "2 people answer to it")],
        )
        self.assertEqual(self._get_people(), [])

    def test_an_archived_person_answers_only_where_nobody_else_does(self):
        self._create_partner("Old Ann", "ann@imported.example.com", active=False)
        gone = self._create_partner("Gone", "gone@imported.example.com", active=False)
        record = self._import(
            "Email\nann@imported.example.com\ngone@imported.example.com\n", create_missing=True
        )

        self.assertEqual(
            self._get_lines(record, "status", "res_id"),
            [("matched", self.ann.id), ("matched", gone.id)],
        )

    def test_a_second_line_of_somebody_is_repeated(self):
        record = self._import("Ref,Email\nXC001,\n,ann@imported.example.com\nXC001,\n")

        self.assertEqual(
            self._get_lines(record, "status", "res_id", "message"),
            [
                ("matched", self.ann.id, "By reference"),
                ("duplicate", self.ann.id, "Already on line 2"),
                ("duplicate", self.ann.id, "Already on line 2"),
            ],
        )

    def test_unknown_people_are_created_once(self):
        record = self._import(
            "Ref;Nom;Société;Mail;Tél\n"
            "N1;Cyd New;Le Copeau;cyd@imported.example.com;02 61 91 00 00\n"
            ";Cyd Again;;CYD@imported.example.com;\n"
            ";;;dan@imported.example.com;\n",
            create_missing=True,
        )

        lines = self._get_lines(record, "status", "message")
        self.assertEqual(
            lines,
            [
                ("created", "Unknown so far"),
                ("duplicate", "Already on line 2"),
                ("created", "Unknown so far"),
            ],
        )
        cyd, again, dan = (res_id for (res_id,) in self._get_lines(record, "res_id"))
        self.assertEqual(again, cyd)
        cyd = self.env["res.partner"].browse(cyd)
        self.assertEqual(
            (cyd.name, cyd.ref, cyd.email, cyd.phone, cyd.parent_id, cyd.is_company),
            ("Cyd New", "N1", "cyd@imported.example.com", "02 61 91 00 00", self.shop, False),
        )
        self.assertEqual(self.env["res.partner"].browse(dan).name, "dan@imported.example.com")
        self.assertEqual(self._get_people(), ["Cyd New", "dan@imported.example.com"])
        self.assertEqual(cyd.create_uid, self.marketer)

    def test_companies_that_several_have_the_name_of_are_a_text(self):
        self._create_partner("LE COPEAU", is_company=True)
        record = self._import("Nom,Société\nEve,Le Copeau\n", create_missing=True)

        [(eve,)] = self._get_lines(record, "res_id")
        eve = self.env["res.partner"].browse(eve)
        self.assertFalse(eve.parent_id)
        self.assertEqual(eve.company_name, "Le Copeau")

    def test_a_company_alone_is_a_company(self):
        record = self._import("Nom,Société\n,Le Nouveau\n", create_missing=True, match_name=True)

        [(company,)] = self._get_lines(record, "res_id")
        company = self.env["res.partner"].browse(company)
        self.assertEqual((company.name, company.is_company), ("Le Nouveau", True))

    def test_companies_are_recognised_by_their_name(self):
        self.target.record_kind = "company"
        record = self._import(
            "Raison sociale,Mail\nle copeau,\n,ann@imported.example.com\n", match_name=True
        )

        self.assertEqual(
            self._get_lines(record, "status", "res_id"),
            [("matched", self.shop.id), ("rejected", 0)],
        )

    def test_nobody_is_created_from_nothing(self):
        record = self._import("Ref,Mail,Nom\nN1,,\n,not an address,Zed\n", create_missing=True)

        self.assertEqual(
            self._get_lines(record, "status", "message"),
            [
                ("rejected", "Neither name nor email: nobody can be created from it"),
                ("rejected", "Not an email address"),
            ],
        )

    def test_figures_agree_with_lines(self):
        self._create_partner("Ann Again", "bob@imported.example.com")
        record = self._import(
            "Ref,Mail\nXC001,\n,bob@imported.example.com\nXC001,\n,new@imported.example.com\n"
            "N2,\n\n,=1+1\n",
            create_missing=True,
        )

        self.assertEqual(
            {
                name: record[f"{name}_count"]
                for name in ("line", "matched", "created", "ambiguous", "rejected", "duplicate")
            },
            {
                "line": 6,
                "matched": 1,
                "created": 1,
                "ambiguous": 1,
                "rejected": 2,
                "duplicate": 1,
            },
        )
        self.assertEqual(self.target.import_count, 2)
        self.assertEqual(self.target.targeted_count, 2)
        self.assertEqual(record.problem_line_ids.mapped("line_number"), [3, 6, 8])

    def test_a_file_adds_to_earlier_ones_or_replaces_them(self):
        self._import("Ref\nXC001\n")
        self._import("Mail\nbob@imported.example.com\n")
        self.assertEqual(self._get_people(), ["Ann Roy", "Bob Petit"])

        self._import("Mail\nbob@imported.example.com\n", replace=True)

        self.assertEqual(self._get_people(), ["Bob Petit"])

    def test_a_file_that_means_nobody_replaces_nobody(self):
        self._import("Ref\nXC001\n")
        record = self._import("Ref\nNONE\n", replace=True)

        self.assertEqual(record.state, "done")
        self.assertIn("Nobody was recognised", record.error_message)
        self.assertEqual(self._get_people(), ["Ann Roy"])

    def test_what_was_decided_by_hand_outlives_files(self):
        self.target._exclude_records(self.ann.with_user(self.marketer))
        self.target._add_records(self.bob.with_user(self.marketer))
        self._import("Ref\nXC001\n", replace=True)
        self._import("Ref\nXC001\n", replace=True)

        self.assertEqual(self._get_people(), ["Bob Petit"])
        self.assertEqual(self.target.exclusion_count, 1)

    def test_people_of_another_company_are_not_recognised(self):
        self.ann.company_id = self.foreign_company
        record = self._import("Ref,Mail\nXC001,ann@imported.example.com\n")

        self.assertEqual(self._get_lines(record, "status"), [("rejected",)])

    def test_leads_are_recognised_and_not_created(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Opportunity",
                "contact_name": "Lea Lead",
                "partner_name": "Leads Ltd",
                "email_from": "lea@imported.example.com",
                "user_id": self.marketer.id,
            }
        )
        self.target.record_kind = "lead"
        record = self._import(
            "Nom,Société,Mail\n,,lea@imported.example.com\nLEA LEAD,leads ltd,\n", match_name=True
        )

        self.assertEqual(
            self._get_lines(record, "status", "res_id"),
            [("matched", lead.id), ("duplicate", lead.id)],
        )
        with self.assertRaisesRegex(UserError, "no leads"):
            self._import("Mail\nx@imported.example.com\n", create_missing=True)

    def test_nothing_is_half_done_when_somebody_cannot_be_created(self):
        count = self.env["res.partner"].search_count([])
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT no_poison CHECK (ref != 'POISON')"
        )
        record = self._create_import(
            "Ref,Nom,Mail\nXC001,,\nN1,New,new@imported.example.com\nPOISON,Poison,\n",
            create_missing=True,
        )
        with (
            mute_logger("odoo.sql_db"),
            patch.object(self.registry["crm.campaign.target.import"], "_create_size", 1),
            self.assertLogs("odoo.addons.crm_campaign", "WARNING"),
        ):
            record.action_import()

        self.assertEqual(record.state, "failed")
        self.assertTrue(record.error_message)
        self.assertEqual(self.env["res.partner"].search_count([]), count)
        self.assertFalse(self.target.member_ids)
        self.assertFalse(self._get_lines(record, "status"))

    def test_a_refusal_of_the_host_is_what_the_author_reads(self):
        People = self.registry["res.partner"]
        with patch.object(People, "create", side_effect=UserError("Not on a Sunday.")):
            record = self._import("Nom\nNew\n", create_missing=True)

        self.assertEqual((record.state, record.error_message), ("failed", "Not on a Sunday."))

    def test_a_failed_file_is_tried_again_when_it_was_put_right(self):
        record = self._import("Nothing\nXC001\n")
        self.assertEqual(record.state, "failed")

        record.file = b64encode(b"Ref\nXC001\n")
        record.action_import()

        self.assertEqual((record.state, record.error_message), ("done", False))
        with self.assertRaisesRegex(UserError, "handed over already"):
            record.action_import()
        with self.assertRaisesRegex(UserError, "cannot be changed any more"):
            record.match_phone = True

    def test_too_many_new_people_are_refused(self):
        with patch.object(self.registry["crm.campaign.target.import"], "_max_new_people", 2):
            record = self._import("Nom,Ref\nA,1\nB,2\nC,3\n", create_missing=True)

        self.assertEqual(record.state, "failed")
        self.assertIn("3 people of this file are unknown, more than the 2", record.error_message)

    def test_what_is_missing_is_said_before_anything_happens(self):
        query = self._create_target(name="A Query")
        for name, values, message in (
            ("no file", {"file": False}, "Choose a file"),
            ("no rule", {"match_reference": False, "match_email": False}, "at least one rule"),
            ("no mode", {"target_id": query.id}, "does not take files"),
        ):
            with self.subTest(name), self.assertRaisesRegex(UserError, message):
                self._import("Ref\nXC001\n", **values)

    def test_as_many_statements_for_many_lines_as_for_few(self):
        people = self._create_partners(200)
        people.flush_recordset()
        counts = []
        for emails in (
            people[:1].mapped("email"),
            people[:10].mapped("email"),
            people.mapped("email"),
        ):
            record = self._create_import(
                "Mail,Tél,Nom\n" + "".join(f"{email},,\n" for email in emails),
                match_phone=True,
                match_name=True,
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_import()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(record.matched_count, len(emails))

        # The first one fills caches.
        self.assertEqual(counts[1], counts[2])

    def test_old_reports_and_files_are_deleted(self):
        old = self._import("Ref\nXC001\n")
        young = self._import("Ref\nXC001\n")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_target_import SET finished_at = now() - interval '91 days',"
            " create_date = now() - interval '91 days' WHERE id = %s",
            (old.id,),
        )
        self.env.invalidate_all()

        deleted = self.env["crm.campaign.target.import.line"]._gc_lines()
        self.env["crm.campaign.target.import"]._gc_files()

        self.assertEqual(deleted, (1, False))
        self.assertEqual(
            [len(self._get_lines(record, "status")) for record in (old, young)], [0, 1]
        )
        self.assertEqual([bool(record.file) for record in (old, young)], [False, True])
        self.assertEqual((old.matched_count, self._get_people()), (1, ["Ann Roy"]))
