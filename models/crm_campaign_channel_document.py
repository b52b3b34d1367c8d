# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import contextlib
import os

from odoo import api, models

from ..exceptions import ChannelUnavailable


class CrmCampaignChannelDocument(models.AbstractModel):
    """What channels have in common that make a document instead of sending messages.

    Each claimed batch makes one part of the document: an attachment of the execution, committed
    with the list of who is in it (``crm.campaign.piece``) before any recipient is marked as sent.
    """

    _name = "crm.campaign.channel.document"
    _inherit = "crm.campaign.channel"
    _description = "Document Channel"

    # A part is made in some seconds, and there are not too many of them.
    _batch_size = 500
    _repeatable = True

    # === BATCHES === #

    @api.model
    def _prepare_batch(self, execution, recipients):
        """Make the part of a batch and keep it.

        Payloads are None, or the text of an error.

        :raise ChannelUnavailable: the part cannot be written; everybody goes back to the queue
        """
        part, errors = self._make_part(execution, recipients)
        if part:
            name, content, places = part
            attachment = self._keep_file(execution, name, content)
            self.env["crm.campaign.piece"]._note(attachment, places)
        return {recipient.id: errors.get(recipient.id) for recipient in recipients}

    @api.model
    def _make_part(self, execution, recipients):
        """Make the part of the document that belongs to a batch.

        :param recipients: claimed rows, in order; may be empty
        :return: the part, and recipient id -> error for who is not in it. A part is a tuple (file
            name, bytes, recipient id -> (position, extent)); None when nobody is in it
        :rtype: tuple[tuple[str, bytes, dict] | None, dict[int, str]]
        """
        raise NotImplementedError

    @api.model
    def _deliver(self, execution, payloads):
        """Tell what became of each: the part that holds them is committed already."""
        for recipient_id, error in payloads.items():
            yield (recipient_id, "failed", error) if error else (recipient_id, "sent", None)

    @api.model
    def _finish_execution(self, execution):
        """Drop what dead senders left behind."""
        self.env["crm.campaign.piece"]._drop_superseded(execution)

    # === FILES === #

    @api.model
    def _keep_file(self, execution, name, content):
        """Keep a file on the execution, whole or not at all.

        :param bytes content: not empty
        :return: the attachment
        :raise ChannelUnavailable: the disk does not take it
        """
        # Superuser: nobody writes files of executions by hand; who may read the execution may read
        # them.
        Attachment = self.env["ir.attachment"].sudo()
        self._drop_broken_file(content)
        try:
            with self.env.cr.savepoint():
                return Attachment.create(
                    {
                        "name": name,
                        "raw": content,
                        "res_model": execution._name,
                        "res_id": execution.id,
                        "company_id": execution.company_id.id,
                    }
                )
        except OSError as error:
            self._drop_broken_file(content)
            raise ChannelUnavailable(
                self.env._(
                    "The file could not be written (%(error)s). Ask your administrator to look at "
                    "the server's disk, then retry: nothing is lost.",
                    error=error.strerror or type(error).__name__,
                )
            ) from error

    @api.model
    def _drop_broken_file(self, content):
        """Remove what an interrupted write left under the name of this content.

        The host names files after their content and refuses one that is there and differs; ours
        comes out the same at each retry, so half of it would stand in the way for good.
        """
        Attachment = self.env["ir.attachment"].sudo()
        if Attachment._storage() == "db":
            return
        checksum = Attachment._compute_checksum(content)
        path = Attachment._full_path(f"{checksum[:2]}/{checksum}")
        with contextlib.suppress(FileNotFoundError):
            if os.path.getsize(path) != len(content):
                os.unlink(path)
