# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

from . import test_registration_target
from . import test_show_registrations
