# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, plaintext2html, split_every

# Leads inserted and computed at a time.
CHUNK = 2000
# What is given to each lead, whatever the host would compute.
GIVEN = ("name", "partner_id", "company_id")
PROBABILITIES = ("probability", "automated_probability")


class CrmCampaignAction(models.Model):
    """Leads in bulk: one made by the host for each salesperson, the others after its likeness.

    The first lead of a salesperson is created as usual; its columns, tags and followers are
    copied to the others in a few statements. What depends on the contact, be it through a column
    of another addon, is then computed by the host's own methods, so that no rule of theirs is
    written down here. Where somebody automated leads, or they are born won, the host creates all.
    """

    _inherit = "crm.campaign.action"

    # === BUSINESS METHODS === #

    def _create_leads(self, execution, recipients, assignees):
        """Make a lead on each company or contact.

        :param recipients: rows of the run, on whom leads are made
        :param dict assignees: contact id -> user id of the salesperson; False = nobody yet
        """
        self.ensure_one()
        names = self._fill_in(execution, self.summary, recipients)
        notes = self._fill_in(execution, self.note, recipients)
        common = self._prepare_lead_vals(execution)
        groups = {}
        for recipient, name, note in zip(recipients, names, notes, strict=True):
            partner = recipient.partner_id
            user_id = assignees[partner.id]
            # Without salesperson and team, the company of a lead is that of its contact.
            company_id = not (user_id or self.team_id) and partner.sudo().company_id.id
            values = {
                "name": name,
                "partner_id": partner.id,
                "description": plaintext2html(note) if note else False,
            }
            groups.setdefault((user_id, company_id), []).append(values)
        Lead = self._get_lead_model(execution)
        for (user_id, _company_id), people in groups.items():
            self._create_group(Lead, {**common, "user_id": user_id}, people)

    def _prepare_lead_vals(self, execution):
        """Prepare what all leads of the line have in common. Extended by integrators.

        :rtype: dict
        """
        values = {
            "campaign_id": execution.campaign_id.utm_campaign_id.id,
            "campaign_operation_id": execution.operation_id.id,
            "expected_revenue": self.expected_revenue,
            "tag_ids": [(6, 0, self.tag_ids.ids)],
            "date_deadline": self._get_deadline(execution) if self.delay_days else False,
        }
        if self.team_id:
            values["team_id"] = self.team_id.id
        if self.stage_id:
            values["stage_id"] = self.stage_id.id
        return values

    def _get_lead_model(self, execution):
        """Return the leads, to be created by the responsible, telling nobody.

        Superuser: leads are given to whoever the lines say, whom the responsible may not see; that
        they may create leads was checked before.
        """
        Lead = self.env["crm.lead"].with_user(execution.user_id).sudo()
        return Lead.with_context(
            allowed_company_ids=execution.company_id.ids,
            mail_auto_subscribe_no_notify=True,
            mail_create_nolog=True,
        )

    def _create_group(self, Lead, common, people):
        """Create the leads of one salesperson.

        :param list people: values of each lead that are its own
        """
        first = Lead.create({**common, **people[0]})
        self._log_creation(first)
        rest = people[1:]
        if first.won_status == "won" or self.operation_id._is_automated("crm.lead"):
            for lead in Lead.create([{**common, **values} for values in rest]):
                self._log_creation(lead)
            return
        for chunk in split_every(CHUNK, rest, list):
            self._copy_lead(first, chunk)

    @api.model
    def _log_creation(self, lead):
        """Write in the history that a lead was created, as the host does, telling nobody."""
        lead.message_post(
            subtype_id=lead._creation_subtype().id,
            author_id=lead.env.user.partner_id.id,
            body=Markup('<div summary="o_mail_notification"><p>%s</p></div>')
            % lead._creation_message(),
            notify_skip_followers=True,
        )

    # === COPYING === #

    @api.model
    def _copy_lead(self, first, people):
        """Insert leads like a first one, for other people.

        :param first: a lead just created
        :param list people: values of each lead that are its own
        """
        first.env.flush_all()
        computed = self._get_computed_fields(first)
        ids = self._insert_leads(first, people, {*computed, *GIVEN, "description"})
        leads = first.browse(ids)
        self._copy_relations(first, ids)
        self._copy_followers(first, ids)
        for name in computed:
            self.env.add_to_compute(leads._fields[name], leads)
        first.env.flush_all()
        leads._note_made_in_bulk()
        # Thousands of leads are not kept in memory.
        first.env.invalidate_all()

    @api.model
    def _get_computed_fields(self, first):
        """Name the fields that the host computes for each lead.

        As long as a team has neither won nor lost leads, the host computes no probability; but it
        takes 50 % for all leads but the first of those that it computes together.

        :rtype: list[str]
        """
        names = self._get_personal_fields()
        probabilities, _tooltip = first._pls_get_naive_bayes_probabilities()
        if first.id not in probabilities:
            names = [name for name in names if name not in PROBABILITIES]
        return names

    @api.model
    def _get_personal_fields(self):
        """Name the stored fields of a lead that depend on its contact, directly or not.

        :rtype: list[str]
        """
        fields = self.env["crm.lead"]._fields
        depends = {
            name: {path.partition(".")[0] for path in self.pool.field_depends[field]}
            for name, field in fields.items()
            if field.compute or field.related
        }
        # What probabilities depend on is a setting, which may have changed since the start.
        found, size = {"partner_id", *PROBABILITIES}, 0
        while len(found) > size:
            size = len(found)
            found.update(name for name, paths in depends.items() if paths & found)
        return sorted(
            name
            for name in found.difference(GIVEN)
            if fields[name].store and fields[name].column_type
        )

    @api.model
    def _insert_leads(self, first, people, others):
        """Insert the rows.

        :param set others: columns that are not those of the first lead
        :return: ids, in the order of ``people``
        :rtype: list[int]
        """
        copied = self._get_copied_columns(first, others)
        columns = SQL(", ").join(SQL.identifier(name) for name in copied)
        values = SQL(", ").join(SQL.identifier("l", name) for name in copied)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO crm_lead (%s, name, partner_id, company_id, description)
                SELECT %s, p.name, p.partner_id, l.company_id, p.description
                  FROM crm_lead l,
                       unnest(%s::varchar[], %s::int[], %s::text[]) WITH ORDINALITY
                           AS p (name, partner_id, description, place)
                 WHERE l.id = %s
              ORDER BY p.place
             RETURNING id
                """,
                columns,
                values,
                [row["name"] for row in people],
                [row["partner_id"] for row in people],
                [str(row["description"]) if row["description"] else None for row in people],
                first.id,
            )
        )
        return [lead_id for (lead_id,) in self.env.cr.fetchall()]

    @api.model
    def _get_copied_columns(self, first, others):
        """Name the columns that all leads of a salesperson share.

        :param set others: columns that are not those of the first lead
        :rtype: list[str]
        """
        return [
            name
            for name, field in first._fields.items()
            if field.store and field.column_type and name != "id"
            # A constraint of the table wants what is required at once.
            if name not in others or (field.required and name not in GIVEN)
        ]

    @api.model
    def _copy_relations(self, first, ids):
        """Copy tags, and whatever else a lead has several of, kept in tables of pairs."""
        for field in first._fields.values():
            if field.type != "many2many" or not field.store or not first[field.name]:
                continue
            lead, other = SQL.identifier(field.column1), SQL.identifier(field.column2)
            table = SQL.identifier(field.relation)
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (%s, %s) SELECT l.id, r.%s FROM %s r, unnest(%s) AS l (id)"
                    " WHERE r.%s = %s ON CONFLICT DO NOTHING",
                    *(table, lead, other, other, table, ids, lead, first.id),
                )
            )

    @api.model
    def _copy_followers(self, first, ids):
        """Have the same people follow the leads, and the same line begin their histories."""
        self.env.cr.execute(
            SQL(
                """
                WITH model AS (SELECT * FROM mail_followers
                                WHERE res_model = 'crm.lead' AND res_id = %(first)s),
                     added AS (
                    INSERT INTO mail_followers (res_model, res_id, partner_id)
                    SELECT 'crm.lead', l.id, model.partner_id
                      FROM model, unnest(%(ids)s) AS l (id)
                        ON CONFLICT DO NOTHING RETURNING id, partner_id)
                INSERT INTO mail_followers_mail_message_subtype_rel
                            (mail_followers_id, mail_message_subtype_id)
                SELECT added.id, s.mail_message_subtype_id
                  FROM added
                  JOIN model ON model.partner_id = added.partner_id
                  JOIN mail_followers_mail_message_subtype_rel s ON s.mail_followers_id = model.id
                """,
                first=first.id,
                ids=ids,
            )
        )
        self._copy_message(first, ids)

    @api.model
    def _copy_message(self, first, ids):
        message = first.message_ids[:1]
        own = ("id", "res_id", "message_id")
        columns = [
            SQL.identifier(name)
            for name, field in message._fields.items()
            if field.store and field.column_type and name not in own
        ]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_message (%s, res_id, message_id)
                SELECT %s, l.id, replace(m.message_id, %s, '-openerp-' || l.id || '-')
                  FROM mail_message m, unnest(%s) AS l (id)
                 WHERE m.id = %s
                """,
                SQL(", ").join(columns),
                SQL(", ").join(SQL("m.%s", column) for column in columns),
                f"-openerp-{first.id}-",
                ids,
                message.id,
            )
        )
