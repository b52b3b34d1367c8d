# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, models


class CrmCampaignChannel(models.AbstractModel):
    """What may be wrong with messages, found before they leave.

    A finding is a kind (a key of ``crm.campaign.operation.check._get_kinds``) and a detail, as a
    text; findings with the same two are counted together.
    """

    _inherit = "crm.campaign.channel"

    # Recipients of which messages are made at a time for a check.
    _check_batch_size = 500

    @api.model
    def _inspect_content(self, execution):
        """Find what is wrong with the content itself, whoever gets it.

        :param execution: lent execution, of which the content is not frozen yet
        :return: pairs of kind and detail
        :rtype: list[tuple[str, str]]
        """
        return []

    @api.model
    def _inspect_recipients(self, execution, recipients):
        """Make the messages of a batch, and find what is wrong with each.

        One message that cannot be made never blocks the others: that is a finding (``error``).

        :param execution: lent execution, its content frozen by ``_prepare_execution``
        :param recipients: rows of a batch, which are undone afterwards
        :return: triples of recipient id, kind and detail
        :rtype: list[tuple[int, str, str]]
        """
        return []
