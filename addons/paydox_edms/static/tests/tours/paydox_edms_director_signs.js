import { registry } from "@web/core/registry";

/** A stroke from left to right, as a pen makes it. */
function drawStroke(canvas) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const press = (type, part) =>
        canvas.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                button: 0,
                buttons: type === "pointerup" ? 0 : 1,
                clientX: left + width * part,
                clientY: top + height * (0.3 + part / 2),
                isPrimary: true,
                pointerId: 1,
                pressure: 0.5,
            })
        );
    press("pointerdown", 0.2);
    for (const part of [0.3, 0.4, 0.5, 0.6, 0.7]) {
        press("pointermove", part);
    }
    press("pointerup", 0.8);
}

registry.category("web_tour.tours").add("paydox_edms_director_signs", {
    steps: () => [
        {
            content: "two contracts wait for the signature",
            trigger: ".o_list_view td[name=record_name]:contains(Tour signed annex)",
        },
        {
            content: "choose both",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "sign both at once",
            trigger: ".o_control_panel button[name=action_open_sign]",
            run: "click",
        },
        {
            content: "a wrong password",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit not-mine",
        },
        {
            content: "try to sign",
            trigger: ".modal button[data-paydox=sign_confirm]",
            run: "click",
        },
        {
            content: "the window says that nothing was signed",
            trigger: ".modal .alert-danger .o_field_widget[name=error]:not(:empty)",
        },
        {
            content: "the own password",
            trigger: ".modal .o_field_widget[name=password] input",
            run: "edit edms_director",
        },
        {
            content: "draw a signature",
            trigger: ".modal .o_field_widget[name=image] .o_signature",
            run: "click",
        },
        {
            content: "with the pen",
            trigger: ".modal canvas.o_web_sign_signature",
            run({ anchor }) {
                drawStroke(anchor);
            },
        },
        {
            content: "take the drawing",
            trigger: ".modal:last .modal-footer .btn-primary:enabled",
            run: "click",
        },
        {
            content: "the drawing is in the window",
            trigger: ".modal .o_field_widget[name=image] img[src^='data:image']",
        },
        {
            content: "sign",
            trigger: ".modal button[data-paydox=sign_confirm]",
            run: "click",
        },
        {
            content: "the result shows both",
            trigger: ".modal .o_data_row:nth-of-type(2) .text-bg-success",
        },
        {
            content: "close the result",
            trigger: ".modal button[data-paydox=sign_close]",
            run: "click",
        },
        {
            content: "nothing more to decide",
            trigger: ".o_view_nocontent",
        },
    ],
});
