# Part of crm_campaign. See LICENSE file for full copyright and licensing details.
{
    "name": "CRM Marketing Campaigns: Event Registrations",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Targets of event registrations: the example of docs/extending.md",
    "author": "crm_campaign contributors",
    "license": "LGPL-3",
    "depends": ["crm_campaign", "event"],
}
