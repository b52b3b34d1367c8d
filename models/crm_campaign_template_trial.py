# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from lxml import etree

from odoo import models

from ..fragment import drop_directives, read_fragment, write_fragment


class CrmCampaignTemplate(models.Model):
    """Trying a template out before anybody gets it."""

    _inherit = "crm.campaign.template"

    def action_test(self):
        """Ask to whom a test goes.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Test “%s”", self.name),
            "res_model": "crm.campaign.template.test",
            "view_mode": "form",
            "target": "new",
            "context": {"default_template_id": self.id},
        }

    def _get_raw_content(self):
        """Return the content with its merge fields shown as they are written.

        :rtype: dict[str, str]
        """
        self.ensure_one()
        body = self.imported_html if self.channel == "email" else False
        body = self._dress(body or self._show_expressions(self.body_html), self.env.company)
        body = self._replace_local_links(body)
        return {"subject": self.subject, "body_html": body, "body_text": self.body_text}

    def _show_expressions(self, body):
        """Return a body in which each merge field stands as ``{{ expression ||| fallback }}``.

        Conditions are taken off: all that may appear appears.

        :rtype: Markup
        """
        root = read_fragment(body)
        for node in list(root.iter(etree.Element)):
            expression = node.get("t-out") or node.get("t-esc")
            if expression:
                fallback = " ".join(node.itertext()).strip()
                for child in list(node):
                    node.remove(child)
                shown = f"{expression.strip()} ||| {fallback}" if fallback else expression.strip()
                node.text = f"{{{{ {shown} }}}}"
            drop_directives(node)
        return write_fragment(root)
