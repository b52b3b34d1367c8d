# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from . import test_birthday
from . import test_campaign
from . import test_channel_contract
from . import test_channel_email
from . import test_consent
from . import test_controllers
from . import test_crons
from . import test_docs
from . import test_eligibility
from . import test_execution
from . import test_faults
from . import test_fill
from . import test_operation
from . import test_performance
from . import test_preferences
from . import test_recipient
from . import test_replies
from . import test_security
from . import test_smtp
from . import test_target
from . import test_target_manual
from . import test_target_set
from . import test_template
from . import test_tools_anniversary
from . import test_tools_spreadsheet
from . import test_ui
