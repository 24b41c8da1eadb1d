import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, toLocaleDateTimeString } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { debounce } from "@web/core/utils/timing";

export const REMINDER_NOTIFICATION = "paydox_edms.reminder";
const MODEL = "paydox.instruction.reminder.sent";
const PAUSE = 400;
const START_PAUSE = 1500;
/** A browser cannot wait for longer in one go. */
const MAX_WAIT = 24 * 60 * 60;

/**
 * Pop-ups of reminders: those that came while the user was away are shown when he comes, snoozed ones come again. What
 * is closed in one window disappears in the others.
 */
export const reminderService = {
    dependencies: ["action", "bus_service", "notification", "orm"],

    start(env, { action, bus_service: busService, notification, orm }) {
        const shown = new Map();
        const keepLast = new KeepLast();
        let timer = null;

        function getText(popup) {
            const moment = toLocaleDateTimeString(deserializeDateTime(popup.term));
            const text = popup.is_late
                ? _t("The term ended on %(moment)s.", { moment })
                : _t("The term ends on %(moment)s.", { moment });
            return popup.note ? `${text} ${popup.note}` : text;
        }

        async function answer(popup, method, args = []) {
            hide(popup.id);
            await orm.call(MODEL, method, [[popup.id], ...args]);
        }

        function hide(id) {
            const entry = shown.get(id);
            // Removed first, so that closing the window is not taken for an answer of the user.
            shown.delete(id);
            entry?.close();
        }

        function show(popup) {
            const entry = { close: () => {} };
            shown.set(popup.id, entry);
            entry.close = notification.add(getText(popup), {
                title: popup.name,
                type: popup.is_late ? "danger" : "warning",
                sticky: true,
                className: "o_paydox_reminder",
                onClose: () => {
                    if (shown.has(popup.id)) {
                        answer(popup, "action_close");
                    }
                },
                buttons: [
                    {
                        name: _t("Open"),
                        primary: true,
                        onClick: async () => {
                            await answer(popup, "action_close");
                            await action.doAction({
                                type: "ir.actions.act_window",
                                res_model: "paydox.instruction",
                                res_id: popup.instruction_id,
                                views: [[false, "form"]],
                            });
                        },
                    },
                    {
                        name: _t("10 min"),
                        onClick: () => answer(popup, "action_snooze", ["10"]),
                    },
                    {
                        name: _t("1 hour"),
                        onClick: () => answer(popup, "action_snooze", ["60"]),
                    },
                    {
                        name: _t("Tomorrow"),
                        onClick: () => answer(popup, "action_snooze", ["tomorrow"]),
                    },
                ],
            });
        }

        async function refresh() {
            browser.clearTimeout(timer);
            let answered;
            try {
                answered = await keepLast.add(orm.silent.call(MODEL, "get_popups", []));
            } catch {
                // A reminder is a courtesy: the next sign of the server asks again.
                return;
            }
            const ids = new Set(answered.popups.map((popup) => popup.id));
            for (const id of [...shown.keys()]) {
                if (!ids.has(id)) {
                    hide(id);
                }
            }
            for (const popup of answered.popups) {
                if (!shown.has(popup.id)) {
                    show(popup);
                }
            }
            if (answered.next) {
                timer = browser.setTimeout(refresh, Math.min(answered.next, MAX_WAIT) * 1000);
            }
        }

        // Shown to who comes back, when the client is ready and not before.
        browser.setTimeout(refresh, START_PAUSE);
        busService.subscribe(REMINDER_NOTIFICATION, debounce(refresh, PAUSE));
        busService.start();
        return { refresh };
    },
};

registry.category("services").add("paydox_edms.reminder", reminderService);
