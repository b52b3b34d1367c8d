# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from . import documents
from . import export
from . import mailing
from . import operation_page
from . import preferences
from . import response
from . import results
from . import stop
from . import tracking
from . import sms_report
