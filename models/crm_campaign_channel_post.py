# Part of crm_campaign. See LICENSE file for full copyright and licensing details.


from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, is_html_empty

from ..letters import Letter, build_letters
from ..tools import postal

# What one field of an address may hold at most; an index takes no more either.
LONGEST_ADDRESS = 500


class CrmCampaignChannelPost(models.AbstractModel):
    """Post: one letter a person, printed from one document.

    The address is frozen as envelopes want it: lines in capitals, the country's code last (empty
    when unknown). So the same address typed in two ways is one address.
    """

    _name = "crm.campaign.channel.post"
    _inherit = "crm.campaign.channel.document"
    _description = "Post Channel"

    _address_column = "postal_address"
    _consent_channel = "post"

    @api.model
    def _get_words(self):
        # EXTENDS crm_campaign — its own words
        return {
            "way": self.env._("From the Target to the Printer"),
            "pending": self.env._("To Print"),
            "sent": self.env._("Letters Printed"),
            "back": self.env._("What Came Back"),
        }

    # === DEPARTURE === #

    @api.model
    def _check_departure(self, operation):
        """Check that there is a letter; its subject is optional."""
        self._check_letter(operation.template_id)

    @api.model
    def _check_letter(self, template):
        """Check that a template has a text that can be laid out as PDF.

        :raise UserError: it has none
        """
        if is_html_empty(template.body_html):
            raise UserError(self.env._("Letter “%(name)s” has no text.", name=template.name))

    @api.model
    def _address_sql(self, query, People):
        """Give the postal address; NULL without street, zip or city."""
        table = query.table
        if "street" not in People._fields:
            if "partner_id" not in People._fields:
                return SQL("NULL::varchar")
            partner = People.sudo()._field_to_sql(table, "partner_id", query)
            table = "postal_partner"
            query.add_join(
                "LEFT JOIN", table, "res_partner", SQL("postal_partner.id = %s", partner)
            )
        query.add_join(
            "LEFT JOIN",
            "postal_country",
            "res_country",
            SQL("postal_country.id = %s", SQL.identifier(table, "country_id")),
        )
        query.add_join(
            "LEFT JOIN",
            "postal_state",
            "res_country_state",
            SQL("postal_state.id = %s", SQL.identifier(table, "state_id")),
        )
        parts = {
            name: SQL("NULLIF(btrim(%s), '')", SQL.identifier(table, name))
            for name in ("street", "street2", "zip", "city")
        }
        return SQL(
            """CASE WHEN %(street)s IS NOT NULL AND %(zip)s IS NOT NULL AND %(city)s IS NOT NULL
                    THEN left(%(lines)s, %(longest)s)
                         || chr(10) || COALESCE(postal_country.code, '') END""",
            **{name: parts[name] for name in ("street", "zip", "city")},
            lines=self._normalise_sql(self._lines_sql(**parts)),
            longest=LONGEST_ADDRESS,
        )

    @api.model
    def _addressee_sql(self, query, People):
        """Take the name: colleagues and flatmates get a letter each, one person gets one."""
        names = [
            SQL("NULLIF(%s, '')", SQL.identifier(query.table, name))
            for name in ("contact_name", "partner_name", People._rec_name)
            if name in People._fields and People._fields[name].store
        ]
        return self._normalise_sql(SQL("COALESCE(%s)", SQL(", ").join([*names, SQL("''")])))

    @api.model
    def _lines_sql(self, street, street2, zip, city):  # noqa: A002
        """Write an address in lines; the zip stands where the country's format has it.

        :rtype: SQL
        """
        return SQL(
            """concat_ws(chr(10), %(street)s, %(street2)s,
                   CASE WHEN postal_country.address_format ~ %(zip_last)s
                        THEN concat_ws(' ', %(city)s, postal_state.code, %(zip)s)
                        ELSE concat_ws(' ', %(zip)s, %(city)s) END)""",
            street=street,
            street2=street2,
            zip=zip,
            city=city,
            zip_last=r"%\(city\)s.*%\(zip\)s",
        )

    @api.model
    def _normalise_sql(self, text):
        """Write lines in capitals, without accents, punctuation nor double spaces.

        The same as ``tools.postal.normalise``, line by line.

        :rtype: SQL
        """
        for letter, spelling in postal.SPELLED_OUT.items():
            text = SQL("replace(%s, %s, %s)", text, letter, spelling)
        text = SQL(
            "upper(translate(%s, %s, %s))",
            text,
            postal.ACCENTED + postal.PUNCTUATION,
            postal.BARE + " " * len(postal.PUNCTUATION),
        )
        text = SQL("regexp_replace(%s, %s, ' ', 'g')", text, r"[^\S\n]+")
        return SQL("btrim(regexp_replace(%s, %s, chr(10), 'g'), ' ' || chr(10))", text, r" ?\n\s*")

    @api.model
    def _eligibility_sql(self, execution, query, address):
        return [*self._get_quiet_sql(execution, query), *self._get_returned_sql(execution, query)]

    @api.model
    def _get_quiet_sql(self, execution, query):
        """Give the condition that a person asked for no letters, as ``_eligibility_sql`` does."""
        # The box "do not write", of the record and of the contact behind it.
        People = self.env[execution.res_model]
        partner = execution._get_partner_sql(query)
        asked_for_peace = SQL(
            "EXISTS (SELECT 1 FROM res_partner quiet WHERE quiet.id = %s AND quiet.do_not_write)",
            partner,
        )
        if "do_not_write" in People._fields:
            box = SQL.identifier(query.table, "do_not_write")
            asked_for_peace = SQL("(%s IS TRUE OR %s)", box, asked_for_peace)
        return [("blacklisted", asked_for_peace)]

    @api.model
    def _get_returned_sql(self, execution, query):
        """Give the condition that mail came back from the address that the record has now."""
        if "mail_returned_on" in self.env[execution.res_model]._fields:
            returned = SQL("%s IS NOT NULL", SQL.identifier(query.table, "mail_returned_on"))
        else:
            returned = SQL(
                "EXISTS (SELECT 1 FROM res_partner gone"
                " WHERE gone.id = %s AND gone.mail_returned_on IS NOT NULL)",
                execution._get_partner_sql(query),
            )
        return [("returned_mail", returned)]

    @api.model
    def _prepare_execution(self, execution):
        """Freeze the letter."""
        template = execution.template_id
        # Superuser: executions are made by departures only; see action_dispatch.
        execution.sudo().write(
            {
                "frozen_subject": execution._freeze_text(template.subject or ""),
                "frozen_body": template.body_html,
            }
        )

    @api.model
    def _render_sample(self, execution, recipient):
        """Render the letter of one recipient.

        :raise UserError: the template cannot be rendered for this recipient
        """
        self._prepare_execution(execution)
        letters, errors = self._render_letters(execution, recipient)
        document = build_letters(letters)
        errors.update((key, self._explain(error)) for key, error in document.errors.items())
        if errors:
            raise UserError(errors[recipient.id])
        return {
            "about": recipient.display_name,
            "subject": letters[0].subject,
            "body": letters[0].body,
            "file": document.content,
            "file_name": "letter.pdf",
        }

    # === BATCHES === #

    @api.model
    def _make_part(self, execution, recipients):
        """Render the letters of a batch into one PDF."""
        letters, errors = self._render_letters(execution, recipients)
        document = build_letters(letters)
        errors.update((key, self._explain(error)) for key, error in document.errors.items())
        if not document.pages:
            return None, errors
        return (self._get_part_name(recipients), document.content, document.pages), errors

    @api.model
    def _render_letters(self, execution, recipients):
        """Put the merge values of recipients into the letter.

        :return: the letters in order, and recipient id -> error of the others
        :rtype: tuple[list[letters.Letter], dict[int, str]]
        """
        subjects = dict.fromkeys(recipients.ids, "")
        if execution.frozen_subject:
            subjects = execution._render(execution.frozen_subject, recipients, "inline_template")
        bodies = execution._render(execution.frozen_body, recipients, "qweb")
        common = {
            "sender": self._get_sender_lines(execution),
            "place": self._get_place(execution),
        }
        letters, errors = [], {}
        for recipient in recipients:
            content = (subjects[recipient.id], bodies[recipient.id])
            error = next((text for text in content if isinstance(text, Exception)), None)
            if error:
                errors[recipient.id] = str(error) or type(error).__name__
            else:
                letters.append(self._prepare_letter(recipient, *content, common))
        return letters, errors

    @api.model
    def _get_part_name(self, recipients):
        """Name the part of a batch: the recipients of a claim follow each other."""
        return f"letters-{recipients[:1].id}-{recipients[-1:].id}.pdf"

    @api.model
    def _prepare_letter(self, recipient, subject, body, common):
        """Give what is printed for a recipient. Extended by integrators.

        :param str subject: rendered; may be empty
        :param str body: rendered HTML
        :param dict common: what all letters share: ``sender`` (lines), ``place`` (and date)
        :rtype: letters.Letter
        """
        return Letter(
            key=recipient.id,
            address=self._get_address_lines(recipient),
            body=str(body),
            subject=" ".join((subject or "").split()),
            **common,
        )

    @api.model
    def _explain(self, error):
        """Put what keeps a letter from being laid out in words.

        :param LetterError error: see letters.LetterError
        :rtype: str
        """
        code, culprit = error.args
        if code == "glyphs":
            return self.env._("No font can print these characters: %(text)s", text=culprit)
        return self.env._("A piece of this letter is larger than a page.")

    # === LINES === #

    @api.model
    def _get_address_lines(self, recipient):
        """Give the address block of a recipient as it was frozen, name first.

        :rtype: list[str]
        """
        *lines, code = (recipient.postal_address or "\n").split("\n")
        company = recipient.company_id
        if code and code != company.country_id.code:
            lines.append(self._get_country_line(code, company.partner_id.lang))
        names = (" ".join((name or "").split()) for name in self._get_names(recipient))
        return [*dict.fromkeys(name for name in names if name), *filter(None, lines)]

    @api.model
    def _get_country_line(self, code, lang):
        """Name a country in the language of the sender's post office."""
        country = self.env["res.country"].with_context(lang=lang).search([("code", "=", code)])
        return postal.normalise(country[:1].name or code)

    @api.model
    def _get_names(self, recipient):
        """Give the lines above the address: company, then person or generic title.

        :rtype: list[str | bool]
        """
        partner, lead = recipient.partner_id, recipient.lead_id
        title = recipient.operation_id.generic_title
        if partner.is_company:
            return [partner.name, title]
        if partner:
            return [partner.commercial_company_name, partner.name or title]
        if lead:
            return [lead.partner_name, lead.contact_name or (lead.partner_name and title)]
        return [recipient.display_name]

    @api.model
    def _get_sender_lines(self, execution):
        """Give the lines at the top left: who writes."""
        company = execution.company_id
        town = " ".join(filter(None, [company.zip, company.city]))
        return [line for line in (company.name, company.street, company.street2, town) if line]

    @api.model
    def _get_place(self, execution):
        """Give place and date, in the language and time zone of the author."""
        day = format_date(execution.env, execution._get_departure_day(), date_format="long")
        return ", ".join(filter(None, [execution.company_id.city, day]))
