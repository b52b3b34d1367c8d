# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.scanner import is_within, read_networks, says


class CrmCampaignScanner(models.Model):
    """A machine that opens messages or follows links: how it is known, and what it means.

    Known by the name of its program, by where it calls from, or by both when both are given. A
    line that stands for a person (a mail program that fetches images when somebody looks) comes
    before all others.
    """

    _name = "crm.campaign.scanner"
    _description = "Campaign Mail Scanner"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    verdict = fields.Selection(
        [("machine", "A Machine"), ("person", "A Person Who Looks")],
        string="Counts As",
        required=True,
        default="machine",
    )
    user_agent = fields.Char(
        string="Program",
        help="Part of the name that the program gives itself (User-Agent), whatever the case.",
    )
    is_whole = fields.Boolean(
        string="Whole Name", help="The program gives itself exactly this name, nothing more."
    )
    networks = fields.Text(
        help="IP networks it calls from, one a line, e.g. 192.0.2.0/24.",
    )

    _known_by_something = models.Constraint(
        "CHECK(COALESCE(btrim(user_agent), '') != '' OR COALESCE(btrim(networks), '') != '')",
        "Say how this scanner is known: by its program, by its networks, or both.",
    )

    # === CONSTRAINTS === #

    @api.constrains("networks")
    def _check_networks(self):
        for scanner in self:
            try:
                read_networks(scanner.networks)
            except ValueError as error:
                raise ValidationError(
                    self.env._("Not an IP network: %(error)s", error=error)
                ) from error

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === BUSINESS METHODS === #

    @api.model
    def _find(self, user_agent, address):
        """Find the machine behind a request.

        :param str | None user_agent: how the program calls itself
        :param str | None address: where it calls from; it is not kept
        :return: id of the scanner; 0 when it may be a person
        :rtype: int
        """
        for scanner_id, verdict, pattern, whole, networks in self._get_marks():
            if pattern and not says(user_agent or "", pattern, whole):
                continue
            if networks and not is_within(address, networks):
                continue
            return scanner_id if verdict == "machine" else 0
        return 0

    @api.model
    @tools.ormcache()
    def _get_marks(self):
        """Return the active lines, those that stand for people first.

        :return: tuples (id, verdict, program, whether it is the whole name, networks)
        :rtype: tuple
        """
        # Superuser: visitors' requests are judged by a setting of which they see nothing.
        scanners = self.sudo().search([("active", "=", True)])
        return tuple(
            (
                scanner.id,
                scanner.verdict,
                (scanner.user_agent or "").strip(),
                scanner.is_whole,
                tuple(read_networks(scanner.networks)),
            )
            for scanner in scanners.sorted(lambda scanner: scanner.verdict != "person")
        )
