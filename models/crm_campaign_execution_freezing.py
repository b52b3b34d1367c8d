# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..const import CONSENT_CHANNELS

# Reasons that are settled after duplicates are: see _get_selected_sql.
LATE_REASONS = ("capped", "manual")


class CrmCampaignExecution(models.Model):
    """From a target to recipient rows: one statement, whatever the number of people."""

    _inherit = "crm.campaign.execution"

    # === BUSINESS METHODS - FREEZING === #

    def _freeze_recipients(self):
        """Turn the target into recipient rows, once, in one statement.

        Every targeted record becomes a row, in or out with its first reason, with a copy of the
        address it has now. The target is evaluated as the author, in the operation's company.

        :return: number of rows made
        :rtype: int
        """
        self.ensure_one()
        self.env.cr.execute(self._get_insert_sql(self._get_frozen_sql()))
        self.env["crm.campaign.recipient"].invalidate_model()
        return self.env.cr.rowcount

    def _freeze_sample(self):
        """Freeze the first person who would receive, alone; the caller undoes it.

        :return: one recipient, or none
        """
        self.ensure_one()
        first = SQL(
            "SELECT * FROM (%s) AS everybody WHERE exclusion IS NULL LIMIT 1",
            self._get_frozen_sql(),
        )
        self.env.cr.execute(SQL("%s RETURNING id", self._get_insert_sql(first)))
        ids = [row[0] for row in self.env.cr.fetchall()]
        return self.env["crm.campaign.recipient"].browse(ids)

    def _get_insert_sql(self, frozen):
        """Give the statement that makes rows of people.

        :param SQL frozen: select as of ``_get_frozen_sql``
        """
        columns = self._prepare_recipient_columns()
        return SQL(
            "INSERT INTO crm_campaign_recipient (%s) SELECT %s FROM (%s) AS frozen",
            SQL(", ").join(SQL.identifier(name) for name in columns),
            SQL(", ").join(columns.values()),
            frozen,
        )

    def _get_frozen_sql(self):
        """Give who is in and who is out, and why: what freezing writes and the waterfall counts.

        An address belongs to the first person who has it and is not out for another reason: the
        others are duplicates. People excluded by hand do not hold an address back from others. A
        channel may tell addressees at one address apart.

        :return: select of ``person_id``, ``source_id``, ``partner_id``, ``company_partner_id``,
            ``address`` and ``exclusion`` (NULL = in)
        :rtype: SQL
        """
        self.ensure_one()
        return SQL(
            """
            SELECT person_id, source_id, partner_id, company_partner_id, address,
                   CASE WHEN reason IS NOT NULL THEN reason
                        WHEN row_number() OVER (PARTITION BY address, addressee, source_id,
                                                    reason IS NULL
                                                    AND late IS DISTINCT FROM 'manual'
                                                ORDER BY person_id) > 1 THEN 'duplicate'
                        ELSE late END AS exclusion
              FROM (%s OFFSET 0) AS selected -- the offset: reasons are worked out once, not thrice
          ORDER BY person_id
            """,
            self._get_selected_sql(),
        )

    def _get_selected_sql(self):
        """Give the targeted people with their reasons, before duplicates are looked for.

        :return: select of ``person_id``, ``source_id``, ``partner_id``, ``company_partner_id``,
            ``address``, ``addressee``, ``reason`` (checks before duplicates) and ``late`` (checks
            after them)
        :rtype: SQL
        """
        self._fetch_settings()
        target, evaluation = self.target_id, (self.user_id, self.company_id)
        narrowed = self._get_narrowing_domain()
        selects = [
            self._select_people(target._get_targeted_query(*evaluation, narrowed), SQL("TRUE"))
        ]
        if hidden := target._get_hidden_query(*evaluation, narrowed):
            # Whom the sender may not see leaves no trace of an address.
            selects.append(self._select_people(hidden, SQL("FALSE")))
        return SQL(" UNION ALL ").join(selects)

    def _fetch_settings(self):
        """Read what the reasons depend on, and nothing else of company and purpose.

        Fifty tasks of one minute would read fifty times all that a company has.
        """
        # Superuser: settings, of which nothing is shown.
        self.company_id.sudo().fetch(
            ["parent_path", "campaign_cap_enabled", "campaign_cap_days", "campaign_cap_count"]
        )
        switches = [f"unknown_{channel}" for channel, _label in CONSENT_CHANNELS]
        self.purpose_id.sudo().fetch(["is_service", *switches])

    def _get_narrowing_domain(self):
        """Return what a run requires of people besides the target. Extended by tasks.

        :rtype: Domain
        """
        return Domain.TRUE

    def _join_source(self, query):
        """Join what a message to each person is about, when it is not about the person alone.

        :param query: query over the people; a person may be about several records
        :return: SQL of the id of that record (NULL = none), and whether the sender may see it
        :rtype: tuple[SQL, SQL]
        """
        return SQL("NULL::int"), SQL("TRUE")

    def _select_people(self, query, visible):
        """Give one part of the targeted people; see ``_get_selected_sql``.

        :param SQL visible: whether the sender may see these people
        """
        person = SQL.identifier(query.table, "id")
        source, source_visible = self._join_source(query)
        visible = SQL("(%s AND %s)", visible, source_visible)
        address = self._get_address_sql(query)
        addressee = self._get_channel()._addressee_sql(query, self.env[self.res_model])
        reasons = self._get_reasons_sql(query, address, visible)
        late = {code: reasons.pop(code) for code in LATE_REASONS if code in reasons}
        partner = self._get_partner_sql(query)
        return query.select(
            SQL("%s AS person_id", person),
            SQL("%s AS source_id", source),
            SQL("%s AS partner_id", partner),
            SQL("%s AS company_partner_id", self._get_company_partner_sql(query, partner)),
            SQL("CASE WHEN %s THEN %s END AS address", visible, address),
            SQL("%s AS addressee", addressee or SQL("NULL::varchar")),
            SQL("%s AS reason", self._get_first_sql(reasons)),
            SQL("%s AS late", self._get_first_sql(late)),
        )

    def _get_first_sql(self, reasons):
        """Give the first reason that holds, as an SQL expression; NULL = none."""
        if not reasons:
            return SQL("NULL::varchar")
        exclusions = self.env["crm.campaign.recipient"]._get_exclusions()
        whens = (
            SQL("WHEN %s THEN %s", reasons[code], code) for code in exclusions if code in reasons
        )
        return SQL("CASE %s END", SQL(" ").join(whens))

    def _get_company_partner_sql(self, query, partner):
        """Give the company that a person belongs to, as an SQL expression.

        :param SQL partner: the person's contact
        """
        if self.res_model == "res.partner":
            return SQL.identifier(query.table, "commercial_partner_id")
        query.add_join("LEFT JOIN", "contact", "res_partner", SQL("contact.id = %s", partner))
        return SQL("contact.commercial_partner_id")

    def _prepare_recipient_columns(self):
        """Give the columns of a recipient row, as SQL over the columns of the frozen selection.

        Available there: ``person_id``, ``source_id``, ``partner_id``, ``company_partner_id``,
        ``address``, ``exclusion``. Integrators add columns of their own.

        :return: column -> SQL expression
        :rtype: dict[str, SQL]
        """
        self.ensure_one()
        waiting = self._get_channel()._waiting_state
        columns = {
            "execution_id": SQL("%s", self.id),
            "res_id": SQL("person_id"),
            "partner_id": SQL("partner_id"),
            "company_partner_id": SQL("company_partner_id"),
            "exclusion": SQL("exclusion"),
            "state": SQL("CASE WHEN exclusion IS NULL THEN %s ELSE 'excluded' END", waiting),
        }
        if self.res_model == "crm.lead":
            columns["lead_id"] = SQL("person_id")
        columns.setdefault(self._get_channel()._address_column, SQL("address"))
        return columns
