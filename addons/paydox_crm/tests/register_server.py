"""A register on the loopback that speaks the protocols of the providers, and lies, stalls and breaks when it is told to."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RU_ENTRY = {
    "value": "ООО «РОМАШКА»",
    "data": {
        "type": "LEGAL",
        "branch_type": "MAIN",
        "inn": "7707083893",
        "kpp": "773601001",
        "ogrn": "1027700132195",
        "okpo": "00032537",
        "name": {
            "full_with_opf": "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ «РОМАШКА»",
            "short_with_opf": "ООО «РОМАШКА»",
        },
        "management": {"name": "Иванов Иван Иванович", "post": "ГЕНЕРАЛЬНЫЙ ДИРЕКТОР"},
        "address": {
            "value": "г Москва, ул Вавилова, д 19",
            "unrestricted_value": "117997, г Москва, ул Вавилова, д 19",
            "data": {"city": "Москва", "postal_code": "117997"},
        },
        "state": {"status": "ACTIVE", "liquidation_date": None},
        "phones": None,
        "emails": None,
    },
}
RO_ENTRY = {
    "date_generale": {
        "cui": 14399840,
        "data": "2026-01-01",
        "denumire": "FLOAREA S.R.L.",
        "adresa": "MUN. BUCUREŞTI, SECTOR 1, STR. FLORILOR, NR. 1",
        "nrRegCom": "J40/8302/1997",
        "telefon": "0213112233",
        "codPostal": "010101",
        "stare_inregistrare": "INREGISTRAT din data 19.12.2001",
    },
    "inregistrare_scop_Tva": {"scpTVA": True},
    "stare_inactiv": {"statusInactivi": False, "dataRadiere": ""},
    "adresa_sediu_social": {
        "sdenumire_Strada": "Str. Florilor",
        "snumar_Strada": "1",
        "sdenumire_Localitate": "Bucureşti",
    },
}


class RegisterServer:
    """``answer`` is what the next requests get: JSON, bytes, or one of the misdeeds; ``requests`` is what was asked."""

    def __init__(self):
        self.answer = {}
        self.status = 200
        self.misdeed = None
        self.requests = []
        self._stop = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._make_handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/register"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()

    def answer_with(self, answer, status=200, misdeed=None):
        self.answer, self.status, self.misdeed = answer, status, misdeed
        self.requests.clear()

    def _make_handler(register):  # noqa: N805 the handler needs a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                register.requests.append((self.path, dict(self.headers), json.loads(body)))
                if register.misdeed == "redirect":
                    self.send_response(302)
                    self.send_header("Location", register.url.replace("register", "elsewhere"))
                    self.end_headers()
                    return
                self.send_response(register.status)
                self.send_header("Content-Type", "application/json")
                answer = register.answer
                body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                if register.misdeed == "drops":
                    self.send_header("Content-Length", "100000")
                    self.end_headers()
                    for __ in range(200):
                        if register._stop.wait(0.1):
                            return
                        try:
                            self.wfile.write(b" ")
                            self.wfile.flush()
                        except OSError:
                            return
                    return
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if register.misdeed == "cut":
                    body = body[: len(body) // 2]
                try:
                    self.wfile.write(body)
                except OSError:
                    return
                if register.misdeed == "cut":
                    time.sleep(0.05)
                    self.connection.close()

            def log_message(self, *arguments):
                """Say nothing."""

        return Handler
