"""What the demo company sells, and to whom: the raw material of the story."""

# type: how many deals, product and price in each language, stages with the share of deals that go on from each
GOODS = {
    "ru": [("Телевизоры 55″ для переговорных", 18, 74000), ("Офисные кресла", 60, 9800), ("Ноутбуки для отдела продаж", 25, 82000),
           ("Серверное оборудование", 3, 640000), ("Проекторы и экраны", 8, 96000), ("Источники питания", 40, 15500)],
    "ro": [("Mobilier pentru birouri", 45, 1450), ("Televizoare 55″ pentru săli", 12, 3900), ("Laptopuri pentru vânzări", 20, 4300),
           ("Imprimante multifuncționale", 10, 2700), ("Echipamente de rețea", 15, 1900)],
    "en": [("Conference room displays", 10, 890), ("Standing desks", 35, 420), ("Laptops for the field team", 15, 1050),
           ("Network switches", 12, 610)],
}  # fmt: skip
SERVICES = {
    "ru": [("Обслуживание оргтехники", 12, 18000), ("Настройка видеосвязи", 1, 145000), ("Аудит сети", 1, 210000), ("Обучение персонала", 3, 48000)],
    "ro": [("Mentenanță echipamente", 12, 900), ("Instruirea personalului", 2, 3200), ("Audit de rețea", 1, 7800)],
    "en": [("Support contract", 12, 650), ("Staff training", 2, 1400), ("Network audit", 1, 5200)],
}  # fmt: skip
PROJECTS = {
    "ru": [("Оснащение нового офиса", 1, 3900000), ("Ситуационный центр", 1, 7200000), ("Модернизация дата-центра", 1, 5600000)],
    "ro": [("Dotarea sediului central", 1, 182000), ("Sală de conferințe la cheie", 1, 96000)],
    "en": [("New office fit-out", 1, 88000), ("Meeting rooms, turnkey", 1, 54000)],
}  # fmt: skip
# Rough worth of the money of the price lists in the currency of a company in euros or dollars.
RATES = {"ru": 0.0105, "ro": 0.2, "en": 1.0}

# type code: (number of deals, price list, share of deals that leave each stage forward, days spent in each stage)
PLAN = {
    "sale": (62, GOODS, (0.9, 0.8, 0.52, 0.84, 0.9, 0.94), (3, 5, 9, 16, 9, 8)),
    "service": (36, SERVICES, (0.92, 0.84, 0.66, 0.92), (3, 5, 9, 14)),
    "project": (24, PROJECTS, (0.88, 0.8, 0.6, 0.75, 0.88, 0.92), (6, 10, 16, 22, 15, 24)),
}

# Counterparties with the language that is spoken with them.
CLIENTS = {
    "ru": ("sever", "sphere", "sibir", "volga", "kuban", "gusev", "orlova"),
    "ro": ("carpat", "dunarea", "moldtex", "aurora", "napoca"),
    "en": ("harbour", "northlake", "greenfield"),
}
# Who works with the clients of a language.
OWNERS = {"ru": ("manager", "manager", "ana"), "ro": ("ana",), "en": ("john",)}
CONTRACT_FILES = {"ru": "supply_contract_ru.pdf", "ro": "service_contract_ro.pdf", "en": "project_contract_en.pdf"}
