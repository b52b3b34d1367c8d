# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..const import CONSENT_CHANNELS, CONSENT_DECISIONS, CONSENT_SOURCES


class CrmCampaignConsent(models.Model):
    """What a person said about being written to: one line a decision, never changed nor deleted.

    The last line for a contact, a purpose and a channel is what holds; the lines before it are the
    proof. Written by colleagues, by the preference page, by unsubscribe links and by merges of
    contacts; read by eligibility. Only deleting the contact (a request to be forgotten) deletes it.
    """

    _name = "crm.campaign.consent"
    _description = "Campaign Consent"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", string="Contact", required=True, ondelete="cascade", index=True
    )
    purpose_id = fields.Many2one(
        "crm.campaign.purpose",
        required=True,
        ondelete="restrict",
        domain="[('is_service', '=', False)]",
    )
    channel = fields.Selection(CONSENT_CHANNELS, required=True, default="email")
    decision = fields.Selection(CONSENT_DECISIONS, required=True)
    # The proof
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    source = fields.Selection(CONSENT_SOURCES, required=True, default="manual")
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        default=lambda self: self.env.user if self.env.user._is_internal() else False,
        help="Empty when the person decided without a colleague.",
    )
    wording = fields.Text(help="What the person read or was told when deciding.")
    address = fields.Char(help="Address or number of the person at that moment.")
    execution_id = fields.Many2one(
        "crm.campaign.execution",
        string="In Answer To",
        ondelete="set null",
        index="btree_not_null",
    )
    is_current = fields.Boolean(string="In Force", default=True, readonly=True)

    # What eligibility looks up, and what keeps two decisions from being in force together.
    _current_uniq = models.UniqueIndex(
        "(partner_id, purpose_id, channel) WHERE is_current",
        "One decision is in force for a contact, a purpose and a channel.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Add decisions; of several about the same thing the last one is in force."""
        self._assert_purposes({vals.get("purpose_id") for vals in vals_list})
        last = {self._get_key(vals): position for position, vals in enumerate(vals_list)}
        self._retire(last)
        partners = self.env["res.partner"].browse(
            vals["partner_id"] for vals in vals_list if vals.get("partner_id")
        )
        addresses = {partner.id: partner for partner in partners}
        return super().create(
            [
                {
                    "address": self._get_address(
                        addresses.get(vals.get("partner_id")), vals.get("channel")
                    ),
                    **vals,
                    "is_current": last[self._get_key(vals)] == position,
                }
                for position, vals in enumerate(vals_list)
            ]
        )

    def write(self, vals):
        if vals:
            raise UserError(
                self.env._("A decision is a proof: it is never changed. Record a new one instead.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("A decision is a proof: it is never deleted. Record a new one instead.")
        )

    # === BUSINESS METHODS === #

    @api.model
    def _get_key(self, vals):
        return vals.get("partner_id"), vals.get("purpose_id"), vals.get("channel", "email")

    @api.model
    def _get_address(self, partner, channel):
        """Return the address of a contact that a channel uses now, for the proof."""
        if not partner:
            return False
        if channel == "post":
            return ", ".join(filter(None, (partner.street, partner.zip, partner.city))) or False
        return partner.email if channel in (None, "email") else partner.phone

    @api.model
    def _assert_purposes(self, purpose_ids):
        """Refuse decisions about what nobody is asked for.

        :raise UserError: a service or legal purpose
        """
        purposes = self.env["crm.campaign.purpose"].browse(filter(None, purpose_ids))
        if service := purposes.filtered("is_service"):
            raise UserError(
                self.env._(
                    "“%s” is service or legal information: it does not depend on consent.",
                    service[0].name,
                )
            )

    def _retire(self, keys):
        """Take what was in force out of force, because something newer is about to be said.

        :param keys: tuples of contact id, purpose id and channel
        """
        self.flush_model()
        keys = [key for key in keys if all(key)]
        if keys:
            self.env.cr.execute(
                SQL(
                    "UPDATE crm_campaign_consent SET is_current = FALSE"
                    " WHERE is_current AND (partner_id, purpose_id, channel) IN %s",
                    tuple(keys),
                )
            )
            self.invalidate_model(["is_current"])

    @api.model
    def _record(self, partners, purpose, channel, decision, **proof):
        """Record the same decision of several contacts.

        :param partners: contacts
        :param purpose: one purpose that is not a service
        :param str channel: one of ``const.CONSENT_CHANNELS``
        :param str decision: ``given``, ``refused`` or ``unknown``
        :param proof: ``source``, ``wording``, ``address``, ``execution_id``
        :return: the new lines
        """
        return self.create(
            [
                {
                    "partner_id": partner.id,
                    "purpose_id": purpose.id,
                    "channel": channel,
                    "decision": decision,
                    **proof,
                }
                for partner in partners
            ]
        )

    @api.model
    def _get_in_force(self, partners):
        """Return what is in force for contacts.

        :return: (contact id, purpose id, channel) -> decision
        :rtype: dict[tuple[int, int, str], str]
        """
        lines = self.search_fetch(
            [("partner_id", "in", partners.ids), ("is_current", "=", True)],
            ["partner_id", "purpose_id", "channel", "decision"],
        )
        return {
            (line.partner_id.id, line.purpose_id.id, line.channel): line.decision for line in lines
        }

    # === BUSINESS METHODS - MERGE OF CONTACTS === #

    @api.model
    def _merge(self, sources, destination):
        """Hand the decisions of merged contacts over to the one that stays: a refusal wins.

        Of what was decided, the most restrictive holds: refused before given. "Not known" is no
        decision; it never undoes one.

        :param sources: contacts about to disappear
        :param destination: the contact that stays
        """
        everybody = sources | destination
        lines = self.search([("partner_id", "in", everybody.ids), ("is_current", "=", True)])
        decided = {}
        for line in lines:
            decided.setdefault((line.purpose_id, line.channel), set()).add(line.decision)
        self.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE crm_campaign_consent SET is_current = FALSE, partner_id = %s"
                " WHERE partner_id IN %s",
                destination.id,
                tuple(everybody.ids),
            )
        )
        self.invalidate_model()
        order = ("refused", "given", "unknown")
        names = ", ".join(everybody.mapped("display_name"))
        for (purpose, channel), decisions in decided.items():
            self._record(
                destination,
                purpose,
                channel,
                next(decision for decision in order if decision in decisions),
                source="merge",
                wording=self.env._("Contacts merged: %s", names),
            )
