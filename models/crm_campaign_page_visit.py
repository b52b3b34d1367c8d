# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from datetime import timedelta
from ipaddress import ip_address, ip_network

from odoo import api, fields, models
from odoo.tools import SQL, hmac

# IPv6 hands whole networks to one household.
IPV6_PREFIX = 64


class CrmCampaignPageVisit(models.Model):
    """An answer to a public page, so that nobody sends hundreds of them.

    Holds no address: a keyed digest of the visitor's network, from which nobody gets it back, and
    not for longer than the window that it limits. Rows are only inserted by visitors, who wait for
    nobody, and deleted by the job that counts.
    """

    _name = "crm.campaign.page.visit"
    _description = "Visit of a Public Page"
    _log_access = False

    # Answers of one network within so many minutes.
    _limit = 10
    _window_minutes = 10

    visitor = fields.Char(required=True, export_string_translation=False)
    moment = fields.Datetime(required=True)

    _visitor_idx = models.Index("(visitor, moment)")

    @api.model
    def _get_visitor(self, address):
        """Give the digest of a visitor's network.

        :param str address: IP address; anything else is one visitor
        :rtype: str
        """
        try:
            network = ip_address(address or "")
        except ValueError:
            network = "unknown"
        else:
            if network.version == 6:
                network = ip_network((network, IPV6_PREFIX), strict=False)
        return hmac(self.env(su=True), "crm_campaign-page-visit", str(network))[:32]

    @api.model
    def _may_answer(self, address):
        """Note an answer, and tell whether it may be taken.

        :param str address: IP address of the visitor
        :rtype: bool
        """
        now = fields.Datetime.now()
        visitor = self._get_visitor(address)
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_campaign_page_visit (visitor, moment) VALUES (%s, %s)",
                visitor,
                now,
            )
        )
        [[count]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM crm_campaign_page_visit WHERE visitor = %s AND moment > %s",
                visitor,
                now - timedelta(minutes=self._window_minutes),
            )
        )
        return count <= self._limit

    @api.model
    def _forget(self):
        """Delete what is older than the window."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM crm_campaign_page_visit WHERE moment <= %s",
                fields.Datetime.now() - timedelta(minutes=self._window_minutes),
            )
        )
