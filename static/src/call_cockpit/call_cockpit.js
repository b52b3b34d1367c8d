import { Component, onMounted, onWillStart, onWillUnmount, useEffect } from "@odoo/owl";
import { useExternalListener, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { CallCockpitModel } from "./call_cockpit_model";
import { CallContact } from "./call_contact";
import { CallHistory } from "./call_history";
import { isTyping, readKey } from "./call_keys";
import { CallKeysDialog } from "./call_keys_dialog";
import { CallOutcomes } from "./call_outcomes";
import { CallOutboxBanner } from "./call_outbox_banner";
import { CallPause } from "./call_pause";
import { CallQueueBar } from "./call_queue_bar";
import { CallScript } from "./call_script";

/** The screen of one caller: whom to call, what to say, how it ended; see ``docs/call-cockpit.md``. */
export class CallCockpit extends Component {
    static template = "crm_campaign.CallCockpit";
    static components = {
        CallContact,
        CallHistory,
        CallOutboxBanner,
        CallOutcomes,
        CallPause,
        CallQueueBar,
        CallScript,
        Layout,
    };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.ui = useService("ui");
        this.root = useRef("root");
        const { context, params } = this.props.action;
        const isOfOperation = context.active_model === "crm.campaign.operation";
        const operationId = (isOfOperation && context.active_id) || false;
        const orm = useService("orm");
        this.model = useState(new CallCockpitModel(orm, operationId, params?.call_id || false));
        this.handlers = this.prepareHandlers();
        useExternalListener(window, "keydown", this.onKeydown);
        useExternalListener(window, "online", () => this.model.outbox.retry());
        onWillStart(() => this.model.start());
        onMounted(() => this.model.watch());
        onWillUnmount(() => this.model.stop());
        useEffect(
            () => void this.focus(".o_crm_campaign_call_title"),
            () => [this.model.call?.id, this.model.phase]
        );
        useEffect(
            (panel) => void (panel && this.focus(`.o_crm_campaign_call_${panel} input`)),
            () => [this.model.panel]
        );
    }

    /** What each action of ``call_keys.js`` does. */
    prepareHandlers() {
        const { model } = this;
        return {
            next: () => model.takeNext(),
            dial: () => this.root.el.querySelector(".o_crm_campaign_call_dial")?.click(),
            script: () =>
                this.focus(".o_crm_campaign_call_script .o_answer :is(button, input, textarea)"),
            back: () => model.script?.back(),
            note: () => this.focus(".o_crm_campaign_call_note"),
            lead: () => this.onLead(),
            appointment: () => this.onAppointment(),
            contact: () => this.onContact(),
            skip: () => model.card && model.openPanel("skip"),
            escape: () => this.onEscape(),
            help: () => this.onHelp(),
        };
    }

    get display() {
        return { controlPanel: { layoutActions: true } };
    }

    focus(selector) {
        this.root.el?.querySelector(selector)?.focus();
    }

    onKeydown(ev) {
        if (ev.defaultPrevented || this.ui.activeElement !== document || this.ui.isBlocked) {
            return;
        }
        const key = readKey(ev);
        if (!key || (isTyping(ev.target) && key !== "escape")) {
            return;
        }
        const outcome = this.model.outcomes.find((row) => row.key === key);
        if (outcome || this.handlers[key]) {
            ev.preventDefault();
            outcome ? this.model.end(outcome) : this.handlers[key]();
        }
    }

    /** First leave the field or the script, then close what is open, then put the call back. */
    onEscape() {
        const { model } = this;
        const { activeElement } = document;
        if (isTyping(activeElement) || activeElement.closest(".o_crm_campaign_call_question")) {
            this.focus(".o_crm_campaign_call_title");
        } else if (model.panel) {
            model.closePanel();
        } else if (model.card && !model.isBusy) {
            model.putBack();
        }
    }

    async onLead() {
        const { model } = this;
        if (!model.card || model.isBusy) {
            return;
        }
        const { lead } = model.card;
        if (!lead) {
            await model.createLead();
        } else if (lead.may_open) {
            this.open("crm.lead", lead.id);
        }
    }

    async onAppointment() {
        const { model } = this;
        const context = model.card && !model.isBusy && (await model.getAppointmentContext());
        if (context) {
            this.dialog.add(FormViewDialog, {
                title: _t("Appointment"),
                resModel: "calendar.event",
                context,
                canExpand: false,
                onRecordSaved: (record) => model.noteAppointment(record.resId),
            });
        }
    }

    onContact() {
        const partnerId = this.model.card?.contact.partner_id;
        if (partnerId) {
            this.open("res.partner", partnerId);
        }
    }

    open(resModel, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    onHelp() {
        this.dialog.add(CallKeysDialog, {});
    }
}

registry.category("actions").add("crm_campaign_call_cockpit", CallCockpit);
