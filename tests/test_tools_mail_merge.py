# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import BaseCase, tagged

from ..tools.mail_merge import Slots


@tagged("post_install", "-at_install")
class TestToolsMailMerge(BaseCase):
    def test_values_land_in_their_slots(self):
        slots = Slots("s3cret")
        for name, text, values, expected in (
            ("none", "as it is", {}, "as it is"),
            ("only", slots["a"], {"a": "x"}, "x"),
            ("twice", f"{slots['a']}-{slots['a']}", {"a": "x"}, "x-x"),
            ("beside", f"{slots['a']}{slots['b_2']}", {"a": "x", "b_2": "y"}, "xy"),
            ("around word characters", f"1{slots['a']}2", {"a": "x"}, "1x2"),
            ("more values than slots", f"<{slots['a']}>", {"a": "x", "b": "y"}, "<x>"),
        ):
            with self.subTest(name):
                self.assertEqual(slots.cut(text).fill(values), expected)

    def test_a_value_is_never_taken_for_a_slot(self):
        slots = Slots("s3cret")

        mould = slots.cut(f"{slots['a']} {slots['b']}")

        self.assertEqual(mould.fill({"a": slots["b"], "b": "x"}), "s3cretbs3cret x")
