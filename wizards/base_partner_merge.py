# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS base — the host would delete what its generic update cannot move
        wishes = self._get_campaign_wishes(src_partners | dst_partner)
        # Superuser: who may merge contacts may merge what is known of them.
        self.env["crm.campaign.consent"].sudo()._merge(src_partners, dst_partner)
        self._merge_campaign_members(src_partners, dst_partner)
        done = super()._update_foreign_keys(src_partners, dst_partner)
        self._merge_campaign_recipients(src_partners, dst_partner)
        self.env.invalidate_all()
        self._keep_campaign_wishes(dst_partner, wishes)
        return done

    def _update_values(self, src_partners, dst_partner):
        # EXTENDS base — that mail came back is known of an address, and belongs to no other
        had_address, returned = dst_partner.street, dst_partner.mail_returned_on
        done = super()._update_values(src_partners, dst_partner)
        if had_address and dst_partner.mail_returned_on != returned:
            dst_partner.mail_returned_on = returned
        return done

    def _get_campaign_wishes(self, partners):
        """Return the boxes that one of the contacts has ticked: a wish for peace is never lost."""
        boxes = ("do_not_email", "do_not_call", "do_not_write")
        return [box for box in boxes if any(partners.mapped(box))]

    def _keep_campaign_wishes(self, partner, wishes):
        """Tick the boxes on the contact that stays, where it has the address they speak of."""
        for box in wishes:
            if box == "do_not_write":
                partner.do_not_write = True
            elif box == "do_not_email":
                partner._block_email(partner.email_normalized, True)
            else:
                partner._block_phone(partner.phone_sanitized, True)

    def _merge_campaign_recipients(self, sources, destination):
        """Have what was sent name the contact that stays as its targeted record too.

        The host has moved the foreign keys of recipients; of the record's number it knows nothing.
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_recipient r SET res_id = %(destination)s
                  FROM crm_campaign_execution x
                 WHERE x.id = r.execution_id AND x.res_model = 'res.partner'
                   AND r.partner_id = %(destination)s AND r.res_id IN %(sources)s
                """,
                destination=destination.id,
                sources=tuple(sources.ids) or (None,),
            )
        )

    def _merge_campaign_members(self, sources, destination):
        """Have targets name the contact that stays; where they differ, an exclusion wins."""
        Member = self.env["crm.campaign.target.member"].sudo()
        Member.flush_model()
        values = {
            "everybody": tuple((sources | destination).ids),
            "sources": tuple(sources.ids),
            "destination": destination.id,
        }
        # Keep one row a target and way of naming: an exclusion first, then the oldest.
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM crm_campaign_target_member
                 WHERE id IN (
                    SELECT id FROM (
                        SELECT m.id, row_number() OVER (
                                   PARTITION BY m.target_id, m.origin = 'import'
                                       ORDER BY m.origin = 'exclusion' DESC, m.id) AS position
                          FROM crm_campaign_target_member m
                          JOIN crm_campaign_target t ON t.id = m.target_id
                         WHERE t.res_model = 'res.partner' AND m.res_id IN %(everybody)s
                    ) AS named WHERE position > 1)
                """,
                **values,
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE crm_campaign_target_member m SET res_id = %(destination)s
                  FROM crm_campaign_target t
                 WHERE t.id = m.target_id AND t.res_model = 'res.partner'
                   AND m.res_id IN %(sources)s
                """,
                **values,
            )
        )
        Member.invalidate_model()
