# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.fields import Domain
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import CrmCampaignCase


class Unspeakable:
    """A value that has no text."""

    def __str__(self):
        raise ValueError("no text")

    def __repr__(self):
        return "<unspeakable>"


@tagged("post_install", "-at_install")
class TestTargetWords(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tags = cls.env["res.partner.category"].create(
            [{"name": f"Tag {number}"} for number in range(1, 8)]
        )
        cls.prospect = cls.tags[0]
        cls.prospect.name = "Prospect"
        cls.france = cls.env.ref("base.fr")
        cls.target = cls._create_target()

    def assertWords(self, *table):
        """Compare ``(domain, words)`` pairs."""
        for domain, expected in table:
            with self.subTest(expected):
                self.assertEqual(self.target._describe_domain(domain), expected)

    def test_texts(self):
        self.assertWords(
            ([("city", "=", "Rennes")], "City is “Rennes”"),
            ([("city", "!=", "Rennes")], "City is not “Rennes”"),
            ([("city", "in", ["Rennes", "Brest"])], "City is one of “Rennes”, “Brest”"),
            ([("city", "not in", ["Rennes", "Brest"])], "City is none of “Rennes”, “Brest”"),
            ([("city", "ilike", "renn")], "City contains “renn”"),
            ([("city", "not ilike", "renn")], "City does not contain “renn”"),
            ([("city", "=ilike", "re%")], "City starts with “re”"),
            ([("city", "not =ilike", "re%")], "City does not start with “re”"),
            ([("city", "=ilike", "%es")], "City ends with “es”"),
            ([("city", "=ilike", "rennes")], "City is “rennes”"),
            ([("city", "=ilike", "%enne%")], "City contains “enne”"),
            ([("city", "=ilike", "r_nn%s")], "City follows the pattern “r_nn%s”"),
            ([("city", "=", False)], "City is not set"),
            ([("city", "!=", False)], "City is set"),
            ([("city", "in", ["Rennes", False])], "City is “Rennes” or City is not set"),
            ([("city", "not in", ["Rennes", False])], "City is not “Rennes” and City is set"),
            ([("city", "in", [])], "no record"),
            ([("city", "not in", [])], "all records"),
            ([("city", ">=", "M")], "City is at least “M”"),
        )

    def test_connectives(self):
        rennes, brest = ("city", "=", "Rennes"), ("city", "=", "Brest")
        gold, silver = ("ref", "=", "gold"), ("ref", "=", "silver")
        color = ("color", ">", 3)
        self.assertWords(
            ([], "all records"),
            ([(0, "=", 1)], "no record"),
            ([rennes, gold], "City is “Rennes” and Reference is “gold”"),
            (
                [rennes, "|", gold, silver],
                "City is “Rennes” and (Reference is “gold” or Reference is “silver”)",
            ),
            (
                ["|", "&", rennes, gold, "&", brest, silver],
                "(City is “Rennes” and Reference is “gold”) or "
                "(City is “Brest” and Reference is “silver”)",
            ),
            (
                ["|", rennes, "|", brest, gold],
                "City is “Rennes” or City is “Brest” or Reference is “gold”",
            ),
            (["!", color], "not (Color Index is more than 3)"),
            (["!", rennes], "City is not “Rennes”"),
            (
                ["!", "&", color, ("color", "<", 9)],
                "not (Color Index is more than 3 and Color Index is less than 9)",
            ),
            (
                ["|", gold, "!", "&", color, ("color", "<", 9)],
                "Reference is “gold” or "
                "not (Color Index is more than 3 and Color Index is less than 9)",
            ),
        )

    def test_set_or_not_among_other_conditions_is_not_ambiguous(self):
        self.assertWords(
            (
                [("city", "in", ["Rennes", False]), ("ref", "=", "gold")],
                "(City is “Rennes” or City is not set) and Reference is “gold”",
            ),
        )

    def test_kinds_of_fields(self):
        self.assertWords(
            ([("is_company", "=", True)], "Is a Company is yes"),
            ([("is_company", "!=", True)], "Is a Company is no"),
            ([("is_company", "=", False)], "Is a Company is no"),
            ([("type", "=", "invoice")], "Address Type is Invoice"),
            ([("color", "=", 0)], "Color Index is 0"),
            ([("color", "=", False)], "Color Index is not set"),
            ([("color", ">=", 1), ("color", "<=", 3)], "Color Index is between 1 and 3"),
            ([("partner_latitude", "<", 48.5)], "Geo Latitude is less than 48.5"),
            ([("id", "in", self.marketer.partner_id.ids)], "ID is Campaign Marketer"),
        )

    def test_records_go_by_their_names(self):
        seven = self.tags.ids
        self.assertWords(
            ([("category_id", "=", self.prospect.id)], "Tags is Prospect"),
            ([("category_id", "in", seven[:2])], "Tags is one of Prospect, Tag 2"),
            (
                [("category_id", "not in", seven)],
                "Tags is none of Prospect, Tag 2, Tag 3, Tag 4, Tag 5 and 2 more",
            ),
            ([("category_id", "child_of", seven[:1])], "Tags is Prospect or below it"),
            ([("category_id", "ilike", "pros")], "Tags contains “pros”"),
            ([("country_id", "=", "France")], "Country is “France”"),
            ([("country_id", "=", False)], "Country is not set"),
            ([("category_id", "=", 2**30)], "Tags is #1073741824"),
            ([("category_id", "=", 2**70)], "Tags is #1180591620717411303424"),
        )

    def test_paths(self):
        fr, eu = ("code", "=", "FR"), ("name", "ilike", "a")
        self.assertWords(
            ([("country_id.code", "=", "FR")], "Country › Country Code is “FR”"),
            (["!", ("country_id.code", "=", "FR")], "not (Country › Country Code is “FR”)"),
            ([("country_id", "any", [fr])], "Country › Country Code is “FR”"),
            ([("country_id", "not any", [fr])], "not (Country › Country Code is “FR”)"),
            (
                [("country_id", "any", [fr, eu])],
                "Country matches (Country Code is “FR” and Country Name contains “a”)",
            ),
            (
                [("child_ids", "any", [("city", "=", "Brest"), ("ref", "=", "gold")])],
                "one of Contact matches (City is “Brest” and Reference is “gold”)",
            ),
            (
                [("child_ids", "not any", [("city", "=", "Brest"), ("ref", "=", "gold")])],
                "none of Contact matches (City is “Brest” and Reference is “gold”)",
            ),
            ([("child_ids", "any", [])], "Contact is set"),
            (
                [("parent_id", "any", [("country_id", "any", [fr])])],
                "Related Company › Country › Country Code is “FR”",
            ),
        )

    def test_unknown_things_show_as_they_are(self):
        self.assertWords(
            ([("gone", "=", "x")], "gone is “x”"),
            (
                [("parent_id.gone.deep", "in", [1, 2])],
                "Related Company › gone › deep is one of 1, 2",
            ),
            ([("gone", "any", [("x", "=", 1)])], "gone any [('x', '=', 1)]"),
            ([("type", "=", "gone")], "Address Type is “gone”"),
            ([("create_date", ">", "someday")], "Created on is after “someday”"),
        )

    def test_words_are_in_the_language_of_the_reader(self):
        french = self.target.with_context(lang="fr_FR")

        words = french._describe_domain([("city", "=", "Rennes"), ("country_id", "!=", False)])

        self.assertIn("Ville", words)
        self.assertIn("Pays", words)

    def test_record_that_the_reader_may_not_read_has_no_name(self):
        secret = self._create_partner("Secret", company_id=self.foreign_company.id)
        domain = [("parent_id", "in", (secret + self.marketer.partner_id).ids)]

        words = self.target.with_user(self.marketer).sudo()._describe_domain(domain)

        self.assertEqual(
            words, f"Related Company is one of #{secret.id}, {self.marketer.partner_id.name}"
        )

    def test_words_that_fail_hold_nothing_back(self):
        with mute_logger("odoo.addons.crm_campaign.models.crm_campaign_target_words"):
            words = self.target._describe_domain(Domain("city", "ilike", Unspeakable()))

        self.assertEqual(words, "[('city', 'ilike', <unspeakable>)]")

    def test_what_only_the_database_can_evaluate_is_left_out(self):
        query = self.env["res.partner"]._search([])
        custom = Domain.custom(to_sql=lambda model, alias, query: SQL("TRUE"))
        self.assertWords(
            (Domain("id", "in", query), "ID is …"),
            (Domain("city", "=", "Rennes") & custom, "City is “Rennes” and …"),
        )

    def test_target_shows_its_kind_and_criteria(self):
        target = self._create_target(record_kind="company", domain="[('city', '=', 'Rennes')]")

        self.assertEqual(target.criteria, "Companies · City is “Rennes”")

    def test_target_follows_its_criteria(self):
        target = self._create_target(domain="[('city', '=', 'Rennes')]")
        self.assertIn("Rennes", target.criteria)

        target.domain = "[]"

        self.assertEqual(target.criteria, "Companies and Contacts · all records")

    def test_broken_criteria_show_as_they_are(self):
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET domain = 'name = x' WHERE id = %s", (self.target.id,)
        )
        self.target.invalidate_recordset()

        self.assertEqual(self.target.criteria, "Companies and Contacts · name = x")

    def _create_set(self, operator, members, first=None, name="Set"):
        return self._create_target(
            name=name,
            mode="set",
            set_operator=operator,
            set_first_id=first and first.id,
            set_member_ids=[(6, 0, members.ids)],
        )

    def test_sets_name_their_members(self):
        rennes = self._create_target(name="Rennes", domain="[('city', '=', 'Rennes')]")
        gold = self._create_target(name="Gold", domain="[('ref', '=', 'gold')]")
        everybody = self._create_target(name="Everybody", domain="[]")
        union = self._create_set("union", gold + rennes, name="Union")
        for target, expected in (
            (union, "“Gold” (Reference is “gold”) or “Rennes” (City is “Rennes”)"),
            (
                self._create_set("difference", gold + rennes, first=everybody),
                "“Everybody” (all records) except "
                "(“Gold” (Reference is “gold”) or “Rennes” (City is “Rennes”))",
            ),
            (
                self._create_set("intersection", everybody + union),
                "“Everybody” (all records) and "
                "“Union” (“Gold” (Reference is “gold”) or “Rennes” (City is “Rennes”))",
            ),
        ):
            with self.subTest(expected):
                self.assertEqual(target.criteria, f"Companies and Contacts · {expected}")

    def test_set_follows_its_members(self):
        rennes = self._create_target(name="Rennes", domain="[('city', '=', 'Rennes')]")
        union = self._create_set("union", rennes + self.target)
        self.assertIn("City is “Rennes”", union.criteria)

        rennes.domain = "[('city', '=', 'Brest')]"

        self.assertIn("“Rennes” (City is “Brest”)", union.criteria)

    def test_execution_keeps_the_words_after_the_target_changed(self):
        target = self._create_target(record_kind="contact")
        self._create_partner("Ann", "ann@test.example.com")
        execution = self._dispatch(self._create_operation(target_id=target.id))

        target.write({"domain": "[]", "record_kind": "partner"})

        self.assertEqual(execution.criteria, "Contacts · Tags is Campaign Test")
        self.assertEqual(execution.record_kind, "contact")
        self.assertEqual(target.execution_ids, execution)

    def test_execution_speaks_the_language_of_its_author(self):
        self.marketer.lang = "fr_FR"
        target = self._create_target(domain="[('city', '=', 'Rennes')]")
        self._create_partner("Ann", "ann@test.example.com", city="Rennes")

        execution = self._dispatch(self._create_operation(target_id=target.id))

        self.assertIn("Ville", execution.criteria)

    def test_execution_names_only_what_its_author_may_read(self):
        secret = self._create_partner("Secret", company_id=self.foreign_company.id)
        target = self._create_target(
            domain=repr(["|", ("city", "=", "Rennes"), ("commercial_partner_id", "=", secret.id)])
        )
        self._create_partner("Ann", "ann@test.example.com", city="Rennes")

        execution = self._dispatch(self._create_operation(target_id=target.id))

        self.assertIn(f"#{secret.id}", execution.criteria)
        self.assertNotIn("Secret", execution.criteria)
