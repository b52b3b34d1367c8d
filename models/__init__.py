# Part of crm_campaign. See LICENSE file for full copyright and licensing details.

# 1. campaign: the objective, the period, the budget
from . import crm_campaign_numbered_mixin
from . import crm_campaign_state_mixin
from . import crm_campaign_attachment_mixin
from . import crm_campaign_purpose
from . import crm_campaign

# 2. operation: what is done, on which channel
from . import crm_campaign_operation
from . import crm_campaign_operation_running
from . import crm_campaign_operation_waterfall
from . import crm_campaign_operation_proof
from . import crm_campaign_operation_documents
from . import crm_campaign_operation_mailing
from . import crm_campaign_window
from . import crm_campaign_operation_pacing
from . import crm_campaign_operation_attachments

# 3. target: who, as a definition
from . import crm_campaign_target
from . import crm_campaign_target_definition
from . import crm_campaign_target_preview
from . import crm_campaign_target_words
from . import crm_campaign_target_words_values
from . import crm_campaign_target_words_dates
from . import crm_campaign_target_explain
from . import crm_campaign_target_manual
from . import crm_campaign_target_member
from . import crm_campaign_target_set
from . import crm_campaign_target_filter
from . import crm_campaign_target_sql
from . import crm_campaign_target_execution
from . import crm_campaign_target_import
from . import crm_campaign_target_import_matching
from . import crm_campaign_target_import_saving
from . import crm_campaign_target_import_job
from . import crm_campaign_target_import_line
from . import crm_campaign_target_importing

# 4. execution and recipients: one dated run, frozen
from . import crm_campaign_execution
from . import crm_campaign_execution_people
from . import crm_campaign_execution_address
from . import crm_campaign_execution_eligibility
from . import crm_campaign_execution_freezing
from . import crm_campaign_execution_delivery
from . import crm_campaign_execution_content
from . import crm_campaign_execution_documents
from . import crm_campaign_execution_chatter
from . import crm_campaign_execution_individual
from . import crm_campaign_execution_sample
from . import crm_campaign_execution_pacing
from . import crm_campaign_execution_forecast
from . import crm_campaign_execution_attachments
from . import crm_campaign_execution_languages
from . import crm_campaign_recipient
from . import crm_campaign_recipient_post
from . import crm_campaign_recipient_fax
from . import crm_campaign_recipient_consent
from . import crm_campaign_recipient_stop
from . import crm_campaign_recipient_report
from . import crm_campaign_recipient_individual
from . import crm_campaign_merge_field
from . import crm_campaign_recount
from . import crm_campaign_scanner
from . import crm_campaign_event
from . import crm_campaign_recipient_tracking
from . import crm_campaign_execution_tracking
from . import crm_campaign_execution_history
from . import crm_campaign_consent
from . import crm_campaign_consent_page
from . import crm_campaign_claim
from . import crm_campaign_batch
from . import crm_campaign_deferral

# 5. delivery: content and channels
from . import crm_campaign_template
from . import crm_campaign_template_sms
from . import crm_campaign_template_circumstance
from . import crm_campaign_template_attachments
from . import crm_campaign_template_languages
from . import crm_campaign_template_word
from . import crm_campaign_template_import
from . import crm_campaign_template_page
from . import crm_campaign_channel
from . import crm_campaign_channel_email
from . import crm_campaign_channel_email_content
from . import crm_campaign_channel_sms
from . import crm_campaign_sms_provider
from . import crm_campaign_sms_provider_host
from . import crm_campaign_sms_provider_http
from . import crm_campaign_sms_provider_file
from . import crm_campaign_template_column
from . import crm_campaign_piece
from . import crm_campaign_piece_download
from . import crm_campaign_channel_document
from . import crm_campaign_channel_post
from . import crm_campaign_channel_post_word
from . import crm_campaign_channel_fax
from . import crm_campaign_channel_file
from . import crm_campaign_label_sheet
from . import crm_campaign_channel_email_rendering
from . import crm_campaign_channel_trial
from . import crm_campaign_channel_email_trial
from . import crm_campaign_channel_sms_trial
from . import crm_campaign_channel_post_trial
from . import crm_campaign_execution_check
from . import crm_campaign_channel_check
from . import crm_campaign_channel_email_check
from . import crm_campaign_channel_sms_check
from . import crm_campaign_channel_post_check
from . import crm_campaign_template_trial
from . import crm_campaign_operation_trial
from . import crm_campaign_channel_email_imported

# 6. what comes back, and the host's records it is attached to
from . import mail_thread
from . import crm_campaign_communication
from . import mailing_mailing
from . import mailing_trace
from . import link_tracker
from . import crm_campaign_target_mixin
from . import crm_campaign_contact_mixin
from . import crm_campaign_contact_communicate
from . import crm_campaign_contact_fax
from . import crm_lead
from . import sms_tracker
from . import ir_mail_server
from . import res_company
from . import res_company_fax
from . import res_company_page
from . import res_config_settings
from . import res_partner
from . import res_partner_birthday
from . import utm_campaign
