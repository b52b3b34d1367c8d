# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..tools.postal import get_window_zone, normalise

# What people type -> what the sorting machine reads.
LINES = {
    "12, rue de l'Église": "12 RUE DE L EGLISE",
    "  3 bis   bd. St-Michel ": "3 BIS BD ST-MICHEL",
    "Œuilly-sur-Ætheria": "OEUILLY-SUR-AETHERIA",
    "Straße 5/7": "STRASSE 5/7",
    "ul. Łódzka": "UL LODZKA",
    "Çà et là": "CA ET LA",
    "Stra\u00dfe\u00a05": "STRASSE 5",
    "": "",
}


@tagged("post_install", "-at_install")
class TestToolsPostal(TransactionCase):
    def test_lines_are_in_capitals_without_accents_nor_punctuation(self):
        for text, expected in LINES.items():
            with self.subTest(text):
                self.assertEqual(normalise(text), expected)

    def test_the_database_says_the_same(self):
        channel = self.env["crm.campaign.channel.post"]
        for text, expected in LINES.items():
            with self.subTest(text):
                statement = SQL("SELECT %s", channel._normalise_sql(SQL("%s", text)))
                self.assertEqual(self.env.execute_query(statement), [(expected,)])

    def test_window_shows_its_zone_wherever_the_sheet_has_slipped(self):
        zone = get_window_zone()
        for slip_x in (0, 10):
            for slip_y in (0, 11):
                left, top = zone.left + slip_x, zone.top + slip_y
                self.assertTrue(left >= 100 and left + zone.width <= 200)
                self.assertTrue(top >= 45 and top + zone.height <= 90)
