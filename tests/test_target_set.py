# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CrmCampaignCase


@tagged("post_install", "-at_install")
class TestTargetSet(CrmCampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ann = cls._create_partner("Ann", "ann@test.example.com", city="Rennes", ref="gold")
        cls.bob = cls._create_partner("Bob", "bob@test.example.com", city="Rennes")
        cls.cyd = cls._create_partner("Cyd", "cyd@test.example.com", city="Brest", ref="gold")
        cls.dan = cls._create_partner("Dan", "dan@test.example.com", city="Vannes")
        cls.rennes = cls._create_part("Rennes", ("city", "=", "Rennes"))
        cls.gold = cls._create_part("Gold", ("ref", "=", "gold"))
        cls.brest = cls._create_part("Brest", ("city", "=", "Brest"))
        cls.everybody = cls._create_target(name="Everybody")

    @classmethod
    def _create_part(cls, name, leaf):
        return cls._create_target(
            name=name, domain=repr([("category_id", "in", [cls.tag.id]), leaf])
        )

    def _create_set(self, operator, members, first=None, **values):
        return self._create_target(
            name=values.pop("name", operator),
            mode="set",
            set_operator=operator,
            set_first_id=first and first.id,
            set_member_ids=[(6, 0, members.ids)],
            **values,
        )

    def _get_names(self, target):
        partners = self.env["res.partner"].browse(target._get_query().get_result_ids())
        return sorted(partners.mapped("name"))

    def test_operations(self):
        for name, target, expected in (
            ("union", self._create_set("union", self.rennes + self.gold), ["Ann", "Bob", "Cyd"]),
            ("intersection", self._create_set("intersection", self.rennes + self.gold), ["Ann"]),
            (
                "difference",
                self._create_set("difference", self.gold, first=self.everybody),
                ["Bob", "Dan"],
            ),
            (
                "difference of several",
                self._create_set("difference", self.rennes + self.brest, first=self.everybody),
                ["Dan"],
            ),
        ):
            with self.subTest(name):
                self.assertEqual(self._get_names(target), expected)
                self.assertEqual(target.targeted_count, len(expected))
                self.assertEqual(
                    sorted(row["cells"][0] for row in target.preview["rows"]), expected
                )

    def test_empty_values_are_in_a_complement(self):
        # Bob and Dan have no reference at all.
        target = self._create_set("difference", self.gold, first=self.everybody)

        self.assertEqual(self._get_names(target), ["Bob", "Dan"])

    def test_sets_of_sets(self):
        union = self._create_set("union", self.rennes + self.brest)
        nested = self._create_set("difference", union, first=self.everybody)

        self.assertEqual(self._get_names(nested), ["Dan"])

    def test_members_are_evaluated_again_at_each_use(self):
        target = self._create_set("union", self.rennes + self.gold)

        self.rennes.domain = repr([("category_id", "in", [self.tag.id]), ("city", "=", "Vannes")])

        self.assertEqual(self._get_names(target), ["Ann", "Cyd", "Dan"])

    def test_departure_of_a_set(self):
        target = self._create_set("intersection", self.rennes + self.gold)

        execution = self._dispatch(self._create_operation(target_id=target.id))

        self.assertRecipients(execution, [{"partner": self.ann, "state": "pending"}])
        self.assertIn(" and ", execution.criteria)

    def test_a_set_within_itself_is_refused_with_the_way_round(self):
        inner = self._create_set("union", self.rennes + self.gold, name="Inner")
        outer = self._create_set("union", inner + self.brest, name="Outer")

        with self.assertRaisesRegex(ValidationError, "Inner → Outer → Inner"):
            inner.set_member_ids += outer

    def test_a_set_that_holds_itself_is_refused(self):
        target = self._create_set("union", self.rennes + self.gold, name="Itself")

        with self.assertRaisesRegex(ValidationError, "Itself → Itself"):
            target.set_member_ids += target

    def test_the_same_target_twice_on_different_ways_is_no_cycle(self):
        left = self._create_set("union", self.rennes + self.gold)
        right = self._create_set("union", self.rennes + self.brest)

        both = self._create_set("intersection", left + right)

        self.assertEqual(self._get_names(both), ["Ann", "Bob", "Cyd"])

    def test_members_of_another_kind_are_refused(self):
        companies = self._create_target(name="Companies", record_kind="company")

        with self.assertRaisesRegex(ValidationError, "“Companies”, which is of another kind"):
            self._create_set("union", self.rennes + companies)
        union = self._create_set("union", self.rennes + self.gold)
        with self.assertRaisesRegex(ValidationError, "which is of another kind"):
            self.gold.record_kind = "company"
        self.assertEqual(union.record_kind, "partner")

    def test_too_few_members_are_refused(self):
        for name, operator, members, first in (
            ("one", "union", self.rennes, None),
            ("none", "intersection", self.env["crm.campaign.target"], None),
            ("difference without a first", "difference", self.rennes + self.gold, None),
            (
                "difference from nothing",
                "difference",
                self.env["crm.campaign.target"],
                self.everybody,
            ),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValidationError, "needs two targets"):
                self._create_set(operator, members, first=first)

    def test_member_of_a_set_is_not_deleted(self):
        self._create_set("difference", self.rennes, first=self.everybody)

        for target in (self.rennes, self.everybody):
            with self.assertRaisesRegex(UserError, "is part of other targets"):
                target.unlink()

    def test_broken_member_breaks_the_set_and_not_its_form(self):
        target = self._create_set("union", self.rennes + self.gold)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_campaign_target SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s",
            (self.gold.id,),
        )
        self.env.invalidate_all()

        self.assertTrue(target.is_broken)
        with self.assertRaisesRegex(UserError, "cannot be used"):
            target._get_query()

    def test_copy_has_the_same_members(self):
        target = self._create_set("union", self.rennes + self.gold)

        self.assertEqual(self._get_names(target.copy()), ["Ann", "Bob", "Cyd"])
