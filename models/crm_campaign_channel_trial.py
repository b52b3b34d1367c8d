# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import re

from odoo import api, models
from odoo.exceptions import UserError

SEPARATORS = re.compile(r"[,;\n]+")
# A test is no way to send a mailing.
MOST_ADDRESSES = 20


class CrmCampaignChannel(models.AbstractModel):
    """Tests: a content that goes out now, to addresses that somebody typed, and leaves no row."""

    _inherit = "crm.campaign.channel"

    @api.model
    def _read_test_addresses(self, text, company):
        """Read the addresses that somebody typed.

        :param str text: addresses, separated by commas, semicolons or line breaks
        :param company: company that sends
        :return: normalised addresses, each once; empty for a channel that needs none
        :rtype: list[str]
        :raise UserError: none, too many, or names those that are no addresses
        """
        typed = [part.strip() for part in SEPARATORS.split(text or "") if part.strip()]
        read = {part: self._read_test_address(part, company) for part in typed}
        if wrong := [part for part, address in read.items() if not address]:
            raise UserError(
                self.env._("These addresses cannot be used: %(list)s", list=", ".join(wrong))
            )
        if not read:
            raise UserError(self.env._("Type at least one address for the test."))
        addresses = list(dict.fromkeys(read.values()))
        if len(addresses) > MOST_ADDRESSES:
            raise UserError(
                self.env._("A test goes to %(count)s addresses at most.", count=MOST_ADDRESSES)
            )
        return addresses

    @api.model
    def _read_test_address(self, text, company):
        """Read one address.

        :return: normalised address; False when it is none
        :rtype: str | bool
        """
        raise UserError(self.env._("There is no test on this channel."))

    @api.model
    def _render_test(self, execution, recipient):
        """Give the content of a test of one recipient, as it would leave.

        :param execution: lent execution with its template
        :return: content for ``_send_test``
        :rtype: dict[str, str]
        :raise UserError: the template cannot be rendered for this recipient
        """
        return execution._render_content(execution.template_id, recipient)

    @api.model
    def _send_test(self, execution, content, addresses):
        """Hand a test over, now; nothing is tracked nor kept.

        :param execution: unsaved or lent execution that says who sends, and why
        :param dict content: ``subject``, ``body_html``, ``body_text``, as far as there are any
        :param list[str] addresses: as ``_read_test_addresses`` returned them
        :return: address -> why it was not sent to; empty when everybody has it
        :rtype: dict[str, str]
        :raise ChannelUnavailable: nothing can be sent for now
        """
        raise UserError(self.env._("There is no test on this channel."))
