# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

import json
import os

from odoo import api, fields, models

from ..exceptions import ChannelUnavailable


class CrmCampaignSmsProviderFile(models.AbstractModel):
    """Messages as lines of JSON in a folder of the server, one file a day (UTC).

    For carriers that fetch files, and to try campaigns without a carrier. The folder is in the
    system parameter ``crm_campaign.sms_folder``, which only administrators may write. Lines are
    appended whole, so several senders may write at once.
    """

    _name = "crm.campaign.sms.provider.file"
    _inherit = "crm.campaign.sms.provider"
    _description = "SMS Files"

    @api.model
    def _check_ready(self, company):
        self._get_folder()

    @api.model
    def _send(self, company, message):
        path = os.path.join(self._get_folder(), f"sms-{fields.Date.today()}.jsonl")
        line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            written = os.write(descriptor, line)
        except OSError as error:
            raise self._unwritable(error) from error
        finally:
            os.close(descriptor)
        if written < len(line):
            return "unknown", self.env._("The disk is full: the line is incomplete.")
        return "sent", None

    @api.model
    def _get_folder(self):
        """Return the folder.

        Superuser: users may not read system parameters, and are not shown this one.

        :raise ChannelUnavailable: no folder, or not writable
        """
        folder = self.env["ir.config_parameter"].sudo().get_param("crm_campaign.sms_folder")
        if not (folder and os.path.isdir(folder) and os.access(folder, os.W_OK)):
            raise ChannelUnavailable(
                self.env._(
                    "The folder of the SMS files does not exist or is not writable. Ask your "
                    "administrator to check it in the settings."
                )
            )
        return folder

    @api.model
    def _unwritable(self, error):
        return ChannelUnavailable(
            self.env._("The SMS file cannot be written: %(error)s", error=error.strerror)
        )
