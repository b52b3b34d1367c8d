# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from . import crm_campaign_communicate
from . import crm_campaign_execution_compare
from . import crm_campaign_label_print
from . import crm_campaign_operation_assistant
from . import crm_campaign_operation_assistant_line
from . import crm_campaign_operation_assistant_selection
from . import crm_campaign_operation_assistant_figures
from . import crm_campaign_operation_assistant_validation
from . import crm_campaign_operation_check
from . import crm_campaign_operation_check_content
from . import crm_campaign_operation_refuse
from . import crm_campaign_operation_resume
from . import crm_campaign_script_simulate
from . import crm_campaign_target_add
from . import crm_campaign_target_explain
from . import crm_campaign_template_test
from . import crm_campaign_template_import
from . import base_partner_merge
