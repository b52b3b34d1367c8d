# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import BaseCase, tagged

from ..tools.domain_expression import check_expression

NAMES = {"uid", "context_today", "relativedelta", "datetime"}


@tagged("post_install", "-at_install")
class TestToolsDomainExpression(BaseCase):
    def test_what_favorites_say_is_allowed(self):
        for name, text in (
            ("user", "[('user_id', '=', uid)]"),
            ("date", "[('date', '>', (context_today() - relativedelta(days=7)).strftime('%Y'))]"),
            (
                "moment",
                "[('create_date', '>=', datetime.datetime.combine(context_today(), "
                "datetime.time(0, 0, 0)).to_utc().strftime('%Y-%m-%d %H:%M:%S'))]",
            ),
            ("joined", "['|'] + [('active', '=', not False)] + [('color', '=', -1)]"),
        ):
            with self.subTest(name):
                self.assertIsNone(check_expression(text, NAMES))

    def test_everything_else_is_refused(self):
        for name, text, message in (
            ("import", "__import__('os')", "“__import__”"),
            ("unknown name", "[('user_id', '=', user)]", "“user”"),
            ("private attribute", "uid.__class__", "“__class__”"),
            ("attribute of the host", "context_today().env", "“env”"),
            ("big list", "[1] * 10**9", "“Mult”|“Pow”"),
            ("comprehension", "[x for x in [1]]", "“ListComp”"),
            ("function", "(lambda: 1)()", "“Lambda”"),
            ("formatted text", "f'{uid}'", "“JoinedStr”"),
            ("statement", "import os", "not an expression"),
            ("deep", "[" * 100000, "not an expression"),
        ):
            with self.subTest(name), self.assertRaisesRegex(ValueError, message):
                check_expression(text, NAMES)
