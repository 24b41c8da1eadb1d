import { registry } from "@web/core/registry";

const onApproval = {
    content: "the status bar says on approval",
    trigger: ".o_arrow_button_current[data-value=review]",
};

registry.category("web_tour.tours").add("paydox_edms_author_sends", {
    steps: () => [
        {
            content: "send the contract on its route",
            trigger: "button[name=action_submit]",
            run: "click",
        },
        onApproval,
    ],
});

registry.category("web_tour.tours").add("paydox_edms_author_sends_again", {
    steps: () => [
        {
            content: "the contract came back; send it again",
            trigger: "button[data-paydox=resend]",
            run: "click",
        },
        {
            content: "those who had agreed are not asked again",
            trigger: ".modal .o_field_widget[name=scope] input[data-value=not_agreed]:checked",
        },
        {
            content: "send",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        onApproval,
    ],
});

registry.category("web_tour.tours").add("paydox_edms_substitute_agrees", {
    steps: () => [
        {
            content: "the substitute agrees for the absent director",
            trigger: "button[name=action_agree][data-paydox=agree]",
            run: "click",
        },
        {
            content: "nothing more waits for him: the signature is the director's own",
            trigger: ".o_form_view:not(:has(button[data-paydox=agree]))",
        },
    ],
});
