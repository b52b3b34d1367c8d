# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from . import crm_campaign_report
from . import crm_campaign_results_document
