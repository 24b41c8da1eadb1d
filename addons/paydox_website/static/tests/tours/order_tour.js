import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("paydox_website_order_tour", {
    steps: () => [
        {
            content: "choose the larger television",
            trigger: "select[name=product]",
            run: "selectByLabel Television 75",
        },
        { content: "more than the limit", trigger: "input[name=quantity]", run: "edit 3" },
        { content: "type the name", trigger: "input[name=name]", run: "edit Tour Visitor" },
        { content: "type the city", trigger: "input[name=city]", run: "edit Cluj" },
        {
            content: "type an e-mail",
            trigger: "input[name=email]",
            run: "edit tour@customer.example",
        },
        { content: "agree", trigger: "input[name=consent]", run: "check" },
        { content: "two are enough", trigger: "input[name=quantity]", run: "edit 2" },
        {
            content: "send the order",
            trigger: "form[data-paydox=order_form] button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        { content: "the visitor is thanked", trigger: "[data-paydox=order_thanks]" },
    ],
});
