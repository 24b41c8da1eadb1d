"""Names of the demo configuration in the languages of its users: ``{xmlid: (Russian, Romanian)}``."""

DEAL_TYPES = {
    "deal_type_sale": ("Продажа товаров", "Vânzare de produse"),
    "deal_type_service": ("Услуги", "Servicii"),
    "deal_type_project": ("Проекты", "Proiecte"),
}
STAGES = {
    "stage_sale_contract": ("Договор", "Contract"),
    "stage_sale_agreed": ("Договор согласован", "Contract avizat"),
    "stage_sale_paid": ("Оплачено", "Achitat"),
    "stage_service_request": ("Обращение", "Solicitare"),
    "stage_service_diagnosis": ("Диагностика", "Diagnoză"),
    "stage_service_estimate": ("Смета", "Deviz"),
    "stage_service_agreement": ("Договор на обслуживание", "Contract de service"),
    "stage_service_done": ("Выполнено и оплачено", "Executat și achitat"),
    "stage_project_inquiry": ("Запрос", "Cerere"),
    "stage_project_survey": ("Обследование объекта", "Evaluarea obiectivului"),
    "stage_project_proposal": ("Техническое предложение", "Propunere tehnică"),
    "stage_project_contract": ("Согласование договора", "Avizarea contractului"),
    "stage_project_agreed": ("Договор утверждён", "Contract aprobat"),
    "stage_project_advance": ("Аванс получен", "Avans încasat"),
    "stage_project_delivered": ("Сдано заказчику", "Predat beneficiarului"),
}
RULES = {
    "rule_contract_agreed": ("Договор согласован: сделка согласована", "Contract avizat: tranzacția este avizată"),
    "rule_contract_refused": (
        "Договор не согласован: связаться с клиентом",
        "Contract neavizat: discutați cu clientul",
    ),
}

RULE_NOTES = {
    "rule_contract_agreed_note": (
        "Договор согласован. Отправьте его клиенту на подписание и согласуйте день поставки.",
        "Contractul este avizat. Trimiteți-l clientului la semnare și conveniți ziua livrării.",
    ),
    "rule_contract_refused": (
        "Договор не согласован. Согласуйте с клиентом замечания.",
        "Contractul nu este avizat. Conveniți cu clientul asupra observațiilor.",
    ),
}
