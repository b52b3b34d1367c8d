# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL


class CrmCampaignExecution(models.Model):
    """Who really receives: every reason to leave a person out, as SQL.

    One definition for the waterfall before departure, for freezing, for the last check when each
    message leaves, and for the explanation of one person's case.
    """

    _inherit = "crm.campaign.execution"

    # === BUSINESS METHODS === #

    def _get_reasons_sql(self, query, address, visible):
        """Give every reason to leave a person out. Extended by integrators, who add a reason.

        A reason is a value of ``exclusion`` of recipients; the order of that field's values is the
        order of the checks, whatever the order here. Called at freezing, for the waterfall, when
        each message leaves and to explain one case: ``query`` reads the model of the people
        (``self.res_model``), as superuser but at freezing.

        :param query: query over the people, to which joins may be added
        :param SQL address: the address of the channel, copied or about to be
        :param SQL visible: whether the sender may see the person
        :return: exclusion reason -> SQL condition; those that cannot occur are left out
        :rtype: dict[str, SQL]
        """
        self.ensure_one()
        # The conditions read columns of which the ORM does not know that they are read.
        self.env.flush_all()
        People = self.env[self.res_model]
        partner = self._get_partner_sql(query)
        reasons = {
            "no_address": SQL("%s IS NULL", address),
            **dict(self._get_channel()._eligibility_sql(self, query, address)),
            "no_consent": self._get_no_consent_sql(query, partner),
            "not_visible": SQL("NOT %s", visible),
            "capped": self._get_capped_sql(query, partner),
            "manual": self._get_excluded_sql(query),
        }
        if People._active_name:
            reasons["archived"] = SQL(
                "%s IS NOT TRUE", SQL.identifier(query.table, People._active_name)
            )
        return {code: condition for code, condition in reasons.items() if condition}

    def _get_partner_sql(self, query):
        """Give the contact of a targeted record: whose consent and pressure count, to whom the row
        belongs. Extended by integrators whose records name it otherwise than ``partner_id``.

        :param query: query over the people, to which joins may be added
        :return: expression over ``query`` that gives an id or NULL
        :rtype: SQL
        """
        if self.res_model == "res.partner":
            return SQL.identifier(query.table, "id")
        if "partner_id" in self.env[self.res_model]._fields:
            People = self.env[self.res_model].sudo()
            return People._field_to_sql(query.table, "partner_id", query)
        return SQL("NULL::int")

    def _get_no_consent_sql(self, query, partner):
        """Give the condition that a person does not agree to purpose and channel.

        :rtype: SQL | None
        """
        consent_channel = self._get_channel()._consent_channel
        # Superuser: what people said counts wherever it is kept; nothing of it is shown.
        purpose = self.purpose_id.sudo()
        if not purpose or purpose.is_service or not consent_channel:
            return None
        query.add_join(
            "LEFT JOIN",
            "consent",
            "crm_campaign_consent",
            SQL(
                "consent.partner_id = %s AND consent.purpose_id = %s AND consent.channel = %s"
                " AND consent.is_current",
                partner,
                purpose.id,
                consent_channel,
            ),
        )
        if purpose._may_contact_unknown(consent_channel):
            return SQL("consent.decision = 'refused'")
        return SQL("consent.decision IS DISTINCT FROM 'given'")

    def _get_capped_sql(self, query, partner):
        """Give the condition that a person was contacted often enough for now.

        Counts what left, and what is about to leave, on all channels in the company's period of
        days (of 24 hours, back from now); service and legal purposes do not count.

        :rtype: SQL | None
        """
        company = self.company_id.sudo()
        if not company.campaign_cap_enabled or self.purpose_id.sudo().is_service:
            return None
        if not self._get_channel()._reaches_people:
            return None
        since = fields.Datetime.now() - relativedelta(days=company.campaign_cap_days)
        sent = SQL(
            """
               FROM crm_campaign_recipient r
               JOIN crm_campaign_execution x ON x.id = r.execution_id
          LEFT JOIN crm_campaign_purpose p ON p.id = x.purpose_id
              WHERE x.company_id = %(company)s
                AND x.id != %(self)s
                AND x.channel NOT IN %(silent)s
                AND p.is_service IS NOT TRUE
                AND (x.finished_at IS NULL OR x.finished_at >= %(since)s)
                AND (r.sent_at >= %(since)s OR r.state IN %(on_the_way)s)
                AND r.state NOT IN ('failed', 'withdrawn', 'excluded')
            """,
            company=company.id,
            self=self._origin.id or 0,
            silent=self._get_silent_channels(),
            since=since,
            # When a message leaves, others that only wait do not hold it back.
            on_the_way=("sending", "unknown")
            if self._origin.targeted_count
            else ("pending", "deferred", "sending", "unknown"),
        )
        count = company.campaign_cap_count
        if self._concerns_few():
            return SQL("(SELECT count(*) %s AND r.partner_id = %s) >= %s", sent, partner, count)
        # By execution, since that is how recipients are indexed: old executions are never read.
        often = SQL(
            "(SELECT r.partner_id %s AND r.partner_id IS NOT NULL"
            " GROUP BY r.partner_id HAVING count(*) >= %s)",
            sent,
            count,
        )
        query.add_join("LEFT JOIN", "often", often, SQL("often.partner_id = %s", partner))
        return SQL("often.partner_id IS NOT NULL")

    def _concerns_few(self):
        """Tell whether few people are looked at, so that what they got is counted one by one.

        So it is when each message leaves: a batch is a hundred people.

        :rtype: bool
        """
        return self.is_individual or bool(self._origin.targeted_count)

    @api.model
    def _get_silent_channels(self):
        """Name the channels by which nobody is written to nor called.

        :rtype: tuple[str, ...]
        """
        codes = self._fields["channel"].get_values(self.env)
        silent = (
            code for code in codes if not self.env[f"crm.campaign.channel.{code}"]._reaches_people
        )
        return tuple(silent) or (None,)

    def _get_visible_sql(self, person, ids):
        """Give the condition that the author may see a person, in the company's context.

        :param SQL person: id of the person
        :param ids: whom the query may give at most
        """
        author = self.target_id._get_people(self.user_id, self.company_id)
        return SQL("%s IN %s", person, author._search([("id", "in", ids)]).subselect())

    def _get_excluded_sql(self, query):
        """Give the condition that a person was excluded from the target by hand.

        :rtype: SQL | None
        """
        excluded = self.target_id._get_named_sql("exclusion")
        return excluded and SQL("%s IN %s", SQL.identifier(query.table, "id"), excluded)

    # === BUSINESS METHODS - LAST CHECK === #

    def _find_ineligible(self, recipient_ids):
        """Check eligibility once more, on the frozen addresses, just before messages leave.

        :return: recipient id -> label of the reason, for those who may not be written to any more
        :rtype: dict[int, str]
        """
        if not recipient_ids:
            return {}
        rows = self.env.execute_query(self._get_last_check_sql(recipient_ids))
        reasons = dict(rows)
        labels = self.env["crm.campaign.recipient"]._get_exclusions()
        # Who is not found at all was deleted since then.
        labels["deleted"] = self.env._("Deleted")
        found = {
            recipient_id: reasons.get(recipient_id, "deleted") for recipient_id in recipient_ids
        }
        return {recipient_id: labels[reason] for recipient_id, reason in found.items() if reason}

    def _get_last_check_sql(self, recipient_ids):
        """Give the reason why each claimed recipient may not be written to any more.

        :return: select of recipient id and reason (NULL = none); who was deleted is not found
        :rtype: SQL
        """
        # Superuser: blocks, archives and refusals count, also those that happened since freezing
        # where the author cannot look; what the author may see is one of the checks.
        query = self.env[self.res_model].sudo().with_context(active_test=False)._search([])
        person = SQL.identifier(query.table, "id")
        query.add_join(
            "JOIN",
            "r",
            "crm_campaign_recipient",
            SQL("r.res_id = %s AND r.id IN %s", person, tuple(recipient_ids)),
        )
        people_ids = self.env["crm.campaign.recipient"].browse(recipient_ids).mapped("res_id")
        address = SQL.identifier("r", self._get_channel()._address_column)
        visible = self._get_visible_sql(person, people_ids)
        reasons = self._get_reasons_sql(query, address, visible)
        return query.select(SQL("r.id AS id"), SQL("%s AS reason", self._get_first_sql(reasons)))

    # === BUSINESS METHODS - EXPLANATION === #

    def _explain_reasons(self, record):
        """Say everything that would hold a record back at a departure right now.

        :param record: one record of the target's model
        :return: exclusion reasons that hold, in the order of the checks, and the address
        :rtype: tuple[list[str], str | None]
        """
        self.ensure_one()
        # Superuser: what blocks a person counts wherever it is kept; only the reason is told.
        People = self.env[self.res_model].sudo().with_context(active_test=False)
        query = People._search([("id", "=", record.id)])
        address = self._get_address_sql(query)
        visible = self._get_visible_sql(SQL.identifier(query.table, "id"), record.ids)
        reasons = self._get_reasons_sql(query, address, visible)
        rows = self.env.execute_query(query.select(address, *reasons.values()))
        address, *results = rows[0] if rows else (None,)
        holding = {code for code, holds in zip(reasons, results, strict=True) if holds}
        if not holding and self._is_duplicate(record):
            holding.add("duplicate")
        exclusions = self.env["crm.campaign.recipient"]._get_exclusions()
        return [code for code in exclusions if code in holding], address

    def _is_duplicate(self, record):
        """Say whether somebody else of the target takes the address of a record."""
        frozen = SQL(
            "SELECT exclusion FROM (%s) AS frozen WHERE person_id = %s",
            self._get_frozen_sql(),
            record.id,
        )
        return self.env.execute_query(frozen) == [("duplicate",)]
