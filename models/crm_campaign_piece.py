# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.tools import SQL

from ..const import RECIPIENT_SENT_STATES


class CrmCampaignPiece(models.Model):
    """Where the letter or the line of a recipient is: in which part of a document, from where on.

    Written by the channels that make documents, one row a recipient, together with the part. A
    sender that dies may leave pieces of recipients who went back to the queue: the last piece of a
    recipient is the one that counts, and only once the recipient is marked as sent. So a document
    holds everybody once, whatever happened.
    """

    _name = "crm.campaign.piece"
    _description = "Piece of a Campaign Document"
    _order = "id"
    _log_access = False

    # No foreign key: its check would read rows that the claim has changed since this transaction
    # began, which PostgreSQL refuses. Recipients are never deleted.
    recipient_id = fields.Integer(required=True, readonly=True, index=True)
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="Part",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    # First page or line in the part, counted from 0, and how many of them.
    position = fields.Integer(required=True, readonly=True)
    extent = fields.Integer(required=True, readonly=True)

    # === BUSINESS METHODS === #

    @api.model
    def _note(self, attachment, places):
        """Note what a part holds, in one statement.

        :param attachment: the part
        :param dict places: recipient id -> (position, extent); not empty
        """
        rows = (
            SQL("(%s, %s, %s, %s)", recipient_id, attachment.id, position, extent)
            for recipient_id, (position, extent) in places.items()
        )
        self.env.cr.execute(
            SQL(
                "INSERT INTO crm_campaign_piece (recipient_id, attachment_id, position, extent)"
                " VALUES %s",
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model()

    @api.model
    def _read_places(self, condition):
        """Read where the pieces that count are, in the order of the recipients.

        :param SQL condition: on ``crm_campaign_recipient``, alias ``r``
        :return: tuples (attachment id, position, extent)
        :rtype: list[tuple[int, int, int]]
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (p.recipient_id) p.attachment_id, p.position, p.extent
                  FROM crm_campaign_piece p
                  JOIN crm_campaign_recipient r ON r.id = p.recipient_id
                 WHERE r.state IN %s AND %s
              ORDER BY p.recipient_id, p.id DESC
                """,
                RECIPIENT_SENT_STATES,
                condition,
            )
        )

    @api.model
    def _drop_superseded(self, execution):
        """Delete pieces that do not count any more, and parts of which nothing is left."""
        dropped = self.env.execute_query(
            SQL(
                """
                DELETE FROM crm_campaign_piece p
                      USING crm_campaign_recipient r
                      WHERE r.id = p.recipient_id AND r.execution_id = %s
                        AND (r.state IN ('failed', 'withdrawn')
                             OR EXISTS (SELECT 1 FROM crm_campaign_piece newer
                                         WHERE newer.recipient_id = p.recipient_id
                                           AND newer.id > p.id))
                  RETURNING p.attachment_id
                """,
                execution.id,
            )
        )
        self.invalidate_model()
        parts = self.env["ir.attachment"].browse({attachment_id for (attachment_id,) in dropped})
        kept = self._read_group([("attachment_id", "in", parts.ids)], ["attachment_id"])
        (parts - parts.browse(part.id for (part,) in kept)).unlink()
