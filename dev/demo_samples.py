# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
"""The sample records of the addon (the manifest's ``demo`` list), and one target in SQL.

A database with demo data has the sample records already; that of `make demo` is made without. The
target in SQL is never in the XML: its query runs over a connection of its own, which waits for the
tables that an installation holds.
"""

from odoo.modules import Manifest
from odoo.tools import convert_file

MODULE = "crm_campaign"
SQL_TEXT = """\
SELECT partner.id
  FROM res_partner partner
  JOIN crm_campaign_recipient recipient ON recipient.partner_id = partner.id
 WHERE recipient.state = 'clicked'
"""


def load_samples(env):
    """Create the sample records, as the installation of a database with demo data does.

    :param env: environment of the superuser, in English
    """
    for path in Manifest.for_addon(MODULE)["demo"]:
        convert_file(env, MODULE, path, {}, mode="init", noupdate=True)


def create_sql_target(env):
    """Create the target in SQL, as its author the administrator.

    :param env: environment of an administrator; what the query reads must be committed
    """
    env["crm.campaign.target"].create(
        {
            "name": "Clicked in a message of ours",
            "mode": "sql",
            "sql_text": SQL_TEXT,
            "description": "What criteria cannot say is written in SQL by administrators.",
        }
    )
