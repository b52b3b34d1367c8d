# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo.tests import tagged

from odoo.addons.crm_campaign.tests.test_trade_show_event import TradeShowEventCase


@tagged("post_install", "-at_install")
class TestShowRegistrations(TradeShowEventCase):
    """Trade shows take the registrations of events over, where the app is there."""
